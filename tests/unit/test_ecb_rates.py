"""Published rates: which day, which direction, which legs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tieout.adapters.rates import EcbRates
from tieout.finance.rates import PublishedRate

FRIDAY, SATURDAY, MONDAY = date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 2)
HISTORY = """Date,USD,JPY,SEK,RUB,
2026-10-30,1.1000,165.00,10.8000,N/A,
2026-10-29,1.0900,164.00,10.7000,N/A,
2026-10-02,1.0800,163.00,10.6000,90.1,
"""


@pytest.fixture
def rates(tmp_path: Path) -> EcbRates:
    """The bank's history of three days."""
    file = tmp_path / "history.csv"
    file.write_text(HISTORY)
    return EcbRates(str(file))


def test_a_published_rate_is_returned_digit_by_digit(rates: EcbRates) -> None:
    """Whoever recomputes a journal relies on it."""
    assert rates.rate("EUR", "USD", FRIDAY, 3) == PublishedRate(Decimal("1.1000"), FRIDAY)


def test_a_day_without_publication_takes_the_last_one_and_states_its_date(rates: EcbRates) -> None:
    """Month ends on weekends rely on it."""
    assert rates.rate("EUR", "JPY", SATURDAY, 3) == PublishedRate(Decimal("165.00"), FRIDAY)


def test_nothing_older_than_the_staleness_is_a_rate(rates: EcbRates) -> None:
    """The controller relies on it: an old rate holds the line, it never books it."""
    assert rates.rate("EUR", "USD", MONDAY, 3) is not None
    assert rates.rate("EUR", "USD", date(2026, 11, 3), 3) is None
    assert rates.rate("EUR", "RUB", FRIDAY, 3) is None
    assert rates.rate("EUR", "XXX", FRIDAY, 3) is None
    assert rates.rate("EUR", "USD", date(1990, 1, 1), 3) is None


def test_a_derived_rate_states_both_published_legs_of_one_day(rates: EcbRates) -> None:
    """The auditor relies on it: no rate that the bank did not publish passes for published."""
    quote = rates.quote("USD", "SEK", SATURDAY, 3)
    assert quote is not None
    assert quote.published_on == FRIDAY
    assert [(leg.currency, leg.per_euro, leg.divided) for leg in quote.legs] == [
        ("USD", Decimal("1.1000"), True),
        ("SEK", Decimal("10.8000"), False),
    ]
    assert quote.rate == Decimal("10.8000") / Decimal("1.1000")


def test_an_inverted_rate_says_so(rates: EcbRates) -> None:
    """The auditor relies on it: units of euro per dollar are our division, not the bank's."""
    quote = rates.quote("USD", "EUR", FRIDAY, 3)
    assert quote is not None
    assert [leg.divided for leg in quote.legs] == [True]
    assert quote.rate == 1 / Decimal("1.1000")
    assert quote.derivation == "1 / USD 1.1000 per EUR"
    crossed = rates.rate("USD", "SEK", FRIDAY, 0)
    assert crossed is not None
    assert crossed.derivation == "SEK 10.8000 per EUR / USD 1.1000 per EUR"


def test_how_old_a_publication_may_be_is_asked_each_time(rates: EcbRates) -> None:
    """The controller relies on it: finance's policy decides, and two entities may differ."""
    assert rates.rate("EUR", "USD", SATURDAY, 0) is None
    assert rates.rate("EUR", "USD", SATURDAY, 1) is not None


def test_the_newest_day_of_a_history_is_told(rates: EcbRates) -> None:
    """A held entry is looked at again as soon as a newer publication could free it."""
    assert rates.last_published == FRIDAY
    assert EcbRates().last_published >= FRIDAY


def test_the_shipped_history_reaches_the_rehearsed_month() -> None:
    """The rehearsed close relies on it: October's last rates are in the library."""
    found = EcbRates().rate("EUR", "SEK", SATURDAY, 5)
    assert found is not None
    assert found.published_on == FRIDAY
