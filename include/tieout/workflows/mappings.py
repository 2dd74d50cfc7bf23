"""Mappings and policies: proposed, decided by another person, active; known at an instant.

Rows are activated together or not at all, under one lock: the set that would result is checked for
conflicts, broken splits and gaps first, and what would newly break is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tieout.errors import ConfigurationError, ConflictError, NotAllowedError
from tieout.finance.mapping_checks import Complaint, complaints
from tieout.finance.mapping_gaps import InUse, gaps
from tieout.finance.mapping_row_checks import wrong_in_row
from tieout.finance.mapping_tables import TABLES, natural_key
from tieout.finance.mappings import MappingRow, MappingSet
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.mapping_use import in_use
from tieout.workflows.office import Office

#: Author of rows that came from files in the first load of an empty store.
FILES_AUTHOR = "config files"
SETUP = "set-up"
#: A last day before the first one: the row never held; it takes back a mistake.
WITHDRAWN: Final = timedelta(days=-1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What someone wants a mapping row to say; `valid_to` is its last day, none: open."""

    table: str
    content: Mapping[str, str]
    valid_from: date
    reason: str
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The rows decided on, and what the decision leaves without a rule (told, not refused)."""

    rows: Sequence[Row]
    warnings: Sequence[Complaint] = ()


def known_mappings(office: Office, work: Work, known_at: datetime) -> MappingSet:
    """All rows known at an instant, of every validity, with a version over them.

    What became known later, also of earlier days, is not among them: a build of then is repeated
    with the rules of then.
    """
    listed = work.value("reconcile", "active_mapping_rows", known_at=known_at)
    identity = [[table, key, version] for table, key, version, *_ in listed]
    name = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]
    return MappingSet([_listed(*each) for each in listed], countries(office), name)


def _listed(  # noqa: PLR0913, PLR0917 - the columns of the query, in its order
    table: str,
    _: str,
    version: int,
    content: Mapping[str, str],
    valid_from: str,
    valid_to: str | None,
    author: str,
    reason: str,
    decided_by: str,
    known_from: str,
) -> MappingRow:
    """A row of the list as finance's noun."""
    return MappingRow(
        table=table,
        version=version,
        valid_from=date.fromisoformat(valid_from),
        content=content,
        author=author,
        decided_by=decided_by,
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
        reason=reason,
        known_from=datetime.fromisoformat(known_from),
    )


def countries(office: Office) -> Mapping[str, str]:
    """Entity → country."""
    return {code: entity.country for code, entity in office.company.entities.items()}


def row_of(row: Row) -> MappingRow:
    """A stored row as finance's noun."""
    return MappingRow(
        table=row["table_name"],
        version=row["version"],
        valid_from=row["valid_from"],
        content=row["content"],
        author=row["author"],
        decided_by=row["decided_by"],
        valid_to=row["valid_to"],
        reason=row["reason"],
    )


# ------------------------------------------------------------ propose


def propose(office: Office, proposal: Proposal, author: str) -> Row:
    """Record a proposal; returns its id and version. It decides nothing yet.

    Raises:
        ConfigurationError: the table, a column or a cell can't be meant; no reason is given.
    """
    check_proposal(proposal)
    with office.warehouse.transaction() as work:
        return record_proposal(office, work, proposal, author)


def check_proposal(proposal: Proposal) -> None:
    """Refuse what could never become active, naming every wrong cell."""
    if proposal.table not in TABLES:
        raise ConfigurationError(
            f"There is no mapping table {proposal.table!r}.",
            next_step=f"Use one of {', '.join(sorted(TABLES))}.",
        )
    missing = [name for name in TABLES[proposal.table].keys if name not in proposal.content]
    if missing:
        raise ConfigurationError(
            f"The proposal lacks {', '.join(missing)}.", next_step="State every key column."
        )
    wrong = [said for _, said in wrong_in_row(proposal.table, proposal.content)]
    if wrong:
        raise ConfigurationError(
            f"The proposal can't be meant: {'; '.join(wrong)}.", next_step="Correct these cells."
        )
    if not proposal.reason.strip():
        raise ConfigurationError("The proposal gives no reason.", next_step="Say why.")


def record_proposal(office: Office, work: Work, proposal: Proposal, author: str) -> Row:
    """Store a sound proposal and the act, in the caller's transaction."""
    row = work.row(
        "reconcile", "insert_mapping_row", table_name=proposal.table,
        natural_key=natural_key(proposal.table, proposal.content), content=dict(proposal.content),
        valid_from=proposal.valid_from, valid_to=proposal.valid_to, author=author,
        reason=proposal.reason, created_at=office.now(),
    )  # fmt: skip
    if row is None:
        message = "the store returned no proposal"
        raise AssertionError(message)
    details = {
        "table": proposal.table, **proposal.content, "valid_from": proposal.valid_from,
        "valid_to": proposal.valid_to, "version": row["version"],
    }  # fmt: skip
    act = audit.Act(author, "proposed", "mapping", str(row["id"]), proposal.reason, details)
    audit.record(work, act, office.now())
    return row


# ------------------------------------------------------------ decide


def decide(office: Office, identity: int, by: str, *, approve: bool, reason: str = "") -> Row:
    """Activate or reject one proposal; its author may not. See `decide_together`."""
    return decide_together(office, [identity], by, approve=approve, reason=reason).rows[0]


def decide_together(
    office: Office, identities: Sequence[int], by: str, *, approve: bool, reason: str = ""
) -> Decided:
    """Activate or reject proposals as one act: all of them, or none.

    The shares of a split, or a rule and the one it narrows, are sound only together.

    Raises:
        ConflictError: one is not open or was overtaken; or the rules that would result contradict
            each other, or leave something in use without an answer, which they did not before.
        NotAllowedError: one of them is `by`'s own.
    """
    with office.warehouse.transaction() as work:
        work.rows("reconcile", "lock_mappings")
        rows = [_open(work, identity, by) for identity in dict.fromkeys(identities)]
        warnings = _checked(office, work, rows) if approve else []
        for row in rows:
            _settle(work, row, by, office.now(), approve=approve)
            details = {
                "table": row["table_name"], "key": row["natural_key"], "version": row["version"],
                "valid_from": row["valid_from"], "valid_to": row["valid_to"],
                "together": sorted(identities), "gaps": [item.said for item in warnings],
            }  # fmt: skip
            verb = "approved" if approve else "rejected"
            act = audit.Act(by, verb, "mapping", str(row["id"]), reason, details)
            audit.record(work, act, office.now())
        return Decided(rows, warnings)


def _open(work: Work, identity: int, by: str) -> Row:
    row = work.row("reconcile", "mapping_row", id=identity)
    if row is None or row["state"] != "proposed":
        raise ConflictError(
            f"Proposal {identity} is not open.", next_step="Reload the list of proposals."
        )
    if row["author"] == by:
        raise NotAllowedError(
            "The author of a mapping may not decide on it.", next_step="Ask another person."
        )
    return row


def _checked(office: Office, work: Work, rows: Sequence[Row]) -> list[Complaint]:
    """Refuse what must not become active; what is only told comes back."""
    for row in rows:
        identity = {name: row[name] for name in ("table_name", "natural_key", "valid_from")}
        newer = work.row("reconcile", "newer_active_version", version=row["version"], **identity)
        if newer is not None:
            raise ConflictError(
                f"Proposal {row['id']} was made before version {newer['version']} of its row.",
                next_step="Reject it and propose on top of what is active.",
            )
    if len({(row["table_name"], row["natural_key"], row["valid_from"]) for row in rows}) < len(
        rows
    ):
        raise ConflictError(
            "Two of the proposals say the same row.", next_step="Approve one, reject the other."
        )
    known = known_mappings(office, work, office.now())
    before, after = known.rows, resulting(known.rows, [row_of(row) for row in rows])
    used = in_use(office, work)
    told = newly_wrong(before, after, rows, used, countries(office), office.now().date())
    refused = [item.said for item in told if item.refuses]
    if refused:
        raise ConflictError(
            "These rules may not become active: " + " ".join(refused),
            code="mapping_conflict",
            next_step="Propose what is missing, and approve them together.",
        )
    return told


def resulting(known: Sequence[MappingRow], approved: Sequence[MappingRow]) -> list[MappingRow]:
    """The rows that would be active: each approved one takes the place of its key and first day."""
    replaced = {(row.table, row.key, row.valid_from) for row in approved}
    kept = [row for row in known if (row.table, row.key, row.valid_from) not in replaced]
    return kept + [
        row for row in approved if row.valid_to is None or row.valid_to >= row.valid_from
    ]


def newly_wrong(
    before: Sequence[MappingRow],
    after: Sequence[MappingRow],
    changed: Sequence[Row],
    used: InUse,
    countries_of: Mapping[str, str],
    today: date,
) -> list[Complaint]:
    """What the resulting rules do wrong and the present ones do not, on every day of a change."""
    tables = {row["table_name"] for row in changed}
    # A new expense type asks tax and route too.
    asked = tables | ({"tax_treatment", "routing"} if "accounts" in tables else set())
    days = {today} | {row["valid_from"] for row in changed}
    days |= {row["valid_to"] + timedelta(days=1) for row in changed if row["valid_to"]}

    def wrong(rows: Sequence[MappingRow]) -> set[Complaint]:
        mapping = MappingSet(rows, countries_of, "")
        told = set(complaints(row for row in rows if row.table in tables))
        return told.union(*(gaps(mapping, used, day, asked) for day in sorted(days)))

    was, would = wrong(before), wrong(after)
    return sorted(would - was)


def _settle(work: Work, row: Row, by: str, at: datetime, *, approve: bool) -> None:
    if approve:
        work.run(
            "reconcile", "retire_mapping_row", table_name=row["table_name"],
            natural_key=row["natural_key"], valid_from=row["valid_from"], known_to=at,
        )  # fmt: skip
    work.run(
        "reconcile", "decide_mapping_row", id=row["id"],
        state="active" if approve else "rejected", decided_by=by, decided_at=at,
        known_from=at if approve else None,
    )  # fmt: skip
