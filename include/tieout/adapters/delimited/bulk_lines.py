"""The rows of a large file to pay lines by whole columns; equal to reading each row alone.

The expressions recognise rows without any trouble. A row that shows one (a form of amount, a date,
a key that stands twice, an empty code) is read alone by `RowReader`, in the order of the file, so
that each finding has its words and its place from one piece of code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Final

import polars as pl

from tieout.adapters.delimited.bulk import FILE_LINE, Bulk
from tieout.adapters.delimited.bulk_legs import LegColumns, leg_columns
from tieout.adapters.delimited.grid import Grid
from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.rows import CODES, DATES, Basis, RowReader, Seen
from tieout.contracts.columns import PAY_LINE
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import numbered
from tieout.contracts.source_text import ValueUnreadableError

#: Order of the legs of one row.
_LEG: Final = "leg"


@dataclass(frozen=True)
class _Columns:
    """Makes the columns that all legs of a row share."""

    basis: Basis
    bulk: Bulk

    def text(self, field: str) -> pl.Expr | None:
        """The text of a field, or none when the profile does not place it."""
        cut = self.basis.layout.fields.get(field)
        if cut is None:
            return None
        return self.bulk.stripped(cut) if self.basis.profile.values.trim else cut.column()

    def shared(self) -> pl.DataFrame:
        """Codes, currency, entity and dates; a date is null where it can't be read."""
        profile, fields = self.basis.profile, self.basis.layout.fields
        columns: dict[str, pl.Expr | pl.Series] = {"coding": pl.lit(profile.coding)}
        for name in CODES:
            if (text := self.text(name)) is not None:
                columns[name] = text
        columns["currency"] = self._known("currency", profile.currency, lambda code: code)
        columns["entity"] = self._known(
            "entity", self.basis.stated.entity, lambda code: profile.entities.get(code, code)
        )
        columns["posting_date"] = self._known(
            "posting_date", self.basis.posting_date, partial(self._date, "posting_date")
        )
        if "earned_for" in fields:
            columns["earned_for"] = self._known("earned_for", "", partial(self._date, "earned_for"))
        if profile.coding == "account":
            columns["voucher_key"] = self._voucher()
        return self.bulk.cells.select(FILE_LINE, **columns)

    def _known(
        self, field: str, otherwise: str, read: Callable[[str], str | None]
    ) -> pl.Expr | pl.Series:
        """A field of few different texts: each is read once, no text is `otherwise`."""
        text = self.text(field)
        if text is None:
            return pl.lit(otherwise)
        texts = self.bulk.cells.select(text.alias(field)).to_series()
        found = texts.unique().to_list()
        meant = [read(text) if text else otherwise for text in found]
        if meant == found:
            return texts
        return pl.Series(meant, dtype=pl.String).gather(texts.cast(pl.Enum(found)).to_physical())

    def _date(self, field: str, text: str) -> str | None:
        try:
            return DATES[field](text, self.basis.profile.values)
        except ValueUnreadableError:
            return None

    def _voucher(self) -> pl.Series:
        """The parts of a voucher's key that are not empty, with blanks between; else `1`."""
        cuts = [self.basis.layout.cell(it) for it in self.basis.profile.identity.group_key]
        parts = [self.bulk.stripped(cut) for cut in cuts]
        if not parts:
            text = self.text("voucher")
            parts = [pl.lit("") if text is None else text]
        key = reduce(_joined, parts)
        whole = pl.when(key == "").then(pl.lit("1")).otherwise(key)
        return self.bulk.cells.select(pl.col(FILE_LINE), key=whole)["key"]


def _joined(before: pl.Expr, part: pl.Expr) -> pl.Expr:
    return (
        pl.when(part == "")
        .then(before)
        .when(before == "")
        .then(part)
        .otherwise(pl.concat_str(before, pl.lit(" "), part))
    )


def read_bulk(
    grid: Grid, basis: Basis, legs: Legs, findings: Findings
) -> tuple[pl.DataFrame, Seen]:
    """The pay lines of a file whose plain rows are a bulk, and what the rows showed."""
    bulk = grid.bulk
    assert bulk is not None
    shared = _Columns(basis, bulk).shared()
    columns = leg_columns(bulk, basis, legs)
    alone = RowReader(basis, legs, findings)
    doubled = _doubled(bulk, basis, alone.seen)
    plain = ~(doubled | _troubled(shared, columns, basis))
    _read_alone(grid, bulk, plain, alone)
    read = [_lines(shared, leg, at, plain) for at, leg in enumerate(columns)]
    frame = _merged(read, alone.lines.frame())
    return frame, _seen(frame, shared, basis)


def _troubled(shared: pl.DataFrame, columns: list[LegColumns], basis: Basis) -> pl.Series:
    """Rows of which some part can't be read as it should."""
    trouble = pl.repeat(value=False, n=shared.height, eager=True)
    for name in DATES:
        if name in shared.columns:
            trouble |= shared[name].is_null()
    for name in basis.profile.forms:
        if name in shared.columns:
            texts = shared[name]
            odd = [it for it in texts.unique() if not basis.profile.has_form(name, it)]
            trouble |= texts.is_in(odd)
    for leg in columns:
        trouble |= leg.trouble
        code = leg.codes.get(basis.code_column)
        if code is None and basis.code_column in shared.columns:
            code = shared[basis.code_column]
        empty = ~trouble if code is None else code == ""
        trouble |= leg.stands & empty
    return trouble


def _doubled(bulk: Bulk, basis: Basis, seen: Seen) -> pl.Series:
    """Rows whose key stood before; `seen` gets the first line of each such key."""
    names = basis.profile.identity.dedupe_key
    none = pl.repeat(value=False, n=bulk.height, eager=True)
    if not names:
        return none
    keys = bulk.cells.select(
        FILE_LINE,
        *(basis.layout.cell(name).column().alias(f"key_{at}") for at, name in enumerate(names)),
    )
    parts = keys.columns[1:]
    hashed = keys.select(pl.struct(parts).hash()).to_series()
    if hashed.n_unique() == hashed.len():
        return none
    suspects = keys.filter(hashed.is_duplicated())
    again = suspects.filter(~suspects.select(parts).to_struct().is_first_distinct())
    told = suspects.join(again.select(parts).unique(), on=parts, how="semi", nulls_equal=True)
    for line, *key in told.iter_rows():
        seen.keys.setdefault(tuple(key), line)
    return keys[FILE_LINE].is_in(again[FILE_LINE].to_list())


def _read_alone(grid: Grid, bulk: Bulk, plain: pl.Series, alone: RowReader) -> None:
    rows = [bulk.row(at) for at in (~plain).arg_true()]
    for line, cells in sorted((*grid.rows, *rows), key=lambda row: row[0]):
        alone.take(line, cells)


def _lines(shared: pl.DataFrame, leg: LegColumns, at: int, plain: pl.Series) -> pl.DataFrame:
    """The lines that one leg of the plain rows makes."""
    frame = shared.with_columns(
        *(codes.alias(name) for name, codes in leg.codes.items()),
        leg.amounts.alias("amount"),
        pl.lit(at, dtype=pl.Int64).alias(_LEG),
    )
    chosen = plain & leg.stands
    frame = frame if chosen.all() else frame.filter(chosen)
    missing = [pl.lit("").alias(name) for name in PAY_LINE if name not in frame.columns]
    return frame.with_columns(missing).select(FILE_LINE, *PAY_LINE, _LEG)


def _merged(read: list[pl.DataFrame], alone: pl.DataFrame) -> pl.DataFrame:
    """All lines in the order of rows and legs, numbered from 1."""
    others = alone.select(FILE_LINE, *PAY_LINE, pl.col("line_no").alias(_LEG))
    parts = [part for part in (*read, others) if part.height]
    frame = pl.concat(parts) if parts else others
    if len(parts) > 1:
        frame = frame.sort(FILE_LINE, _LEG)
    return numbered(frame.drop(_LEG))


def _seen(frame: pl.DataFrame, shared: pl.DataFrame, basis: Basis) -> Seen:
    """What all rows showed, those read alone among them."""
    seen = Seen(currencies=set(shared["currency"].unique().to_list()))
    if basis.profile.coding == "account":
        first = shared.group_by("voucher_key", maintain_order=True).agg(pl.col(FILE_LINE).min())
        seen.first_line = dict(first.iter_rows())
    elif basis.profile.components:
        known = list(basis.profile.components)
        unknown = frame.filter(~pl.col("component_code").is_in(known))["component_code"]
        seen.unknown_codes = Counter(dict(unknown.value_counts().iter_rows()))
    return seen
