"""Proposals that wait for another person."""

from __future__ import annotations

from datetime import date
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


def active_answer(work: Work, reader: Reader, table: str) -> list[dict[str, Any]]:
    """The active rows of a table that the reader's entities are concerned with."""
    return [
        {
            "id": row["id"],
            "key": row["natural_key"],
            "version": row["version"],
            "content": row["content"],
            "valid_from": row["valid_from"].isoformat(),
            "valid_to": day_text(row["valid_to"]),
            "author": row["author"],
            "decided_by": row["decided_by"],
            "reason": row["reason"],
            "known_from": instant_text(row["known_from"]),
        }
        for row in work.rows("cockpit", "active_mappings", table_name=table)
        if reader.covers(scope_of(row["content"]))
    ]


def day_text(day: date | None) -> str | None:
    """A day as text; none stays none."""
    return day.isoformat() if day else None


def _proposal(row: Row) -> dict[str, Any]:
    was, now = row["active_content"] or {}, row["content"]
    changed = sorted(name for name in {*was, *now} if was.get(name, "") != now.get(name, ""))
    return {
        "id": row["id"],
        "table": row["table_name"],
        "key": row["natural_key"],
        "version": row["version"],
        "content": now,
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": day_text(row["valid_to"]),
        "withdraws": row["withdraws"],
        "author": row["author"],
        "reason": row["reason"],
        "created_at": instant_text(row["created_at"]),
        "active_version": row["active_version"],
        "active_content": row["active_content"],
        "active_valid_to": day_text(row["active_valid_to"]),
        "changed": changed,
    }
