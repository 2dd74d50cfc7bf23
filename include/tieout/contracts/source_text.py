"""Source bytes to text and text to canonical values, without a guess.

A document is decoded by the encoding its profile names, strictly. Where no profile speaks, the
encoding is found from the bytes by rules that can be told (byte order mark, UTF-8 validity), never
by trying until something works.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from tieout.contracts.findings import Findings
from tieout.errors import UnreadableDocumentError

UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Where the name of a tar archive's form stands.
_TAR: Final = slice(257, 262)
#: First bytes of what is not a posting file, whatever its name says.
_FOREIGN: Final[Sequence[tuple[bytes, str]]] = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"PK\x07\x08", "a part of a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
)
_XML_KINDS: Final[Sequence[tuple[str, str]]] = (
    ("standardauditfile", "a SAF-T audit file"),
    ("<auditfile", "an XML audit file (SAF-T or XAF)"),
    (":auditfile", "a SAF-T audit file"),
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("soap", "a web service answer"),
)
#: Bytes of a file that says nothing.
_NOTHING: Final = b" \t\r\n\x00" + codecs.BOM_UTF8
#: Digits before the decimal point that minor units in 64 bits can hold.
WHOLE_DIGITS: Final = 14
#: No currency has more than four decimals; sums are exact up to six.
FRACTION_DIGITS: Final = 6


def foreign_kind(content: bytes) -> str:
    """The name of a kind of document that is no payroll posting file; empty: not recognised."""
    for first, name in _FOREIGN:
        if content.startswith(first):
            return name
    if content[_TAR] == b"ustar":
        return "a tar archive"
    head = content[:4096].lstrip(codecs.BOM_UTF8).lstrip().lower()
    if head.startswith(b"<"):
        text = head.decode("latin-1")
        for part, name in _XML_KINDS:
            if part in text:
                return name
        return "an XML document"
    if head.startswith((b"{", b"[")):
        return "a JSON document"
    return ""


def refuse_foreign(content: bytes, findings: Findings) -> None:
    """Stop at bytes that can't be text of a posting file.

    Raises:
        UnreadableDocumentError: empty, another kind of document by name, or NUL bytes.
    """
    if not content[:4096].strip(_NOTHING) and not content.strip(_NOTHING):
        raise findings.unreadable("The file is empty.")
    kind = foreign_kind(content)
    if kind.endswith("archive"):
        # Never unpacked: what an archive holds, and how much, is known only by opening it.
        raise findings.unreadable(
            f"This is {kind}, not a payroll posting file.",
            next_step="Ask the provider to deliver the file itself, not packed.",
        )
    if kind:
        raise findings.unreadable(
            f"This is {kind}, not a payroll posting file.",
            next_step="Ask the provider for the posting file of the pay run.",
        )
    if not content.startswith(UTF16_MARKS) and b"\x00" in content:
        line = content.count(b"\n", 0, content.index(b"\x00")) + 1
        raise findings.unreadable("The file holds NUL bytes: it was damaged.", line=line)


def found_encoding(content: bytes, single_byte: str) -> str:
    """The encoding that the bytes show; `single_byte` when they are text but not Unicode."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith(UTF16_MARKS):
        return "utf-16"
    if content.isascii():
        return "ascii"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return single_byte
    return "utf-8"


def decode(content: bytes, encoding: str, findings: Findings) -> str:
    """The text by exactly this encoding.

    Raises:
        UnreadableDocumentError: a byte that the encoding does not have, with its line.
    """
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise findings.unreadable(
            f"Byte {error.object[error.start]:02X} is not text in {encoding}.",
            line=line,
            next_step="Ask the provider which encoding the file has, and set it in the profile.",
        ) from error
    except LookupError as error:
        raise findings.unreadable(
            f"{encoding} is not an encoding we know.",
            next_step="Correct container.encoding in the provider's profile.",
        ) from error


def physical_lines(text: str) -> list[str]:
    """Lines by LF, CRLF or, where no LF is at all, lone CR; no other character ends a line."""
    text = text.rstrip("\x1a")  # some DOS programs still end a file with Ctrl-Z
    if "\n" not in text:
        return text.rstrip("\r").split("\r")
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a file writes amounts.

    Attributes:
        decimal: the decimal mark; a file with another mark is refused, never guessed.
        grouping: the thousands mark, empty: none allowed.
        implied: digits after a decimal point that is not written.
        negative: `leading`, `trailing` minus, or `parentheses`.
    """

    decimal: str = "."
    grouping: str = ""
    implied: int = 0
    negative: str = "leading"


@cache
def _pattern(form: NumberForm) -> re.Pattern[str]:
    whole = "[0-9]+"
    if form.grouping:
        mark = re.escape(form.grouping)
        whole = rf"(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+)"
    fraction = "" if form.implied else rf"(?:{re.escape(form.decimal)}(?P<fraction>[0-9]+))?"
    number = rf"(?P<whole>{whole}){fraction}"
    if form.negative == "parentheses":
        return re.compile(rf"(?P<minus>\()?{number}(?(minus)\))")
    if form.negative == "trailing":
        return re.compile(rf"{number}(?P<minus>-)?")
    return re.compile(rf"(?P<minus>-)?\+?{number}")


class ValueUnreadableError(ValueError):
    """A value is not of the form the file promises; the text says which form was awaited."""


def canonical_amount(text: str, form: NumberForm) -> str:
    """Decimal text with a point, such as `-1234.50`; digits are kept, nothing is rounded.

    Raises:
        ValueUnreadableError: another decimal mark, a thousands mark, an exponent, too many digits.
    """
    match = _pattern(form).fullmatch(text.strip(" "))
    if match is None:
        raise ValueUnreadableError(f"an amount with {form.decimal!r} as decimal mark")
    whole = match["whole"].replace(form.grouping, "") if form.grouping else match["whole"]
    fraction = ""
    if form.implied:
        whole = whole.rjust(form.implied + 1, "0")
        whole, fraction = whole[: -form.implied], whole[-form.implied :]
    elif match["fraction"]:
        fraction = match["fraction"]
    whole = whole.lstrip("0") or "0"
    if len(whole) > WHOLE_DIGITS or len(fraction) > FRACTION_DIGITS:
        raise ValueUnreadableError("an amount of at most 14 digits and 6 decimals")
    written = f"{whole}.{fraction}" if fraction else whole
    if match["minus"] and written.strip("0.") != "":
        return f"-{written}"
    return written


def decimals(canonical: str) -> int:
    """Digits after the point that are not trailing zeros."""
    return len(canonical.partition(".")[2].rstrip("0"))


def canonical_date(text: str, forms: Sequence[str]) -> str:
    """ISO date of a text in one of the stated forms (`strptime` forms; `%Y/%m` is its first day).

    Raises:
        ValueUnreadableError: no form fits, or the day does not exist.
    """
    for form in forms:
        try:
            # A date of a file has no zone: it is a calendar day where the entity is.
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueUnreadableError(f"a date of the form {' or '.join(forms)}")


def is_number(text: str) -> bool:
    """Whether the text is ASCII digits alone (`²` is a digit to Python and none to us)."""
    return text.isascii() and text.isdigit()


def iso_date(text: str) -> date | None:
    """The day of `YYYYMMDD`, or none when it is no such day."""
    if len(text) != 8 or not is_number(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


__all__ = [
    "NumberForm",
    "UnreadableDocumentError",
    "ValueUnreadableError",
    "canonical_amount",
    "canonical_date",
    "decimals",
    "decode",
    "foreign_kind",
    "found_encoding",
    "is_number",
    "iso_date",
    "physical_lines",
    "refuse_foreign",
]
