"""The plain-text twin of a report: the same sentences and figures, 72 columns wide."""

from __future__ import annotations

import textwrap
from typing import Final

from tieout.reports.grid import Cell, Table
from tieout.reports.view import ReportView

WIDTH: Final = 72
_GAP: Final = "  "


def render_plain(view: ReportView) -> str:
    """The whole report as text."""
    blocks = [
        f"Tieout | {view.entity} | {view.period_words}\n{_wrapped(view.entity_name)}",
        f"As of {view.as_of}",
        _wrapped(f"{view.shape} {view.state_word}: {view.headline}"),
        _wrapped(view.balance),
    ]
    if view.chart is not None:
        blocks.append(f"{_titled(view.chart.title)}\n{_wrapped(view.chart.sentence)}")
    blocks += [_table(table) for table in view.tables]
    blocks.append("\n".join(f"{link.text}:\n  {link.address}" for link in view.links))
    blocks.append(f"{_wrapped(view.why)}\nCorrelation id {view.correlation_id}")
    return "\n\n".join(blocks) + "\n"


def _wrapped(text: str, indent: str = "") -> str:
    return "\n".join(
        textwrap.wrap(
            text,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _titled(title: str) -> str:
    return f"{title.upper()}\n{'-' * min(len(title), WIDTH)}"


def _table(table: Table) -> str:
    parts = [_titled(table.title), _wrapped(table.sentence)]
    if table.rows:
        parts += ["", _in_columns(table) if _fits(table) else _stacked(table)]
    if table.more:
        parts.append(table.more)
    return "\n".join(parts)


def _widths(table: Table) -> list[int]:
    return [
        max(len(column.label), *(len(row[index].text) for row in table.rows))
        for index, column in enumerate(table.columns)
    ]


def _fits(table: Table) -> bool:
    return sum(_widths(table)) + len(_GAP) * (len(table.columns) - 1) <= WIDTH


def _in_columns(table: Table) -> str:
    widths = _widths(table)

    def line(texts: list[str]) -> str:
        cells = [
            text.rjust(width) if column.number else text.ljust(width)
            for text, width, column in zip(texts, widths, table.columns, strict=True)
        ]
        return _GAP.join(cells).rstrip()

    lines = [line([column.label for column in table.columns])]
    for row in table.rows:
        lines.append(line([cell.text for cell in row]))
        lines += [_wrapped(cell.note, "    ") for cell in row if cell.note]
    return "\n".join(lines)


def _stacked(table: Table) -> str:
    return "\n".join(_record(table, row) for row in table.rows)


def _record(table: Table, row: tuple[Cell, ...]) -> str:
    """One row as a small paragraph: its first cell, then `label value` pairs."""
    first, *rest = row
    facts = "; ".join(
        f"{column.label} {cell.text}" for column, cell in zip(table.columns[1:], rest, strict=True)
    )
    lines = [_wrapped(f"* {first.text}"), _wrapped(facts, "    ")]
    lines += [_wrapped(cell.note, "    ") for cell in row if cell.note]
    return "\n".join(lines)
