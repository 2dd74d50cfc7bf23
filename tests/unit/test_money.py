"""Money: exact minor units, one rounding rule, splits that lose nothing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tieout.finance.money import (
    LARGEST_MINOR,
    AmountUnreadableError,
    CurrencyUnknownError,
    Money,
    minor_digits,
    round_half_away,
    split_largest_remainder,
    to_decimal,
    to_minor,
    to_text,
)


@pytest.mark.promise("S34")
@pytest.mark.parametrize(
    ("currency", "text", "amount_minor"),
    [
        ("JPY", "123456", 123_456),
        ("EUR", "1234.56", 123_456),
        ("KWD", "123.456", 123_456),
        ("BHD", "0.001", 1),
        ("CLF", "1.2345", 12_345),
    ],
)
def test_an_amount_has_as_many_decimals_as_its_currency(
    currency: str, text: str, amount_minor: int
) -> None:
    """Every entity's books rely on it: a yen has no cents, a dinar has a thousand fils."""
    assert to_minor(text, currency) == amount_minor
    assert to_text(amount_minor, currency) == text


@pytest.mark.promise("S34")
@pytest.mark.parametrize(
    ("text", "currency"), [("10.5", "JPY"), ("0.001", "EUR"), ("1.0005", "KWD")]
)
def test_more_decimals_than_the_currency_has_are_refused_and_never_rounded(
    text: str, currency: str
) -> None:
    """A provider's habit must not become our rounding difference."""
    with pytest.raises(AmountUnreadableError, match="decimals"):
        to_minor(text, currency)


@pytest.mark.promise("S34")
def test_zeros_beyond_the_currencys_decimals_carry_nothing() -> None:
    """Providers pad: 500.00 yen is 500 yen."""
    assert to_minor("500.00", "JPY") == 500
    assert to_minor("1.2300", "EUR") == 123


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        ".",
        "1,5",
        "1.2.3",
        "1 000",
        " 1.00",
        "1.00\n",
        "1_000",
        "1e3",
        "1E+2",
        "NaN",
        "Infinity",
        "--1",
        "(5.00)",
        "0x10",
        "１２３",
        "٣",
        "1.00 EUR",
    ],
)
def test_only_plain_digits_are_an_amount(text: str) -> None:
    """Python's own reader takes blanks, underscores, exponents and any script's digits."""
    with pytest.raises(AmountUnreadableError):
        to_minor(text, "EUR")


@pytest.mark.parametrize(
    ("text", "amount_minor"),
    [("+5", 500), ("-0.05", -5), ("-0", 0), ("0007.10", 710), (".5", 50), ("5.", 500)],
)
def test_a_plain_amount_is_read_exactly(text: str, amount_minor: int) -> None:
    """Readers of files and of JSON hand over such texts."""
    assert to_minor(text, "EUR") == amount_minor


def test_an_amount_beyond_what_the_store_holds_is_refused_at_the_door() -> None:
    """PostgreSQL's bigint holds nineteen digits; the sum of many lines must fit as well."""
    largest = to_text(LARGEST_MINOR, "EUR")
    assert to_minor(largest, "EUR") == LARGEST_MINOR
    with pytest.raises(AmountUnreadableError, match="larger"):
        to_minor(to_text(LARGEST_MINOR + 1, "EUR"), "EUR")
    with pytest.raises(AmountUnreadableError, match="decimals"):
        to_minor("0." + "0" * 40 + "1", "EUR")


@pytest.mark.parametrize("currency", ["", "EU", "EURO", "eur", "€", "XXY", "ZZZ", "978"])
def test_what_is_no_code_of_iso_4217_is_no_currency(currency: str) -> None:
    """An unknown code is told; nobody assumes two decimals."""
    with pytest.raises(CurrencyUnknownError):
        minor_digits(currency)


@pytest.mark.parametrize("currency", ["XAU", "XXX", "XTS"])
def test_gold_and_test_codes_carry_no_amount(currency: str) -> None:
    """They are in the list of ISO 4217, without a minor unit."""
    with pytest.raises(CurrencyUnknownError, match="minor unit"):
        minor_digits(currency)


@pytest.mark.parametrize(
    ("exact", "whole"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1), ("-2.5", -3), ("2.4999", 2), ("-0.4", 0)],
)
def test_a_half_goes_away_from_zero(exact: str, whole: int) -> None:
    """Not to the even neighbour: finance checks by hand what the machine computes."""
    assert round_half_away(Decimal(exact)) == whole
    assert round_half_away(Fraction(exact)) == whole


def test_the_missing_cent_goes_to_the_largest_remainder() -> None:
    """1,000.01 at 33.33/33.33/33.34 %: both floors are 333.30, the third has the largest rest."""
    shares = [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert split_largest_remainder(100_001, shares) == [33_330, 33_330, 33_341]


def test_equal_remainders_go_to_the_earlier_share() -> None:
    """The order of cost centers decides a tie, never the order of a file."""
    assert split_largest_remainder(100, [Decimal(1)] * 3) == [34, 33, 33]
    assert split_largest_remainder(2, [Decimal(1)] * 4) == [1, 1, 0, 0]


def test_the_split_of_a_negative_amount_cancels_the_original() -> None:
    """A reversal of a split run leaves no cent on any cost center."""
    shares = [Decimal(33), Decimal(33), Decimal(34)]
    forth = split_largest_remainder(200_4, shares)
    back = split_largest_remainder(-200_4, shares)
    assert [there + here for there, here in zip(forth, back, strict=True)] == [0, 0, 0]


def test_two_lines_split_three_ways_stay_whole() -> None:
    """2 × 1.002 over 33/33/34 % at three digits was off by 0.002 elsewhere."""
    parts = [
        split_largest_remainder(1_002, [Decimal(33), Decimal(33), Decimal(34)]) for _ in range(2)
    ]
    assert sum(map(sum, parts)) == 2_004


@pytest.mark.parametrize("shares", [[], ["0", "0"], ["-1", "101"]])
def test_shares_that_are_no_shares_are_refused(shares: list[str]) -> None:
    """There is no way to keep the whole with them."""
    with pytest.raises(ValueError, match="shares"):
        split_largest_remainder(100, [Decimal(share) for share in shares])


def test_amounts_of_two_currencies_are_never_added() -> None:
    """A rate is an input with source and date, not a default."""
    with pytest.raises(ValueError, match="rate"):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(ValueError, match="rate"):
        Money(1, "EUR") - Money(1, "USD")


def test_money_adds_and_says_itself_in_its_currency() -> None:
    """What people read has the currency's own number of decimals."""
    total = Money.of("10.00", "EUR") + Money.of("0.05", "EUR") - Money.of("20.10", "EUR")
    assert total == Money(-1_005, "EUR")
    assert str(-total) == "10.05 EUR"
    assert str(Money(5, "JPY")) == "5 JPY"
    assert str(Money(5, "KWD")) == "0.005 KWD"
    assert to_decimal(-5, "EUR") == Decimal("-0.05")
