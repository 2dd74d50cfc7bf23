"""Open, move and close exceptions; each with its business context and its owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tieout.errors import Finding, Severity
from tieout.finance.words import CATALOGUE
from tieout.warehouse.store import Row, Work

#: Steps from any open state to closed, in the table's words.
_TO_CLOSED: Mapping[str, tuple[str, ...]] = {
    "open": ("closed",),
    "assigned": ("closed",),
    "fixed": ("closed",),
    "released": ("closed",),
}
SERVICE = "tieout"


def open_exception(  # noqa: PLR0913 - an exception is its context
    work: Work,
    told: Finding,
    *,
    at: datetime,
    object_kind: str,
    object_key: str,
    period: str,
    cause: str,
    entity: str = "",
    batch: str = "",
    item_count: int = 1,
    at_risk_minor: int = 0,
    currency: str = "",
    due_at: datetime | None = None,
) -> int:
    """Open or refresh the exception of this object and cause; returns its id."""
    row = work.row(
        "exceptions", "open_exception", code=told.code,
        severity="critical" if told.severity is Severity.CRITICAL else "warning",
        object_kind=object_kind, object_key=object_key, entity=entity, period=period,
        batch=batch, cause_key=cause, title=told.message, blocks=told.blocks,
        next_step=told.next_step, item_count=item_count, at_risk_minor=at_risk_minor,
        currency=currency, owner_role=CATALOGUE[told.code].owner, due_at=due_at, at=at,
    )  # fmt: skip
    if row is None:
        message = "the store returned no exception"
        raise AssertionError(message)
    return int(row["id"])


def was_told(work: Work, object_kind: str, object_key: str, code: str, cause: str) -> bool:
    """Whether this was already told once, also if it is closed by now."""
    return bool(
        work.value(
            "exceptions", "was_told", object_kind=object_kind, object_key=object_key, code=code,
            cause_key=cause,
        )
    )  # fmt: skip


def move_exception(
    work: Work, row: Row, state: str, by: str, at: datetime, reason: str = "", how: str = ""
) -> None:
    """One legal step of an exception, with its history."""
    work.run(
        "exceptions", "set_exception_state", id=row["id"], state=state,
        closed_at=at if state in {"closed", "waived"} else None, closed_how=how,
    )  # fmt: skip
    work.record_transition(
        "open_exception", str(row["id"]), str(row["state"]), state, by, at, reason or how
    )
    row["state"] = state


def close_exceptions(
    work: Work, ids: Iterable[int], how: str, at: datetime, by: str = SERVICE
) -> None:
    """Close exceptions whose cause is gone."""
    for identity in ids:
        row = work.row("exceptions", "exception_by_id", id=identity)
        if row is not None and row["state"] in _TO_CLOSED:
            move_exception(work, row, "closed", by, at, how=how)


def settle_object(
    work: Work,
    object_kind: str,
    object_key: str,
    still_open: Iterable[int],
    how: str,
    at: datetime,
) -> None:
    """Close what is open for an object and was not told again."""
    keep = set(still_open)
    gone = [
        int(row["id"])
        for row in work.rows(
            "exceptions", "open_of_object", object_kind=object_kind, object_key=object_key
        )
        if int(row["id"]) not in keep
    ]
    close_exceptions(work, gone, how, at)
