"""Text of a large file to rows without looking at each: what is plain goes by whole columns.

Equal to `grid.split_file` by design. Lines are split by LF alone; a file whose quotes hold line
breaks, whose quotes are not written by the book, or whose line ends are mixed with lone CR is left
to the careful reading. So is every single line that may be more than a plain row: blank, comment,
footer, another width.
"""

from __future__ import annotations

import csv
from typing import Final

import polars as pl

from tieout.adapters.delimited.bulk import FILE_LINE, Bulk
from tieout.adapters.delimited.cuts import cell_name
from tieout.adapters.delimited.grid import Grid, close_records, sort_record, sort_row
from tieout.adapters.delimited.knobs import Container
from tieout.contracts.findings import Findings

#: Ends of a file that other readings of line ends take for something else.
_UNUSUAL_ENDS: Final = (b"\r", b"\x1a")


def split_in_bulk(content: bytes, container: Container, findings: Findings) -> Grid | None:
    """The parts of a file given in UTF-8, or none when it must be read row by row."""
    lines = _lines(content)
    if lines is None:
        return None
    if container.kind == "fixed":
        return _fixed(lines, container, findings)
    return _delimited(lines, content, container)


def _lines(content: bytes) -> pl.Series | None:
    if b"\x00" in content or content.endswith(_UNUSUAL_ENDS):
        return None
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return None
    lines = pl.read_lines(content)["line"]
    longest = _most(lines.str.len_bytes())
    count = content.count(b"\n") + (not content.endswith(b"\n"))
    if lines.len() != count or longest > csv.field_size_limit():
        return None
    return lines


def _delimited(lines: pl.Series, content: bytes, container: Container) -> Grid | None:
    quote = container.quote if container.quote.encode() in content else ""
    if not _is_plain(container, quote):
        return None
    quoted = lines.str.contains(quote, literal=True) if quote else None
    if quoted is not None and not lines.filter(quoted).str.contains(_by_the_book(container)).all():
        return None
    grid = Grid()
    head = 0
    while len(grid.preamble) < container.preamble_rows or (
        container.header_rows and not grid.header
    ):
        if head == lines.len():
            return None
        sort_row(grid, container, head + 1, _cells(lines[head], container))
        head += 1
    body = lines.slice(head)
    special = _may_be_special(body, container, quote)
    for at in special.arg_true():
        sort_row(grid, container, head + at + 1, _cells(body[at], container))
    fields = _fields(body, container, None if quoted is None else quoted.slice(head))
    width = grid.width if grid.header else max(grid.width, _most(fields.filter(~special)))
    other = ~special & (fields != width)
    for at in other.arg_true():
        sort_row(grid, container, head + at + 1, _cells(body[at], container))
    grid.rows.sort(key=lambda row: row[0])
    numbers = pl.int_range(head + 1, lines.len() + 1, eager=True).alias(FILE_LINE)
    plain = ~(special | other)
    if plain.any():
        grid.bulk = Bulk(content, numbers, plain, width)
    return grid


def _most(counts: pl.Series) -> int:
    most = counts.max()
    return most if isinstance(most, int) else 0


def _is_plain(container: Container, quote: str) -> bool:
    """Whether marks of one byte split the file, and no mark of the profile holds another."""
    marks = (container.delimiter, container.quote or "-")
    if not all(mark.isascii() and mark not in "\r\n\x00" for mark in marks):
        return False
    return not quote or quote not in (container.footer + container.comment + container.delimiter)


def _letter(mark: str) -> str:
    return f"\\x{{{ord(mark):x}}}"


def _by_the_book(container: Container) -> str:
    """A line whose quotes begin and end fields and hold no line break."""
    quote, mark = _letter(container.quote), _letter(container.delimiter)
    cell = f"(?:{quote}(?:[^{quote}]|{quote}{quote})*{quote}|[^{quote}{mark}]*)"
    return f"^{cell}(?:{mark}{cell})*$"


def _cells(line: str, container: Container) -> list[str]:
    return next(
        csv.reader(
            [line],
            delimiter=container.delimiter,
            quotechar=container.quote or None,
            quoting=csv.QUOTE_MINIMAL if container.quote else csv.QUOTE_NONE,
            strict=True,
        ),
        [],
    )


def _may_be_special(body: pl.Series, container: Container, quote: str) -> pl.Series:
    """Lines that may be blank, a comment or a footer; too many do no harm."""
    quotes = _letter(quote) if quote else ""
    filled = rf"[^\s\x1c-\x1f{_letter(container.delimiter)}{quotes}]"
    special = ~body.str.contains(filled)
    if container.comment:
        special |= body.str.starts_with(container.comment)
        special |= body.str.starts_with(container.quote + container.comment)
    if container.footer:
        special |= body.str.contains(container.footer, literal=True)
    return special


def _fields(body: pl.Series, container: Container, quoted: pl.Series | None) -> pl.Series:
    """How many fields each line has."""
    mark = container.delimiter
    marks = body.str.count_matches(mark, literal=True)
    if quoted is not None:
        quote = _letter(container.quote)
        bare = body.filter(quoted).str.replace_all(f"{quote}[^{quote}]*{quote}", "")
        marks = marks.scatter(quoted.arg_true(), bare.str.count_matches(mark, literal=True))
    return marks + 1


def _fixed(lines: pl.Series, container: Container, findings: Findings) -> Grid:
    """Rows of a fixed-width file: lines that begin with the record type of rows."""
    kinds = container.records
    assert kinds is not None
    plain = lines.str.starts_with(kinds.line) & lines.str.contains(r"[^\s\x1c-\x1f]")
    if kinds.trailer:
        plain &= ~lines.str.starts_with(kinds.trailer)
    grid = Grid()
    for at in (~plain).arg_true():
        sort_record(grid, container, at + 1, lines[at], findings)
    numbers = pl.int_range(1, lines.len() + 1, eager=True).alias(FILE_LINE)
    cells = pl.DataFrame([numbers, lines.alias(cell_name(0))]).filter(plain)
    if plain.any():
        grid.bulk = Bulk(b"", numbers, plain, 1, cells)
    close_records(grid, container, findings)
    return grid
