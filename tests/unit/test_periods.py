"""Accounting periods: calendar months that tile the years without a gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.finance.periods import (
    AccountingPeriod,
    PeriodUnknownError,
    calendar_month,
    next_period,
    period_of,
)


@pytest.mark.parametrize(
    ("code", "starts", "ends"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_begins_and_ends_with_its_days(code: str, starts: date, ends: date) -> None:
    """Both days are inside; the days beside them are not."""
    period = calendar_month(code)
    assert (period.code, period.starts, period.ends) == (code, starts, ends)
    assert starts in period
    assert ends in period
    assert starts - timedelta(days=1) not in period
    assert ends + timedelta(days=1) not in period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-10",
        "2026-10\n",
        "2026-10-01",
        "0000-01",
        "２０２６-10",
        "10/2026",
    ],
)
def test_what_is_no_period_is_told(text: str) -> None:
    """Nobody closes a month that somebody guessed."""
    with pytest.raises(PeriodUnknownError) as caught:
        calendar_month(text)
    assert caught.value.next_step


def test_the_period_after_december_is_january() -> None:
    """A reversal stands on the first day of the next period, over the year's end as well."""
    assert next_period(calendar_month("2026-12")).code == "2027-01"
    assert next_period(calendar_month("2026-10")).code == "2026-11"


@given(day=st.dates(date(1, 1, 1), date(9999, 11, 30)))
def test_each_day_lies_in_exactly_one_period(day: date) -> None:
    """The next one begins the day after: no day twice, none left out."""
    period = period_of(day)
    following = next_period(period)
    assert day in period
    assert day not in following
    assert following.starts == period.ends + timedelta(days=1)
    assert period < following


def test_a_period_need_not_be_a_month() -> None:
    """A 4-4-5 calendar states its own days and numbers."""
    september = AccountingPeriod(2026, 9, date(2026, 8, 30), date(2026, 10, 3))
    assert september.code == "2026-09"
    assert date(2026, 10, 3) in september
    assert date(2026, 10, 4) not in september
