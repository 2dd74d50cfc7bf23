"""Many rows of one width at once: as columns of text, each row with its physical line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from tieout.adapters.delimited.cuts import BLANKS, Cell, Cut, cell_name
from tieout.adapters.delimited.knobs import Container

#: Name of the column with the physical line of each row.
FILE_LINE: Final = "file_line"


@dataclass
class Bulk:
    """The plain rows of a large file; those that need a closer look are not among them.

    Attributes:
        content: the file in UTF-8, until its cells are split.
        lines: the physical line, counted from 1, of every line from the first row on.
        plain: which of these lines are rows of the bulk.
        width: how many fields each row has.
        cells: `file_line` and the text columns that were asked for, once they are split.
        bare: columns in which no text begins or ends with a blank.
    """

    content: bytes
    lines: pl.Series
    plain: pl.Series
    width: int
    cells: pl.DataFrame = field(default_factory=pl.DataFrame)
    bare: frozenset[str] = frozenset()

    @property
    def is_split(self) -> bool:
        """Whether the cells are there."""
        return bool(self.cells.width)

    @property
    def height(self) -> int:
        """How many rows it has."""
        return int(self.plain.sum())

    def split(self, positions: Collection[int], container: Container) -> bool:
        """Split the rows into the cells at these positions; whether that gave a row per line."""
        first = self.plain.arg_max() or 0
        skipped = int(self.lines[first]) - 1 if self.height else 0
        inside = sorted(position for position in positions if position < self.width)
        split = pl.read_csv(
            self.content,
            has_header=False,
            skip_lines=skipped,
            schema={cell_name(position): pl.String for position in range(self.width)},
            columns=inside or [0],
            separator=container.delimiter,
            quote_char=container.quote or None,
            empty_string_is_null=False,
            extra_columns="ignore",
        )
        if split.height != self.lines.len() - first:
            return False
        beyond = {cell_name(at): pl.lit("") for at in positions if at >= self.width}
        numbered = split.with_columns(self.lines.slice(first).alias(FILE_LINE), **beyond)
        self.cells = numbered if self.plain.all() else numbered.filter(self.plain.slice(first))
        self.bare = self._bare_columns()
        self.content = b""
        return True

    def _bare_columns(self) -> frozenset[str]:
        """Columns that need no stripping: looking at both ends is cheaper than a copy."""
        if not self.content.isascii():
            return frozenset()
        inside = [mark for mark in BLANKS if mark.isascii() and mark not in "\r\n"]
        blanks = [mark for mark in inside if mark.encode() in self.content]
        ends = [
            pl.any_horizontal(
                pl.lit(value=False),
                *(pl.col(name).str.starts_with(mark).any() for mark in blanks),
                *(pl.col(name).str.ends_with(mark).any() for mark in blanks),
            ).alias(name)
            for name in self.cells.columns
            if name != FILE_LINE
        ]
        found = self.cells.select(ends).row(0, named=True)
        return frozenset(name for name, ended in found.items() if not ended)

    def stripped(self, cut: Cut) -> pl.Expr:
        """One field with the blanks around it off."""
        column = cut.column()
        if isinstance(cut, Cell) and cell_name(cut.position) in self.bare:
            return column
        return column.str.strip_chars(BLANKS)

    def texts(self, cut: Cut) -> pl.Series:
        """One field of all rows, blanks around it off."""
        return self.cells.select(text=self.stripped(cut)).to_series()

    def distinct(self, cut: Cut) -> set[str]:
        """The texts that one field has, blanks around them off."""
        return {text.strip() for text in self.cells.select(cut.column().unique()).to_series()}

    def row(self, index: int) -> tuple[int, list[str]]:
        """The physical line and the cells of one row, as if it had been read alone."""
        found = self.cells.row(index, named=True)
        return found[FILE_LINE], [found.get(cell_name(at), "") for at in range(self.width)]
