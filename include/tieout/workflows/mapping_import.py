"""Finance's files against the store: what differs, proposed; and the store's rows, to be exported.

The difference is by key and first day. A row of the files that the store does not have is *added*,
one that says something else is *changed*; a row that the store has and the files do not is
*missing*: it stays active unless a last day is stated for what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.mapping_checks import complaints
from tieout.finance.mapping_tables import natural_key
from tieout.finance.mappings import MappingRow
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.mappings import (
    FILES_AUTHOR,
    SETUP,
    WITHDRAWN,
    Proposal,
    check_proposal,
    known_mappings,
    record_proposal,
)
from tieout.workflows.office import Office

#: Known since ever: the company's rules did not begin with our set-up.
KNOWN_SINCE_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)

#: Authors that are no person: whoever ran an import under such a name could approve it alone.
NOBODY: Final = frozenset({"", FILES_AUTHOR, SETUP})

Identity = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between files and store; `before` or `after` is none where there is no row."""

    what: str
    table: str
    key: str
    valid_from: date
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that say something else."""
        was, now = self.before or {}, self.after or {}
        return tuple(sorted(c for c in {*was, *now} if was.get(c, "") != now.get(c, "")))


def import_rows(
    office: Office, stated: Sequence[Proposal], author: str, *, end_missing: date | None = None
) -> tuple[int, bool]:
    """Import rows of files: as proposals, or activated when the store has no mapping at all.

    Args:
        office: the office.
        stated: every row of the files.
        author: who stands for the change; may not decide on it. Only the first load has none.
        end_missing: last day proposed for rows that the files no longer have; none leaves them.

    Returns the number of new rows and whether they were activated (the first load only).

    Raises:
        ConfigurationError: a row can't be meant; rows of the first load contradict each other; a
            later change names nobody as its author.
    """
    for proposal in stated:
        check_proposal(proposal)
    with office.warehouse.transaction() as work:
        work.rows("reconcile", "lock_mappings")
        latest = work.rows("reconcile", "latest_stated_rows")
        if not latest:
            _load_first(office, work, stated, author)
            return len(stated), True
        wanted = {_identity(proposal): proposal for proposal in stated}
        proposals = [
            wanted[change.table, change.key, change.valid_from]
            for change in differences(latest, stated)
            if change.what != "missing"
        ]
        if end_missing is not None:
            proposals += _endings(latest, stated, end_missing)
        if proposals and author in NOBODY:
            raise ConfigurationError(
                f"{len(proposals)} rows of the files are new, and nobody stands for them.",
                blocks="the import; nothing was proposed",
                next_step="Run tieout import with --author and your user name; another approves.",
            )
        for proposal in proposals:
            record_proposal(office, work, proposal, author)
        if proposals:
            _record(work, author, len(proposals), office.now())
    return len(proposals), False


def load_first(office: Office, stated: Sequence[Proposal]) -> int:
    """Load the files into an empty store; in one that has rules nothing is done or proposed.

    Returns the number of loaded rows. Raises as `import_rows`.
    """
    with office.warehouse.transaction() as work:
        if work.rows("reconcile", "latest_stated_rows"):
            return 0
    return import_rows(office, stated, FILES_AUTHOR)[0]


def preview(office: Office, stated: Sequence[Proposal]) -> list[Change]:
    """What an import would propose, and what the files no longer have."""
    for proposal in stated:
        check_proposal(proposal)
    with office.warehouse.transaction() as work:
        return differences(work.rows("reconcile", "latest_stated_rows"), stated)


def exported(office: Office, known_at: datetime | None = None) -> list[MappingRow]:
    """Every row as finance keeps it in files: what is active, of every validity."""
    with office.warehouse.transaction() as work:
        return list(known_mappings(office, work, known_at or office.now()).rows)


# ------------------------------------------------------------ the difference


def differences(latest: Sequence[Row], stated: Sequence[Proposal]) -> list[Change]:
    """What the files say otherwise than the store, in a stable order.

    Only tables that the files state are asked for missing rows: a folder with one file says nothing
    of the others.
    """
    known = {
        (row["table_name"], row["natural_key"], row["valid_from"]): row
        for row in latest
        if not row["withdrawn"]
    }
    found: list[Change] = []
    told: set[Identity] = set()
    for proposal in stated:
        identity = _identity(proposal)
        told.add(identity)
        row, after = known.get(identity), _said(proposal.content, proposal.valid_to)
        before = None if row is None else _said(row["content"], row["valid_to"])
        if before != after:
            found.append(Change("changed" if row else "added", *identity, before, after))
    tables = {proposal.table for proposal in stated}
    for identity, row in known.items():
        if identity not in told and identity[0] in tables and row["state"] == "active":
            before = _said(row["content"], row["valid_to"])
            found.append(Change("missing", *identity, before, None))
    return sorted(found, key=lambda each: (each.table, each.key, each.valid_from))


def _identity(proposal: Proposal) -> Identity:
    key = natural_key(proposal.table, proposal.content)
    return proposal.table, key, proposal.valid_from


def _said(content: Mapping[str, str], valid_to: date | None) -> dict[str, str]:
    """What a row says, apart from empty cells and blanks around texts."""
    said = {column: text.strip() for column, text in content.items() if text and text.strip()}
    return said | ({"valid_to": valid_to.isoformat()} if valid_to else {})


def _endings(latest: Iterable[Row], stated: Sequence[Proposal], last: date) -> list[Proposal]:
    """A last day for each row that the files no longer have; one that begins later is withdrawn."""
    missing = {
        (change.table, change.key, change.valid_from)
        for change in differences(list(latest), stated)
        if change.what == "missing"
    }
    return [
        Proposal(
            row["table_name"],
            row["content"],
            row["valid_from"],
            "no longer stated in config",
            last if last >= row["valid_from"] else row["valid_from"] + WITHDRAWN,
        )
        for row in latest
        if (row["table_name"], row["natural_key"], row["valid_from"]) in missing
        and (row["valid_to"] is None or row["valid_to"] > last)
    ]


# ------------------------------------------------------------ the first load


def _load_first(office: Office, work: Work, stated: Sequence[Proposal], author: str) -> None:
    """Put the rows of an empty store in place, once they do not contradict each other."""
    if not stated:
        return
    rows = _numbered(stated)
    wrong = complaints(rows)
    if wrong:
        raise ConfigurationError(
            "These rules contradict each other: " + " ".join(item.said for item in wrong),
            code="mapping_conflict",
            next_step="Correct the files; nothing was loaded.",
        )
    at = office.now()
    work.run_many(
        "reconcile",
        "insert_known_mapping_row",
        [
            {
                "table_name": row.table,
                "natural_key": row.key,
                "version": row.version,
                "content": dict(row.content),
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "author": author,
                "reason": proposal.reason,
                "decided_by": SETUP,
                "at": at,
                "known_from": KNOWN_SINCE_EVER,
            }
            for row, proposal in zip(rows, stated, strict=True)
        ],
    )
    _record(work, author, len(rows), at)


def _numbered(stated: Sequence[Proposal]) -> list[MappingRow]:
    """The rows with the versions that they get in this order."""
    seen: dict[tuple[str, str], int] = {}
    rows = []
    for proposal in stated:
        identity = (proposal.table, natural_key(proposal.table, proposal.content))
        nth = seen[identity] = seen.get(identity, 0) + 1
        rows.append(
            MappingRow(
                proposal.table, nth, proposal.valid_from, proposal.content,
                valid_to=proposal.valid_to,
            )
        )  # fmt: skip
    return rows


def _record(work: Work, author: str, count: int, at: datetime) -> None:
    act = audit.Act(author, "imported", "mapping", "files", "", {"rows": count})
    audit.record(work, act, at)
