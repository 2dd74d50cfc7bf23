"""Which expenses an accrual carries: incurred by the period's end, with an account, not booked."""

from __future__ import annotations

import polars as pl
import pytest

from tests.builders.core import reconciled
from tests.builders.expenses import an_expense_report
from tests.builders.kinds import OCTOBER
from tests.builders.rules import Rules, some_rules
from tieout.stages.build.accruals import Incurred
from tieout.stages.build.incurred import incurred_expenses

LIABILITY = "2530"


def rules() -> Rules:
    """Meals and taxis have accounts; gifts have none."""
    return (
        some_rules("concur")
        .account("MEALS", debit="7010", coding="expense_type", by="cost_center")
        .account("TAXI", debit="7020", coding="expense_type", by="cost_center")
        .account("VAT", debit="1410", coding="tax")
        .cost_center("410", "CC410")
        .cost_center("420", "CC420", "33.33")
        .cost_center("420", "CC421", "66.67")
        .tax("*", "no")
        .route("free", "payroll", "2310", pay_code="1371")
    )


def incurred(frame: pl.DataFrame, *, waiting: set[tuple[str, int]] | None = None) -> list[Incurred]:
    """What October accrues for DE01."""
    rows = reconciled(frame, rules(), kind="expense_line")
    return incurred_expenses(rows, "DE01", OCTOBER.ends, LIABILITY, waiting)


def booked(found: list[Incurred]) -> list[tuple[str, str, int]]:
    """Account, cost center and amount of each."""
    return [(i.cost.account, i.cost.cost_center, i.cost.amount_minor) for i in found]


def test_what_was_spent_in_the_month_and_approved_after_it_is_incurred() -> None:
    """October's cost is whole, whoever approves when; split as the booking will split it."""
    report = (
        an_expense_report("DE01", approved_at="2026-11-03T09:00:00+00:00")
        .cost("e1", "MEALS", "100.00", cost_center_code="410")
        .cost("e2", "TAXI", "10.00", cost_center_code="420")
    )
    found = incurred(report.frame())
    assert booked(found) == [
        ("7010", "CC410", 100_00),
        ("7020", "CC420", 3_33),
        ("7020", "CC421", 6_67),
    ]
    assert {item.liability_account for item in found} == {LIABILITY}
    assert [item.cost.source[1] for item in found] == [(1,), (2,), (2,)]


@pytest.mark.parametrize(
    "more",
    [
        {"spend_date": "2026-11-01"},
        {"entity": "SE01"},
        {"is_test": "yes"},
        {"cost_center_code": "999"},
    ],
)
def test_what_is_later_of_others_a_test_or_without_a_place_is_not(more: dict[str, str]) -> None:
    """Nothing is guessed: a row without a cost center stays an open exception."""
    report = an_expense_report("DE01").cost(
        "e1", "MEALS", "100.00", **{"cost_center_code": "410", **more}
    )
    assert incurred(report.frame()) == []


def test_a_type_without_an_account_and_input_tax_are_not_accrued() -> None:
    """No account is defaulted; tax is claimed with its document."""
    report = (
        an_expense_report("DE01")
        .cost("e1", "GIFTS", "50.00", cost_center_code="410")
        .tax("e1", "GIFTS", "9.50", "VAT", cost_center_code="410")
    )
    assert incurred(report.frame()) == []


def test_of_a_unit_of_the_month_only_what_waits_is_incurred() -> None:
    """An approved, booked, unpaid expense is already a liability."""
    report = (
        an_expense_report("DE01")
        .cost("e1", "MEALS", "100.00", cost_center_code="410")
        .cost("e2", "MEALS", "7.00", cost_center_code="410")
    )
    assert booked(incurred(report.frame(), waiting={(report.document, 2)})) == [
        ("7010", "CC410", 7_00)
    ]
    assert incurred(report.frame(), waiting=set()) == []
