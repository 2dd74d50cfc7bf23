"""The query service's Oracle dialect on top of SQLite: rewriting, functions, display of values.

Inside queries a date is ISO text after a mark, so that it compares with other dates alone and
shows in the account's display form unless it was masked.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sandbox import clock
from sandbox.netsuite.wire import plain

MARK: Final = "\x01"
_TOKENS: Final = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>\"[^\"]*\")"
    r"|(?P<word>[A-Za-z_][\w$]*)|(?P<number>\d+(?:\.\d+)?)|(?P<other><=|>=|<>|!=|\|\||.)",
    re.DOTALL,
)
_DISPLAY_DATE: Final = re.compile(r"'(\d{1,2})/(\d{1,2})/(\d{4})'")
_FETCH: Final = re.compile(
    r"(?:\bOFFSET\s+(?P<offset>\d+)\s+ROWS?\s+)?\bFETCH\s+(?:FIRST|NEXT)\s+(?P<count>\d+)\s+ROWS?\s+ONLY",
    re.IGNORECASE,
)
_MASKS: Final = {
    "YYYY": "%Y",
    "HH24": "%H",
    "MON": "%b",
    "MM": "%m",
    "DD": "%d",
    "MI": "%M",
    "SS": "%S",
    "YY": "%y",
}
_MASK: Final = re.compile("|".join(_MASKS))
_SERVER_ZONE: Final = ZoneInfo("America/Los_Angeles")


class DialectError(ValueError):
    """The query is not in the service's dialect."""


def translate(query: str) -> str:
    """The SQLite form of a query.

    Raises:
        DialectError: the query uses what the service does not know, such as LIMIT.
    """
    tokens = [(str(each.lastgroup), each.group()) for each in _TOKENS.finditer(query)]
    meaningful = [each for each in tokens if each[0] != "space"]
    text = " ".join(_words(meaningful))
    return _FETCH.sub(_limit, text)


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the dialect's functions, and its case-sensitive LIKE."""
    connection.execute("PRAGMA case_sensitive_like = ON")
    connection.create_function("nvl", 2, lambda value, other: other if value is None else value)
    connection.create_function("to_char", 1, lambda value: _to_char(value, None))
    connection.create_function("to_char", 2, _to_char)
    connection.create_function("to_date", 2, _to_date, deterministic=True)
    connection.create_function("to_number", 1, lambda v: None if v is None else str(v))
    connection.create_function("trunc", 1, lambda v: None if v is None else str(v)[:11])
    connection.create_function("sysdate", 0, _sysdate)
    connection.create_aggregate("sum", 1, _ExactSum)  # type: ignore[arg-type]


def display(value: object) -> str | None:
    """A result's value as the service shows it: always text; None stays absent.

    Raises:
        DialectError: the query computed a binary float, which would not be exact money.
    """
    if value is None or isinstance(value, (int, str)):
        return _display_date(value) if _is_date(value) else None if value is None else str(value)
    raise DialectError("Arithmetic on amounts is not available here; use SUM on `amount`.")


def _words(tokens: list[tuple[str, str]]) -> Iterator[str]:
    place = 0
    while place < len(tokens):
        kind, text = tokens[place]
        upper = text.upper()
        ahead = [each[1].upper() for each in tokens[place + 1 : place + 4]]
        if kind == "word" and upper == "BUILTIN" and ahead == [".", "DF", "("]:
            yield f"builtin_df('{_displayed_column(tokens, place + 4)}',"
            place += 4
            continue
        if kind == "word" and upper == "LIMIT":
            raise DialectError("LIMIT is not supported; use FETCH FIRST n ROWS ONLY.")
        masked = [each[1].upper() for each in tokens[max(0, place - 2) : place]] == ["TO_DATE", "("]
        yield text if masked else _word(kind, text)
        place += 1


def _word(kind: str, text: str) -> str:
    lower = text.lower()
    if kind == "word" and lower == "transaction":
        return '"transaction"'
    if kind == "word" and lower == "sysdate":
        return "sysdate()"
    if kind == "text" and (match := _DISPLAY_DATE.fullmatch(text)):
        month, day, year = (int(each) for each in match.groups())
        return f"char(1) || '{year:04d}-{month:02d}-{day:02d}'"
    return text


def _displayed_column(tokens: list[tuple[str, str]], place: int) -> str:
    names: list[str] = []
    while place < len(tokens) and tokens[place][1] != ")":
        kind, text = tokens[place]
        if kind == "word":
            names.append(text)
        elif text != ".":
            raise DialectError("BUILTIN.DF takes a column.")
        place += 1
    if not names:
        raise DialectError("BUILTIN.DF takes a column.")
    return names[-1].lower()


def _limit(match: re.Match[str]) -> str:
    offset = f" OFFSET {match['offset']}" if match["offset"] else ""
    return f"LIMIT {match['count']}{offset}"


def _is_date(value: object) -> bool:
    return isinstance(value, str) and value.startswith(MARK)


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value.removeprefix(MARK))


def _display_date(value: object) -> str:
    instant = _instant(str(value))
    return f"{instant.month}/{instant.day}/{instant.year}"


def _to_char(value: object, mask: str | None) -> str | None:
    if value is None:
        return None
    if not _is_date(value):
        if mask is not None:
            raise DialectError("TO_CHAR with a mask takes a date here.")
        return str(value)
    if mask is None:
        return _display_date(value)
    return _instant(str(value)).strftime(_MASK.sub(lambda m: _MASKS[m[0]], mask.upper()))


def _to_date(text: str | None, mask: str) -> str | None:
    if text is None:
        return None
    pattern = _MASK.sub(lambda match: _MASKS[match[0]], mask.upper())
    # Naive on purpose: a date of the account, in no zone.
    instant = datetime.strptime(str(text), pattern)  # noqa: DTZ007
    timed = "%H" in pattern
    return MARK + (instant.strftime("%Y-%m-%d %H:%M:%S") if timed else instant.date().isoformat())


def _sysdate() -> str:
    return MARK + clock.now().astimezone(_SERVER_ZONE).strftime("%Y-%m-%d %H:%M:%S")


class _ExactSum:
    """SUM in exact decimals, NULL over nothing."""

    def __init__(self) -> None:
        self._total: Decimal | None = None

    def step(self, value: object) -> None:
        """Add one value."""
        if value is not None:
            self._total = (self._total or Decimal()) + Decimal(str(value))

    def finalize(self) -> str | None:
        """The sum as text."""
        return None if self._total is None else plain(self._total)
