"""The exception queue of a period, as the API answers it."""

from __future__ import annotations

from typing import Any

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.reading import Reader
from tieout.warehouse.store import Row, Work

#: States from which a person may release.
RELEASABLE = frozenset({"open", "assigned", "fixed"})


def exceptions_of(work: Work, reader: Reader, period: str, state: str) -> list[Row]:
    """Rows of the queue that the reader may see, the most urgent first."""
    return work.rows(
        "cockpit", "exceptions", period=period, state=state, entities=list(reader.entities)
    )


def as_answer(row: Row) -> dict[str, Any]:
    """One exception with amounts as decimal text and instants in UTC."""
    return {
        "id": row["id"],
        "code": row["code"],
        "severity": row["severity"],
        "state": row["state"],
        "entity": row["entity"],
        "period": row["period"],
        "object_kind": row["object_kind"],
        "object_key": row["object_key"],
        "batch": row["batch"],
        "cause_key": row["cause_key"],
        "title": row["title"],
        "blocks": row["blocks"],
        "next_step": row["next_step"],
        "owner": row["owner_role"],
        "item_count": row["item_count"],
        "at_risk": amount_text(row["at_risk_minor"], row["currency"]),
        "currency": row["currency"],
        "due_at": instant_text(row["due_at"]),
        "opened_at": instant_text(row["opened_at"]),
        "closed_at": instant_text(row["closed_at"]),
        "closed_how": row["closed_how"],
        "releasable": row["state"] in RELEASABLE,
    }
