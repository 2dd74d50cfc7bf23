"""Laws of money: parts sum to the whole, reversals cancel, texts come back."""

from __future__ import annotations

from decimal import Decimal

import iso4217
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.finance.money import (
    LARGEST_MINOR,
    CurrencyUnknownError,
    minor_digits,
    split_largest_remainder,
    to_minor,
    to_text,
)

AMOUNTS = st.integers(-LARGEST_MINOR, LARGEST_MINOR)
SHARES = st.lists(st.decimals(Decimal(0), Decimal(1000), places=4), min_size=1, max_size=12).filter(
    any
)
CURRENCIES = sorted(each.code for each in iso4217.Currency if each.exponent is not None)


@given(amount=AMOUNTS, shares=SHARES)
def test_the_parts_of_a_split_sum_to_the_whole(amount: int, shares: list[Decimal]) -> None:
    """No journal is off by a cent after its cost center split."""
    parts = split_largest_remainder(amount, shares)
    assert sum(parts) == amount
    assert len(parts) == len(shares)


@given(amount=AMOUNTS, shares=SHARES)
def test_no_part_is_a_unit_or_more_from_its_exact_share(amount: int, shares: list[Decimal]) -> None:
    """Nor on the other side of zero; a share of nothing gets nothing."""
    whole = sum(shares)
    for part, share in zip(split_largest_remainder(amount, shares), shares, strict=True):
        assert abs(part * whole - amount * share) < whole
        assert part * amount >= 0
        assert share or not part


@given(amount=AMOUNTS, shares=SHARES)
def test_a_reversal_cancels_every_part(amount: int, shares: list[Decimal]) -> None:
    """Cost center by cost center, not only in sum."""
    forth = split_largest_remainder(amount, shares)
    assert [-part for part in forth] == split_largest_remainder(-amount, shares)


@given(amount=AMOUNTS, shares=SHARES, factor=st.integers(1, 1000))
def test_only_the_proportion_of_shares_counts(
    amount: int, shares: list[Decimal], factor: int
) -> None:
    """33/33/34 hours split as 33/33/34 percent."""
    scaled = [share * factor for share in shares]
    assert split_largest_remainder(amount, shares) == split_largest_remainder(amount, scaled)


@pytest.mark.promise("S34")
@given(amount=AMOUNTS, currency=st.sampled_from(CURRENCIES))
def test_an_amount_of_any_currency_comes_back_from_its_text(amount: int, currency: str) -> None:
    """Every currency of ISO 4217 that has a minor unit."""
    assert to_minor(to_text(amount, currency), currency) == amount


@given(code=st.text(max_size=4))
def test_no_text_but_a_code_of_the_list_is_a_currency(code: str) -> None:
    """Not its lower case, not its name, not something near it."""
    if code in CURRENCIES:
        assert 0 <= minor_digits(code) <= 4
        return
    with pytest.raises(CurrencyUnknownError):
        minor_digits(code)
