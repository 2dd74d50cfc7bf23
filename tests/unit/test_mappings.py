"""Mappings: the most specific rule wins, a tie is a conflict, nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.builders.rules import some_rules
from tieout.errors import ConfigurationError
from tieout.finance.mapping_checks import complaints
from tieout.finance.mapping_gaps import InUse, gaps
from tieout.finance.mapping_tables import natural_key
from tieout.finance.mappings import MappingRow, Share, whole

ON = date(2026, 10, 31)
WANTED = {"provider": "de-datev", "coding": "component", "source_code": "GROSS"}


@pytest.mark.promise("S95")
def test_a_group_rule_reaches_every_entity_until_a_country_or_an_entity_says_otherwise() -> None:
    """A new entity inherits; what overrides is named with its scope."""
    mapping = (
        some_rules()
        .account("GROSS", debit="6000")
        .account("GROSS", debit="6100", scope="country:DE")
        .account("GROSS", debit="6200", scope="entity:DE01")
        .mapping()
    )
    expected = {
        "US01": ("group", "6000"),
        "DE02": ("country:DE", "6100"),
        "DE01": ("entity:DE01", "6200"),
    }
    for entity, (scope, account) in expected.items():
        row = mapping.best("accounts", entity, ON, **WANTED)
        assert row is not None
        assert (row["scope"], row["debit_account"]) == (scope, account)


def test_the_most_specific_rule_wins_whatever_the_order_of_rows() -> None:
    """Scope counts first, then exact columns; the order of a file counts for nothing."""
    rules = (
        some_rules()
        .account("GROSS", debit="6300", scope="entity:DE01", provider="*")
        .account("GROSS", debit="6200", scope="entity:DE01", provider="de-datev")
        .account("GROSS", debit="6000", provider="de-datev")
    )
    for _ in range(len(rules.rows)):
        rules.rows.append(rules.rows.pop(0))
        row = rules.mapping().best("accounts", "DE01", ON, **WANTED)
        assert row is not None
        assert row["debit_account"] == "6200"


def test_an_entitys_general_rule_comes_before_the_groups_exact_one() -> None:
    """Who answers for an entity decides for it, however coarsely."""
    mapping = (
        some_rules()
        .account("GROSS", debit="6300", scope="entity:DE01", provider="*")
        .account("GROSS", debit="6000", provider="de-datev")
        .mapping()
    )
    row = mapping.best("accounts", "DE01", ON, **WANTED)
    assert row is not None
    assert row["debit_account"] == "6300"


def test_two_rules_that_fit_equally_are_told_and_none_is_chosen() -> None:
    """A guess would book somewhere; finance narrows one of them instead."""
    mapping = (
        some_rules()
        .route("first", "payroll", "2310", taxable="no")
        .route("second", "ap", "2320", expense_type="MEALS")
        .mapping()
    )
    with pytest.raises(ConfigurationError) as caught:
        mapping.best("routing", "DE01", ON, payee="employee", taxable="no", expense_type="MEALS")
    assert caught.value.code == "mapping_conflict"
    assert "first" in str(caught.value)
    assert "second" in str(caught.value)
    assert caught.value.next_step == "Narrow one of them."


def test_a_rule_of_a_later_validity_takes_the_place_of_the_earlier_one() -> None:
    """And only from its day on: a replay of an older period finds the older rule."""
    mapping = (
        some_rules()
        .account("GROSS", debit="6000")
        .account("GROSS", debit="6001", valid_from=date(2026, 10, 1), version=2)
        .mapping()
    )
    for on, account in [(date(2026, 9, 30), "6000"), (date(2026, 10, 1), "6001")]:
        row = mapping.best("accounts", "DE01", on, **WANTED)
        assert row is not None
        assert row["debit_account"] == account


def test_what_no_rule_names_has_no_rule() -> None:
    """Another entity's rule, another code's or a future one does not fit."""
    mapping = (
        some_rules()
        .account("GROSS", debit="6000", scope="entity:US01")
        .account("GROSS", debit="6000", scope="country:US")
        .account("BONUS", debit="6000")
        .account("GROSS", debit="6000", valid_from=date(2027, 1, 1))
        .mapping()
    )
    assert mapping.best("accounts", "DE01", ON, **WANTED) is None
    assert mapping.best("tax_treatment", "DE01", ON, expense_type="MEALS") is None


def test_a_split_is_all_rows_of_its_code() -> None:
    """Ordered by cost center, so that the missing cent always goes to the same one."""
    mapping = (
        some_rules()
        .cost_center("460", "CC430", "33.34")
        .cost_center("460", "CC410", "33.33")
        .cost_center("460", "CC420", "33.33")
        .cost_center("470", "CC410")
        .mapping()
    )
    shares = mapping.cost_center_shares("de-datev", "DE01", "460", ON)
    assert [(share.cost_center, share.percent) for share in shares] == [
        ("CC410", Decimal("33.33")),
        ("CC420", Decimal("33.33")),
        ("CC430", Decimal("33.34")),
    ]
    assert whole(shares)


def test_a_remapped_cost_center_is_not_shared_between_its_old_and_new_place() -> None:
    """The rule of the later validity decides alone; before its day the old one does."""
    mapping = (
        some_rules()
        .cost_center("410", "CC410")
        .cost_center("410", "CC990", valid_from=date(2026, 10, 1))
        .mapping()
    )
    after = mapping.cost_center_shares("de-datev", "DE01", "410", ON)
    before = mapping.cost_center_shares("de-datev", "DE01", "410", date(2026, 9, 30))
    assert [share.cost_center for share in after] == ["CC990"]
    assert [share.cost_center for share in before] == ["CC410"]


def test_an_entitys_own_cost_center_rule_is_not_shared_with_the_groups() -> None:
    """Most specific wins here as well: entity before provider before anybody's."""
    mapping = (
        some_rules()
        .cost_center("410", "CC1")
        .cost_center("410", "CC2", provider="de-datev")
        .cost_center("410", "CC3", entity="DE01")
        .mapping()
    )
    assert [s.cost_center for s in mapping.cost_center_shares("de-datev", "DE01", "410", ON)] == [
        "CC3"
    ]
    assert [s.cost_center for s in mapping.cost_center_shares("de-datev", "US01", "410", ON)] == [
        "CC2"
    ]
    assert [s.cost_center for s in mapping.cost_center_shares("se-sie", "US01", "410", ON)] == [
        "CC1"
    ]


def test_a_share_of_nothing_ends_a_row() -> None:
    """How finance takes a cost center out of a split of the same validity."""
    mapping = (
        some_rules().cost_center("410", "CC410", "0").cost_center("410", "CC420", "100").mapping()
    )
    shares = mapping.cost_center_shares("de-datev", "DE01", "410", ON)
    assert [share.cost_center for share in shares] == ["CC420"]


@pytest.mark.parametrize(
    ("percents", "expected"),
    [
        (["100"], True),
        (["60", "40"], True),
        (["33.33", "33.33", "33.34"], True),
        (["33.33", "33.33", "33.33"], False),
        (["100", "100"], False),
        (["110", "-10"], False),
        ([], False),
    ],
)
def test_percents_are_a_whole_only_when_they_sum_to_a_hundred(
    percents: list[str], expected: bool
) -> None:
    """99.99 % is a part that somebody forgot, not a rounding."""
    assert whole([Share("CC", Decimal(percent)) for percent in percents]) is expected


def test_the_entitys_own_successor_comes_before_the_groups() -> None:
    """Whatever stands first in the file."""
    for rules in (
        some_rules().successor("CC430", "CC1").successor("CC430", "CC2", entity="DE01"),
        some_rules().successor("CC430", "CC2", entity="DE01").successor("CC430", "CC1"),
    ):
        own, groups = (
            rules.mapping().successor("DE01", "CC430"),
            rules.mapping().successor("US01", "CC430"),
        )
        assert own is not None
        assert groups is not None
        assert (own["successor"], groups["successor"]) == ("CC2", "CC1")
        assert rules.mapping().successor("DE01", "CC999") is None


def test_the_projects_most_specific_rule_wins() -> None:
    """A code that two providers use may mean two projects."""
    mapping = some_rules().project("P1", "P-1").project("P1", "P-2", provider="concur").mapping()
    for provider, project in [("concur", "P-2"), ("de-datev", "P-1")]:
        row = mapping.project(provider, "DE01", "P1", ON)
        assert row is not None
        assert row["project"] == project
    assert mapping.project("concur", "DE01", "P2", ON) is None


def test_a_row_is_known_by_what_identifies_it_over_its_versions() -> None:
    """What it decides is not part of its key; a missing column is empty."""
    row = MappingRow("accounts", 3, ON, {"scope": "group", "provider": "*", "coding": "component"})
    assert row.key == natural_key("accounts", row.content) == "group|*|component|"
    assert row.name == "accounts:group|*|component|@3"
    assert row["debit_account"] == ""


def test_the_same_key_twice_is_told_before_anything_uses_it() -> None:
    """Two rows of one key and one validity contradict each other."""
    twice = some_rules().account("GROSS", debit="6000").account("GROSS", debit="6001").rows
    assert [item.said for item in complaints(twice)] == [
        "accounts states group|*|component|GROSS twice from 2026-01-01."
    ]
    later = (
        some_rules().account("GROSS", debit="6000").account("GROSS", debit="6001", valid_from=ON)
    )
    assert complaints(later.rows) == []


def test_a_conflict_names_both_rules_and_since_when() -> None:
    """Finance narrows one of them before either is active."""
    rules = (
        some_rules()
        .route("first", "payroll", "2310", taxable="no")
        .route("second", "ap", "2320", expense_type="MEALS")
    )
    (told,) = complaints(rules.rows)
    assert told.refuses
    assert told.said == (
        "first and second of routing fit the same question equally from 2026-01-01 on."
    )
    rules.route("both", "ap", "2320", taxable="no", expense_type="MEALS")
    assert complaints(rules.rows) == []


def test_a_split_that_is_not_whole_names_its_code_and_sum() -> None:
    """Also where a share ends before the others do."""
    rules = some_rules().cost_center("410", "CC1", "60").cost_center("410", "CC2", "39.99")
    assert [item.said for item in complaints(rules.rows)] == [
        "Cost center 410 of * in group is split into 99.99 % from 2026-01-01 on; it must be 100 %."
    ]
    ended = some_rules().cost_center("410", "CC1", "60").cost_center("410", "CC2", "40")
    ended.rows[1] = replace(ended.rows[1], valid_to=date(2026, 9, 30))
    assert [item.said for item in complaints(ended.rows)] == [
        "Cost center 410 of * in group is split into 60 % from 2026-10-01 on; it must be 100 %."
    ]


def test_an_ended_rule_is_silent_and_what_it_overrode_answers_again() -> None:
    """But an older row of its own key never comes back by itself."""
    rules = (
        some_rules()
        .account("GROSS", debit="6000")
        .account("GROSS", debit="6100", scope="entity:DE01", valid_from=date(2025, 1, 1))
        .account("GROSS", debit="6200", scope="entity:DE01", version=2)
    )
    rules.rows[2] = replace(rules.rows[2], valid_to=date(2026, 9, 30))
    mapping = rules.mapping()
    expected = {"2025-06-30": "6100", "2026-09-30": "6200", "2026-10-01": "6000"}
    for day, account in expected.items():
        row = mapping.best("accounts", "DE01", date.fromisoformat(day), **WANTED)
        assert row is not None
        assert row["debit_account"] == account


def test_a_renamed_rule_leaves_no_older_version_of_itself_behind() -> None:
    """A version that fits other questions now fits the old ones no more."""
    rules = (
        some_rules()
        .route("free", "payroll", "2310", taxable="no")
        .route("free", "ap", "2320", taxable="yes", version=2)
    )
    rules.rows[1] = replace(rules.rows[1], valid_from=date(2026, 10, 1))
    question = {"payee": "employee", "taxable": "no", "expense_type": "MEALS"}
    assert rules.mapping().best("routing", "DE01", date(2026, 9, 30), **question) is not None
    assert rules.mapping().best("routing", "DE01", ON, **question) is None


def test_what_overrides_names_what_it_overrides() -> None:
    """Most specific first: the first answers, the rest would if it were not there."""
    mapping = (
        some_rules()
        .account("GROSS", debit="6000")
        .account("GROSS", debit="6100", scope="country:DE")
        .account("GROSS", debit="6200", scope="entity:DE01")
        .mapping()
    )
    fits = mapping.fits("accounts", "DE01", ON, **WANTED)
    assert [fit.row["scope"] for fit in fits] == ["entity:DE01", "country:DE", "group"]


USED = InUse(
    entities={"DE01": frozenset({"payroll"})},
    codes=frozenset({("DE01", "de-datev", "component", "GROSS")}),
    cost_centers=frozenset({("DE01", "de-datev", "410")}),
    projects=frozenset({("DE01", "de-datev", "P1")}),
    accounts=frozenset({("de-datev", "3790")}),
    payees={"DE01": frozenset({"employee"})},
    expense_types={"DE01": frozenset({"MEALS"})},
)


def test_everything_in_use_without_a_rule_is_listed() -> None:
    """What stops a build refuses an activation; what only holds its own lines is told."""
    told = gaps(some_rules().mapping(), USED, ON)
    assert {(item.table, item.refuses) for item in told} == {
        ("accounts", False),
        ("cost_centers", False),
        ("projects", False),
        ("source_account_classes", False),
        ("posting", True),
        ("dates_and_rates", True),
        ("windows", True),
        ("tax_treatment", True),
        ("routing", True),
    }
    assert "No route for taxable MEALS of employee in DE01 on 2026-10-31." in {
        item.said for item in told
    }


def test_a_route_for_one_treatment_leaves_the_other_a_gap() -> None:
    """A type that becomes taxable later must find its way then."""
    rules = some_rules().tax("*", "no").route("free", "payroll", "2310", taxable="no")
    told = gaps(rules.mapping(), USED, ON, ["routing", "tax_treatment"])
    assert [item.subject for item in told] == ["DE01|employee|yes|MEALS"]
    rules.route("taxed", "payroll", "2310", taxable="yes")
    assert gaps(rules.mapping(), USED, ON, ["routing", "tax_treatment"]) == []
