"""Posting windows: entity x journal kind x calendar, in the entity's own zone.

A window opens on the n-th business day of the month after the period and closes on a later one.
Business days leave out weekends and the public holidays of the entity's country (package
`holidays`). Local wall times become instants through the zone, so daylight saving is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod


@dataclass(frozen=True, slots=True)
class WindowRule:
    """`opens_business_day` 1 is the first business day after the period ends."""

    opens_business_day: int
    opens_time: time
    closes_business_day: int
    closes_time: time


@dataclass(frozen=True, slots=True)
class PostingWindow:
    """Two aware instants; open from `opens_at` until just before `closes_at`."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether posting is allowed at the instant."""
        return self.opens_at <= at < self.closes_at


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


def is_business_day(day: date, country: str) -> bool:
    """Neither weekend nor public holiday of the country."""
    saturday = 5
    return day.weekday() < saturday and day not in _holidays(country, day.year)


def business_day_after(day: date, count: int, country: str) -> date:
    """The `count`-th business day after `day` (1 is the first)."""
    current = day
    for _ in range(count):
        current += timedelta(days=1)
        while not is_business_day(current, country):
            current += timedelta(days=1)
    return current


def posting_window(entity: Entity, period: AccountingPeriod, rule: WindowRule) -> PostingWindow:
    """The window of one entity and period under `rule`."""
    zone = ZoneInfo(entity.timezone)

    def instant(count: int, wall: time) -> datetime:
        day = business_day_after(period.ends, count, entity.country)
        return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)

    return PostingWindow(
        instant(rule.opens_business_day, rule.opens_time),
        instant(rule.closes_business_day, rule.closes_time),
    )
