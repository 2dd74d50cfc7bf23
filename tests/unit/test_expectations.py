"""Expectations on totals: what blocks a unit, what is noted, what a result may hold."""

from __future__ import annotations

import pandas as pd
import pytest

from tieout.contracts.expectations import SUITE_VERSION, ExpectationOutcome, check_totals

SOUND = {
    "document": "a" * 64,
    "line_count": 8,
    "stated_line_count": 8,
    "debit": 255_609_56,
    "stated_debit": 255_609_56,
    "credit": 0,
    "stated_credit": 0,
    "repeated_lines": 0,
    "entity_count": 1,
    "origin": "manifest",
    "drift_percent": 0,
}


def checked(kind: str = "payroll", **changed: object) -> dict[str, ExpectationOutcome]:
    """Outcomes of one document by expectation."""
    outcomes = check_totals(kind, pd.DataFrame([{**SOUND, **changed}]))
    return {outcome.expectation: outcome for outcome in outcomes}


@pytest.mark.promise("S115")
def test_a_sound_document_meets_every_expectation() -> None:
    """There is one suite per kind, and it has a version."""
    for kind, count in (("payroll", 8), ("expense", 6)):
        outcomes = checked(kind)
        assert len(outcomes) == count
        assert all(outcome.success for outcome in outcomes.values())
    assert SUITE_VERSION == "1.0"


@pytest.mark.promise("S115")
@pytest.mark.parametrize(
    ("changed", "expectation", "severity"),
    [
        ({"line_count": 7}, "line count equals the control total", "critical"),
        ({"debit": 255_609_55}, "debit sum equals the control total", "critical"),
        ({"credit": 1}, "credit sum equals the control total", "critical"),
        ({"repeated_lines": 1}, "no line number twice", "critical"),
        ({"entity_count": 2}, "one entity in a run", "critical"),
        ({"origin": "derived"}, "control total is stated by someone else", "warning"),
        ({"origin": "none"}, "control total is stated by someone else", "warning"),
        ({"drift_percent": 21}, "lines within a fifth of the run before", "warning"),
        ({"drift_percent": -21}, "lines within a fifth of the run before", "warning"),
    ],
)
def test_one_broken_expectation_is_told_and_no_other(
    changed: dict[str, object], expectation: str, severity: str
) -> None:
    """Critical ones stop the unit, warnings go on with a note."""
    outcomes = checked("payroll", **changed)
    broken = [name for name, outcome in outcomes.items() if not outcome.success]
    assert broken == [expectation]
    assert outcomes[expectation].severity == severity


def test_a_short_file_of_many_rows_is_a_failure_and_no_success() -> None:
    """15 of 115 thousand rows read well are still a short file."""
    outcomes = checked(line_count=15_000, stated_line_count=115_000)
    assert not outcomes["line count equals the control total"].success


def test_no_document_at_all_is_a_broken_expectation() -> None:
    """An empty batch would otherwise meet every rule."""
    empty = pd.DataFrame([SOUND]).head(0)
    outcomes = {outcome.expectation: outcome for outcome in check_totals("payroll", empty)}
    assert not outcomes["documents arrived"].success


def test_two_entities_may_share_an_intake_of_expenses() -> None:
    """Only a pay run belongs to one entity."""
    assert all(outcome.success for outcome in checked("expense", entity_count=2).values())


def test_a_result_counts_documents_and_quotes_no_amount() -> None:
    """Results are kept and mailed; totals of a small group are somebody's pay."""
    for outcome in checked(debit=1, credit=2, line_count=3).values():
        assert "255" not in outcome.observed
        assert outcome.observed in {"0 of 1 documents", "1 of 1 documents", "1"}
