"""The alignment report of the generated company: everybody once, money at risk, whose step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.builders.checkpoints import ENTITIES
from tests.builders.office import WINDOWS_OPEN, Rehearsal
from tieout.workflows.units import from_parquet

HEADCOUNT = {"DE01": 147, "JP01": 97, "SE01": 107, "UK01": 127, "US01": 157}


def newest(made: Rehearsal, entity: str) -> dict[str, Any]:
    """The newest comparison of an entity."""
    return made.rows(
        "SELECT * FROM alignment_run WHERE entity = %s ORDER BY id DESC LIMIT 1", entity
    )[0]


def people(made: Rehearsal, entity: str) -> dict[str, dict[str, Any]]:
    """Employee → how the newest comparison has them."""
    found = made.rows("SELECT * FROM alignment_row WHERE run_id = %s", newest(made, entity)["id"])
    return {row["employee_ref"]: row for row in found}


def center_of(made: Rehearsal, employee: str) -> str:
    """The employee's home, as HR calls it."""
    (row,) = made.rows(
        "SELECT fields ->> 'cost_center_code' AS code FROM reference_object"
        " WHERE source = 'people' AND code = %s AND known_to = 'infinity'"
        " AND valid_to = 'infinity'",
        employee,
    )
    return str(row["code"])


def pay_lines(made: Rehearsal, provider: str) -> list[dict[str, Any]]:
    """The lines of a provider's pay run, as they were mapped."""
    (unit,) = made.rows(
        "SELECT output_sha256 FROM unit_stage WHERE unit_key LIKE %s AND stage = 'reconcile'",
        f"{provider}:%",
    )
    frame = from_parquet(made.office.objects.get(unit["output_sha256"], ".parquet"))
    return frame.select("line_no", "employee_ref", "cost_center_code").to_dicts()


def people_on(made: Rehearsal, provider: str, center: str) -> set[str]:
    """Employees with a line on a cost center, also those who only share their time with it."""
    return {
        line["employee_ref"]
        for line in pay_lines(made, provider)
        if line["cost_center_code"] == center
    }


def people_held(made: Rehearsal, provider: str) -> set[str]:
    """Employees of whom a line is held."""
    lines = {
        line
        for row in made.rows(
            "SELECT lines_of_ranges(source_lines) AS source_lines FROM disposition"
            " WHERE unit_key LIKE %s AND state = 'held'",
            f"{provider}:%",
        )
        for line in row["source_lines"]
    }
    return {line["employee_ref"] for line in pay_lines(made, provider) if line["line_no"] in lines}


def read_again(made: Rehearsal) -> None:
    """The next nightly run."""
    made.jump(timedelta(hours=1))
    made.read_master_data()


def disagree(made: Rehearsal) -> Mapping[str, tuple[str, ...]]:
    """Let the systems disagree about some people of UK01; employee → what is to be told."""
    read_again(made)
    chosen = iter(sorted(people(made, "UK01"))[3:])
    closed_user, no_user, left_erp, elsewhere, no_erp, moved = (next(chosen) for _ in range(6))
    made.clerk("concur/user", employee=closed_user, active=False)
    made.clerk("concur/user", employee=no_user, gone=True)
    keep = {"table": "employee"}
    made.clerk("netsuite/clerk/keep", **keep, named=left_erp, set={"isinactive": "T"})
    made.clerk("netsuite/clerk/keep", **keep, named=elsewhere, set={"subsidiary": "4"})
    made.clerk("netsuite/clerk/delete", **keep, named=no_erp)
    home = center_of(made, moved)
    there = "CC-2100" if home != "CC-2100" else "CC-2200"
    made.clerk("workday/worker", worker=moved, set={"Cost_Center_ID": there})
    hired = {"Company_ID": "LE-UK1", "Cost_Center_ID": "CC-2100", "Worker_Status": "Active",
             "Hire_Date": "2026-10-01", "Expense_Login": "n.n@example.test"}  # fmt: skip
    made.clerk("workday/worker", worker="299999", set=hired)
    return {
        closed_user: ("status: HR active, expense inactive",),
        no_user: ("expense",),
        left_erp: ("status: HR active, ERP inactive",),
        elsewhere: ("entity: HR UK01, ERP DE01",),
        no_erp: ("ERP",),
        moved: ("cost center",),
        "299999": ("payroll", "expense", "ERP"),
    }


@pytest.mark.promise("S16")
def test_every_active_employee_is_compared_exactly_once(built: Rehearsal) -> None:
    """Finance relies on it: aligned, differing and missing sum to the headcount that HR states."""
    expected = disagree(built)
    read_again(built)
    for entity in ENTITIES:
        found = newest(built, entity)
        headcount = HEADCOUNT[entity] + (entity == "UK01")
        assert found["headcount"] == headcount
        assert len(people(built, entity)) == headcount
        counts = [found[f"{kind}_count"] for kind in ("aligned", "differs", "missing")]
        assert sum(counts) == headcount
    rows = people(built, "UK01")
    apart = {number: row for number, row in rows.items() if row["standing"] != "aligned"}
    assert set(apart) == set(expected)
    for number, told in expected.items():
        row = apart[number]
        missing = tuple(row["missing_in"])
        if missing:
            assert (row["standing"], missing) == ("missing", told), number
        else:
            assert row["standing"] == "differs"
            assert any(one.startswith(told[0]) for one in row["differences"]), row
    assert newest(built, "UK01")["unpaid_count"] == 1


@pytest.mark.promise("S45")
def test_inactive_employee_closed_cost_center_and_wrong_entity_are_three_reasons(
    built: Rehearsal,
) -> None:
    """Finance relies on it: each of the three has another owner and another cure."""
    read_again(built)
    inactive, elsewhere, on_closed = sorted(people(built, "UK01"))[3:6]
    closed = f"CC{center_of(built, on_closed).removeprefix('CC-')}"
    keep = {"table": "employee"}
    built.clerk("netsuite/clerk/keep", **keep, named=inactive, set={"isinactive": "T"})
    built.clerk("netsuite/clerk/keep", **keep, named=elsewhere, set={"subsidiary": "4"})
    built.clerk("netsuite/clerk/keep", table="department", named=closed, set={"isinactive": "T"})
    read_again(built)
    rows = people(built, "UK01")
    assert "status: HR active, ERP inactive" in rows[inactive]["differences"]
    assert "entity: HR UK01, ERP DE01" in rows[elsewhere]["differences"]
    assert rows[on_closed]["differences"] == [f"cost center closed: {closed} (HR)"]


@pytest.mark.promise("S11")
def test_a_center_closed_in_the_erp_is_found_before_anything_posts(cured: Rehearsal) -> None:
    """The controller relies on it: people, amount and owner are told, and only they are held."""
    read_again(cured)
    entity = "UK01"
    for kind in ("payroll", "expense"):
        cured.propose_and_approve(
            "posting",
            {
                "scope": "entity:UK01",
                "journal_kind": kind,
                "holding": "atom",
                "small_group_k": "3",
                "alignment_percent": "80",
            },
        )
    on_it = [number for number in people(cured, entity) if center_of(cured, number) == "CC-2310"]
    cured.clerk("netsuite/clerk/keep", table="department", named="CC2310", set={"isinactive": "T"})
    read_again(cured)
    (told,) = cured.exceptions("cost_center_closed_people", still_open=True)
    assert (told["entity"], told["item_count"]) == (entity, len(on_it))
    assert (told["owner_role"], told["due_at"] is not None) == ("finance_lead", True)
    charged = cured.rows(
        "SELECT sum(debit_minor) AS cost FROM payroll_center"
        " WHERE entity = %s AND cost_center_code = 'CC-2310'",
        entity,
    )[0]["cost"]
    assert told["at_risk_minor"] == charged > 0
    # The chain rebuilds: whoever stands on the closed center is held, everybody else goes on.
    cured.build_units()
    held, affected = people_held(cured, "workday-uk"), people_on(cured, "workday-uk", "CC-2310")
    assert set(on_it) <= affected
    assert held == affected
    cured.clock.jump_to(WINDOWS_OPEN)
    cured.answer(entity, key="close:after")
    assert set(cured.post(entity).values()) == {"read_back"}
    booked = [line for entry in cured.ledger_journals(entity) for line in entry["lines"]]
    assert booked
    assert not [line for line in booked if line.get("department") == "CC2310"]


def test_a_small_group_shows_no_amount(built: Rehearsal) -> None:
    """Employees rely on it: what two people cost is nobody's to read off a page."""
    built.propose_and_approve(
        "posting",
        {
            "scope": "entity:DE01",
            "journal_kind": "payroll",
            "holding": "run",
            "small_group_k": "40",
        },
    )
    read_again(built)
    found = newest(built, "DE01")
    assert found["differs_count"] == 24
    assert (found["pay_at_risk_minor"], found["expense_at_risk_minor"]) == (None, None)
    (told,) = built.exceptions("cost_center_closed_people", still_open=True)
    assert told["at_risk_minor"] == 0


def test_a_named_successor_aligns_everybody_again(built: Rehearsal) -> None:
    """Finance relies on it: one rule frees them all, and the exception closes itself."""
    assert newest(built, "DE01")["differs_count"] == 24
    closed = built.troubles["closed_cost_center"]
    built.propose_and_approve(
        "successors",
        {
            "entity": closed["entity"],
            "cost_center": closed["code"],
            "successor": closed["successor"],
        },
    )
    read_again(built)
    assert newest(built, "DE01")["aligned_count"] == HEADCOUNT["DE01"]
    assert built.exceptions("cost_center_closed_people", still_open=True) == []
    assert built.exceptions("alignment_differs", still_open=True) == []


def test_an_unchanged_comparison_is_confirmed_and_not_stored_again(built: Rehearsal) -> None:
    """The store relies on it: a quiet night costs one timestamp, not a row per employee."""
    read_again(built)
    before = built.rows("SELECT count(*) AS runs FROM alignment_run")
    taken = newest(built, "US01")["taken_at"]
    read_again(built)
    assert built.rows("SELECT count(*) AS runs FROM alignment_run") == before
    assert newest(built, "US01")["taken_at"] == taken < newest(built, "US01")["confirmed_at"]


def test_people_paid_without_being_known_to_hr_are_counted(built: Rehearsal) -> None:
    """The controller relies on it: a pay line for somebody whom HR never had is drift."""
    read_again(built)
    ghosts = sorted(people(built, "UK01"))[:2]
    built.change("DELETE FROM reference_object WHERE source = 'people' AND code = ANY(%s)", ghosts)
    built.clerk("workday/workers/remove", workers=ghosts)
    read_again(built)
    assert newest(built, "UK01")["unknown_count"] == 2
    (told,) = built.exceptions("employee_unknown", still_open=True)
    assert (told["entity"], told["item_count"]) == ("UK01", 2)
    assert not any(ghost in told["title"] for ghost in ghosts)


def test_no_pay_and_no_name_is_stored_with_a_person(built: Rehearsal) -> None:
    """Employees rely on it: the comparison knows numbers and codes, nothing else."""
    read_again(built)
    columns = built.rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'alignment_row'"
    )
    assert {row["column_name"] for row in columns} == {
        "run_id", "employee_ref", "standing", "missing_in", "differences",
    }  # fmt: skip
    names = built.rows(
        "SELECT count(*) AS named FROM reference_object WHERE kind = 'employee' AND name <> ''"
    )
    assert names == [{"named": 0}]
