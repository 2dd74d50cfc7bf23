"""Text to rows of cells, with the physical line of each; nothing is interpreted yet."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from tieout.adapters.delimited.bulk import Bulk
from tieout.adapters.delimited.cuts import Cut
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
        rows: data rows with their physical line; of a large file only those that are read alone.
        preamble: rows above the header.
        footers: rows that hold totals.
        records: first record of each other type, fixed-width files only.
        bulk: the other data rows of a large file, all of one width, or none.
    """

    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    preamble: list[Row] = field(default_factory=list)
    footers: list[Row] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    bulk: Bulk | None = None

    @property
    def width(self) -> int:
        """How many fields a row has: as many as the header, or as the widest row."""
        widest = max((len(cells) for _, cells in self.rows), default=0)
        return len(self.header) or max(widest, self.bulk.width if self.bulk else 0)

    @property
    def row_count(self) -> int:
        """How many data rows the file has, whatever their width."""
        return len(self.rows) + (self.bulk.height if self.bulk else 0)

    def distinct(self, cut: Cut, width: int) -> set[str]:
        """The texts that one field has in the rows of the right width, blanks around them off."""
        found = {cut(cells).strip() for _, cells in self.rows if len(cells) == width}
        if self.bulk:
            found |= self.bulk.distinct(cut)
        return found


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
        sort_row(grid, container, line, cells)
    if container.header_rows and not grid.header:
        raise findings.unreadable("The file ends before its header.", line=1, field="header")
    return grid


def sort_row(grid: Grid, container: Container, line: int, cells: list[str]) -> None:
    """Put one row to the part of the file that it belongs to; blank rows and comments to none."""
    if not any(cell.strip() for cell in cells):
        if len(grid.preamble) < container.preamble_rows:
            grid.preamble.append((line, cells))
    elif container.comment and cells[0].startswith(container.comment):
        return
    elif len(grid.preamble) < container.preamble_rows:
        grid.preamble.append((line, cells))
    elif container.header_rows and not grid.header:
        grid.header = cells
    elif container.footer and container.footer in (cell.strip() for cell in cells):
        grid.footers.append((line, cells))
    else:
        grid.rows.append((line, cells))


def _cells(text: str, container: Container, findings: Findings) -> Iterator[Row]:
    # A stream of bytes: the text alone would be kept again, with four bytes a letter.
    content = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    reader = csv.reader(
        io.TextIOWrapper(content, "utf-8", "surrogatepass", newline=""),
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
    grid = Grid()
    for number, line in enumerate(physical_lines(text), start=1):
        sort_record(grid, container, number, line, findings)
    close_records(grid, container, findings)
    return grid


def sort_record(
    grid: Grid, container: Container, number: int, line: str, findings: Findings
) -> None:
    """Put one line of a fixed-width file to its part; a row is one cell, cut by position later."""
    kinds = container.records
    assert kinds is not None
    if not line.strip():
        return
    if kinds.trailer and line.startswith(kinds.trailer):
        grid.footers.append((number, [line]))
        grid.records.setdefault(kinds.trailer, line)
    elif line.startswith(kinds.line):
        grid.rows.append((number, [line]))
    elif known := [kind for kind in kinds.other if line.startswith(kind)]:
        grid.records.setdefault(known[0], line)
    else:
        findings.add(
            "value_unreadable",
            f"Line {number} begins with no record type of the profile.",
            line=number,
            field="record type",
            found=line[:1],
        )


def close_records(grid: Grid, container: Container, findings: Findings) -> None:
    """A fixed-width file without its trailer was cut."""
    if container.records and container.records.trailer and not grid.footers:
        findings.add(
            "control_total_mismatch",
            "The trailer record is missing: the file was cut.",
            line=grid.row_count,
            field="trailer",
            next_step="Ask the provider for the full file.",
        )


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
