"""Accounts: each code has a rule that names it, or its rows are held."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.builders.core import reconciled
from tests.builders.expenses import an_expense_report
from tests.builders.pay_runs import a_pay_run
from tests.builders.rules import Rules, some_rules
from tieout.contracts.staged import ReferenceView

DECIDED = ["component_class", "debit_account", "credit_account", "summarise", "holds"]


@pytest.mark.promise("S10")
def test_a_new_code_is_held_with_its_name_and_the_others_go_on() -> None:
    """After its mapping only these rows have anything left to do."""
    run = a_pay_run().component("GROSS", "1.00").component("BONUS_NEW", "2.00")
    rules = some_rules().account("GROSS", debit="6000")
    before = reconciled(run.frame(), rules)
    assert before["holds"].to_list() == [[], ["account_unmapped|BONUS_NEW"]]
    after = reconciled(run.frame(), rules.account("BONUS_NEW", debit="6020"))
    assert after["holds"].to_list() == [[], []]
    assert after["debit_account"].to_list() == ["6000", "6020"]


@pytest.mark.promise("S10")
def test_a_new_expense_type_is_held_and_the_rest_of_the_batch_goes_on() -> None:
    """The employee's other entries are not its hostages."""
    report = an_expense_report().cost("e1", "MEALS", "10.00").cost("e2", "DRONES", "20.00")
    rules = (
        some_rules("concur")
        .account("MEALS", debit="7050", coding="expense_type")
        .tax("*", "no")
        .route("all", "payroll", "2310")
    )
    rows = reconciled(report.frame(), rules, kind="expense_line")
    assert rows["holds"].to_list() == [[], ["account_unmapped|DRONES"]]


def test_a_wildcard_never_decides_an_account() -> None:
    """A default account is where wrong money gathers unseen."""
    rules = some_rules().account("*", debit="9999")
    rows = reconciled(a_pay_run().component("GROSS", "1.00").frame(), rules)
    assert rows["holds"].to_list() == [["account_unmapped|GROSS"]]


def test_a_rule_without_accounts_books_nothing_and_is_no_rule() -> None:
    """Its lines would count as built and stand in no journal."""
    rules = some_rules().account("GROSS").account("MEMO", component_class="information")
    run = a_pay_run().component("GROSS", "1.00").component("MEMO", "1.00")
    assert reconciled(run.frame(), rules)["holds"].to_list() == [["account_unmapped|GROSS"], []]


def test_an_employer_cost_has_two_legs_and_an_account_line_one() -> None:
    """Component codes and source accounts are looked up apart, even when they are spelt alike."""
    rules = (
        some_rules()
        .account("6020", debit="6110", credit="2420", component_class="employer_social")
        .account("6020", debit="6010", coding="source_account", component_class="wages")
    )
    run = a_pay_run().component("6020", "1.00").voucher_line("V1", "6020", "1.00")
    assert reconciled(run.frame(), rules).select(DECIDED[:3]).rows() == [
        ("employer_social", "6110", "2420"),
        ("wages", "6010", ""),
    ]


def test_a_closed_account_and_one_the_erp_does_not_know_are_held_alike() -> None:
    """Found before anybody approves, not at the ERP's door."""
    rules = some_rules().account("GROSS", debit="6000", credit="2490")
    run = a_pay_run().component("GROSS", "1.00")
    for reference in (rules.reference(closed=["2490"]), rules.reference(absent=["2490"])):
        rows = reconciled(run.frame(), rules, reference=reference)
        assert rows["holds"].to_list() == [["account_closed|2490"]]
    both = reconciled(run.frame(), rules, reference=ReferenceView({}, {}, {}))
    assert both["holds"].to_list() == [["account_closed|6000,2490"]]


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    """Account, cost center and project together: one report, not three rounds."""
    rules = (
        some_rules()
        .account("GROSS", debit="6000", by="cost_center project")
        .cost_center("410", "CC410")
        .project("P1", "P-1")
    )
    reference = rules.reference(closed=["6000", "CC410", "P-1"])
    run = a_pay_run().component("GROSS", "1.00", cost_center="410", project="P1")
    assert reconciled(run.frame(), rules, reference=reference)["holds"].to_list() == [
        ["account_closed|6000", "cost_center_closed|CC410", "project_unmapped|P1"]
    ]


def test_an_expense_part_is_looked_up_by_what_it_is() -> None:
    """Cost by type, tax by code, advances and personal items by the party that owes."""
    rules = (
        some_rules("concur")
        .account("MEALS", debit="7050", coding="expense_type", component_class="")
        .account("DEVAT/V19", debit="1410", coding="tax")
        .account("cash_advance", debit="1310", coding="party")
        .account("company_card", credit="2200", coding="party")
        .tax("*", "no")
        .route("all", "payroll", "2310")
        .route("card", "card", "2200", payee="company_card")
    )
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "100.00")
        .tax("e1", "MEALS", "19.00", "DEVAT/V19")
        .part("tax_cost", "e1", "MEALS", "1.00")
        .part("advance", "e1", "MEALS", "-50.00")
        .part("personal", "e1", "MEALS", "-5.00", payee="company_card")
    )
    rows = reconciled(report.frame(), rules, kind="expense_line")
    assert rows["debit_account"].to_list() == ["7050", "1410", "7050", "1310", ""]
    assert rows["holds"].to_list() == [[]] * 5
    assert rows["component_class"].to_list() == [
        "meals", "devat/v19", "meals", "cash_advance", "company_card",
    ]  # fmt: skip


def test_a_rule_that_names_no_class_gets_one_by_what_it_books() -> None:
    """Tie-out compares every leg under some class."""
    rules = some_rules("concur").tax("*", "no").route("all", "payroll", "2310")
    for coding, code in [("expense_type", "MEALS"), ("tax", "V19"), ("party", "cash_advance")]:
        rules.row(
            "accounts", scope="group", provider="concur", coding=coding, source_code=code,
            debit_account="7050",
        )  # fmt: skip
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "1.00")
        .tax("e1", "MEALS", "1.00", "V19")
        .part("advance", "e1", "MEALS", "1.00")
    )
    rows = reconciled(report.frame(), rules, kind="expense_line")
    assert rows["component_class"].to_list() == [
        "expense_cost", "input_tax", "advances_and_personal_items",
    ]  # fmt: skip
    rules = some_rules().row(
        "accounts", scope="group", provider="*", coding="source_account", source_code="3720",
        debit_account="2400",
    )  # fmt: skip
    rows = reconciled(a_pay_run().voucher_line("V1", "3720", "1.00").frame(), rules)
    assert rows["component_class"].to_list() == ["account_2400"]


def test_each_row_names_the_rules_that_shaped_it() -> None:
    """With their versions: who wrote or released them is a maker of the journal."""
    rules = (
        some_rules()
        .account("GROSS", debit="6000", by="cost_center project", version=3)
        .cost_center("430", "CC430")
        .successor("CC430", "CC431")
        .project("P1", "P-1")
        .account("TAX", credit="2400")
    )
    run = (
        a_pay_run()
        .component("GROSS", "1.00", cost_center="430", project="P1")
        .component("TAX", "1.00", cost_center="430", project="P1")
    )
    rows = reconciled(run.frame(), rules, reference=rules.reference(closed=["CC430"]))
    assert rows.select("account_rule", "cost_center_rules", "project_rule").rows() == [
        (
            "accounts:group|*|component|GROSS@3",
            "cost_centers:*|*|430|CC430@1\nsuccessors:*|CC430@1",
            "projects:*|*|P1@1",
        ),
        ("accounts:group|*|component|TAX@1", "", ""),
    ]


def test_a_row_that_could_not_be_read_keeps_its_first_hold() -> None:
    """What is found later is added, nothing is replaced."""
    run = a_pay_run().component("NEW", "x")
    rows = reconciled(run.frame(), some_rules())
    assert rows["holds"].to_list() == [["value_unreadable|amount", "account_unmapped|NEW"]]
    assert rows.filter(pl.col("amount_minor") != 0).height == 0


def typed_rules() -> Rules:
    """Wages of production are booked apart from all others."""
    rules = some_rules().account("GROSS", debit="6000", by="cost_center")
    rules.row(
        "accounts", scope="group", provider="*", coding="component", source_code="GROSS",
        cost_center_type="production", debit_account="5000", dimensions="cost_center",
    )  # fmt: skip
    rules.row("cost_center_types", entity="*", cost_center="CC410", cost_center_type="production")
    return rules.cost_center("410", "CC410").cost_center("420", "CC420")


def test_the_type_of_a_cost_center_decides_its_account_and_is_named() -> None:
    """Who set the type shaped the journal: it stands among its rules."""
    run = (
        a_pay_run()
        .component("GROSS", "1.00", cost_center="410")
        .component("GROSS", "2.00", cost_center="420")
    )
    rows = reconciled(run.frame(), typed_rules())
    assert rows["debit_account"].to_list() == ["5000", "6000"]
    assert rows["account_rule"].cast(pl.String).to_list() == [
        "accounts:group|*|component|GROSS|cost_center_type=production@1\ncost_center_types:*|CC410@1",
        "accounts:group|*|component|GROSS@1",
    ]


def test_a_split_over_types_that_are_booked_apart_is_held() -> None:
    """Half of a line on one account was nobody's decision."""
    rules = typed_rules().cost_center("430", "CC410", "50").cost_center("430", "CC420", "50")
    rows = reconciled(a_pay_run().component("GROSS", "1.00", cost_center="430").frame(), rules)
    assert rows["holds"].to_list() == [["mapping_conflict|GROSS"]]


def test_a_taxable_refund_may_have_an_account_of_its_own() -> None:
    """The same type, by the treatment that holds for the entity."""
    report = an_expense_report().cost("e1", "WELLN", "10.00").cost("e2", "MEALS", "20.00")
    rules = (
        some_rules("concur")
        .account("WELLN", debit="7050", coding="expense_type")
        .account("MEALS", debit="7050", coding="expense_type")
        .tax("*", "no")
        .tax("WELLN", "yes")
        .route("all", "payroll", "2310")
    )
    for code in ("WELLN", "MEALS"):
        rules.row(
            "accounts", scope="group", provider="*", coding="expense_type", source_code=code,
            tax_treatment="yes", debit_account="6250",
        )  # fmt: skip
    rows = reconciled(report.frame(), rules, kind="expense_line")
    assert rows["debit_account"].to_list() == ["6250", "7050"]


def test_an_account_is_the_one_of_the_day_that_the_pay_was_earned_for() -> None:
    """A retro line of September is booked as September's were; unless policy says as now."""
    rules = (
        some_rules()
        .account("GROSS", debit="6000", by="project")
        .account("GROSS", debit="6001", by="project", valid_from=date(2026, 10, 1))
        .project("P1", "P-1")
    )
    rules.row(
        "projects", valid_from=date(2026, 10, 1), provider="*", entity="*", source_code="P1",
        project="P-2",
    )  # fmt: skip
    run = a_pay_run()
    for day in ("2026-09-30", "2026-10-01", ""):
        run.component("GROSS", "1.00", earned_for=day, project="P1")
    found = reconciled(run.frame(), rules).select("debit_account", "project").rows()
    assert found == [("6000", "P-1"), ("6001", "P-2"), ("6001", "P-2")]
    rules.row(
        "dates_and_rates", scope="entity:DE01", journal_kind="payroll",
        accounting_date="period_end", dimensions_on="current",
    )  # fmt: skip
    found = reconciled(run.frame(), rules).select("debit_account", "project").rows()
    assert found == [("6001", "P-2")] * 3
