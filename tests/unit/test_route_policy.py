"""Routes: each approved part goes one way, by a rule with a version, or is held."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest

from tests.builders.core import reconciled
from tests.builders.expenses import ExpenseReport, an_expense_report
from tests.builders.rules import Rules, some_rules

ROUTED = ["taxable", "route", "rule", "rule_version", "pay_code", "clearing_account"]


def mapped() -> Rules:
    """Accounts of everything that these tests spend."""
    rules = some_rules("concur").account("cash_advance", debit="1310", coding="party")
    for expense_type in ("MEALS", "WELLN", "RELOC"):
        rules.account(expense_type, debit="7050", coding="expense_type")
    return rules


def routed(report: ExpenseReport, rules: Rules) -> pl.DataFrame:
    """The report's parts with their routes."""
    return reconciled(report.frame(), rules, kind="expense_line")


@pytest.mark.promise("S36")
def test_taxable_and_free_parts_of_one_report_go_two_ways_and_nothing_is_lost() -> None:
    """Two pay codes; the flag stands on the line, the totals are conserved."""
    rules = (
        mapped()
        .tax("*", "no")
        .tax("WELLN", "yes")
        .route("taxed", "payroll", "2310", taxable="yes", pay_code="1372")
        .route("free", "payroll", "2310", taxable="no", pay_code="1371")
    )
    report = an_expense_report().cost("e1", "MEALS", "80.00").cost("e2", "WELLN", "20.00")
    rows = routed(report, rules)
    assert rows.select(ROUTED).rows() == [
        (False, "payroll", "free", 1, "1371", "2310"),
        (True, "payroll", "taxed", 1, "1372", "2310"),
    ]
    assert rows["amount_minor"].sum() == 100_00


@pytest.mark.promise("S46")
def test_the_same_expense_under_two_policies_goes_two_ways() -> None:
    """And remembers which rule, in which version, sent it there."""
    report = an_expense_report().cost("e1", "MEALS", "80.00")
    for route, clearing, version in [("payroll", "2310", 1), ("ap", "2320", 4)]:
        rules = mapped().tax("*", "no").route("free", route, clearing, version=version)
        rows = routed(report, rules)
        assert rows.select("route", "rule", "rule_version", "clearing_account").rows() == [
            (route, "free", version, clearing)
        ]
        assert rows["route_rule"].to_list() == [f"routing:free@{version}"]


@pytest.mark.promise("S44")
def test_every_combination_of_the_decision_table_has_one_route_or_an_exception() -> None:
    """Entity, payee, type and tax: all of them are asked, none falls through."""
    rules = (
        mapped()
        .tax("MEALS", "no")
        .tax("WELLN", "yes")
        .tax("RELOC", "no")
        .tax("RELOC", "yes", scope="country:US")
        .route("card", "card", "2200", payee="company_card")
        .route("us-free", "payroll", "2310", scope="entity:US01", taxable="no")
        .route("de-free", "payroll", "2310", scope="entity:DE01", taxable="no")
        .route("de-taxed", "ap", "2320", scope="entity:DE01", taxable="yes")
    )
    expected = {
        ("US01", "MEALS"): "us-free",
        ("US01", "WELLN"): "",
        ("US01", "RELOC"): "",
        ("DE01", "MEALS"): "de-free",
        ("DE01", "WELLN"): "de-taxed",
        ("DE01", "RELOC"): "de-free",
    }
    for entity, payee, expense_type in product(
        ("US01", "DE01"), ("employee", "company_card"), ("MEALS", "WELLN", "RELOC")
    ):
        report = an_expense_report(entity).cost("e1", expense_type, "1.00", payee=payee)
        rows = routed(report, rules)
        rule = "card" if payee == "company_card" else expected[entity, expense_type]
        assert rows["rule"].to_list() == [rule], (entity, payee, expense_type)
        holds = [] if rule else [f"route_undecided|{expense_type}"]
        assert rows["holds"].to_list() == [holds]


def test_a_type_without_a_tax_rule_is_held_before_any_route() -> None:
    """Whether it is pay decides the way; nobody guesses that it is free."""
    rules = mapped().tax("MEALS", "no").route("all", "payroll", "2310")
    report = an_expense_report().cost("e1", "MEALS", "1.00").cost("e2", "WELLN", "1.00")
    rows = routed(report, rules)
    assert rows["holds"].to_list() == [[], ["tax_treatment_missing|WELLN"]]
    assert rows["route"].to_list() == ["payroll", ""]


def test_an_advance_follows_the_employees_free_route_without_a_tax_rule() -> None:
    """It reduces what is owed and is nobody's income."""
    rules = mapped().route("free", "payroll", "2310", taxable="no")
    rules.account("employee_receivable", debit="1330", coding="party")
    rows = routed(an_expense_report().part("advance", "e1", "MEALS", "-50.00"), rules)
    assert rows.select("taxable", "rule", "holds").rows() == [(False, "free", [])]


@pytest.mark.promise("S95")
def test_a_countrys_tax_rule_overrides_the_groups() -> None:
    """A relocation is income in one country and not in another."""
    rules = mapped().tax("*", "no").tax("RELOC", "yes", scope="country:US").route("r", "ap", "2320")
    taxable = {
        entity: routed(an_expense_report(entity).cost("e1", "RELOC", "1.00"), rules)["taxable"][0]
        for entity in ("US01", "DE01")
    }
    assert taxable == {"US01": True, "DE01": False}
