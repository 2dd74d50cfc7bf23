"""Text to rows of cells, with the physical line of each; nothing is interpreted yet."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tieout.adapters.delimited.knobs import Container
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.contracts.findings import Findings
from tieout.contracts.source_text import physical_lines

Row = tuple[int, list[str]]


@dataclass
class Grid:
    """The parts of a file.

    Attributes:
        header: the names of the columns, empty when the file has none.
        rows: data rows with their physical line.
        preamble: rows above the header.
        footers: rows that hold totals.
        records: first record of each other type, fixed-width files only.
    """

    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    preamble: list[Row] = field(default_factory=list)
    footers: list[Row] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)


def normalised(name: str) -> str:
    """A header name as it is compared: width, case, blanks and dashes do not count."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def split_file(text: str, profile: DelimitedProfile, findings: Findings) -> Grid:
    """The parts of a file.

    Raises:
        UnreadableDocumentError: a quote that never closes, or no header where one is promised.
    """
    if profile.container.kind == "fixed":
        return _fixed(text, profile.container, findings)
    grid = Grid()
    container = profile.container
    for line, cells in _cells(text, container, findings):
        if not any(cell.strip() for cell in cells):
            if len(grid.preamble) < container.preamble_rows:
                grid.preamble.append((line, cells))
            continue
        if container.comment and cells[0].startswith(container.comment):
            continue
        if len(grid.preamble) < container.preamble_rows:
            grid.preamble.append((line, cells))
        elif container.header_rows and not grid.header:
            grid.header = cells
        elif container.footer and container.footer in (cell.strip() for cell in cells):
            grid.footers.append((line, cells))
        else:
            grid.rows.append((line, cells))
    if container.header_rows and not grid.header:
        raise findings.unreadable("The file ends before its header.", line=1, field="header")
    return grid


def _cells(text: str, container: Container, findings: Findings) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=container.delimiter,
        quotechar=container.quote or None,
        quoting=csv.QUOTE_MINIMAL if container.quote else csv.QUOTE_NONE,
        strict=True,
    )
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise findings.unreadable(
            f"The row that begins in line {line} can't be split: {error}. Is a quote not closed?",
            line=line,
            field="row",
        ) from error


def _fixed(text: str, container: Container, findings: Findings) -> Grid:
    """Cells of a fixed-width row are the whole line: columns are cut by position later."""
    kinds = container.records
    assert kinds is not None
    grid = Grid()
    for number, line in enumerate(physical_lines(text), start=1):
        if not line.strip():
            continue
        if kinds.trailer and line.startswith(kinds.trailer):
            grid.footers.append((number, [line]))
            grid.records.setdefault(kinds.trailer, line)
        elif line.startswith(kinds.line):
            grid.rows.append((number, [line]))
        else:
            kind = next((kind for kind in kinds.other if line.startswith(kind)), None)
            if kind is None:
                findings.add(
                    "value_unreadable",
                    f"Line {number} begins with no record type of the profile.",
                    line=number,
                    field="record type",
                    found=line[:1],
                )
            else:
                grid.records.setdefault(kind, line)
    if kinds.trailer and not grid.footers:
        findings.add(
            "control_total_mismatch",
            "The trailer record is missing: the file was cut.",
            line=len(grid.rows),
            field="trailer",
            next_step="Ask the provider for the full file.",
        )
    return grid


def check_ends(text: str, container: Container, findings: Findings) -> None:
    """Line ends other than the profile's: worth a word, since a transfer may have changed bytes."""
    if container.eol == "any":
        return
    crlf = text.count("\r\n")
    others = text.count("\n") + text.count("\r") - 2 * crlf
    wrong = others if container.eol == "crlf" else crlf
    if wrong:
        findings.warn(
            "contract_drift",
            f"{wrong} lines do not end in {container.eol.upper()} as the profile says.",
            field="line ends",
            found=f"{crlf} CRLF, {others} other",
        )


def widths_differ(rows: Sequence[Row], width: int, findings: Findings) -> Iterator[Row]:
    """Rows of the right width; the others are told and left out."""
    for line, cells in rows:
        if len(cells) == width:
            yield line, cells
            continue
        findings.add(
            "value_unreadable",
            f"Line {line} is not a row of this file: it has {len(cells)} fields, "
            f"the header has {width}.",
            line=line,
            field="row",
            found=f"{len(cells)} fields",
        )
