"""What a table of a report is made of; page and plain text walk the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column; numbers stand to the right, what is `whole` stays on one line."""

    label: str
    number: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `note` is small print below it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the sentence that says what it shows; without rows the sentence is all."""

    title: str
    sentence: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    more: str = ""


def table(
    title: str, sentence: str, columns: Iterable[Column], rows: Sequence[tuple[Cell, ...]]
) -> Table:
    """A table of rows, or its sentence alone when there are none."""
    return Table(title, sentence, tuple(columns), tuple(rows))


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum, or None when a part of it is not shown: the rest would give it away."""
    found = list(amounts)
    return None if any(part is None for part in found) else sum(part or 0 for part in found)
