"""Expense extracts that a folder delivers: taken in as one unit a period, no report twice."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.unit.test_read_expense_extract import COST, PROFILE, TAX, an_extract
from tieout.adapters.clock import SharedClock
from tieout.adapters.delimited import read_file
from tieout.adapters.drop.source import DropSource
from tieout.adapters.objects.local import LocalObjects
from tieout.finance.company import Company, Provider
from tieout.finance.periods import calendar_month
from tieout.warehouse.store import Row, Warehouse
from tieout.workflows.extract import extract
from tieout.workflows.intake import take_in
from tieout.workflows.office import Office
from tieout.workflows.status import report_booked
from tieout.workflows.sweep import due_units
from tieout.workflows.validate import validate

PERIOD = calendar_month("2026-10")
KNOBS: dict[str, Any] = {**PROFILE, "provider": "extracts", "delivery": {"stable_seconds": 0}}


def _nobody(*_: object) -> NoReturn:
    raise AssertionError("nothing outside the folder and the store is asked")


@pytest.fixture
def office(warehouse_url: str, tmp_path: Path) -> Office:
    """An office with one provider: a folder of extracts."""
    clock = SharedClock(tmp_path / "clock.json")
    clock.jump_to(datetime(2026, 11, 2, 6, tzinfo=UTC))
    provider = Provider("extracts", "delimited", "1", "expense_drop", "finance", "live", KNOBS)
    source = DropSource("extracts", tmp_path / "drop", read_file, KNOBS)
    (tmp_path / "drop" / "extracts").mkdir(parents=True)
    return Office(
        warehouse=Warehouse(warehouse_url),
        objects=LocalObjects(tmp_path / "objects"),
        clock=clock,
        company=Company("tieout", {}, {"extracts": provider}),
        source=lambda _: source,
        people=_nobody,
        ledger=_nobody,
        status_sink=_nobody,
        profiles=_nobody,
        mail_room=_nobody,
        rates=_nobody,
        hand_over=_nobody,
        airflow_url="",
        sender="",
    )


def deliver(tmp_path: Path, name: str, *rows: str, debit: str) -> None:
    """An extract with its manifest in the provider's folder."""
    content = an_extract(*rows)
    stated = {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "provider": "extracts",
        "entity": "DE01",
        "pay_group": "",
        "period": PERIOD.code,
        "run_id": name,
        "currency": "EUR",
        "line_count": len(rows),
        "debit": debit,
        "credit": "0.00",
    }
    folder = tmp_path / "drop" / "extracts"
    (folder / name).write_bytes(content)
    (folder / f"{name}.manifest.json").write_text(json.dumps(stated), encoding="utf-8")


def kept(office: Office) -> list[Row]:
    """The documents of the one unit, by name, with what was told of them."""
    (unit,) = due_units(office, PERIOD)
    assert unit == "extracts:extracts-2026-10"
    with office.warehouse.transaction() as work:
        rows = work.rows("extract", "unit_documents", unit_key=unit)
    return sorted(rows, key=lambda row: str(row["name"]))


def told(row: Row) -> list[tuple[str, list[int]]]:
    """Code and lines of each finding of a document."""
    return [(item["code"], item["lines"]) for item in row["findings"]["told"]]


OTHER = COST.replace("R1;D1", "R2;D2"), TAX.replace("R1;D1", "R2;D2")


def test_the_extracts_of_a_period_are_one_unit_of_expenses(office: Office, tmp_path: Path) -> None:
    """finance_ops relies on it: several files, one routing, each held against its manifest."""
    deliver(tmp_path, "a.csv", COST, TAX, debit="119.00")
    deliver(tmp_path, "b.csv", *OTHER, debit="119.00")
    assert take_in(office, "extracts", PERIOD).new == 2
    rows = kept(office)
    assert [(row["name"], row["frame_kind"], row["origin"]) for row in rows] == [
        ("a.csv", "expense_line", "manifest"),
        ("b.csv", "expense_line", "manifest"),
    ]
    assert [told(row) for row in rows] == [[], []]
    assert extract(office, "extracts:extracts-2026-10", "test")
    assert validate(office, "extracts:extracts-2026-10", "test")
    assert office.unit_kind("extracts") == "expense"
    assert office.unit_providers("payroll") == []


def test_a_report_that_another_extract_holds_is_held_line_by_line(
    office: Office, tmp_path: Path
) -> None:
    """The controller relies on it: the same report in a second file is never booked again."""
    deliver(tmp_path, "a.csv", COST, TAX, debit="119.00")
    deliver(tmp_path, "b.csv", *OTHER, COST, TAX, debit="238.00")
    take_in(office, "extracts", PERIOD)
    first, second = kept(office)
    assert told(first) == []
    assert told(second) == [("report_revised", [3, 4])]


def test_a_folder_is_told_nothing_of_what_was_booked(office: Office) -> None:
    """Only a platform has somebody to hear it."""
    assert report_booked(office, PERIOD) == 0
