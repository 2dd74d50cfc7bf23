"""One version of a rule, whom it concerns, and the days on which it governs its key."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.mapping_columns import MappingTable, decimal_of
from tieout.finance.mapping_tables import TABLES, natural_key

#: Texts of a cell that fit anything.
ANY: Final = frozenset({"*", ""})


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One version of a row, as it was decided.

    `valid_to` is the last day on which it holds; none: until another row of its key begins.
    """

    table: str
    version: int
    valid_from: date
    content: Mapping[str, str]
    author: str = ""
    decided_by: str = ""
    valid_to: date | None = None
    reason: str = ""
    known_from: datetime | None = None

    @property
    def key(self) -> str:
        """See `natural_key`."""
        return natural_key(self.table, self.content)

    @property
    def name(self) -> str:
        """`table:key@version`: how a journal's inputs call it."""
        return f"{self.table}:{self.key}@{self.version}"

    @property
    def text(self) -> str:
        """What the row says, as canonical JSON; its last day too, where it has one."""
        ended = {"valid_to": self.valid_to.isoformat()} if self.valid_to else {}
        return json.dumps({**self.content, **ended}, sort_keys=True, ensure_ascii=False)

    def holds_on(self, on: date) -> bool:
        """Whether the day lies within its validity."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def __getitem__(self, column: str) -> str:
        return self.content.get(column, "") or ""

    def number(self, column: str) -> Decimal | None:
        """An amount or percent cell as a number; none where it is empty.

        Raises:
            ConfigurationError: the cell is no plain decimal number.
        """
        text = self[column]
        try:
            return decimal_of(text) if text else None
        except ValueError as error:
            raise ConfigurationError(
                f"{column} of {self.name} says {text!r}, which is no number.",
                next_step="Propose the row with a plain number such as 1000.00.",
            ) from error

    def codes(self, column: str) -> tuple[str, ...]:
        """The codes of a cell that lists several."""
        return tuple(self[column].split())


@dataclass(frozen=True, slots=True)
class Span:
    """A row with the days on which it governs its key, both included."""

    row: MappingRow
    starts: date
    ends: date


def scope_of(row: MappingRow) -> str:
    """Whom a row concerns: `group`, `country:DE` or `entity:DE01`, in every table."""
    return scope_in(TABLES[row.table], row)


def scope_in(known: MappingTable, row: MappingRow) -> str:
    """The same, of a table that is at hand."""
    if known.scope_column == "scope":
        return "group" if row["scope"] in ANY else row["scope"]
    if known.scope_column == "entity" and row["entity"] not in ANY:
        return f"entity:{row['entity']}"
    return "group"


def span_alone(row: MappingRow) -> Span:
    """A row that no other of its key limits."""
    return Span(row, row.valid_from, row.valid_to or date.max)


def spans(rows: Iterable[MappingRow]) -> list[Span]:
    """Each row with the days on which it governs: until the next start of its key.

    Rows that never do are left out: a row that ended before it began was withdrawn.
    """
    stated = list(rows)
    if len(stated) == 1:
        return [span_alone(row) for row in stated if _lasts(row)]
    by_key: dict[str, list[MappingRow]] = {}
    for row in stated:
        by_key.setdefault(row.key, []).append(row)
    found = []
    for same in by_key.values():
        starts = sorted({row.valid_from for row in same})
        for row in same:
            ends = row.valid_to or date.max
            later = starts[bisect_right(starts, row.valid_from) :]
            if later:
                ends = min(ends, later[0] - timedelta(days=1))
            if ends >= row.valid_from:
                found.append(Span(row, row.valid_from, ends))
    return found


def _lasts(row: MappingRow) -> bool:
    return row.valid_to is None or row.valid_to >= row.valid_from
