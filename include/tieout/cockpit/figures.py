"""How amounts and instants are written: exact text in the API, finance's way on pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from tieout.finance.money import minor_digits, to_decimal, to_text

MINUS: Final = "\u2212"
MISSING: Final = "\u2013"


def amount_text(amount_minor: int | None, currency: str | None) -> str | None:
    """Canonical decimal text, or None where there is no amount."""
    if amount_minor is None or not currency:
        return None
    return to_text(int(amount_minor), currency.strip())


def as_finance_writes(amount_minor: int | None, currency: str | None) -> str:
    """Grouped by thousands with a true minus sign; a dash where there is no amount."""
    if amount_minor is None or not currency:
        return MISSING
    code = currency.strip()
    text = f"{to_decimal(abs(int(amount_minor)), code):,.{minor_digits(code)}f}"
    return f"{MINUS}{text}" if amount_minor < 0 else text


def instant_text(at: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC, to the second."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def local_text(at: datetime | None, zone: str) -> str:
    """An instant in a named zone, such as `2 Nov 14:32 CET`."""
    if at is None:
        return MISSING
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %H:%M %Z}"


def time_left(until: datetime, now: datetime) -> str:
    """How long until an instant, in the two largest units; `overdue` when it has passed."""
    seconds = int((until - now).total_seconds())
    if seconds < 0:
        return "overdue"
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
