"""Tax treatment by policy: where the money was spent, and whether input tax is reclaimed."""

from __future__ import annotations

import pytest

from tests.builders.core import build_rows, reconciled
from tests.builders.expenses import an_expense_report
from tests.builders.rules import Rules, some_rules


def german_rules(vat_reclaim: str) -> Rules:
    """Meals at home and abroad, repaid with the pay."""
    rules = (
        some_rules("concur")
        .account("MEALS", debit="7050", coding="expense_type", by="cost_center")
        .account("V19", debit="1410", coding="tax")
        .cost_center("410", "CC410")
        .route("taxed", "payroll", "2310", taxable="yes", pay_code="1372")
        .route("free", "payroll", "2310", taxable="no", pay_code="1371")
    )
    return rules.row(
        "tax_treatment", scope="country:DE", expense_type="*", taxable="no", vat_reclaim=vat_reclaim
    )


def debits(rules: Rules, receipt: str) -> dict[str, int]:
    """Account → amount of a meal of 100.00 with 19.00 tax."""
    report = an_expense_report()
    report.cost("e1", "MEALS", "100.00", cost_center_code="410", receipt=receipt)
    report.tax("e1", "MEALS", "19.00", "V19", cost_center_code="410", receipt=receipt)
    rows = reconciled(report.frame(), rules, kind="expense_line")
    (made,) = build_rows(rows, kind="expense_line", batch="concur:2026-10").journals
    assert ("rule", "tax_treatment:country:DE|*@1") in made.journal.input_versions
    return {line.account: line.amount_minor for line in made.journal.lines}


@pytest.mark.parametrize(
    ("vat_reclaim", "receipt", "tax", "cost"),
    [
        ("with_receipt", "tax", 19_00, 100_00),
        ("with_receipt", "yes", 0, 119_00),
        ("with_receipt", "no", 0, 119_00),
        ("with_receipt", "", 0, 119_00),
        ("no", "tax", 0, 119_00),
        ("yes", "no", 19_00, 100_00),
        ("", "no", 19_00, 100_00),
    ],
)
def test_a_tax_without_the_receipt_that_policy_asks_for_is_cost(
    vat_reclaim: str, receipt: str, tax: int, cost: int
) -> None:
    """The tax office relies on the receipt; the employee is owed the same either way."""
    found = debits(german_rules(vat_reclaim), receipt)
    assert (found.get("1410", 0), found["7050"]) == (tax, cost)
    assert found["2310"] == -119_00


def test_a_rule_for_a_country_of_spend_comes_before_the_one_for_all() -> None:
    """Finance relies on it: a meal in one country may be pay while it is none at home."""
    rules = german_rules("yes").row(
        "tax_treatment", scope="country:DE", expense_type="MEALS", spend_country="SE",
        taxable="yes", vat_reclaim="no",
    )  # fmt: skip
    report = an_expense_report()
    for entry, country in (("e1", "DE"), ("e2", "SE"), ("e3", "")):
        report.cost(entry, "MEALS", "1.00", cost_center_code="410", country=country)
    report.tax("e2", "MEALS", "0.25", "V19", cost_center_code="410", country="SE", receipt="tax")
    rows = reconciled(report.frame(), rules, kind="expense_line").sort("line_no")
    assert rows.select("taxable", "pay_code", "debit_account").rows() == [
        (False, "1371", "7050"), (True, "1372", "7050"), (False, "1371", "7050"),
        (True, "1372", "7050"),
    ]  # fmt: skip
    assert rows["holds"].list.len().sum() == 0
