"""When the demonstration may end with exit code 0, and what its table and file say."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.demo.proving import Evidence, broken, entity_proofs, figures
from sandbox.demo.record import Record
from sandbox.demo.showing import table_rows
from tests.builders.demo_close import (
    EXTERNAL_ID,
    LINES,
    TROUBLES,
    a_proven_close,
    an_exception,
    in_the_ledger,
)

CENT = Decimal("0.01")


def told(evidence: Evidence) -> list[str]:
    """What does not hold."""
    return broken(evidence, TROUBLES)


def test_a_close_that_holds_has_nothing_to_tell() -> None:
    """Exit code 0 relies on it."""
    assert told(a_proven_close()) == []


def test_one_cent_more_in_the_ledger_names_entity_and_line_first() -> None:
    """Who runs the demonstration relies on it: one cent is enough to fail it, and is shown."""
    changed = replace(LINES[2], amount=LINES[2].amount + CENT)
    evidence = replace(a_proven_close(), held=[in_the_ledger(*LINES[:2], changed)])
    first, second = told(evidence)
    assert first.startswith(f"DE01: journal {EXTERNAL_ID} (ERP id 90418), line 3, account 6010")
    assert "expected 1,100.25 EUR, found 1,100.26 EUR" in first
    assert second == (
        "DE01: totals differ: source 3,100.50, journals 3,100.50, ledger 3,100.51 EUR."
    )


def test_a_source_total_that_differs_is_told() -> None:
    """Source, journal and ledger must be equal, not two of the three."""
    close = a_proven_close()
    other = replace(close.compared["DE01"], source=Decimal("3100.49"))
    assert told(replace(close, compared={"DE01": other})) == [
        "DE01: totals differ: source 3,100.49, journals 3,100.50, ledger 3,100.50 EUR."
    ]


def test_a_drift_that_stands_is_told_with_its_line() -> None:
    """The controller relies on it: what only the ERP's queries show is named as well."""
    close = a_proven_close()
    drift = replace(
        close.compared["DE01"].drifts[0],
        expected="6010/CC4100 debit 2000.25 EUR",
        found="6010/CC4100 debit 2000.26 EUR",
        cured_at="",
    )
    cured = close.compared["DE01"].drifts[0]
    other = replace(close.compared["DE01"], drifts=(cured, drift))
    assert told(replace(close, compared={"DE01": other})) == [
        (
            f"DE01: journal {EXTERNAL_ID}, line changed: posted 6010/CC4100 debit 2000.25 EUR, "
            "the ledger holds 6010/CC4100 debit 2000.26 EUR."
        )
    ]


def test_an_entity_without_a_journal_is_told() -> None:
    """Nothing equals nothing; a close that booked nothing has proven nothing."""
    close = a_proven_close()
    empty = replace(close.compared["DE01"], source=None, journal=None, state="not_compared")
    sentences = told(replace(close, stated=[], held=[], compared={"DE01": empty}))
    assert "DE01: the close has no journal of it." in sentences


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"built": 8}, "of 10 lines 1 have no disposition and 0 are held"),
        ({"built": 8, "held": 1}, "of 10 lines 0 have no disposition and 1 are held"),
        ({"built": 10}, "of 10 lines -1 have no disposition and 0 are held"),
        ({"lines_in": 9, "built": 8}, "the provider sent 10 lines, 9 came in"),
    ],
)
def test_a_source_line_without_its_one_place_is_told(change: dict[str, int], sentence: str) -> None:
    """The auditor relies on it: every line that came in ended exactly once."""
    close = a_proven_close()
    documents = [replace(close.documents[0], **change)]  # type: ignore[arg-type]
    assert any(sentence in found for found in told(replace(close, documents=documents)))


def test_a_replaced_document_need_not_have_the_providers_lines() -> None:
    """A file that was cut came in short; its correction took its place."""
    close = a_proven_close()
    cut = replace(close.documents[0], standing="replaced", lines_in=4, built=0, excluded=4)
    assert told(replace(close, documents=[*close.documents, cut])) == []


def test_an_open_critical_exception_is_told_with_its_next_step() -> None:
    """The close is not done while something is held back."""
    waiting = an_exception("route_undecided", "No rule routes X in DE01", state="open")
    close = a_proven_close()
    assert told(replace(close, exceptions=[*close.exceptions, waiting])) == [
        (
            "DE01: “No rule routes X in DE01” is still open; it blocks 4 lines of DE01. "
            "Choose its account."
        )
    ]


def test_a_seeded_trouble_that_nobody_told_is_told() -> None:
    """The viewer relies on it: what was to be shown was shown."""
    close = a_proven_close()
    quiet = replace(close, exceptions=[], answer_was_lost=False)
    assert told(quiet) == [
        "Nothing was told of the closed cost center CC4310.",
        "Nothing was told of the expense type COWRK without an account.",
        "Nothing was told of the repeated file wages_copy.csv.",
        "Nothing was told of the control total of wages.csv.",
        "Nothing was told of the late approval of XEWM3H.",
        "Nothing was told of the lost answer of DE01.",
    ]


def test_a_broken_promise_of_the_store_is_told() -> None:
    """The auditor relies on it: the product's own control questions count as well."""
    sentences = told(replace(a_proven_close(), broken_controls=["posted_twice"]))
    assert sentences == ["The store answers a question that must have no answer: posted_twice."]


def test_the_table_shows_the_three_totals_and_the_ids_of_every_journal() -> None:
    """The controller relies on it: one row per entity, each journal with its ERP id."""
    rows = [cells for row in entity_proofs(a_proven_close()) for cells in table_rows(row)]
    assert rows == [
        ("DE01", "3,100.50", "3,100.50", "3,100.50", "0.00", "EUR", "5", "5",
         EXTERNAL_ID, "90418"),
    ]  # fmt: skip


def test_the_file_keeps_every_figure_as_decimal_text(tmp_path: Path) -> None:
    """Who checks the demonstration by program relies on it: no figure passes through a float."""
    record = Record("2026-10", seed=7)
    with record.timed("prove"):
        record.figures |= figures(a_proven_close())
    record.write(tmp_path / "demo.json", [])
    kept = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
    assert kept["holds"] is True
    assert kept["entities"]["DE01"] == {
        "currency": "EUR",
        "source": "3100.50",
        "journal": "3100.50",
        "ledger": "3100.50",
        "difference": "0.00",
        "exceptions_opened": 5,
        "exceptions_closed": 5,
        "journals": [
            {
                "external_id": EXTERNAL_ID,
                "erp_id": "90418",
                "kind": "payroll",
                "state": "tied_out",
                "debit": "3100.50",
                "lines": 3,
            }
        ],
    }
    assert set(kept["timings_seconds"]) == {"prove", "total"}
    assert kept["dispositions"][0]["built"] == 9
