"""Posting windows: business days and wall times of the entity's own zone, exact as instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod, calendar_month
from tieout.finance.windows import (
    PostingWindow,
    WindowRule,
    business_day_after,
    is_business_day,
    posting_window,
)

RULE = WindowRule(1, time(8), 5, time(18))
ZONES = {
    "US": "America/New_York",
    "GB": "Europe/London",
    "DE": "Europe/Berlin",
    "SE": "Europe/Stockholm",
    "JP": "Asia/Tokyo",
}


def an_entity(country: str) -> Entity:
    """An entity of that country in its capital's zone."""
    return Entity(
        code=f"{country}01",
        name=country,
        erp_ref="1",
        country=country,
        functional_currency="EUR",
        timezone=ZONES[country],
        fiscal_calendar="calendar-months",
        valid_from=date(2026, 1, 1),
        report_to=(),
    )


def utc(text: str) -> datetime:
    """An instant of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "opens", "closes"),
    [
        # 3 November is a holiday in Japan, so its fifth business day is Monday the 9th.
        ("JP", "2026-11-01T23:00", "2026-11-09T09:00"),
        ("DE", "2026-11-02T07:00", "2026-11-06T17:00"),
        ("SE", "2026-11-02T07:00", "2026-11-06T17:00"),
        ("GB", "2026-11-02T08:00", "2026-11-06T18:00"),
        # Standard time began in New York on 1 November.
        ("US", "2026-11-02T13:00", "2026-11-06T23:00"),
    ],
)
def test_a_window_opens_at_the_entitys_own_morning(country: str, opens: str, closes: str) -> None:
    """Tokyo may post while it is still Sunday evening in New York."""
    window = posting_window(an_entity(country), calendar_month("2026-10"), RULE)
    assert (window.opens_at, window.closes_at) == (utc(opens), utc(closes))
    assert window.opens_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("country", "period", "closes_day", "expected"),
    [
        # Spring forward in New York, Sunday 8 March 2026.
        ("US", "2026-02", 7, ("2026-03-02T13:00", "2026-03-10T22:00")),
        # Fall back in New York, 1 November 2026: the window of September stays on summer time.
        ("US", "2026-09", 1, ("2026-10-01T12:00", "2026-10-01T22:00")),
        # Berlin, 29 March 2026, in a window that opens before and closes after it.
        ("DE", "2026-02", 21, ("2026-03-02T07:00", "2026-03-30T16:00")),
        # London, 25 October 2026.
        ("GB", "2026-09", 18, ("2026-10-01T07:00", "2026-10-26T18:00")),
        # Japan knows no summer time.
        ("JP", "2026-02", 7, ("2026-03-01T23:00", "2026-03-10T09:00")),
    ],
)
def test_a_window_keeps_its_wall_times_over_a_change_of_clocks(
    country: str, period: str, closes_day: int, expected: tuple[str, str]
) -> None:
    """Finance reads 18:00 on its own clock, before and after the change."""
    rule = WindowRule(1, time(8), closes_day, time(18))
    window = posting_window(an_entity(country), calendar_month(period), rule)
    assert (window.opens_at, window.closes_at) == (utc(expected[0]), utc(expected[1]))


@pytest.mark.parametrize(
    ("country", "days"),
    [
        ("US", [4, 5, 6, 7, 8]),
        ("DE", [4, 5, 6, 7, 8]),
        ("GB", [4, 5, 6, 7, 8]),
        ("SE", [4, 5, 7, 8, 11]),  # Epiphany is a holiday
        ("JP", [4, 5, 6, 7, 8]),
    ],
)
def test_the_window_of_december_opens_after_new_year(country: str, days: list[int]) -> None:
    """1 January 2027 is a Friday: the first business day is Monday the 4th, everywhere."""
    found = [business_day_after(date(2026, 12, 31), n, country) for n in range(1, 6)]
    assert found == [date(2027, 1, day) for day in days]


@pytest.mark.parametrize(
    ("day", "country", "expected"),
    [
        (date(2026, 10, 31), "DE", False),  # Saturday
        (date(2026, 11, 1), "DE", False),  # Sunday
        (date(2026, 11, 2), "DE", True),
        (date(2026, 12, 25), "DE", False),
        (date(2026, 12, 25), "GB", False),
        (date(2026, 12, 25), "JP", True),
        (date(2026, 12, 28), "GB", False),  # Boxing Day is a Saturday, observed on Monday
        (date(2026, 11, 26), "US", False),  # Thanksgiving
        (date(2026, 7, 3), "US", False),  # the Fourth is a Saturday, observed on Friday
        (date(2026, 9, 22), "JP", False),  # between two holidays
        (date(2026, 6, 19), "SE", True),  # Midsummer Eve is no public holiday by law
    ],
)
def test_business_days_leave_out_weekends_and_the_countrys_holidays(
    day: date, country: str, expected: bool
) -> None:
    """Observed days count as well; another country's holiday does not."""
    assert is_business_day(day, country) is expected


def test_a_window_is_open_from_its_opening_until_just_before_its_close() -> None:
    """Two windows that meet share no instant."""
    opens, closes = utc("2026-11-02T07:00"), utc("2026-11-06T17:00")
    window = PostingWindow(opens, closes)
    tick = timedelta(microseconds=1)
    assert not window.is_open(opens - tick)
    assert window.is_open(opens)
    assert window.is_open(closes - tick)
    assert not window.is_open(closes)


def test_one_instant_is_two_accounting_dates_on_both_sides_of_the_date_line() -> None:
    """An expense approved on Saturday evening in London belongs to November in Tokyo."""
    instant = utc("2026-10-31T20:00")
    assert an_entity("JP").local_date(instant) == date(2026, 11, 1)
    assert an_entity("GB").local_date(instant) == date(2026, 10, 31)
    assert an_entity("US").local_date(instant) == date(2026, 10, 31)
    assert an_entity("US").local_date(utc("2026-11-01T03:59")) == date(2026, 10, 31)


def test_a_window_follows_a_period_that_is_no_month() -> None:
    """A 4-4-5 period ends on a Saturday; its window opens on the Monday after."""
    period = AccountingPeriod(2026, 9, date(2026, 8, 30), date(2026, 9, 26))
    window = posting_window(an_entity("DE"), period, RULE)
    assert window.opens_at == utc("2026-09-28T06:00")


@given(
    day=st.dates(date(2025, 1, 1), date(2029, 12, 31)),
    count=st.integers(1, 25),
    country=st.sampled_from(sorted(ZONES)),
)
def test_the_nth_business_day_has_n_business_days_up_to_it(
    day: date, count: int, country: str
) -> None:
    """Counted one by one, over holidays, weekends and years."""
    reached = business_day_after(day, count, country)
    span = (day + timedelta(days=n) for n in range(1, (reached - day).days + 1))
    assert is_business_day(reached, country)
    assert sum(is_business_day(each, country) for each in span) == count


@given(
    month=st.integers(1, 12),
    year=st.integers(2025, 2029),
    country=st.sampled_from(sorted(ZONES)),
    opens=st.times(),
    closes=st.times(),
)
def test_a_window_that_closes_on_a_later_day_is_never_empty(
    month: int, year: int, country: str, opens: time, closes: time
) -> None:
    """Not even where a clock jumps; and it always begins after its period's last local day."""
    period = calendar_month(f"{year}-{month:02d}")
    entity = an_entity(country)
    window = posting_window(entity, period, WindowRule(1, opens, 3, closes))
    assert window.opens_at < window.closes_at
    assert entity.local_date(window.opens_at) > period.ends
