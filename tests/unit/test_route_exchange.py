"""The bridge of exchange differences: one row per foreign entry, exact in both currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders.expenses import ExpenseReport, an_expense_report
from tieout.stages.route.exchange import Bridge, RateOn, bridge_entries
from tieout.stages.validate.rows import validate_rows

PUBLISHED = date(2026, 10, 9)


def rate_of(text: str | None) -> RateOn:
    """A series that publishes one rate, or none."""

    def rate_on(source: str, target: str, day: date) -> tuple[Decimal, date] | None:
        return None if text is None else (Decimal(text), PUBLISHED)

    return rate_on


def bridged(report: ExpenseReport, rate: str | None) -> list[Bridge]:
    """The bridges of a report's entries."""
    return bridge_entries(validate_rows("expense_line", report.frame(), {}).frame, rate_of(rate))


@pytest.mark.parametrize(
    ("spent", "currency", "rate", "approved", "reference_minor"),
    [
        ("100.00", "USD", "0.8605", "87.00", 86_05),
        ("10000", "JPY", "0.00561", "56.00", 56_10),
        ("10.005", "KWD", "2.81", "28.00", 28_11),
        ("0.50", "USD", "0.11", "0.05", 6),
    ],
)
def test_an_entry_is_valued_at_the_published_rate_in_exact_minor_units(
    spent: str, currency: str, rate: str, approved: str, reference_minor: int
) -> None:
    """Yen have no cents and dinars three digits; a half goes away from zero."""
    report = an_expense_report().cost(
        "e1", "MEALS", approved, spend_amount=spent, spend_currency=currency
    )
    (bridge,) = bridged(report, rate)
    assert bridge.reference_minor == reference_minor
    assert (bridge.reference_rate, bridge.reference_date) == (rate, PUBLISHED)


def test_the_parts_of_an_entry_are_bridged_once() -> None:
    """Its spend amount repeats on each part; its approved amount is their sum."""
    more = {"spend_amount": "119.00", "spend_currency": "USD"}
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "90.00", **more)
        .tax("e1", "MEALS", "17.10", "V19", **more)
    )
    (bridge,) = bridged(report, "0.90")
    assert (bridge.approved_minor, bridge.spend_minor, bridge.reference_minor) == (
        107_10, 119_00, 107_10,
    )  # fmt: skip


def test_entries_at_home_or_without_a_published_rate_have_no_bridge() -> None:
    """Nothing is explained by a rate that nobody published."""
    foreign = {"spend_amount": "1.00", "spend_currency": "USD"}
    assert bridged(an_expense_report().cost("e1", "MEALS", "1.00"), "0.9") == []
    assert bridged(an_expense_report().cost("e1", "MEALS", "1.00", **foreign), None) == []
