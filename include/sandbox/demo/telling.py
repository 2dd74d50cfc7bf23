"""What the viewer sees: acts and sentences, a live grid while a run works, tables.

On a terminal the grid is redrawn in place; elsewhere (a pipe, a build server) each change of it is
one plain line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from sandbox.demo.progress import STAGES, Row

_WIDEST, _PIPE, _NARROWEST = 400, 160, 100
_NOWHERE = (-1, "")
#: Words of a cell that are worth a line, and what the line says; a finished stage says its name.
_TOLD = {
    "done": "",
    "wait": "waits for its approval",
    "retry": "is tried again",
    "failed": "failed",
    "blocked": "is blocked",
}
_STYLES = {
    "done": "green",
    "run": "bold cyan",
    "wait": "bold yellow",
    "retry": "yellow",
    "failed": "bold red",
    "blocked": "red",
    "none": "dim",
    "queue": "dim",
}


class Telling:
    """Writes to the terminal.

    Args:
        console: another console than the terminal's, for tests.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self.live = self._console.is_terminal and not os.environ.get("CI")

    def act(self, number: int, title: str) -> None:
        """Begin an act."""
        self._console.print(f"\n[bold]{number}. {escape(title)}[/bold]")

    def say(self, sentence: str, *, by: str = "") -> None:
        """One thing that happened; `by` is the person or system that did it."""
        who = f"[cyan]{escape(by)}[/cyan]: " if by else ""
        self._console.print(f"   {who}{escape(sentence)}")

    def good(self, sentence: str) -> None:
        """Something that holds."""
        self._console.print(f"   [green]{escape(sentence)}[/green]")

    def bad(self, sentence: str) -> None:
        """Something that does not hold."""
        self._console.print(f"   [bold red]{escape(sentence)}[/bold red]")

    def figures(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """A table of figures, which are never cut: a wide one flows over the window's edge.

        Args:
            heads: the columns' heads.
            rows: the cells.
            right: numbers of the columns that hold amounts or counts.
        """
        self._draw(heads, rows, right=right, wraps=False, width=_WIDEST)

    def sentences(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table of texts, which are broken to fit the window."""
        window = self._console.width if self._console.is_terminal else _PIPE
        self._draw(heads, rows, right=(), wraps=True, width=max(window, _NARROWEST))

    def _draw(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Sequence[int],
        wraps: bool,
        width: int,
    ) -> None:
        drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for number, head in enumerate(heads):
            side: Literal["left", "right"] = "right" if number in right else "left"
            drawn.add_column(head, no_wrap=not wraps, overflow="fold", justify=side)
        for row in rows:
            drawn.add_row(*(escape(cell) for cell in row))
        window = self._console.width
        self._console.width = width
        self._console.print(drawn, crop=False)
        self._console.width = window

    @contextmanager
    def watching(self, title: str) -> Iterator[Progress]:
        """A grid that follows a run until it is left."""
        progress = Progress(title)
        if not self.live:
            progress.plain = self._console
            yield progress
            return
        with Live(progress, console=self._console, refresh_per_second=4, transient=True) as live:
            progress.shown = live
            yield progress


class Progress:
    """Stage x entity of one run, as last seen.

    Attributes:
        shown: the terminal that redraws it.
        plain: the console that gets a line for each change instead.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._rows: Sequence[Row] = ()
        self._note = ""
        self.shown: Live | None = None
        self.plain: Console | None = None

    def show(self, rows: Sequence[Row], note: str) -> None:
        """The newest state."""
        if self.plain is not None and (told := changes(self._rows, rows)):
            self.plain.print(f"     {escape(', '.join(told))}")
        self._rows, self._note = rows, note
        if self.shown is not None:
            self.shown.update(self)

    def __rich__(self) -> Table:
        """The grid."""
        grid = Table(title=f"{self._title}  {self._note}", title_justify="left", box=None)
        grid.add_column("", min_width=14, no_wrap=True)
        for stage in STAGES:
            grid.add_column(stage)
        for row in self._rows:
            cells = (f"[{_STYLES.get(cell, 'default')}]{cell}[/]" for cell in row.cells)
            grid.add_row(f"   {row.name}", *cells)
        return grid


def changes(before: Sequence[Row], after: Sequence[Row]) -> list[str]:
    """What to say of rows that have come further: a finished stage, a wait, a failure."""
    known = {row.name: _place_of(row) for row in before}
    return [
        f"{row.name} {place[1]}"
        for row in after
        if (place := _place_of(row)) > known.get(row.name, _NOWHERE)
    ]


def _place_of(row: Row) -> tuple[int, str]:
    """The stage up to which a row has come, and what to call it; comparable."""
    place = _NOWHERE
    for number, (stage, word) in enumerate(zip(STAGES, row.cells, strict=True)):
        if word in _TOLD:
            place = (2 * number + (word == "done"), f"{stage} {_TOLD[word]}".rstrip())
    return place
