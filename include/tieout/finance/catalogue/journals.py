"""What keeps a journal from being built, approved or explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.finance.catalogue.entries import CTRL, LEAD, OPS, PLAT, Words, said

JOURNALS: Final[Mapping[str, Words]] = {
    "journal_unbalanced": said(
        "{run}: debit {debit}, credit {credit}; no plug made",
        "journal",
        "Look at the lines of the run.",
        PLAT,
        waivable=False,
    ),
    "approval_void": said(
        "Approval of {journal} no longer holds: {what}", "posting", "Approve what changed.", CTRL
    ),
    "no_approver": said(
        "All allowed approvers of {entity} helped to make its journals",
        "posting",
        "Name another approver.",
        CTRL,
        waivable=False,
    ),
    "certificate_failed": said(
        "{entity} {period} does not add up: {reason}",
        "approval",
        "Compare the document with the stage that it names; nothing is approved until then.",
        PLAT,
        waivable=False,
    ),
    "journal_rejected": said(
        "{journal} was rejected by its approver", "posting", "Correct its cause and rebuild.", OPS
    ),
    "clearing_unexplained": said(
        "Reimbursements in {run} exceed what was handed over by {difference}",
        "run",
        "Compare the batch with the pay run.",
        OPS,
        waivable=False,
    ),
    "reversal_missing": said(
        "{journal} accrued {amount}; its reversal is not in the books of {period}",
        "sign-off",
        "Post the reversal that was approved with it.",
        CTRL,
        waivable=False,
    ),
    "pair_incomplete": said(
        "{journal} over {amount} is missing in the ledger beside {pair}",
        "sign-off",
        "Cure what keeps it out and post it.",
        OPS,
        waivable=False,
    ),
    "journal_too_long": said(
        "{entity}: {found} lines that only balance together, more than the ledger takes",
        "journal",
        "Summarise them more, or name a transfer account.",
        LEAD,
        waivable=False,
    ),
    "intercompany_missing": said(
        "{entity} pays for {code} of another entity, and no rule settles it",
        "{count} lines of {entity}",
        "Add a row for the pair.",
        LEAD,
        waivable=False,
    ),
    "rounding_above_limit": said(
        "Rounding of {journal} leaves {found}, more than the entity allows",
        "journal",
        "Look at its rate and lines.",
        CTRL,
    ),
    "late_cost": said(
        "{count} late lines of {entity} belong to {found}",
        "their booking",
        "Decide in which period they are booked.",
        CTRL,
    ),
}
