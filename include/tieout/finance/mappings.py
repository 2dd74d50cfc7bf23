"""Mappings and policies as finance owns them: versions of rows, most specific wins.

A row's scope is `group`, `country:DE` or `entity:DE01`. Two rows of equal specificity that both fit
are a conflict, told at activation and again at look-up; nothing is guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.errors import ConfigurationError

#: Columns that identify a row of each table; the rest is what it decides.
TABLES: Mapping[str, tuple[str, ...]] = {
    "accounts": ("scope", "provider", "coding", "source_code"),
    "cost_centers": ("provider", "entity", "source_code", "cost_center"),
    "successors": ("entity", "cost_center"),
    "projects": ("provider", "entity", "source_code"),
    "routing": ("rule",),
    "tax_treatment": ("scope", "expense_type"),
    "dates_and_rates": ("scope", "journal_kind"),
    "posting": ("scope", "journal_kind"),
    "control": ("entity", "account"),
    "waivers": ("exception_code", "role"),
    "windows": ("scope", "journal_kind"),
    "cutoffs": ("entity", "period"),
}


def natural_key(table: str, content: Mapping[str, str]) -> str:
    """The identity of a row over its versions."""
    return "|".join(content.get(column, "") for column in TABLES[table])


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One active version of a row."""

    table: str
    version: int
    valid_from: date
    content: Mapping[str, str]
    author: str = ""
    decided_by: str = ""

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
        """What the row says, as canonical JSON."""
        return json.dumps(dict(self.content), sort_keys=True, ensure_ascii=False)

    def __getitem__(self, column: str) -> str:
        return self.content.get(column, "") or ""


def _scope_rank(scope: str, entity: str, country: str) -> int | None:
    """How specific a scope is for an entity; None when it does not apply."""
    if scope == f"entity:{entity}":
        return 3
    if scope == f"country:{country}":
        return 2
    return 1 if scope in {"group", "*", ""} else None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a cost center split, and the name of the row that says so."""

    cost_center: str
    percent: Decimal
    rule: str = ""


@dataclass(frozen=True)
class MappingSet:
    """All rows active at one known-at instant, with the countries of the entities.

    `version` names the set: a hash over its rows, part of every build's inputs.
    """

    rows: Sequence[MappingRow]
    countries: Mapping[str, str]
    version: str
    _by_table: dict[str, list[MappingRow]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._by_table.setdefault(row.table, []).append(row)

    def table(self, name: str) -> list[MappingRow]:
        """The active rows of one table."""
        return self._by_table.get(name, [])

    def best(self, table: str, entity: str, on: date, **wanted: str) -> MappingRow | None:
        """The most specific row that fits, or none.

        A `*` in a row fits anything but ranks below an equal text; specificity counts the scope
        first, then the exact columns.

        Raises:
            ConfigurationError: two rows of equal specificity fit.
        """
        country = self.countries.get(entity, "")
        fits: list[tuple[tuple[int, int, date], MappingRow]] = []
        for row in self.table(table):
            rank = _scope_rank(row["scope"], entity, country)
            if rank is None or row.valid_from > on:
                continue
            exact = 0
            for column, value in wanted.items():
                stated = row[column]
                if stated == value:
                    exact += 1
                elif stated not in {"*", ""}:
                    break
            else:
                fits.append(((rank, exact, row.valid_from), row))
        if not fits:
            return None
        fits.sort(key=lambda pair: pair[0], reverse=True)
        if len(fits) > 1 and fits[0][0] == fits[1][0]:
            raise ConfigurationError(
                f"Two rules of {table} fit {entity} {wanted} equally: "
                f"{fits[0][1].key} and {fits[1][1].key}.",
                code="mapping_conflict",
                next_step="Narrow one of them.",
            )
        return fits[0][1]

    def cost_center_shares(self, provider: str, entity: str, code: str, on: date) -> list[Share]:
        """ERP cost centers of a source's code; empty: unmapped.

        A split is all rows of one validity; a share of 0 percent ends a row. Whether the percents
        sum to 100 is the caller's to check: if not, rules contradict each other (see `whole`).
        """
        shares = [
            Share(row["cost_center"], Decimal(row["percent"] or "100"), row.name)
            for row in self._of_code("cost_centers", provider, entity, code, on)
        ]
        return sorted(
            (share for share in shares if share.percent), key=lambda share: share.cost_center
        )

    def successor(self, entity: str, cost_center: str) -> MappingRow | None:
        """The row naming what takes a closed cost center's place; the entity's own row first."""
        rows = {
            row["entity"]: row
            for row in self.table("successors")
            if row["cost_center"] == cost_center
        }
        return rows.get(entity) or rows.get("*")

    def project(self, provider: str, entity: str, code: str, on: date) -> MappingRow | None:
        """The row naming the ERP project of a source's code, or none."""
        fits = self._of_code("projects", provider, entity, code, on)
        return fits[0] if fits else None

    def _of_code(
        self, table: str, provider: str, entity: str, code: str, on: date
    ) -> list[MappingRow]:
        """The rows of a source's code: the most specific ones, and of those the latest valid."""

        def rank(row: MappingRow) -> tuple[bool, bool, date]:
            return (row["entity"] == entity, row["provider"] == provider, row.valid_from)

        fits = [
            row
            for row in self.table(table)
            if row["provider"] in {provider, "*"}
            and row["entity"] in {entity, "*"}
            and row["source_code"] == code
            and row.valid_from <= on
        ]
        best = max(map(rank, fits), default=None)
        return [row for row in fits if rank(row) == best]


def whole(shares: Sequence[Share]) -> bool:
    """Whether the shares are a split: none negative, and their percents sum to 100 exactly."""
    hundred = 100
    return all(share.percent > 0 for share in shares) and (
        sum((share.percent for share in shares), Decimal(0)) == hundred
    )


def conflicts(rows: Iterable[MappingRow]) -> list[str]:
    """Keys that appear twice with the same validity: told before activation."""
    seen: dict[tuple[str, str, date], int] = {}
    for row in rows:
        identity = (row.table, row.key, row.valid_from)
        seen[identity] = seen.get(identity, 0) + 1
    return sorted(f"{table}: {key}" for (table, key, _), count in seen.items() if count > 1)
