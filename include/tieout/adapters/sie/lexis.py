"""The lexis of SIE: one record a line, fields by blanks, quotes with backslash, braces for lists.

Source: the SIE 4B format as described in the reference of payroll formats.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

#: One field: a quoted text (a quote inside is `\\"`), an object list, a lone brace, or a bare word.
_FIELD: Final = re.compile(
    r"""\s*(?:"(?P<quoted>(?:\\"|[^"])*)"(?=[\s{}]|$)|(?P<brace>[{}])|(?P<bare>[^\s{}"]+))"""
)
#: Records whose one text is sometimes left without quotes.
_REST_OF_LINE: Final = ("#FNAMN",)


class BrokenRecordError(ValueError):
    """A record does not follow the lexis; the text says how."""


@dataclass(frozen=True, slots=True)
class Record:
    """A label with its fields; `objects` is the list in braces, none when there was no brace."""

    line: int
    label: str
    fields: Sequence[str]
    objects: Sequence[str] | None = None

    def field(self, position: int) -> str:
        """The field at `position` (from 0), empty when there is none."""
        return self.fields[position] if position < len(self.fields) else ""


def records(lines: Sequence[str]) -> Iterator[Record | tuple[int, str]]:
    """The records of a file; `{` and `}` alone on a line are records too.

    A line that does not follow the lexis comes as its number and what is wrong with it.
    """
    for number, text in enumerate(lines, start=1):
        stripped = text.strip(" \t\x1a")
        if not stripped:
            continue
        if stripped in ("{", "}"):
            yield Record(number, stripped, ())
            continue
        try:
            yield _record(number, stripped)
        except BrokenRecordError as error:
            yield number, str(error)


def _record(number: int, text: str) -> Record:
    label, _, rest = text.partition(" ") if "\t" not in text else _by_blank(text)
    label = label.upper()
    if not label.startswith("#"):
        raise BrokenRecordError("it does not begin with a label such as #TRANS")
    if label in _REST_OF_LINE and not rest.strip().startswith('"'):
        return Record(number, label, (rest.strip(),))
    fields: list[str] = []
    objects: list[str] | None = None
    inside = False
    position = 0
    rest = rest.rstrip()
    while position < len(rest):
        match = _FIELD.match(rest, position)
        if match is None:
            raise BrokenRecordError("a quote is not closed")
        position = match.end()
        if match["brace"] == "{":
            if inside or objects is not None:
                raise BrokenRecordError("a brace opens inside another")
            inside, objects = True, []
        elif match["brace"] == "}":
            if not inside:
                raise BrokenRecordError("a brace closes that was not opened")
            inside = False
        else:
            quoted = match["quoted"]
            value = match["bare"] if quoted is None else quoted.replace('\\"', '"')
            (objects if inside and objects is not None else fields).append(value)
    if inside:
        raise BrokenRecordError("the object list is not closed")
    return Record(number, label, tuple(fields), None if objects is None else tuple(objects))


def _by_blank(text: str) -> tuple[str, str, str]:
    parts = text.split(None, 1)
    return parts[0], " ", parts[1] if len(parts) > 1 else ""


def checksum(entries: Sequence[Record], encoding: str) -> int:
    """CRC-32 over label and fields between the two #KSUMMA records, in the file's code page.

    Quotes, braces, blanks and line ends do not count. The object list stands behind the first
    field (the account), where it is written.
    """
    crc = 0
    for entry in entries:
        if entry.label in ("{", "}"):
            continue
        text = entry.label + "".join(entry.fields[:1])
        text += "".join(entry.objects or ()) + "".join(entry.fields[1:])
        crc = zlib.crc32(text.encode(encoding), crc)
    return crc
