"""Accounts of a provider's vouchers: what each is decides where it may be booked."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders.core import built, reconciled
from tests.builders.pay_runs import PayRun, a_pay_run
from tests.builders.rules import Rules, some_rules


def swedish_rules(provider: str = "de-datev") -> Rules:
    """A voucher of wages, tax, a repaid expense and a payment from the bank."""
    return (
        some_rules(provider)
        .source_class("2821", "clearing")
        .source_class("2710", "liability")
        .source_class("1681", "reimbursement")
        .source_class("1930", "bank")
        .account("7210", debit="6010", coding="source_account", by="cost_center")
        .account("2821", debit="2400", coding="source_account")
        .account("2710", debit="2410", coding="source_account")
        .account("1681", debit="2310", coding="source_account")
        .account("1930", debit="2400", coding="source_account")
        .cost_center("410", "CC410")
        .route("free", "payroll", "2310")
    )


def a_voucher() -> PayRun:
    """Gross 100.00, tax 30.00, an expense of 5.00, and 75.00 from the bank."""
    return (
        a_pay_run()
        .voucher_line("V1", "7210", "100.00", cost_center="410")
        .voucher_line("V1", "2710", "-30.00")
        .voucher_line("V1", "1681", "5.00")
        .voucher_line("V1", "1930", "-75.00")
    )


def holds(rules: Rules, run: PayRun | None = None) -> dict[str, list[str]]:
    """Source account → why its line waits."""
    rows = reconciled((run or a_voucher()).frame(), rules)
    return dict(rows.select("source_account", "holds").iter_rows())


def test_a_bank_leg_goes_to_net_pay_clearing_and_the_bank_books_the_payment() -> None:
    """The controller relies on it: a payment stands once, by the bank's own statement."""
    (made,) = built(a_voucher(), swedish_rules()).journals
    assert {line.account: line.amount_minor for line in made.journal.lines} == {
        "6010": 100_00, "2410": -30_00, "2310": 5_00, "2400": -75_00,
    }  # fmt: skip
    used = {name for kind, name in made.journal.input_versions if kind == "rule"}
    assert "source_account_classes:de-datev|1930@1" in used


def test_a_bank_leg_may_pay_a_statutory_liability() -> None:
    """Some bureaus pay the tax office in the same voucher."""
    rules = swedish_rules().source_class("1940", "bank")
    rules.account("1940", debit="2410", coding="source_account")
    run = a_pay_run().voucher_line("V2", "2710", "9.00").voucher_line("V2", "1940", "-9.00")
    assert holds(rules, run) == {"2710": [], "1940": []}


def test_a_rule_may_say_itself_that_the_bank_leg_pays_the_net() -> None:
    """A bureau whose vouchers know no net pay account names the class on the bank's own rule."""
    rules = some_rules().source_class("1930", "bank").cost_center("410", "CC410")
    rules.account("7210", debit="6010", coding="source_account", by="cost_center")
    rules.account("1930", debit="2400", coding="source_account", component_class="net_pay")
    run = a_pay_run().voucher_line("V", "7210", "9.00", cost_center="410")
    assert holds(rules, run.voucher_line("V", "1930", "-9.00")) == {"7210": [], "1930": []}


@pytest.mark.parametrize("account", ["1000", "6010", "2310"])
def test_a_bank_leg_anywhere_else_is_held(account: str) -> None:
    """The controller relies on it: booked to the bank too, the payment would stand twice."""
    rules = swedish_rules().source_class("1940", "bank")
    rules.account("1940", debit=account, coding="source_account")
    run = a_pay_run().voucher_line("V2", "2821", "9.00").voucher_line("V2", "1940", "-9.00")
    assert holds(rules, run) == {"2821": [], "1940": ["bank_leg_misplaced|1940"]}


def test_a_reimbursement_outside_expense_clearing_is_held() -> None:
    """The controller relies on it: the expense books the cost, the pay run never again."""
    rules = swedish_rules().source_class("1682", "reimbursement")
    rules.account("1682", debit="6010", coding="source_account")
    run = a_pay_run().voucher_line("V2", "1682", "9.00").voucher_line("V2", "2821", "-9.00")
    assert holds(rules, run) == {"1682": ["reimbursement_misplaced|1682"], "2821": []}


def test_an_account_without_a_class_is_held_even_when_it_is_mapped() -> None:
    """The controller relies on it: a new account of the bureau may be its bank."""
    rules = swedish_rules()
    rules.rows = [row for row in rules.rows if row["source_account"] != "7210"]
    assert holds(rules)["7210"] == ["account_unclassed|7210"]


def test_a_class_is_the_providers_own_and_of_the_period() -> None:
    """1930 is a bank with one bureau and something else with another; and it may change."""
    accounts = ["7210", "2710", "1681", "1930"]
    assert holds(swedish_rules("se-sie")) == {account: [] for account in accounts}
    other = swedish_rules("se-sie")
    other.provider = "de-datev"
    assert set(map(tuple, holds(other).values())) == {
        (f"account_unclassed|{account}",) for account in ("7210", "2710", "1681", "1930")
    }
    later = swedish_rules().source_class("7210", "bank", valid_from=date(2026, 11, 1))
    assert holds(later)["7210"] == []
