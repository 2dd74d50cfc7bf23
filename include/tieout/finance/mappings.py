"""Mappings and policies as finance owns them: versions of rows, most specific wins.

A row's scope is `group`, `country:DE` or `entity:DE01`; tables that name an entity instead say `*`
for all. A look-up answers *as of* a day (`valid_from` to `valid_to`, true in the business) from the
rows *known* at an instant (the set it is asked of). How it decides, in this order:

1. Of one key, the row with the latest start not after the day governs. Once it has ended, the key
   is silent: an older row of it never comes back by itself.
2. The more specific scope wins, then the row with more columns that say the wanted text.
3. Two keys that fit equally are a conflict, told at activation and again here; nothing is guessed.

The tables and what identifies a row stand in `tieout.finance.mapping_tables`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from tieout.errors import ConfigurationError
from tieout.finance.mapping_rows import (
    ANY,
    MappingRow,
    Span,
    scope_in,
    scope_of,
    span_alone,
    spans,
)
from tieout.finance.mapping_tables import TABLES

__all__ = ["ANY", "Fit", "MappingRow", "MappingSet", "Share", "Span", "scope_of", "spans", "whole"]

#: How specific a scope is.
ENTITY, COUNTRY, GROUP = 3, 2, 1


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a cost center split, and the name of the row that says so."""

    cost_center: str
    percent: Decimal
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """A row that fits a question; `rank` orders fits, the highest answers."""

    row: MappingRow
    rank: tuple[int, int]


#: Candidates of one table by (scope, text of the anchor column).
_Index = dict[tuple[str, str], list[Span]]


@dataclass(frozen=True)
class MappingSet:
    """All rows active at one known-at instant, with the countries of the entities.

    `version` names the set: a hash over its rows, part of every build's inputs.
    """

    rows: Sequence[MappingRow]
    countries: Mapping[str, str]
    version: str
    _by_table: dict[str, list[MappingRow]] = field(default_factory=dict, repr=False)
    _indexes: dict[str, _Index] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._by_table.setdefault(row.table, []).append(row)

    def table(self, name: str) -> list[MappingRow]:
        """The rows of one table, of every validity."""
        return self._by_table.get(name, [])

    @cached_property
    def by_name(self) -> Mapping[str, MappingRow]:
        """Every row by `table:key@version`."""
        return {row.name: row for row in self.rows}

    def best(self, table: str, entity: str, on: date, **wanted: str) -> MappingRow | None:
        """The row that answers a question on a day, or none.

        Args:
            table: one of `TABLES`.
            entity: whose question it is; `""` for tables that know no entity.
            on: the day that the rule must hold on.
            wanted: texts of the columns to compare. What is not given counts as not known: a row
                that asks for it does not fit.

        Raises:
            ConfigurationError: two rows of equal specificity fit.
        """
        fits = self.fits(table, entity, on, **wanted)
        if not fits:
            return None
        if len(fits) > 1 and fits[0].rank == fits[1].rank:
            raise ConfigurationError(
                f"Two rules of {table} fit {entity} {wanted} equally: "
                f"{fits[0].row.key} and {fits[1].row.key}.",
                code="mapping_conflict",
                next_step="Narrow one of them.",
            )
        return fits[0].row

    def fits(self, table: str, entity: str, on: date, **wanted: str) -> list[Fit]:
        """Every row that fits, most specific first: the first answers, and overrides the rest."""
        known = TABLES[table]
        compared = [name for name in known.matched if name != "entity"]
        compared += [name for name in wanted if name not in compared]
        must = frozenset(compared) - frozenset(known.matched)
        texts = [(name, wanted.get(name, ""), name in must) for name in compared]
        found: list[Fit] = []
        for reach, span in self._candidates(table, entity, wanted.get(known.anchor, "")):
            if not span.starts <= on <= span.ends:
                continue
            row, exact = span.row, 0
            for name, text, needed in texts:
                stated = row[name]
                if stated == text and text:
                    exact += 1
                elif needed or stated not in ANY:
                    break
            else:
                found.append(Fit(row, (reach, exact)))
        found.sort(key=lambda fit: (-fit.rank[0], -fit.rank[1], fit.row.key, fit.row.version))
        return found

    def _candidates(self, table: str, entity: str, anchor: str) -> Iterator[tuple[int, Span]]:
        index = self._indexes.get(table)
        if index is None:
            index = self._indexes[table] = _indexed(self.table(table), table)
        scopes = [(GROUP, "group")]
        if entity:
            scopes.append((ENTITY, f"entity:{entity}"))
            country = self.countries.get(entity, "")
            if country:
                scopes.append((COUNTRY, f"country:{country}"))
        anchors = {anchor, "*", ""} if TABLES[table].anchor else {""}
        for reach, scope in scopes:
            for text in anchors:
                for span in index.get((scope, text), ()):
                    yield reach, span

    def cost_center_shares(self, provider: str, entity: str, code: str, on: date) -> list[Share]:
        """ERP cost centers of a source's code; empty: unmapped.

        A split is all rows of one validity; a share of 0 percent ends a row. Whether the percents
        sum to 100 is the caller's to check: if not, rules contradict each other (see `whole`).
        """
        shares = [
            Share(row["cost_center"], Decimal(row["percent"] or "100"), row.name)
            for row in self.split_of(provider, entity, code, on)
        ]
        return sorted(
            (share for share in shares if share.percent), key=lambda share: share.cost_center
        )

    def split_of(self, provider: str, entity: str, code: str, on: date) -> list[MappingRow]:
        """The rows that share a source's code: of the most specific level, of one validity."""
        levels: dict[tuple[int, bool], list[MappingRow]] = {}
        for reach, span in self._candidates("cost_centers", entity, code):
            row = span.row
            if row["source_code"] == code and row["provider"] in {provider, *ANY}:
                level = (reach, row["provider"] == provider)
                levels.setdefault(level, []).append(row)
        for level in sorted(levels, reverse=True):
            started = [row for row in levels[level] if row.valid_from <= on]
            start = max((row.valid_from for row in started), default=None)
            alive = [row for row in started if row.valid_from == start and row.holds_on(on)]
            if alive:
                return sorted(alive, key=lambda row: (row.key, row.version))
        return []

    def successor(self, entity: str, cost_center: str, on: date | None = None) -> MappingRow | None:
        """The row naming what takes a closed cost center's place; the entity's own row first.

        Args:
            entity: whose cost center it is.
            cost_center: closed in the ERP.
            on: the day on which the row must hold; none asks for the newest one.
        """
        return self.best("successors", entity, on or date.max, cost_center=cost_center)

    def project(self, provider: str, entity: str, code: str, on: date) -> MappingRow | None:
        """The row naming the ERP project of a source's code, or none."""
        return self.best("projects", entity, on, provider=provider, source_code=code)

    def intercompany(self, paying: str, bearing: str, on: date) -> MappingRow | None:
        """The row of a pair of entities; none holds what one pays for the other."""
        return self.best("intercompany", "", on, paying_entity=paying, bearing_entity=bearing)

    def department(self, provider: str, entity: str, code: str, on: date) -> MappingRow | None:
        """The row naming the ERP department of HR's, or none."""
        return self.best("departments", entity, on, provider=provider, source_code=code)


def _indexed(rows: Sequence[MappingRow], table: str) -> _Index:
    """Rows by scope and anchor, so that a look-up reads a handful of 60,000."""
    known = TABLES[table]
    buckets: dict[tuple[str, str], list[MappingRow]] = {}
    for row in rows:
        text = row[known.anchor] if known.anchor else ""
        buckets.setdefault((scope_in(known, row), text), []).append(row)
    if table == "cost_centers":
        # Shares are governed by their code, not row by row: see `split_of`.
        return {place: [span_alone(row) for row in same] for place, same in buckets.items()}
    if known.anchor:
        # All rows of a key stand in one bucket.
        return {place: spans(same) for place, same in buckets.items()}
    index: _Index = {}
    for span in spans(rows):
        index.setdefault((scope_in(known, span.row), ""), []).append(span)
    return index


def whole(shares: Sequence[Share]) -> bool:
    """Whether the shares are a split: none negative, and their percents sum to 100 exactly."""
    hundred = 100
    return all(share.percent > 0 for share in shares) and (
        sum((share.percent for share in shares), Decimal(0)) == hundred
    )
