"""The audit log: append-only and hash-chained, so that a changed or deleted row shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tieout.warehouse.store import Work

GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what to which object, and why. `details` never holds personal pay."""

    actor: str
    verb: str
    object_kind: str
    object_key: str
    reason: str = ""
    details: Mapping[str, object] | None = None


def record(work: Work, act: Act, at: datetime) -> None:
    """Append one act in the caller's transaction."""
    work.rows("setup", "lock_audit_chain")
    head = work.row("setup", "last_audit_event")
    sequence = 1 if head is None else int(head["sequence"]) + 1
    previous = GENESIS if head is None else str(head["hash"])
    details = json.loads(json.dumps(dict(act.details or {}), default=str))
    work.run(
        "setup", "append_audit_event", sequence=sequence, happened_at=at, actor=act.actor,
        verb=act.verb, object_kind=act.object_kind, object_key=act.object_key,
        reason=act.reason, details=details, previous_hash=previous,
        hash=_hash(sequence, at, act, details, previous),
    )  # fmt: skip


def _hash(
    sequence: int, at: datetime, act: Act, details: Mapping[str, object], previous: str
) -> str:
    parts = [
        sequence, at.astimezone(UTC).isoformat(timespec="microseconds"), act.actor, act.verb,
        act.object_kind, act.object_key, act.reason, details, previous,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def first_broken_link(work: Work) -> int | None:
    """The sequence number of the first event that was changed or follows a gap; None: whole."""
    previous, expected = GENESIS, 1
    for row in work.rows("setup", "audit_events"):
        act = Act(row["actor"], row["verb"], row["object_kind"], row["object_key"], row["reason"])
        sound = (
            row["sequence"] == expected
            and row["previous_hash"] == previous
            and row["hash"] == _hash(expected, row["happened_at"], act, row["details"], previous)
        )
        if not sound:
            return expected
        previous, expected = row["hash"], expected + 1
    return None
