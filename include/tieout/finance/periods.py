"""Accounting periods and the fiscal calendars that make them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from tieout.errors import TieoutError

_CODE = re.compile(r"(?P<year>(?!0000)[0-9]{4})-(?P<number>0[1-9]|1[0-2])")


class PeriodUnknownError(TieoutError):
    """The text names no accounting period of the calendar."""

    code = "period_unknown"


@dataclass(frozen=True, slots=True, order=True)
class AccountingPeriod:
    """One period of an entity's fiscal calendar; `starts` and `ends` are inclusive dates."""

    fiscal_year: int
    number: int
    starts: date
    ends: date

    @property
    def code(self) -> str:
        """`2026-10`: fiscal year and number."""
        return f"{self.fiscal_year:04d}-{self.number:02d}"

    def __contains__(self, day: date) -> bool:
        return self.starts <= day <= self.ends


def calendar_month(code: str) -> AccountingPeriod:
    """The period `YYYY-MM` of a calendar of months.

    Raises:
        PeriodUnknownError: the text is not of that form.
    """
    match = _CODE.fullmatch(code)
    if match is None:
        raise PeriodUnknownError(
            f"{code!r} is not a period.", next_step="Write year and month, such as 2026-10."
        )
    year, month = int(match["year"]), int(match["number"])
    return AccountingPeriod(
        year,
        month,
        date(year, month, 1),
        date(year, month, calendar.monthrange(year, month)[1]),
    )


def period_of(day: date) -> AccountingPeriod:
    """The calendar month that holds `day`."""
    return calendar_month(f"{day.year:04d}-{day.month:02d}")


def next_period(period: AccountingPeriod) -> AccountingPeriod:
    """The month after `period`."""
    year, month = divmod(period.fiscal_year * 12 + period.number, 12)
    return calendar_month(f"{year:04d}-{month + 1:02d}")
