"""Mappings and policies: proposed, decided by another person, active; known at an instant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tieout.errors import ConfigurationError, ConflictError, NotAllowedError
from tieout.finance.mapping_tables import TABLES, natural_key
from tieout.finance.mappings import MappingRow, MappingSet
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office

#: Author of rows that came from files in the first load of an empty store.
FILES_AUTHOR = "config files"
SETUP = "set-up"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What someone wants a mapping row to say."""

    table: str
    content: Mapping[str, str]
    valid_from: date
    reason: str


def known_mappings(office: Office, work: Work, known_at: datetime) -> MappingSet:
    """All active rows as known at an instant, with a version over them."""
    rows = [
        MappingRow(
            table=row["table_name"],
            version=row["version"],
            valid_from=row["valid_from"],
            content=row["content"],
            author=row["author"],
            decided_by=row["decided_by"],
        )
        for row in work.rows("reconcile", "active_mapping_rows", known_at=known_at)
    ]
    identity = [[row.table, row.key, row.version] for row in rows]
    version = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]
    countries = {code: entity.country for code, entity in office.company.entities.items()}
    return MappingSet(rows, countries, version)


def propose(office: Office, proposal: Proposal, author: str) -> Row:
    """Record a proposal; returns its id and version. It decides nothing yet."""
    if proposal.table not in TABLES:
        raise ConfigurationError(
            f"There is no mapping table {proposal.table!r}.",
            next_step=f"Use one of {', '.join(sorted(TABLES))}.",
        )
    missing = [column for column in TABLES[proposal.table].keys if column not in proposal.content]
    if missing:
        raise ConfigurationError(
            f"The proposal lacks {', '.join(missing)}.", next_step="State every key column."
        )
    if not proposal.reason.strip():
        raise ConfigurationError("The proposal gives no reason.", next_step="Say why.")
    with office.warehouse.transaction() as work:
        row = _insert(work, proposal, author, office.now())
        audit.record(
            work,
            audit.Act(
                author,
                "proposed",
                "mapping",
                str(row["id"]),
                proposal.reason,
                {"table": proposal.table, **proposal.content},
            ),
            office.now(),
        )
        return row


def _insert(work: Work, proposal: Proposal, author: str, at: datetime) -> Row:
    row = work.row(
        "reconcile", "insert_mapping_row", table_name=proposal.table,
        natural_key=natural_key(proposal.table, proposal.content), content=dict(proposal.content),
        valid_from=proposal.valid_from, author=author, reason=proposal.reason, created_at=at,
    )  # fmt: skip
    if row is None:
        message = "the store returned no proposal"
        raise AssertionError(message)
    return row


def decide(office: Office, identity: int, by: str, *, approve: bool, reason: str = "") -> Row:
    """Activate or reject a proposal; its author may not."""
    with office.warehouse.transaction() as work:
        row = work.row("reconcile", "mapping_row", id=identity)
        if row is None or row["state"] != "proposed":
            raise ConflictError(
                f"Proposal {identity} is not open.", next_step="Reload the list of proposals."
            )
        if row["author"] == by:
            raise NotAllowedError(
                "The author of a mapping may not decide on it.", next_step="Ask another person."
            )
        _decide(work, row, by, office.now(), approve=approve)
        audit.record(
            work,
            audit.Act(
                by,
                "approved" if approve else "rejected",
                "mapping",
                str(identity),
                reason,
                {"table": row["table_name"], "key": row["natural_key"], "version": row["version"]},
            ),
            office.now(),
        )
        return row


def _decide(work: Work, row: Row, by: str, at: datetime, *, approve: bool) -> None:
    if approve:
        work.run(
            "reconcile", "retire_mapping_row", table_name=row["table_name"],
            natural_key=row["natural_key"], known_to=at,
        )  # fmt: skip
    work.run(
        "reconcile", "decide_mapping_row", id=row["id"],
        state="active" if approve else "rejected", decided_by=by, decided_at=at,
        known_from=at if approve else None,
    )  # fmt: skip


def import_rows(office: Office, stated: Sequence[Proposal], author: str) -> tuple[int, bool]:
    """Import rows of files: as proposals, or activated when the store has no mapping at all.

    Returns the number of new rows and whether they were activated (the first load only).
    """
    with office.warehouse.transaction() as work:
        latest = {
            (row["table_name"], row["natural_key"]): (row["content"], row["valid_from"])
            for row in work.rows("reconcile", "latest_stated_rows")
        }
        first_load = not latest
        at = office.now()
        count = 0
        for proposal in stated:
            key = (proposal.table, natural_key(proposal.table, proposal.content))
            if latest.get(key) == (dict(proposal.content), proposal.valid_from):
                continue
            row = _insert(work, proposal, author, at)
            count += 1
            if first_load:
                # Known since ever: the company's rules did not begin with our set-up.
                work.run(
                    "reconcile", "decide_mapping_row", id=row["id"], state="active",
                    decided_by=SETUP, decided_at=at, known_from=datetime.min.replace(
                        year=2000, tzinfo=at.tzinfo
                    ),
                )  # fmt: skip
        if count:
            audit.record(
                work,
                audit.Act(author, "imported", "mapping", "files", "", {"rows": count}),
                at,
            )
    return count, first_load
