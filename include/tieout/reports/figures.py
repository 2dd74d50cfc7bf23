"""How a report writes amounts, counts, instants and states."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tieout.finance.money import minor_digits, to_decimal

MINUS: Final = "\u2212"
MISSING: Final = "\u2013"
LONGEST_TEXT: Final = 300
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def amount(amount_minor: int | None, currency: str) -> str:
    """Grouped by thousands with the currency's decimals; a dash where there is none to show."""
    if amount_minor is None or not currency:
        return MISSING
    text = f"{to_decimal(abs(amount_minor), currency):,.{minor_digits(currency)}f}"
    return f"{MINUS}{text}" if amount_minor < 0 else text


def money(amount_minor: int | None, currency: str) -> str:
    """An amount with its currency."""
    written = amount(amount_minor, currency)
    return written if written == MISSING else f"{written} {currency}"


def count(number: int) -> str:
    """Grouped by thousands."""
    return f"{number:,}"


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 line`, `1,204 lines`."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def instant(at: datetime | None, zone: str) -> str:
    """`Mon 9 Nov 18:00 JST`: in a zone, which is named."""
    if at is None:
        return MISSING
    local = at.astimezone(ZoneInfo(zone))
    month = _MONTHS[local.month - 1][:3]
    return f"{_DAYS[local.weekday()]} {local.day} {month} {local:%H:%M %Z}"


def month(year: int, number: int) -> str:
    """`October 2026`."""
    return f"{_MONTHS[number - 1]} {year}"


def shown(text: str) -> str:
    """Foreign text for a reader: no control characters, cut where nobody reads on."""
    plain = "".join(
        letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split())
    )
    return plain if len(plain) <= LONGEST_TEXT else f"{plain[:LONGEST_TEXT]}…"


def words(state: str) -> str:
    """A stored state in words."""
    return state.replace("_", " ")
