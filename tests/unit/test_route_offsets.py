"""Personal items, advances and credits are netted per employee and report."""

from __future__ import annotations

import pytest

from tests.builders.core import build_rows, only_journal, reconciled
from tests.builders.expenses import ExpenseReport, an_expense_report
from tests.builders.kinds import by_account
from tests.builders.rules import Rules, some_rules
from tieout.finance.journals import Journal

CLEARING, RECEIVABLE, ADVANCES = "2310", "1330", "1320"


def rules(*, receivable: bool = True) -> Rules:
    """Meals, cash advances, and an account for what employees owe."""
    made = (
        some_rules("concur")
        .account("MEALS", debit="7010", coding="expense_type", by="cost_center")
        .account("cash_advance", debit=ADVANCES, coding="party")
        .account("company_card", debit="2200", coding="party")
        .cost_center("410", "CC410")
        .tax("*", "no")
        .route("free", "payroll", CLEARING, pay_code="1371")
    )
    return (
        made.account("employee_receivable", debit=RECEIVABLE, coding="party")
        if (receivable)
        else made
    )


def a_report(spent: str, advance: str) -> ExpenseReport:
    """What was spent, and an advance that was paid before."""
    return (
        an_expense_report("DE01")
        .cost("e1", "MEALS", spent, cost_center_code="410")
        .part("advance", "e2", "", f"-{advance}")
    )


def booked(report: ExpenseReport) -> Journal:
    """Its journal."""
    rows = reconciled(report.frame(), rules(), kind="expense_line")
    return only_journal(build_rows(rows, kind="expense_line", holding="atom", batch="concur:1"))


def test_a_positive_net_is_what_the_employee_is_repaid() -> None:
    """100.00 spent and 30.00 advanced leave 70.00 on the clearing account."""
    assert by_account(booked(a_report("100.00", "30.00"))) == {
        "7010": 100_00,
        ADVANCES: -30_00,
        CLEARING: -70_00,
    }


def test_a_negative_net_is_what_the_employee_owes() -> None:
    """100.00 spent and 150.00 advanced: 50.00 are claimed, and clearing holds nothing of it."""
    assert by_account(booked(a_report("100.00", "150.00"))) == {
        "7010": 100_00,
        ADVANCES: -150_00,
        RECEIVABLE: 50_00,
    }


def test_reports_are_netted_one_by_one() -> None:
    """What one report owes is not taken from another: the employee sees both."""
    import polars as pl

    owing = a_report("100.00", "150.00")
    other = an_expense_report("DE01", name="REP-2").cost(
        "e1", "MEALS", "80.00", cost_center_code="410"
    )
    rows = reconciled(pl.concat([owing.frame(), other.frame()]), rules(), kind="expense_line")
    result = build_rows(rows, kind="expense_line", holding="atom", batch="concur:1")
    found = by_account(only_journal(result))
    assert (found[RECEIVABLE], found[CLEARING]) == (50_00, -80_00)


@pytest.mark.parametrize("advance", ["150.00", "100.01"])
def test_without_an_account_for_it_the_report_waits(advance: str) -> None:
    """No account is guessed; the exception says which rule is missing."""
    rows = reconciled(
        a_report("100.00", advance).frame(), rules(receivable=False), kind="expense_line"
    )
    result = build_rows(rows, kind="expense_line", holding="atom", batch="concur:1")
    assert result.journals == ()
    assert {cause.code for cause in result.held} == {"receivable_unmapped"}
