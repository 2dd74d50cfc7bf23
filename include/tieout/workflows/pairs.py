"""Journals that only go together: parts of a whole, legs of two companies, reverse and rebook.

None is sent before all may be: each is approved, inside its window and period, and would be taken
by the ledger. An accrual's reversal belongs to the next period: it must be approved with the
accrual and follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tieout.finance.states import COMMITTED, IN_LEDGER
from tieout.finance.stored import journal_from_json
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office

#: Nobody has approved these yet, or somebody said no.
_UNDECIDED: Final = frozenset({"draft", "validated", "awaiting_approval", "rejected"})

#: Why a journal by itself can't be sent now.
WhyNot = Callable[[Row], str]


def partners_of(work: Work, row: Row) -> list[Row]:
    """The other journals of a journal's pair; what was superseded is none of it."""
    if not row["pair"]:
        return []
    return work.rows("post", "pair_of", pair=row["pair"], external_id=row["external_id"])


def why_pair_waits(work: Work, row: Row, why_not: WhyNot) -> str:
    """Why the partners of a journal keep it from being sent, in one line; empty when it may go."""
    for partner in partners_of(work, row):
        state, name = str(partner["state"]), partner["external_id"]
        if row["reverses"] == name and state not in IN_LEDGER:
            return f"{name}, which it takes back, is not in the ledger yet"
        if state in _UNDECIDED:
            return f"{name}, which it goes together with, waits for approval"
        if state in COMMITTED or partner["period"] != row["period"]:
            continue
        if state == "held":
            return f"{name}, which it goes together with, is held"
        reason = why_not(partner)
        if reason:
            return f"{name}, which it goes together with: {reason}"
    return ""


def refused_partner(office: Office, row: Row) -> str:
    """A partner that the ledger would refuse, with its reason; empty when it would take all."""
    with office.warehouse.transaction() as work:
        waiting = [
            partner
            for partner in partners_of(work, row)
            if partner["state"] in {"approved", "queued"} and partner["period"] == row["period"]
        ]
    for partner in waiting:
        refused = office.ledger().preflight(journal_from_json(partner["content"]))
        if refused is not None:
            return f"{partner['external_id']}, which it goes together with: {refused.reason}"
    return ""
