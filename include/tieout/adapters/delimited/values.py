"""Amounts and dates of a row, in the forms that the profile allows."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from tieout.adapters.delimited.knobs import Values
from tieout.contracts.source_text import ValueUnreadableError, canonical_date

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


def most_decimals(scale: int | None, currency_digits: int | None) -> int:
    """How many decimals an amount may have by profile and currency; six when neither says."""
    return min(6 if scale is None else scale, 6 if currency_digits is None else currency_digits)
