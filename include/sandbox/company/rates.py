"""The European Central Bank's reference rates, and cross rates through the euro.

A day without publication takes the last published one. Rates are units of *to* per one *from*;
both legs are ECB rates against the euro, the quotient is rounded half up to eight decimals.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Final

_PLACES: Final = Decimal("0.00000001")


@cache
def _series() -> Any:
    from currency_converter import CurrencyConverter

    return CurrencyConverter(decimal=True)


def euro_rate(currency: str, day: date) -> Decimal:
    """Units of `currency` per euro, as published on `day` or last before it.

    Raises:
        LookupError: nothing was published in the ten days before.
    """
    if currency == "EUR":
        return Decimal(1)
    for back in range(10):
        rate = _series()._rates[currency].get(day - timedelta(days=back))  # noqa: SLF001 - the public call converts floats
        if rate is not None:
            return Decimal(rate)
    raise LookupError(f"No ECB rate for {currency} at {day} or the nine days before")


def cross_rate(from_currency: str, to_currency: str, day: date) -> Decimal:
    """Units of `to_currency` per one `from_currency`, eight decimals."""
    quotient = euro_rate(to_currency, day) / euro_rate(from_currency, day)
    return quotient.quantize(_PLACES, rounding=ROUND_HALF_UP)
