"""Life cycles as tables; what is not in a table is refused.

The database's `legal_transition` is filled from these tables, and the reference page is generated
from them, so code, store and documentation can't drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.errors import IllegalTransitionError

Table = Mapping[str, tuple[str, ...]]

WORK_UNIT: Final[Table] = {
    "due": ("extracted", "blocked"),
    "extracted": ("validated", "blocked", "due"),
    "validated": ("reconciled", "blocked", "due", "extracted"),
    "reconciled": ("routed", "blocked", "due", "extracted"),
    "routed": ("built", "blocked", "due", "extracted"),
    "built": ("due", "extracted", "blocked"),
    "blocked": ("due", "extracted"),
}

JOURNAL: Final[Table] = {
    "draft": ("validated", "held"),
    "validated": ("awaiting_approval", "superseded", "held"),
    "awaiting_approval": ("approved", "rejected", "superseded"),
    "rejected": ("draft", "superseded"),
    "approved": ("queued", "draft", "superseded"),
    "queued": ("sending", "draft", "superseded"),
    "sending": ("posted", "accepted", "refused", "indeterminate"),
    "accepted": ("posted", "refused_in_erp"),
    "refused_in_erp": ("held",),
    "indeterminate": ("posted", "accepted", "queued", "held"),
    "refused": ("held",),
    "held": ("queued", "superseded"),
    "posted": ("read_back", "reversed"),
    "read_back": ("tied_out", "drifted", "reversed"),
    "tied_out": ("drifted", "reversed"),
    "drifted": ("tied_out", "reversed"),
}

OPEN_EXCEPTION: Final[Table] = {
    "open": ("assigned", "fixed", "closed", "waived"),
    "assigned": ("open", "fixed", "closed", "waived"),
    "fixed": ("released", "open", "closed"),
    "released": ("closed", "open"),
}

REIMBURSEMENT_BATCH: Final[Table] = {
    "collecting": ("cut",),
    "cut": ("handed_over", "failed"),
    "handed_over": ("acknowledged", "settled", "partly_settled", "failed"),
    "acknowledged": ("settled", "partly_settled"),
    "partly_settled": ("settled", "closed"),
    "settled": ("closed",),
    "failed": ("cut",),
}

EXPENSE_PAYMENT: Final[Table] = {
    "taken": ("routed", "held", "stale"),
    "held": ("routed",),
    "routed": ("handed_over", "closed", "stale"),
    "handed_over": ("paid", "part_paid", "returned"),
    "part_paid": ("paid", "routed"),
    "returned": ("routed",),
    "paid": ("closed", "returned"),
    "stale": ("routed",),
}

TIE_OUT: Final[Table] = {
    "not_started": ("open", "tied"),
    "open": ("tied",),
    "tied": ("signed", "reopened"),
    "signed": ("reopened",),
    "reopened": ("tied",),
}

TABLES: Final[Mapping[str, Table]] = {
    "work_unit": WORK_UNIT,
    "journal": JOURNAL,
    "open_exception": OPEN_EXCEPTION,
    "reimbursement_batch": REIMBURSEMENT_BATCH,
    "expense_payment": EXPENSE_PAYMENT,
    "tie_out": TIE_OUT,
}

#: The ledger holds these; their lines are never built again and never edited. A reversed journal
#: stays there beside the one that takes it back.
IN_LEDGER: Final = frozenset({"posted", "accepted", "read_back", "tied_out", "drifted", "reversed"})
#: The journal may be on its way or in the ledger: a new build must leave it alone.
COMMITTED: Final = IN_LEDGER | {"sending", "indeterminate"}


def check_transition(object_kind: str, from_state: str, to_state: str) -> None:
    """Raise IllegalTransitionError unless the table of `object_kind` allows the step."""
    if to_state not in TABLES[object_kind].get(from_state, ()):
        raise IllegalTransitionError(
            f"A {object_kind} may not go from {from_state} to {to_state}.",
            next_step="Reload; someone else may have moved it.",
        )


def transitions() -> list[tuple[str, str, str]]:
    """Every legal step as (object kind, from, to), sorted."""
    return sorted(
        (kind, before, after)
        for kind, table in TABLES.items()
        for before, afters in table.items()
        for after in afters
    )
