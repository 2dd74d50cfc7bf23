"""Money as integer minor units with an ISO 4217 currency.

Rounding is half away from zero, once per source line and split, before anything is summed.
Splits use the largest remainder, so that parts always sum to the whole.
Minor units come from ISO 4217 (JPY 0, EUR 2, KWD 3) by the package `iso4217`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache

import iso4217

from tieout.errors import TieoutError

#: `ROUND_HALF_UP` of `decimal` rounds the magnitude, which is half away from zero.
ROUNDING = ROUND_HALF_UP
#: PostgreSQL's bigint and Polars' Int64; nineteen digits are refused at the door.
LARGEST_MINOR = 10**17
#: `Decimal` itself would also take blanks, underscores, exponents and the digits of any script.
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


class CurrencyUnknownError(TieoutError):
    """The code is not in ISO 4217, or has no minor unit (gold, test codes)."""

    code = "currency_unknown"


class AmountUnreadableError(TieoutError):
    """The text is no amount of its currency: digits, sign, one decimal point, no more."""

    code = "value_unreadable"


@cache
def minor_digits(currency: str) -> int:
    """Digits after the decimal point in `currency`, by ISO 4217.

    Raises:
        CurrencyUnknownError: the code is unknown or has no minor unit.
    """
    try:
        digits = iso4217.Currency(currency).exponent
    except ValueError as error:
        raise CurrencyUnknownError(
            f"{currency or '(empty)'} is not a currency of ISO 4217.",
            next_step="Correct the currency at its source.",
        ) from error
    if digits is None:
        raise CurrencyUnknownError(
            f"{currency} has no minor unit in ISO 4217 and can't carry an amount.",
            next_step="Correct the currency at its source.",
        )
    return int(digits)


@cache
def currency_codes() -> frozenset[str]:
    """Every currency of ISO 4217 that can carry an amount, such as `EUR`."""
    return frozenset(one.code for one in iso4217.Currency if one.exponent is not None)


#: An amount of so many characters fits 64 bits in minor units of any currency.
_SHORT = 14


def to_minor(text: str, currency: str) -> int:
    """Minor units of a canonical decimal text such as `-1234.50`.

    Raises:
        AmountUnreadableError: not a plain decimal, or more digits than the currency has.
    """
    digits = minor_digits(currency)
    if not _PLAIN.fullmatch(text):
        raise AmountUnreadableError(f"{text!r} is not an amount.")
    whole_part, _, fraction = text.partition(".")
    if len(fraction) <= digits and len(text) <= _SHORT:
        # Digits are only moved: the same as below, for what nearly every amount looks like.
        return int(whole_part + fraction.ljust(digits, "0"))
    amount = Decimal(text)
    # An own context, wide enough: the default one would silently round a 40-digit number.
    with localcontext() as context:
        context.prec = max(60, len(text) + digits + 2)
        scaled = amount.scaleb(digits)
        whole = scaled.to_integral_value()
        if scaled != whole:
            raise AmountUnreadableError(
                f"{text!r} has more than {digits} decimals, which {currency} does not have."
            )
        if abs(whole) > LARGEST_MINOR:
            raise AmountUnreadableError(f"{text!r} is larger than any amount we can hold.")
    return int(whole)


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    """The exact decimal of `amount_minor`, with the currency's number of places."""
    return Decimal(amount_minor).scaleb(-minor_digits(currency))


def to_text(amount_minor: int, currency: str) -> str:
    """Canonical decimal text: point, no grouping, the currency's number of places."""
    digits = minor_digits(currency)
    if not digits:
        return str(amount_minor)
    whole, fraction = divmod(abs(amount_minor), 10**digits)
    return f"{'-' if amount_minor < 0 else ''}{whole}.{fraction:0{digits}d}"


def round_half_away(value: Decimal | Fraction) -> int:
    """Nearest integer; a half goes away from zero."""
    exact = Fraction(value)
    magnitude = abs(exact)
    whole = (magnitude + Fraction(1, 2)).__floor__()
    return -whole if exact < 0 else whole


def split_largest_remainder(amount_minor: int, shares: Sequence[Decimal]) -> list[int]:
    """Split an amount by `shares` so that the parts sum to it exactly.

    Each part is floored; the missing units go to the largest remainders, ties to the earlier
    share. A negative amount is split by magnitude, so a reversal cancels its original exactly.

    Raises:
        ValueError: no share, a negative one, or shares that sum to zero.
    """
    weights = [Fraction(share) for share in shares]
    whole = sum(weights, Fraction(0))
    if not weights or min(weights) < 0 or whole == 0:
        message = "shares must be non-negative and sum to more than zero"
        raise ValueError(message)
    sign = -1 if amount_minor < 0 else 1
    exact = [abs(amount_minor) * weight / whole for weight in weights]
    parts = [part.__floor__() for part in exact]
    missing = abs(amount_minor) - sum(parts)
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in order[:missing]:
        parts[i] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units of a currency."""

    amount_minor: int
    currency: str

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Read a canonical decimal text; raises as `to_minor`."""
        return cls(to_minor(text, currency), currency)

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __str__(self) -> str:
        return f"{to_text(self.amount_minor, self.currency)} {self.currency}"

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            message = f"{self.currency} and {other.currency} can't be added without a rate"
            raise ValueError(message)
