"""Expectations on whole batches: what blocks one, what is noted, what a result may hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.contracts.expectations import check_many
from tieout.contracts.suites import SUITES, ExpectationOutcome, blocking, broken

DOCUMENT = {
    "document": "a" * 64,
    "line_count": 8,
    "stated_line_count": 8,
    "debit": 255_609_56,
    "stated_debit": 255_609_56,
    "credit": 0,
    "stated_credit": 0,
    "repeated_lines": 0,
    "origin": "manifest",
    "unknown_entity_lines": 0,
    "off_period_lines": 0,
    "repeated_rows": 0,
    "uncovered_percent": 0,
}
#: A batch of each kind that has nothing wrong with it.
SOUND: dict[str, dict[str, object]] = {
    "payroll": {
        **DOCUMENT,
        "entity_count": 1,
        "headcount": 40,
        "stated_headcount": 40,
        "net_pay": 99_000_00,
        "stated_net_pay": 99_000_00,
        "drift_percent": 0,
        "headcount_drift_percent": -2,
        "net_pay_drift_percent": 20,
        "no_employee_percent": 5,
    },
    "expense": {**DOCUMENT, "entity_count": 2, "no_cost_center_percent": 0},
    "employees": {
        "employee_count": 40,
        "repeated_employees": 0,
        "headcount_drift_percent": 10,
        "gone_percent": 0,
        "unknown_entity": 0,
        "no_cost_center_percent": 0,
        "reversed_employments": 0,
    },
    "rates": {
        "rates_not_positive": 0,
        "repeated_rates": 0,
        "inverted_rates": 0,
        "missing_rates": 0,
        "stale_rates": 0,
        "largest_move_percent": 20,
    },
    "journal": {
        "line_count": 12,
        "debit": 255_609_56,
        "credit": 255_609_56,
        "repeated_lines": 0,
        "unknown_accounts": 0,
        "unknown_cost_centers": 0,
        "unknown_projects": 0,
        "off_period_dates": 0,
        "lines_off_their_sources": 0,
        "repeated_rows": 0,
        "drift_percent": -50,
    },
}


def checked(kind: str = "payroll", **changed: object) -> dict[str, ExpectationOutcome]:
    """Outcomes of a batch of one row by expectation."""
    outcomes = check_many(kind, {"one": [{**SOUND[kind], **changed}]})["one"]
    return {outcome.expectation: outcome for outcome in outcomes}


@pytest.mark.promise("S115")
@pytest.mark.parametrize("kind", sorted(SUITES))
def test_a_sound_batch_meets_every_expectation_and_every_one_was_asked(kind: str) -> None:
    """There is one suite per kind of batch, and it has a version."""
    outcomes = checked(kind)
    assert list(outcomes) == [one.name for one in SUITES[kind].expected]
    assert [name for name, outcome in outcomes.items() if not outcome.success] == []
    assert [name for name, outcome in outcomes.items() if outcome.observed == "not stated"] == []
    assert SUITES[kind].version.partition(".")[0] == "1"


#: Batch, what is wrong with it, the expectation that tells it.
WRONG: list[tuple[str, dict[str, object], str, str]] = [
    ("payroll", {"line_count": 7}, "line count equals the control total", "critical"),
    ("payroll", {"debit": 255_609_55}, "debit sum equals the control total", "critical"),
    ("payroll", {"credit": 1}, "credit sum equals the control total", "critical"),
    ("payroll", {"repeated_lines": 1}, "no line number twice", "critical"),
    ("payroll", {"entity_count": 2}, "one entity in a run", "critical"),
    ("payroll", {"off_period_lines": 1}, "posting days lie in the run's period", "critical"),
    ("payroll", {"headcount": 39}, "headcount equals the stated one", "critical"),
    ("payroll", {"net_pay": 99_000_01}, "net pay equals the stated one", "critical"),
    ("payroll", {"origin": "derived"}, "control total is stated by someone else", "warning"),
    ("payroll", {"origin": "none"}, "control total is stated by someone else", "warning"),
    ("payroll", {"drift_percent": 21}, "lines within a fifth of the run before", "warning"),
    ("payroll", {"drift_percent": -21}, "lines within a fifth of the run before", "warning"),
    ("payroll", {"headcount_drift_percent": 11}, "headcount within a tenth of the run before",
     "warning"),
    ("payroll", {"net_pay_drift_percent": -21}, "net pay within a fifth of the run before",
     "warning"),
    ("payroll", {"repeated_rows": 1}, "no employee has a component twice", "warning"),
    ("payroll", {"no_employee_percent": 6}, "few lines name no employee", "warning"),
    ("payroll", {"uncovered_percent": 11}, "few codes have no account", "warning"),
    ("expense", {"repeated_rows": 1}, "no part of an expense twice", "critical"),
    ("expense", {"off_period_lines": 1}, "nothing spent after the period", "warning"),
    ("expense", {"no_cost_center_percent": 21}, "few costs name no cost center", "warning"),
    ("employees", {"employee_count": 0}, "employees arrived", "critical"),
    ("employees", {"repeated_employees": 1}, "no employee number twice", "critical"),
    ("employees", {"headcount_drift_percent": -11},
     "active headcount within a tenth of the snapshot before", "warning"),
    ("employees", {"gone_percent": 6}, "few known employees are gone from the extract", "warning"),
    ("employees", {"reversed_employments": 1}, "nobody left before they began", "warning"),
    ("rates", {"rates_not_positive": 1}, "every rate is above zero", "critical"),
    ("rates", {"inverted_rates": 1}, "no rate is stated upside down", "critical"),
    ("rates", {"missing_rates": 1}, "every rate is published", "warning"),
    ("rates", {"stale_rates": 1}, "no rate is older than the policy allows", "warning"),
    ("journal", {"credit": 255_609_55}, "debits equal credits", "critical"),
    ("journal", {"unknown_accounts": 1}, "every account is open in the ERP", "critical"),
    ("journal", {"off_period_dates": 1}, "the accounting date lies in the period", "critical"),
    ("journal", {"lines_off_their_sources": 1}, "every line sums to its source lines", "critical"),
    ("journal", {"drift_percent": 51}, "the total within a half of the journal before", "warning"),
]  # fmt: skip


@pytest.mark.promise("S115")
@pytest.mark.parametrize(("kind", "changed", "expectation", "severity"), WRONG)
def test_one_broken_expectation_is_told_and_no_other(
    kind: str, changed: dict[str, object], expectation: str, severity: str
) -> None:
    """Critical ones stop the batch, warnings go on with a note."""
    outcomes = checked(kind, **changed)
    told = [name for name, outcome in outcomes.items() if not outcome.success]
    assert told == [expectation]
    assert outcomes[expectation].severity == severity


def test_half_of_the_staff_gone_is_no_snapshot_and_not_only_a_note() -> None:
    """HR's truncated extract relies on it: nobody is taken for a leaver because a file was cut."""
    outcomes = checked("employees", headcount_drift_percent=-51)
    told = {name: one.severity for name, one in outcomes.items() if not one.success}
    assert sorted(told.values()) == ["critical", "warning"]


def test_a_short_file_of_many_rows_is_a_failure_and_no_success() -> None:
    """15 of 115 thousand rows read well are still a short file."""
    outcomes = checked(line_count=15_000, stated_line_count=115_000)
    assert not outcomes["line count equals the control total"].success


def test_one_cent_of_a_sum_beyond_a_floats_reach_is_seen() -> None:
    """The controller relies on it: 10^17 cents and one more are two sums."""
    outcomes = checked(debit=10**17 + 1, stated_debit=10**17)
    assert not outcomes["debit sum equals the control total"].success
    assert checked(debit=10**17 + 1, stated_debit=10**17 + 1)[
        "debit sum equals the control total"
    ].success


def test_no_document_at_all_is_a_broken_expectation() -> None:
    """An empty batch would otherwise meet every rule; a batch beside it is not blamed."""
    outcomes = check_many("payroll", {"empty": [], "full": [SOUND["payroll"]]})
    told = {batch: [one for one in own if not one.success] for batch, own in outcomes.items()}
    assert [one.expectation for one in told["empty"]] == ["documents arrived"]
    assert told["full"] == []
    assert check_many("payroll", {}) == {}


def test_many_batches_in_one_call_are_answered_one_by_one() -> None:
    """The close relies on it: 55 units are asked at once, and only the broken one is blamed."""
    batches: dict[str, list[dict[str, object]]] = {
        f"unit {number}": [SOUND["payroll"], SOUND["payroll"]] for number in range(55)
    }
    batches["unit 7"][1] = {**SOUND["payroll"], "line_count": 7}
    outcomes = check_many("payroll", batches)
    told = {
        (batch, one.expectation, one.observed)
        for batch, own in outcomes.items()
        for one in own
        if not one.success
    }
    assert told == {("unit 7", "line count equals the control total", "1 of 2 documents")}
    assert list(outcomes) == list(batches)


def test_what_nobody_states_breaks_nothing_and_is_shown_as_not_stated() -> None:
    """A provider without a headcount is no mistake; nor does it count as checked."""
    outcome = checked(headcount=None)["headcount equals the stated one"]
    assert outcome.success
    assert outcome.observed == "not stated"


def test_a_result_counts_documents_and_quotes_no_amount() -> None:
    """Results are kept and mailed; totals of a small group are somebody's pay."""
    for outcome in checked(debit=1, credit=2, line_count=3, net_pay=4).values():
        assert outcome.observed in {"0 of 1 documents", "1 of 1 documents"}


MEASURES = st.one_of(
    st.none(), st.integers(-60, 60), st.sampled_from([10**17, 10**17 + 1, -(10**17)])
)


@settings(max_examples=25, deadline=None)
@given(choice=st.data(), kind=st.sampled_from(sorted(SUITES)))
def test_what_blocks_at_once_is_what_the_library_says(choice: st.DataObject, kind: str) -> None:
    """The stages rely on it: they hold by `broken`, and the record says the same."""
    columns = {
        name
        for one in SUITES[kind].expected
        for name in (one.column, one.equals)
        if name and name != "document_count"
    }
    batches = {
        f"batch {number}": [
            {
                name: choice.draw(
                    st.sampled_from(["manifest", "derived", None]) if name == "origin" else MEASURES
                )
                for name in sorted(columns)
            }
        ]
        for number in range(choice.draw(st.integers(1, 3)))
    }
    for batch, outcomes in check_many(kind, batches).items():
        told = [one.expectation for one in outcomes if not one.success]
        assert told == [one.name for one in broken(kind, batches[batch][0])]


def test_what_another_finding_tells_in_full_is_not_told_again() -> None:
    """Finance operations rely on it: one cause, one finding."""
    short = {**SOUND["payroll"], "line_count": 7}
    assert [one.told_by for one in broken("payroll", short)] == ["control_total_mismatch"]
    assert blocking("payroll", [short]) == []
    assert [one.name for _, one in blocking("payroll", [{**short, "headcount": 39}])] == [
        "headcount equals the stated one"
    ]
