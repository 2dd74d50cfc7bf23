"""What readers found follows their rows: nothing critical is left without a hold."""

from __future__ import annotations

import pytest

from tests.builders.pay_runs import PayRun, a_pay_run, frame_of
from tieout.errors import Finding, Place, Severity


def a_run() -> PayRun:
    """Three rows: line numbers 1 to 3 on file lines 2 to 4."""
    return a_pay_run().component("A", "1.00").component("B", "2.00").component("C", "3.00")


def holds(run: PayRun) -> list[list[str]]:
    """Holds of each row."""
    return run.frame()["holds"].to_list()


def document_holds(run: PayRun) -> list[list[str]]:
    """Holds of each row's document."""
    return run.frame()["document_holds"].to_list()


def test_a_finding_holds_the_lines_that_it_names() -> None:
    """By number within the document, or by the physical line."""
    by_number = a_run().found(Finding("value_unreadable", "m", Place(field="amount"), lines=(1, 3)))
    by_place = a_run().found(Finding("value_unreadable", "m", Place("f", 3, "amount")))
    assert holds(by_number) == [["value_unreadable|amount"], [], ["value_unreadable|amount"]]
    assert holds(by_place) == [[], ["value_unreadable|amount"], []]
    assert document_holds(by_number) == document_holds(by_place) == [[], [], []]


def test_a_finding_that_names_no_line_holds_its_document() -> None:
    """A wrong total is no single row's fault."""
    run = a_run().found(Finding("control_total_mismatch", "m", Place("f")))
    assert holds(run) == [[], [], []]
    assert document_holds(run) == [["control_total_mismatch|run-88"]] * 3


@pytest.mark.parametrize("line", [1, 5, 999])
def test_a_finding_where_no_row_stands_holds_its_document(line: int) -> None:
    """A header, a trailer, or a line that gave no row: holding nothing would hide it."""
    run = a_run().found(Finding("control_total_mismatch", "m", Place("f", line, "footer")))
    assert holds(run) == [[], [], []]
    assert document_holds(run) == [["control_total_mismatch|run-88"]] * 3


def test_a_finding_about_a_row_that_is_not_there_holds_its_document() -> None:
    """One of the lines is known, the other is lost: nobody can say what it was."""
    run = a_run().found(Finding("value_unreadable", "m", Place("f"), lines=(1, 9)))
    assert document_holds(run) == [["value_unreadable|run-88"]] * 3


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.NOTE])
def test_what_is_not_critical_holds_nothing(severity: Severity) -> None:
    """It is told and the run goes on."""
    run = a_run().found(Finding("contract_drift", "m", Place("f"), severity=severity))
    assert holds(run) == document_holds(run) == [[], [], []]


def test_one_documents_findings_leave_the_other_alone() -> None:
    """Documents of a unit are told apart by the hash of their bytes."""
    first = a_run().found(Finding("control_total_mismatch", "m"))
    second = a_pay_run(name="run-89").component("A", "1.00")
    frame = frame_of([first, second])
    by_document = dict(zip(frame["document"], frame["document_holds"].to_list(), strict=True))
    assert by_document[second.document] == []
    assert by_document[first.document] == ["control_total_mismatch|run-88"]


def test_the_same_finding_twice_is_one_hold() -> None:
    """People read causes, not repetitions."""
    run = a_run()
    for _ in range(2):
        run.found(Finding("value_unreadable", "m", Place("f", 2, "amount")))
        run.found(Finding("document_unreadable", "m"))
    assert holds(run)[0] == ["value_unreadable|amount"]
    assert document_holds(run)[0] == ["document_unreadable|run-88"]
