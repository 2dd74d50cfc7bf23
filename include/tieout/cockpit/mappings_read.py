"""Proposals that wait for another person."""

from __future__ import annotations

from typing import Any

from tieout.cockpit.figures import instant_text
from tieout.cockpit.reading import Reader
from tieout.warehouse.store import Row, Work


def scope_of(content: dict[str, str]) -> str:
    """The entity that a row concerns; `*` when it concerns more than one."""
    entity = content.get("entity") or ""
    scope = content.get("scope") or ""
    if scope.startswith("entity:"):
        entity = scope.removeprefix("entity:")
    return entity or "*"


def proposals_answer(work: Work, reader: Reader) -> list[dict[str, Any]]:
    """What waits, beside the row that it would replace."""
    return [
        _proposal(row)
        for row in work.rows("cockpit", "proposals")
        if reader.covers(scope_of(row["content"]))
    ]


def _proposal(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "table": row["table_name"],
        "key": row["natural_key"],
        "version": row["version"],
        "content": row["content"],
        "valid_from": row["valid_from"].isoformat(),
        "author": row["author"],
        "reason": row["reason"],
        "created_at": instant_text(row["created_at"]),
        "active_version": row["active_version"],
        "active_content": row["active_content"],
    }
