"""What a batch measures, seen on small batches that can be counted by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.builders.core import built, only_journal
from tests.builders.expenses import an_expense_report
from tests.builders.pay_runs import a_pay_run
from tests.builders.rules import some_rules
from tieout.contracts.columns import EMPLOYEE
from tieout.contracts.measures import (
    Before,
    OpenCodes,
    RateRow,
    Surroundings,
    drift_percent,
    measure_employees,
    measure_expenses,
    measure_journal,
    measure_pay,
    measure_rates,
    share_percent,
)
from tieout.contracts.suites import broken
from tieout.finance.periods import calendar_month
from tieout.stages.validate.rows import validate_rows

OCTOBER = calendar_month("2026-10")
AROUND = Surroundings(
    entities={"DE01"},
    period=OCTOBER,
    net_pay_codes={"NET"},
    covered_codes={"GROSS", "NET"},
    before=Before(line_count=4, headcount=1, net_pay_minor=100_00),
)


def typed(frame: pl.DataFrame, kind: str = "pay_line") -> pl.DataFrame:
    """The typed rows."""
    return validate_rows(kind, frame, {}).frame


def people(*rows: dict[str, str]) -> pl.DataFrame:
    """Employees as HR states them."""
    sound = dict.fromkeys(EMPLOYEE, "") | {
        "entity": "DE01", "status": "active", "cost_center_code": "410",
    }  # fmt: skip
    return pl.DataFrame([sound | row for row in rows], schema=dict.fromkeys(EMPLOYEE, pl.String))


def test_a_pay_run_is_counted_by_people_and_net_pay() -> None:
    """The controller relies on it: headcount and net pay are compared with what is stated."""
    run = (
        a_pay_run()
        .component("GROSS", "100.00", employee="E-1")
        .component("GROSS", "100.00", employee="E-1")
        .component("NET", "80.00", employee="E-1")
        .component("NET", "70.00", employee="E-2")
        .component("OTHER", "1.00", entity="XX99")
    )
    (row,) = measure_pay(typed(run.frame()), AROUND).values()
    assert row == {
        "headcount": 2,
        "stated_headcount": None,
        "net_pay": 150_00,
        "stated_net_pay": None,
        "unknown_entity_lines": 1,
        "off_period_lines": 0,
        "no_employee_percent": 20,
        "repeated_rows": 1,
        "uncovered_percent": 34,
        "headcount_drift_percent": 100,
        "net_pay_drift_percent": 50,
    }


def test_vouchers_that_name_nobody_state_no_headcount_and_break_nothing() -> None:
    """A provider without names is no mistake."""
    run = a_pay_run().voucher_line("V1", "6020", "5.00").voucher_line("V1", "3720", "-5.00")
    (row,) = measure_pay(typed(run.frame()), AROUND).values()
    assert row["headcount"] is row["net_pay"] is row["no_employee_percent"] is None


def test_the_same_part_of_an_expense_twice_is_counted() -> None:
    """The controller relies on it: a repeated part is never paid twice unseen."""
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "5.00")
        .cost("e1", "MEALS", "5.00")
        .cost("e2", "MEALS", "5.00", cost_center_code="410", spend_date="2026-11-01")
    )
    (row,) = measure_expenses(typed(report.frame(), "expense_line"), AROUND).values()
    assert row["repeated_rows"] == 1
    assert row["off_period_lines"] == 1
    assert row["no_cost_center_percent"] == 67
    assert row["uncovered_percent"] == 100


def test_a_snapshot_of_employees_is_held_against_the_one_before() -> None:
    """HR relies on it: a truncated extract shows as a drift, a doubled number as itself."""
    frame = people(
        {"employee_ref": "E-1", "hire_date": "2026-02-01", "leave_date": "2026-01-31"},
        {"employee_ref": "E-1", "cost_center_code": ""},
        {"employee_ref": "E-2", "status": "left", "entity": "XX99"},
    )
    row = measure_employees(frame, {"DE01"}, 5, ["E-1", "E-3", "E-4", "E-5", "E-6"])
    assert row == {
        "employee_count": 3,
        "repeated_employees": 1,
        "headcount_drift_percent": -60,
        "gone_percent": 80,
        "unknown_entity": 0,
        "no_cost_center_percent": 50,
        "reversed_employments": 1,
    }
    assert {one.severity for one in broken("employees", row)} == {"critical", "warning"}
    first = measure_employees(people({"employee_ref": "E-1"}), {"DE01"})
    assert first["headcount_drift_percent"] is first["gone_percent"] is None


@pytest.mark.parametrize(
    ("rate", "before", "inverted", "move"),
    [
        ("0.8612", "0.8590", 0, 0),
        ("1.1612", "0.8590", 0, 35),  # near one: a large move, which is told as a move
        ("176.50", "0.0056", 1, 3151685),
        ("0.0056", "176.50", 1, 99),
        ("12.0", "11.0", 0, 9),
    ],
)
def test_a_rate_upside_down_is_told_from_one_that_moved(
    rate: str, before: str, inverted: int, move: int
) -> None:
    """The controller relies on it: nobody books yen at euros per yen."""
    row = RateRow("EUR", "JPY", date(2026, 10, 30), Decimal(rate), before=Decimal(before))
    measured = measure_rates([row], staleness_days=5)
    assert measured["inverted_rates"] == inverted
    assert abs(int(str(measured["largest_move_percent"])) - move) <= 1


def test_missing_stale_repeated_and_negative_rates_are_counted_apart() -> None:
    """Each is another person's next step."""
    on, old = date(2026, 10, 30), date(2026, 10, 20)
    rows = [
        RateRow("EUR", "USD", on, Decimal("1.1"), old),
        RateRow("EUR", "USD", on, Decimal("1.1"), on),
        RateRow("EUR", "GBP", on, None),
        RateRow("EUR", "SEK", on, Decimal(-11), on),
    ]
    assert measure_rates(rows, staleness_days=5) == {
        "rates_not_positive": 1,
        "repeated_rates": 1,
        "inverted_rates": 0,
        "missing_rates": 1,
        "stale_rates": 1,
        "largest_move_percent": None,
    }


def test_a_journal_is_measured_against_its_sources_and_the_erp() -> None:
    """The approver relies on it: what is shown balances, is whole and can be posted."""
    rules = some_rules().account("GROSS", debit="6000").account("NET", credit="7490")
    run = a_pay_run().component("GROSS", "9.00").component("NET", "9.00")
    result = built(run, rules)
    journal = only_journal(result)
    shares = {line.number: line.amount_minor for line in journal.lines}
    sound = measure_journal(journal, shares, OCTOBER, OpenCodes({"6000", "7490"}), 450)
    assert sound["drift_percent"] == 100
    assert [one.severity for one in broken("journal", sound)] == ["warning"]
    november = calendar_month("2026-11")
    wrong = measure_journal(journal, {1: shares[1]}, november, OpenCodes({"7490"}))
    assert [one.name for one in broken("journal", wrong)] == [
        "every account is open in the ERP",
        "the accounting date lies in the period",
        "every line sums to its source lines",
    ]


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(1, 1000, 1), (0, 9, 0), (9, 9, 100), (0, 0, None)]
)
def test_one_of_a_thousand_is_seen(part: int, whole: int, percent: int | None) -> None:
    """A share rounds up: nothing that is there shows as nothing."""
    assert share_percent(part, whole) == percent


def test_a_drift_needs_something_to_drift_from() -> None:
    """The first run drifts from nothing."""
    assert drift_percent(5, None) is drift_percent(None, 5) is drift_percent(5, 0) is None
    assert drift_percent(-150, -100) == -50
