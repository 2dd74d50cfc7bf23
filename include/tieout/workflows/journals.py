"""Move a journal through its states, with history; refuse when someone moved it first."""

from __future__ import annotations

from datetime import datetime

from tieout.errors import ConflictError
from tieout.finance.states import check_transition
from tieout.warehouse.store import Work

SERVICE = "tieout"


def move_journal(
    work: Work,
    external_id: str,
    before: str,
    after: str,
    at: datetime,
    *,
    reason: str = "",
    by: str = SERVICE,
) -> None:
    """One legal step.

    Raises:
        IllegalTransitionError: the table does not allow it.
        ConflictError: the journal no longer stands in `before`.
    """
    check_transition("journal", before, after)
    touched = work.run(
        "build", "set_journal_state", external_id=external_id, from_state=before,
        to_state=after, reason=reason, at=at,
    )  # fmt: skip
    if touched != 1:
        raise ConflictError(
            f"Journal {external_id} no longer stands in {before}.",
            next_step="Reload; another run moved it.",
        )
    work.record_transition("journal", external_id, before, after, by, at, reason)


def supersede(work: Work, external_id: str, state: str, at: datetime, reason: str) -> None:
    """A newer revision takes this journal's place; its approvals no longer hold."""
    work.run("approve", "void_approvals", external_id=external_id, at=at, reason=reason)
    move_journal(work, external_id, state, "superseded", at, reason=reason)
