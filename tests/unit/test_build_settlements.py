"""Exchange differences at settlement, and rounding lines that are named and limited."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders.journals import a_journal
from tests.builders.kinds import DOCUMENT, assert_sources_sum_to_lines, booked, heading
from tieout.finance.journals import JournalKind
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.settlements import (
    Conversion,
    DifferenceAccounts,
    ForeignLiability,
    RoundingAboveLimitError,
    exchange_difference,
    in_functional_currency,
    settled_at,
)

#: 1,000.00 dollars that stand at 923.45 euros.
OWED = ForeignLiability("2600", 1_000_00, 923_45, (DOCUMENT, (7,)))
ACCOUNTS = DifferenceAccounts("7910", "7911")


def settled(paid: int, amount: int = 1_000_00) -> BuiltJournal | None:
    """The difference when the bank took `paid` for `amount`."""
    above = heading(JournalKind.FX_DIFFERENCE, batch="settlement:P-1")
    return exchange_difference(above, OWED, amount, paid, ACCOUNTS)


@pytest.mark.parametrize(
    ("paid", "wanted"),
    [
        (930_00, {("2600", "", ""): -6_55, ("7910", "", ""): 6_55}),
        (920_00, {("2600", "", ""): 3_45, ("7911", "", ""): -3_45}),
    ],
)
def test_the_difference_at_settlement_clears_the_liability(
    paid: int, wanted: dict[tuple[str, str, str], int]
) -> None:
    """The balance sheet relies on it: nothing of a paid liability stays in the functional books."""
    made = settled(paid)
    assert made is not None
    assert booked([made.journal]) == wanted
    # stood at 923.45, the bank took `paid`, the difference brings it to zero
    assert -923_45 + paid + wanted["2600", "", ""] == 0
    assert made.journal.external_id.startswith("DE01-FXD-")
    assert_sources_sum_to_lines(made)


def test_paid_at_the_booked_rate_leaves_no_difference() -> None:
    """No journal of zero is posted."""
    assert settled(923_45) is None


def test_payments_in_parts_clear_exactly_what_stood_there() -> None:
    """Three payments of a third each: the cent that does not divide is cleared by one of them."""
    left = ForeignLiability("2600", 3_00, 1_00)
    stood = []
    for _ in range(3):
        part = settled_at(left, 1_00)
        stood.append(part)
        left = ForeignLiability(
            "2600", max(left.open_minor - 1_00, 0), left.functional_minor - part
        )
    assert sum(stood) == 1_00
    assert left.functional_minor == 0


@pytest.mark.parametrize("amount", [0, -1, 1_000_01])
def test_more_than_is_open_can_not_be_settled(amount: int) -> None:
    """An overpayment is another matter and is not hidden in a rate."""
    with pytest.raises(ValueError, match="can't be settled"):
        settled_at(OWED, amount)


def conversion(limit: int = 5, account: str = "7900") -> Conversion:
    """Dollars to euros at a rate that does not divide."""
    return Conversion("EUR", Decimal("0.92345"), "ecb 2026-10-30 0.92345", account, limit)


def test_what_rounding_leaves_over_is_one_named_line() -> None:
    """The auditor relies on it: no plug inside another line; the line says what it is."""
    journal = a_journal(
        ("6000", "CC1", "", 11), ("6000", "CC2", "", 11), ("7490", "", "", -22), currency="USD"
    )
    made = in_functional_currency(journal, conversion())
    assert [line.functional_minor for line in made.lines] == [10, 10, -20]
    three = a_journal(*((("6000", f"CC{n}", "", 7)) for n in range(3)), ("7490", "", "", -21),
                      currency="USD")  # fmt: skip
    *_, last = in_functional_currency(three, conversion()).lines
    assert (last.account, last.amount_minor, last.functional_minor) == ("7900", 0, 1)
    assert last.description == "Rounding difference 2026-10"


def test_functional_amounts_follow_the_minor_units_of_both_currencies() -> None:
    """A thousand yen are not a thousand cents."""
    journal = a_journal(("6000", "CC1", "", 1000), ("7490", "", "", -1000), currency="JPY")
    made = in_functional_currency(
        journal, Conversion("EUR", Decimal("0.0061"), "ecb 2026-10-30", "7900", 5)
    )
    assert [line.functional_minor for line in made.lines] == [610, -610]


@pytest.mark.parametrize(("limit", "account"), [(0, "7900"), (5, "")])
def test_above_the_limit_or_without_an_account_nothing_is_booked(limit: int, account: str) -> None:
    """The controller relies on it: a difference that is too large is an exception with its sum."""
    journal = a_journal(
        *((("6000", f"CC{n}", "", 7)) for n in range(3)), ("7490", "", "", -21), currency="USD"
    )
    with pytest.raises(RoundingAboveLimitError) as caught:
        in_functional_currency(journal, conversion(limit, account))
    assert "0.01 EUR" in caught.value.message
    assert caught.value.next_step
