"""Where one field stands: in one row's cells, or in the columns of many rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

#: What Python's `str.strip` takes off; Polars knows four of these letters not as blanks.
BLANKS: Final = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


def cell_name(position: int) -> str:
    """The column that holds the cells at a position, counted from 0."""
    return f"cell_{position}"


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell at a position, counted from 0; empty where the row is shorter."""

    position: int

    def __call__(self, cells: list[str]) -> str:
        """The text in one row."""
        return cells[self.position] if self.position < len(cells) else ""

    def column(self) -> pl.Expr:
        """The texts in a frame of cells."""
        return pl.col(cell_name(self.position))


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters `first` to `last` of a fixed-width line, counted from 1, both included."""

    first: int
    last: int

    def __call__(self, cells: list[str]) -> str:
        """The text in one row."""
        return cells[0][self.first - 1 : self.last]

    def column(self) -> pl.Expr:
        """The texts in a frame of cells."""
        return pl.col(cell_name(0)).str.slice(self.first - 1, self.last - self.first + 1)

    @property
    def position(self) -> int:
        """A fixed-width line is one cell."""
        return 0


Cut = Cell | Letters


def letters(span: str) -> Letters:
    """The letters `from-to` (from 1, inclusive) of a fixed-width line."""
    first, last = (int(part) for part in span.split("-"))
    return Letters(first, last)
