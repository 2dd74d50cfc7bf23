"""Amounts and dates of a row, in the forms that the profile allows."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from tieout.adapters.delimited.knobs import Values
from tieout.contracts.source_text import (
    NumberForm,
    ValueUnreadableError,
    canonical_amount,
    canonical_date,
    decimals,
    is_number,
)

#: Digits on either side of a rate's mark.
_RATE_DIGITS: Final = 14

#: First Gregorian year minus one of each Japanese era.
_ERAS: Final = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
_ERA: Final = re.compile(r"([MTSHR])\.?([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})")


def read_date(text: str, values: Values) -> str:
    """ISO date; raises ValueUnreadableError when no form of the profile fits."""
    if values.eras and (match := _ERA.fullmatch(text)):
        era, year, month, day = match[1], int(match[2]), int(match[3]), int(match[4])
        try:
            return date(_ERAS[era] + year, month, day).isoformat()
        except ValueError as error:
            raise ValueUnreadableError("a day of that era") from error
    return _pivoted(canonical_date(text, values.date_forms), values)


def read_month(text: str, values: Values) -> str:
    """ISO date of the first day of a month; a full date is its own day."""
    return canonical_date(text, (values.month_format, *values.date_forms))


def _pivoted(iso: str, values: Values) -> str:
    """Years of two digits below the pivot are of this century."""
    if not any("%y" in form for form in values.date_forms):
        return iso
    year = int(iso[:4]) % 100
    century = 2000 if year < values.two_digit_year_pivot else 1900
    return f"{century + year:04d}{iso[4:]}"


def read_amount(text: str, form: NumberForm, most: int) -> str:
    """Canonical decimal text; raises ValueUnreadableError, also for too many decimals."""
    amount = canonical_amount(text, form)
    if decimals(amount) > most:
        raise ValueUnreadableError(f"an amount of at most {most} decimals")
    return amount


def read_rate(text: str, form: NumberForm) -> str:
    """An unsigned number with up to 14 digits on either side of its mark, as a rate is written."""
    whole, mark, fraction = text.partition(form.decimal)
    digits = [whole, fraction] if mark else [whole]
    if not all(is_number(part) and len(part) <= _RATE_DIGITS for part in digits):
        raise ValueUnreadableError(f"a rate with {form.decimal!r} as decimal mark")
    return f"{whole}.{fraction}" if mark else whole


def read_instant(text: str, values: Values) -> str:
    """ISO 8601 with a zone; raises ValueUnreadableError, also where nothing names the zone."""
    try:
        if values.instant_format:
            # The zone is added below, or the file's own was read.
            instant = datetime.strptime(text, values.instant_format)  # noqa: DTZ007
        else:
            instant = datetime.fromisoformat(text)
    except ValueError as error:
        form = values.instant_format or "ISO 8601"
        raise ValueUnreadableError(f"a point in time of the form {form}") from error
    if instant.tzinfo is None:
        if not values.time_zone:
            raise ValueUnreadableError("a point in time with its zone")
        instant = _in_zone(instant, ZoneInfo(values.time_zone))
    return instant.isoformat(timespec="microseconds" if instant.microsecond else "seconds")


def _in_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    """A local time that the zone has exactly once: none is skipped or doubled by a clock change."""
    early, late = (instant.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() != late.utcoffset():
        raise ValueUnreadableError(f"a time that {zone.key} has exactly once")
    return early


def most_decimals(scale: int | None, currency_digits: int | None) -> int:
    """How many decimals an amount may have by profile and currency; six when neither says."""
    return min(6 if scale is None else scale, 6 if currency_digits is None else currency_digits)
