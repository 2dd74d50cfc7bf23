"""What a cell of finance's tables may say: each column has a kind, and a kind reads its text.

Cells are kept as finance wrote them; these functions say whether the text is sound and what it
means. An empty cell says nothing and is sound wherever the column is not required.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from typing import Final

from tieout.finance.money import CurrencyUnknownError, minor_digits

_SCOPE: Final = re.compile(r"^(group|\*|country:[A-Z]{2}|entity:[A-Z0-9]{2,12})$")
_PERIOD: Final = re.compile(r"^\d{4}-(0[1-9]|1[0-9])$")
_COUNTRY: Final = re.compile(r"^(\*|[A-Z]{2})$")
_DECIMAL: Final = re.compile(r"^\d+(\.\d+)?$")
_WHOLE: Final = re.compile(r"^\d{1,12}$")
_HUNDRED: Final = 100


class CellKind(StrEnum):
    """How the text of a column is read."""

    TEXT = "text"
    SOURCE_CODE = "source_code"
    CODE = "code"
    CODES = "codes"
    SCOPE = "scope"
    CHOICE = "choice"
    AMOUNT = "amount"
    PERCENT = "percent"
    WHOLE = "whole"
    CURRENCY = "currency"
    COUNTRY = "country"
    PERIOD = "period"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: as the file's header states it.
        kind: how its text is read.
        choices: the texts that a `choice` may have.
        required: whether an empty cell is refused.
        matches: whether a look-up compares it; `*` and empty fit anything, below an equal text.
    """

    name: str
    kind: CellKind
    choices: tuple[str, ...] = ()
    required: bool = False
    matches: bool = False


@dataclass(frozen=True)
class MappingTable:
    """One table.

    Attributes:
        file: where finance keeps it below the configuration folder.
        decides: what it decides, in a few words.
        columns: all columns, in the order of the file.
        keys: columns that identify a row over its versions.
        conditions: key columns that came later: part of the key only where a row states them, so
            that rows without them keep the name they always had.
        anchor: the column by which a look-up finds its few candidates among many rows.
        by_name: rows are told apart by a name alone; what they match may overlap.
    """

    file: str
    decides: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    anchor: str = ""
    by_name: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def matched(self) -> tuple[str, ...]:
        """The columns that a look-up compares."""
        return tuple(column.name for column in self.columns if column.matches)

    @cached_property
    def scope_column(self) -> str:
        """The column that says whom a row concerns: `scope`, `entity`, or none."""
        return next((name for name in ("scope", "entity") if name in self.names), "")


def decimal_of(text: str) -> Decimal:
    """The number of an amount or percent cell; exact, never a float.

    Raises:
        ValueError: the text is no plain decimal number.
    """
    if not _DECIMAL.match(text):
        message = f"{text!r} is no plain decimal number"
        raise ValueError(message)
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern admits none
        raise ValueError(str(error)) from error


def _percent(text: str) -> None:
    if decimal_of(text) > _HUNDRED:
        message = f"{text!r} is more than the whole"
        raise ValueError(message)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], None]:
    def check(text: str) -> None:
        if not pattern.match(text):
            raise ValueError(text)

    return check


def _currency(text: str) -> None:
    try:
        minor_digits(text)
    except CurrencyUnknownError as error:
        raise ValueError(text) from error


def _code(text: str) -> None:
    if len(text.split()) != 1 or "|" in text or "@" in text:
        raise ValueError(text)


def _source_code(text: str) -> None:
    if "|" in text:
        raise ValueError(text)


def _moment(text: str) -> None:
    if "T" not in text or datetime.fromisoformat(text).tzinfo is not None:
        raise ValueError(text)


#: Kind → (how it is checked, what a sound text looks like).
_READERS: Final[Mapping[CellKind, tuple[Callable[[str], object], str]]] = {
    CellKind.TEXT: (str, "any text"),
    CellKind.SOURCE_CODE: (_source_code, "a code without |"),
    CellKind.CODE: (_code, "one code without blanks"),
    CellKind.CODES: (str, "codes apart by blanks"),
    CellKind.SCOPE: (_matching(_SCOPE), "group, country:DE or entity:DE01"),
    CellKind.AMOUNT: (decimal_of, "an amount such as 1000.00"),
    CellKind.PERCENT: (_percent, "a percentage from 0 to 100"),
    CellKind.WHOLE: (_matching(_WHOLE), "a whole number from 0 on"),
    CellKind.CURRENCY: (_currency, "an ISO currency such as EUR"),
    CellKind.COUNTRY: (_matching(_COUNTRY), "an ISO country such as DE"),
    CellKind.PERIOD: (_matching(_PERIOD), "a period such as 2026-10"),
    CellKind.DAY: (date.fromisoformat, "a day such as 2026-10-31"),
    CellKind.TIME: (time.fromisoformat, "a time such as 18:00"),
    CellKind.MOMENT: (_moment, "a local day and time such as 2026-10-20T12:00:00"),
}


def wrong_in(column: Column, text: str) -> str:
    """What is wrong with a cell, in a sentence; empty when nothing is."""
    if not text:
        return f"{column.name} is empty" if column.required else ""
    if column.kind is CellKind.CHOICE:
        if text in column.choices:
            return ""
        return f"{column.name} says {text!r}; it may say {', '.join(column.choices)}"
    check, example = _READERS[column.kind]
    if column.matches and text == "*":
        return ""
    try:
        check(text)
    except ValueError:
        return f"{column.name} says {text!r}; it should be {example}"
    return ""
