"""Rows of an HR extract under the employee contract: what fails is told, what is sound goes on."""

from __future__ import annotations

import polars as pl
import pytest

from tieout.contracts.columns import EMPLOYEE, ROW_KEYS
from tieout.errors import Place
from tieout.finance.words import finding
from tieout.stages.validate.employees import EmployeeRows, check_employee_rows

SOUND = {
    "employee_ref": "E-1", "entity": "DE01", "country": "DE", "status": "active",
    "hire_date": "2024-02-29", "leave_date": "",
}  # fmt: skip
SCHEMA = dict.fromkeys(ROW_KEYS, pl.Int64) | dict.fromkeys(EMPLOYEE, pl.String)


def checked(*rows: dict[str, str | None]) -> EmployeeRows:
    """Rows that differ from a sound one in these fields, checked; the file has a line of heads."""
    made = [
        dict.fromkeys(EMPLOYEE, "") | SOUND | {"employee_ref": f"E-{number}"} | row
        | {"line_no": number, "file_line": number + 1}
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    return check_employee_rows(pl.DataFrame(made, schema=SCHEMA), "workers.csv")


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("status", "gone fishing", "status is none of active, left, leave"),
        ("status", "", "status is none of active, left, leave"),
        ("entity", "", "entity is empty"),
        ("employee_ref", "", "employee_ref is empty"),
        ("country", "Germany", "country is no code of ISO 3166-1 alpha-2"),
        ("country", "XX", "country is no code of ISO 3166-1 alpha-2"),
        ("hire_date", "31.10.2026", "hire_date is no day"),
        ("leave_date", "2026-02-29", "leave_date is no day"),
        ("leave_date", "0", "leave_date is no day"),
        ("leave_date", "2026-1-5", "leave_date is no day"),
    ],
)
def test_a_row_that_fails_is_told_with_place_rule_and_cure(
    field: str, value: str, rule: str
) -> None:
    """HR relies on it: the line to correct is named, and the value stays where it is."""
    found = checked({}, {field: value}, {})
    (told,) = found.findings
    assert told.code == "employee_unsound"
    assert told.where == Place("workers.csv", 3, field)
    assert told.message == f"HR's workers.csv, line 3: {rule}"
    assert told.next_step == "Correct it in HR; the next reading takes it."
    assert found.sound["employee_ref"].to_list() == ["E-1", "E-3"]
    assert found.held == ({"E-2"} if field != "employee_ref" else set())


def test_all_failures_of_a_row_and_all_rows_are_told_at_once() -> None:
    """HR relies on it: one correction, not one a day."""
    found = checked({"status": "?", "hire_date": "soon"}, {}, {"entity": "", "country": "D"})
    assert [str(one.where) for one in found.findings] == [
        "workers.csv, line 2, field hire_date, status",
        "workers.csv, line 4, field country, entity",
    ]
    assert found.held == {"E-1", "E-3"}


def test_sound_rows_pass_as_they_are_and_empty_fields_are_no_failure() -> None:
    """Everybody relies on it: a fact that HR does not state is not made up."""
    found = checked({}, {"leave_date": None, "country": None}, {"status": "left"})
    assert (found.findings, found.held, found.sound.height) == ((), frozenset(), 3)
    assert found.sound["leave_date"].to_list() == ["", None, ""]


def test_what_the_reader_told_is_held_and_not_told_again() -> None:
    """The queue relies on it: one trouble is one entry."""
    row = dict.fromkeys(EMPLOYEE, "") | SOUND | {"status": "Retired", "hire_date": "soon"}
    frame = pl.DataFrame([row | {"line_no": 1, "file_line": 2}], schema=SCHEMA)
    told = finding("status_unknown", where=Place("workers.csv", 2, "Worker_Status"), system="HR")
    found = check_employee_rows(frame, "workers.csv", [told])
    assert [one.where.field for one in found.findings] == ["hire_date"]
    assert found.sound.height == 0
    assert found.held == {"E-1"}
