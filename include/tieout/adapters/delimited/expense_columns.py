"""The rows of an expense extract to canonical expense lines, a column at a time.

Each field is read by what its contract says it is. A value that can't be read stays as it was found
and is told with its line: the row goes on and is held, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from tieout.adapters.delimited.bulk import FILE_LINE
from tieout.adapters.delimited.bulk_amounts import canonical_amounts
from tieout.adapters.delimited.columns import Layout
from tieout.adapters.delimited.cuts import BLANKS, cell_name
from tieout.adapters.delimited.grid import Grid
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.values import (
    most_decimals,
    read_amount,
    read_date,
    read_instant,
    read_rate,
)
from tieout.contracts.columns import EXPENSE_LINE as COLUMNS
from tieout.contracts.findings import Findings, masked
from tieout.contracts.meaning import FieldMeaning, FieldType, Sensitivity
from tieout.contracts.row_fields import EXPENSE_LINE
from tieout.contracts.source_text import ValueUnreadableError
from tieout.finance.money import CurrencyUnknownError, minor_digits

#: Whose decimals an amount may have: the field with its currency.
_CURRENCY_OF: Final = {
    "amount": "currency",
    "tax_base": "currency",
    "spend_amount": "spend_currency",
}


@dataclass(frozen=True, slots=True, order=True)
class _Trouble:
    """A value that is not what its field awaits; ordered as people read the file."""

    line: int
    field_no: int
    column: str
    message: str
    found: str


def expense_lines(
    grid: Grid, layout: Layout, profile: DelimitedProfile, findings: Findings
) -> pl.DataFrame:
    """The canonical frame of all rows that have the file's width; the others are told."""
    reader = _ExpenseReader(all_cells(grid, layout), layout, profile)
    for line, cells in grid.rows:
        if len(cells) != layout.width:
            reader.troubles.append(_torn(line, len(cells), layout.width))
    columns = reader.columns()
    for trouble in sorted(reader.troubles):
        findings.add(
            "value_unreadable",
            trouble.message,
            line=trouble.line,
            field=trouble.column,
            found=trouble.found,
        )
    frame = pl.DataFrame([reader.lines, *columns])
    return frame.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line_no"), FILE_LINE, *COLUMNS
    )


def _torn(line: int, width: int, awaited: int) -> _Trouble:
    message = (
        f"Line {line} is not a row of this file: it has {width} fields, the header has {awaited}."
    )
    return _Trouble(line, -1, "row", message, f"{width} fields")


def all_cells(grid: Grid, layout: Layout) -> pl.DataFrame:
    """All rows of the right width as columns, those of a bulk and those read alone."""
    rows = [row for row in grid.rows if len(row[1]) == layout.width]
    names = [cell_name(at) for at in range(layout.width)]
    if grid.bulk:
        names = [name for name in names if name in grid.bulk.cells.columns]
    alone = pl.DataFrame(
        [
            pl.Series(FILE_LINE, [line for line, _ in rows], dtype=pl.Int64),
            *(
                pl.Series(name, [cells[int(name[5:])] for _, cells in rows], dtype=pl.String)
                for name in names
            ),
        ]
    )
    if grid.bulk is None:
        return alone
    bulk = grid.bulk.cells.select(FILE_LINE, *names)
    return pl.concat([bulk, alone]).sort(FILE_LINE) if rows else bulk


@dataclass
class _ExpenseReader:
    cells: pl.DataFrame
    layout: Layout
    profile: DelimitedProfile
    troubles: list[_Trouble] = field(default_factory=list)

    @property
    def lines(self) -> pl.Series:
        """The physical line of each row."""
        return self.cells[FILE_LINE]

    def columns(self) -> list[pl.Series]:
        """Every canonical column; amounts last, since their decimals depend on the currency."""
        order = sorted(COLUMNS, key=lambda name: name in _CURRENCY_OF)
        read: dict[str, pl.Series] = {}
        for name in order:
            texts = self._texts(name)
            if name in _CURRENCY_OF:
                read[name] = self._amounts(name, texts, read[_CURRENCY_OF[name]])
            else:
                read[name] = self._known(name, texts)
        return [read[name].alias(name) for name in COLUMNS]

    def _texts(self, name: str) -> pl.Series:
        cut = self.layout.fields.get(name)
        if cut is None:
            stated = self.profile.constants.get(name, "")
            return pl.repeat(stated, self.cells.height, eager=True, dtype=pl.String)
        return self.cells.select(text=cut.column().str.strip_chars(BLANKS)).to_series()

    def _known(self, name: str, texts: pl.Series) -> pl.Series:
        """A field of few different texts: each is read once."""
        about = EXPENSE_LINE[name]
        read = self._reader(about)
        meant: list[str] = []
        bad: dict[str, str] = {}
        found = texts.unique().to_list()
        for text in found:
            try:
                meant.append(read(text))
            except ValueUnreadableError as error:
                meant.append(text)
                bad[text] = str(error)
        if bad:
            places = texts.is_in(list(bad)).arg_true().to_list()
            self._tell(about, texts, {at: bad[texts[at]] for at in places})
        if meant == found:
            return texts
        return pl.Series(meant, dtype=pl.String).gather(texts.cast(pl.Enum(found)).to_physical())

    def _reader(self, about: FieldMeaning) -> Callable[[str], str]:
        """How one text of a field is read; raises ValueUnreadableError."""
        profile = self.profile
        words = profile.codes.get(about.name, {})

        def read(text: str) -> str:
            if about.name == "currency" and not text:
                text = profile.currency
            text = words.get(text, text)
            if not text:
                if about.required:
                    raise ValueUnreadableError("filled")
                return ""
            if about.choices and text not in about.choices:
                raise ValueUnreadableError(f"one of {', '.join([*words, *about.choices])}")
            if not profile.has_form(about.name, text):
                raise ValueUnreadableError(f"of the form {profile.forms[about.name]}")
            if about.name == "entity" and profile.entities:
                if text not in profile.entities:
                    raise ValueUnreadableError("an entity that the profile knows")
                return profile.entities[text]
            if about.name == "exchange_rate":
                return read_rate(text, profile.number_form)
            if about.type is FieldType.DATE:
                return read_date(text, profile.values)
            if about.type is FieldType.INSTANT:
                return read_instant(text, profile.values)
            return text

        return read

    def _amounts(self, name: str, texts: pl.Series, currencies: pl.Series) -> pl.Series:
        about, form = EXPENSE_LINE[name], self.profile.number_form
        if texts.len() and (texts == "").all() and not about.required:
            return texts
        decimals = {code: self._most_decimals(code) for code in currencies.unique().to_list()}
        read = texts.clone()  # `scatter` writes into the series itself
        for code, most in decimals.items():
            mine = (currencies == code).arg_true()
            read = read.scatter(mine, canonical_amounts(texts.gather(mine), form, most))
        alone = read.is_null() & ((texts != "") | about.required)
        meant: list[str] = []
        bad: dict[int, str] = {}
        for at in alone.arg_true().to_list():
            try:
                meant.append(read_amount(texts[at], form, decimals[currencies[at]]))
            except ValueUnreadableError as error:
                meant.append(texts[at])
                bad[at] = str(error) if texts[at] else "filled"
        self._tell(about, texts, bad)
        return read.scatter(alone.arg_true(), meant).fill_null("")

    def _most_decimals(self, currency: str) -> int:
        try:
            digits: int | None = minor_digits(currency)
        except CurrencyUnknownError:
            digits = None
        return most_decimals(self.profile.values.scale, digits)

    def _tell(self, about: FieldMeaning, texts: pl.Series, bad: Mapping[int, str]) -> None:
        """Note what is wrong at the rows with these indices; `bad` says what was awaited."""
        title = str(self.profile.columns.at.get(about.name, about.name))
        personal = about.sensitivity is Sensitivity.PERSONAL
        number = COLUMNS.index(about.name)
        for at, awaited in bad.items():
            line, text = self.lines[at], texts[at]
            shown = masked(text) if personal else text
            message = f"Line {line}: {title} is not {awaited}."
            self.troubles.append(_Trouble(line, number, title, message, shown or "(empty)"))
