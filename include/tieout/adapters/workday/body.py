"""A report's body as rows of text, whatever of the two formats it came in.

Amounts stay the text they are written in. Workday leaves empty fields out of JSON and writes them
as empty text in CSV; both become absent text here, so the same report gives the same rows.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from tieout.contracts.json_text import JsonUnreadableError, parse_json
from tieout.errors import Place, UnreadableDocumentError


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a report: where it stands (record number, or physical line) and its texts."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a report; `columns` are those that it has, in the order first seen."""

    format: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


def read_table(content: bytes, media_type: str, name: str) -> Table:
    """Read a report.

    Raises:
        UnreadableDocumentError: cut short, a page instead of a report, or another form.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(name, f"byte {error.start} is not UTF-8") from error
    if text.lstrip()[:1] == "<":
        raise _unreadable(name, "it is a page or XML, not the report")
    if not text.strip():
        raise _unreadable(name, "it is empty")
    return _csv(text, name) if "csv" in media_type else _json(text, name)


def _json(text: str, name: str) -> Table:
    try:
        body = parse_json(text)
    except JsonUnreadableError as error:
        raise _unreadable(name, str(error)) from error
    if not isinstance(body, dict) or (body and "Report_Entry" not in body):
        raise _unreadable(name, "it has no list of report entries")
    entries = body.get("Report_Entry") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unreadable(name, "its report entries are not rows")
    columns = tuple(dict.fromkeys(column for entry in entries for column in entry))
    records = (Record(number, _texts(entry)) for number, entry in enumerate(entries, start=1))
    return Table("json", columns, tuple(records))


def _texts(entry: dict[str, object]) -> dict[str, str]:
    """The fields of a row as text; most rows are text already."""
    texts = {column: value for column, value in entry.items() if type(value) is str}
    if len(texts) == len(entry):
        return texts
    return {column: _text(value) for column, value in entry.items()}


def _text(value: object) -> str:
    """A field as text: nested instances by their descriptors, as CSV joins them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return _text(value.get("Descriptor", ""))
    return str(value)


def _csv(text: str, name: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = []
    try:
        header = next(reader)
        for row in reader:
            if row and len(row) != len(header):
                reason = f"line {reader.line_num} has {len(row)} fields of {len(header)}"
                raise _unreadable(name, reason)
            if row:
                values = dict(zip(header, row, strict=True))
                records.append(Record(reader.line_num, values))
    except csv.Error as error:
        raise _unreadable(name, f"line {reader.line_num} is no CSV: {error}") from error
    if len(set(header)) != len(header):
        raise _unreadable(name, "two columns have the same name")
    return Table("csv", tuple(header), tuple(records))


def _unreadable(name: str, reason: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{name} can't be read: {reason}.",
        where=Place(name),
        blocks="run",
        next_step="Run the intake again to fetch the report anew.",
    )
