"""Cost centers and projects: mapped, succeeded, split to the whole, or held with the cause."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders.core import reconciled
from tests.builders.pay_runs import a_pay_run
from tests.builders.rules import Rules, some_rules

MAPPED = ["cost_center", "split", "holds"]


def rules_by_center() -> Rules:
    """One component that stands on cost centers."""
    return some_rules().account("GROSS", debit="6000", by="cost_center project")


@pytest.mark.promise("S18")
def test_a_source_code_becomes_its_cost_center_or_is_held() -> None:
    """Unknown to finance, unknown to the ERP, or not stated: three different causes."""
    rules = rules_by_center().cost_center("410", "CC410").cost_center("470", "CC470")
    run = (
        a_pay_run()
        .component("GROSS", "1.00", cost_center="410")
        .component("GROSS", "1.00", cost_center="4711-OLD")
        .component("GROSS", "1.00", cost_center="470")
        .component("GROSS", "1.00")
    )
    rows = reconciled(run.frame(), rules, reference=rules.reference(absent=["CC470"]))
    assert rows.select(MAPPED).rows() == [
        ("CC410", "", []),
        ("", "", ["cost_center_unmapped|4711-OLD"]),
        ("", "", ["cost_center_unmapped|470"]),
        ("", "", ["dimension_missing|6000"]),
    ]


def test_a_closed_cost_center_follows_its_successor_or_is_held() -> None:
    """Found before posting, for its own rows only."""
    rules = (
        rules_by_center()
        .cost_center("410", "CC410")
        .cost_center("430", "CC430")
        .cost_center("440", "CC440")
        .successor("CC430", "CC431")
    )
    run = (
        a_pay_run()
        .component("GROSS", "1.00", cost_center="410")
        .component("GROSS", "1.00", cost_center="430")
        .component("GROSS", "1.00", cost_center="440")
    )
    rows = reconciled(run.frame(), rules, reference=rules.reference(closed=["CC430", "CC440"]))
    assert rows.select(MAPPED).rows() == [
        ("CC410", "", []),
        ("CC431", "", []),
        ("", "", ["cost_center_closed|CC440"]),
    ]


@pytest.mark.parametrize("kind", ["closed", "absent"])
def test_a_successor_that_can_not_be_used_is_none(kind: str) -> None:
    """The next step names the closed one, where finance must decide."""
    rules = rules_by_center().cost_center("430", "CC430").successor("CC430", "CC431")
    reference = (
        rules.reference(closed=["CC430", "CC431"])
        if kind == "closed"
        else rules.reference(closed=["CC430"], absent=["CC431"])
    )
    run = a_pay_run().component("GROSS", "1.00", cost_center="430")
    rows = reconciled(run.frame(), rules, reference=reference)
    assert rows["holds"].to_list() == [["cost_center_closed|CC430"]]


def test_a_split_names_its_parts_with_their_percents() -> None:
    """A line for each part, in the order of the cost centers: ties of rounding go by it."""
    rules = (
        rules_by_center().cost_center("460", "CC420", "33.5").cost_center("460", "CC410", "66.5")
    )
    run = a_pay_run().component("GROSS", "1.00", cost_center="460")
    assert reconciled(run.frame(), rules).select(MAPPED).rows() == [
        ("", "66.5 CC410\n33.5 CC420", [])
    ]


def test_one_closed_part_of_a_split_holds_the_row() -> None:
    """Booking the other part alone would be a guess about the rest."""
    rules = rules_by_center().cost_center("460", "CC410", "60").cost_center("460", "CC440", "40")
    run = a_pay_run().component("GROSS", "1.00", cost_center="460")
    rows = reconciled(run.frame(), rules, reference=rules.reference(closed=["CC440"]))
    assert rows["holds"].to_list() == [["cost_center_closed|CC440"]]


@pytest.mark.parametrize("percents", [("60", "30"), ("100", "100"), ("110", "-10")])
def test_a_split_that_is_no_whole_is_held_as_a_conflict(percents: tuple[str, str]) -> None:
    """Scaling it would move cost that nobody decided to move."""
    rules = (
        rules_by_center()
        .cost_center("460", "CC410", percents[0])
        .cost_center("460", "CC420", percents[1])
    )
    run = a_pay_run().component("GROSS", "1.00", cost_center="460")
    assert reconciled(run.frame(), rules)["holds"].to_list() == [["mapping_conflict|460"]]


def test_a_row_is_placed_by_the_day_that_it_was_earned_for() -> None:
    """A retro line of September belongs where September's cost went."""
    rules = (
        rules_by_center()
        .cost_center("410", "CC410")
        .cost_center("410", "CC990", valid_from=date(2026, 10, 1))
    )
    run = (
        a_pay_run()
        .component("GROSS", "1.00", cost_center="410", earned_for="2026-09-30")
        .component("GROSS", "1.00", cost_center="410", earned_for="2026-10-01")
        .component("GROSS", "1.00", cost_center="410")
    )
    rows = reconciled(run.frame(), rules)
    assert rows["cost_center"].to_list() == ["CC410", "CC990", "CC990"]


def test_what_stands_on_the_balance_sheet_needs_no_cost_center() -> None:
    """An unmapped code on it holds nothing."""
    rules = some_rules().account("TAX", credit="2400")
    run = a_pay_run().component("TAX", "1.00", cost_center="nobody knows", project="nor this")
    rows = reconciled(run.frame(), rules)
    assert rows.select(MAPPED).rows() == [("", "", [])]
    assert rows["project"].to_list() == [""]


def test_a_project_is_mapped_or_held_and_may_be_missing() -> None:
    """Not every cost belongs to a project; one that is named must exist and be open."""
    rules = rules_by_center().cost_center("410", "CC410").project("P1", "P-1").project("P2", "P-2")
    run = a_pay_run()
    for code in ("P1", "P2", "P3", ""):
        run.component("GROSS", "1.00", cost_center="410", project=code)
    rows = reconciled(run.frame(), rules, reference=rules.reference(closed=["P-2"]))
    assert rows["project"].to_list() == ["P-1", "", "", ""]
    assert rows["holds"].to_list() == [[], ["project_unmapped|P2"], ["project_unmapped|P3"], []]


def test_an_entity_uses_only_its_own_rules() -> None:
    """Another entity's cost center is no place for this one's cost."""
    rules = rules_by_center().cost_center("410", "CC410", entity="US01")
    run = a_pay_run("DE01").component("GROSS", "1.00", cost_center="410")
    assert reconciled(run.frame(), rules)["holds"].to_list() == [["cost_center_unmapped|410"]]


def test_rows_keep_their_order() -> None:
    """Answers are joined back; no row moves, doubles or vanishes."""
    rules = rules_by_center().cost_center("410", "CC410").cost_center("420", "CC420")
    run = a_pay_run()
    for number in range(50):
        run.component("GROSS", f"{number}.00", cost_center=("420", "410", "?")[number % 3])
    rows = reconciled(run.frame(), rules)
    assert rows["line_no"].to_list() == list(range(1, 51))
    assert rows["amount_minor"].to_list() == [number * 100 for number in range(50)]
