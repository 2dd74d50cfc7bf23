"""Alignment of one employee's views: exactly one standing, every disagreement named once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.finance.alignment import (
    Alignment,
    Centers,
    Field,
    Person,
    Standing,
    System,
    View,
    align,
    by_entity,
    percent_of,
)

HOME = Centers(open=("CC4100",), stated=("CC4100",))
OTHER = Centers(open=("CC4200",), stated=("CC4200",))
CLOSED = Centers(stated=("CC4310",), closed=("CC4310",))
SOUND = View("DE01", HOME, "CC4100")
ELSEWHERE = frozenset({System.PAYROLL, System.EXPENSE, System.ERP})


def somebody(hr: View = SOUND, number: str = "300101", **views: View) -> Person:
    """An employee known everywhere as HR knows them, except as said."""
    given: Mapping[System, View] = {
        System.PAYROLL: SOUND,
        System.EXPENSE: View(centers=HOME),
        System.ERP: SOUND,
    }
    changed = {System[name.upper()]: view for name, view in views.items()}
    return Person(number, hr, {**given, **changed}, ELSEWHERE)


def told(person: Person) -> list[tuple[Field, System]]:
    """Which fields differ, in which system."""
    return [(one.field, one.system) for one in align(person).differences]


def test_who_is_the_same_everywhere_is_aligned() -> None:
    """Finance relies on it: no noise about people on whom everybody agrees."""
    found = align(somebody())
    assert (found.standing, found.differences, found.missing_in) == (Standing.ALIGNED, (), ())


@pytest.mark.parametrize("system", sorted(ELSEWHERE))
def test_who_should_be_known_and_is_not_is_missing_there(system: System) -> None:
    """Payroll relies on it: a hire nobody set up is seen before the first run."""
    person = somebody()
    views = {name: view for name, view in person.views.items() if name is not system}
    found = align(replace(person, views=views))
    assert (found.standing, found.missing_in) == (Standing.MISSING, (system,))
    unexpected = replace(person, views=views, expected=ELSEWHERE - {system})
    assert align(unexpected).standing is Standing.ALIGNED


def test_who_left_the_extract_of_hr_is_missing_there() -> None:
    """An employee is not dropped silently because HR's file is shorter."""
    assert align(replace(somebody(), in_extract=False)).missing_in == (System.HR,)


def test_inactive_employee_closed_cost_center_and_wrong_entity_are_three_reasons() -> None:
    """Finance relies on it: each has another owner and another cure."""
    assert told(somebody(erp=replace(SOUND, active=False))) == [(Field.STATUS, System.ERP)]
    assert told(somebody(erp=replace(SOUND, entity="SE01"))) == [(Field.ENTITY, System.ERP)]
    assert told(somebody(hr=replace(SOUND, centers=CLOSED))) == [(Field.CLOSED, System.HR)]


def test_a_closed_home_is_one_cause_whoever_names_it() -> None:
    """24 people on a closed cost center are told once each, not four times."""
    closed = replace(SOUND, centers=CLOSED)
    person = somebody(closed, payroll=closed, expense=View(centers=CLOSED), erp=closed)
    found = align(person)
    assert told(person) == [(Field.CLOSED, System.HR)]
    assert found.closed_centers == ("CC4310",)
    assert found.moves_money
    assert found.centers == ("CC4310",)


def test_a_split_home_agrees_with_any_of_its_parts() -> None:
    """An employee paid on two cost centers is no difference when home is one of them."""
    split = Centers(open=("CC4100", "CC4200"), stated=("CC4100", "CC4200"))
    assert told(somebody(payroll=replace(SOUND, centers=split))) == []
    assert told(somebody(payroll=replace(SOUND, centers=OTHER))) == [
        (Field.COST_CENTER, System.PAYROLL)
    ]


def test_a_code_without_a_rule_is_told_with_its_code() -> None:
    """The lead relies on it: the missing rule can be written from the report."""
    (one,) = align(somebody(hr=replace(SOUND, centers=Centers(unmapped="CC-9")))).differences
    assert str(one) == "cost center unmapped: CC-9 (HR)"


def test_a_department_is_compared_only_where_both_sides_state_it() -> None:
    """What nobody states is no disagreement."""
    assert told(somebody(erp=replace(SOUND, department="CC4300"))) == [
        (Field.DEPARTMENT, System.ERP)
    ]
    assert told(somebody(erp=replace(SOUND, department=""))) == []
    assert not align(somebody(erp=replace(SOUND, department="CC4300"))).moves_money


CENTERS = st.sampled_from([Centers(), HOME, OTHER, CLOSED, Centers(unmapped="CC-9")])
VIEWS = st.builds(
    View,
    entity=st.sampled_from(["", "DE01", "SE01"]),
    centers=CENTERS,
    department=st.sampled_from(["", "CC4100", "CC4200"]),
    active=st.booleans(),
)
PEOPLE = st.lists(
    st.builds(
        Person,
        employee_ref=st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
        hr=st.builds(View, entity=st.sampled_from(["DE01", "SE01"]), centers=CENTERS),
        views=st.dictionaries(st.sampled_from(sorted(ELSEWHERE)), VIEWS),
        expected=st.frozensets(st.sampled_from(sorted(ELSEWHERE))),
        in_extract=st.booleans(),
    ),
    unique_by=lambda person: person.employee_ref,
)


@given(people=PEOPLE)
def test_everybody_is_counted_exactly_once(people: list[Person]) -> None:
    """The controller relies on it: the standings sum to the headcount, whatever the systems say."""
    found = by_entity(align(person) for person in people)
    assert sum(one.headcount for one in found) == len(people)
    for one in found:
        assert sum(one.counts.values()) == one.headcount
        assert {row.entity for row in one.rows} == {one.entity}
    refs = [row.employee_ref for one in found for row in one.rows]
    assert sorted(refs) == sorted(person.employee_ref for person in people)


@given(people=PEOPLE)
def test_the_order_of_the_people_changes_nothing(people: list[Person]) -> None:
    """A repeated comparison is the same comparison."""
    once = by_entity(align(person) for person in people)
    again = by_entity(align(person) for person in reversed(people))
    assert once == again


@given(person=PEOPLE.filter(bool).map(lambda people: people[0]))
def test_aligned_means_that_nothing_is_said_against_it(person: Person) -> None:
    """No disagreement hides behind a green word."""
    found: Alignment = align(person)
    assert (found.standing is Standing.ALIGNED) == (not found.missing_in and not found.differences)


def test_only_everybody_is_a_hundred_percent() -> None:
    """A share is rounded down: 999 of 1,000 never looks like all."""
    assert str(percent_of(999, 1000)) == "99.9"
    assert str(percent_of(9999, 10000)) == "99.9"
    assert percent_of(10, 10) == 100
    assert percent_of(0, 0) == 0
