"""Master data of seven kinds, read, kept with two clocks, and told apart: closed and missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.builders.office import Rehearsal
from tieout.finance.reference import KINDS
from tieout.workflows.reference import HR_SOURCE, LEDGER_SOURCE, reference_as_of
from tieout.workflows.release import release

TODAY = date(2026, 11, 2)
BEFORE = date(2026, 10, 31)
#: Kind → the ERP's table, a record that is closed and one that is deleted, by name, and our codes.
IN_THE_ERP = {
    "department": ("department", "CC1120", "CC1700", "CC1120", "CC1700"),
    "cost_center": ("department", "CC1120", "CC1700", "CC1120", "CC1700"),
    "entity": ("subsidiary", "6", "5", "JP01", "SE01"),
    "project": ("classification", None, None, None, None),
    "vendor": ("vendor", "V-CARD", "V-500101", "V-CARD", "V-500101"),
    "account": ("account", "2460", "1310", "2460", "1310"),
}


def as_of(
    made: Rehearsal, source: str, kind: str, on: date, known_at: datetime
) -> dict[str, dict[str, Any]]:
    """Code → what was true on a day, by what was known at an instant."""
    with made.office.warehouse.transaction() as work:
        return {row["code"]: row for row in reference_as_of(work, source, kind, on, known_at)}


def last_snapshot(made: Rehearsal, source: str) -> dict[str, Any]:
    """The newest reading of a source with its differences."""
    return made.rows(
        "SELECT * FROM reference_snapshot WHERE source = %s ORDER BY id DESC LIMIT 1", source
    )[0]


@pytest.mark.promise("S28")
def test_all_seven_kinds_have_snapshot_difference_and_validity(built: Rehearsal) -> None:
    """The auditor relies on it: who was known as what, on which day, can be asked years later."""
    first = built.clock.now()
    chosen = {}
    for kind, (table, closed, gone, *codes) in IN_THE_ERP.items():
        known = sorted(as_of(built, LEDGER_SOURCE, kind, TODAY, first))
        names = [closed or known[0], gone or known[-1]]
        chosen[kind] = [ours or name for ours, name in zip(codes, names, strict=True)]
        if kind != "department":
            built.clerk("netsuite/clerk/keep", table=table, named=names[0], set={"isinactive": "T"})
            built.clerk("netsuite/clerk/delete", table=table, named=names[1])
    workers = sorted(as_of(built, HR_SOURCE, "employee", TODAY, first))
    left = {"Worker_Status": "Terminated", "Termination_Date": "2026-10-15"}
    built.clerk("workday/worker", worker=workers[5], set=left)
    built.clerk("workday/workers/remove", workers=[workers[7]])
    chosen["employee"] = [workers[5], workers[7]]
    built.jump(timedelta(hours=1))
    built.read_master_data()
    now = built.clock.now()
    for kind in KINDS:
        source = HR_SOURCE if kind == "employee" else LEDGER_SOURCE
        closed, gone = chosen[kind]
        counts = last_snapshot(built, source)["kinds"][kind]
        assert (counts["closed"], counts["missing"]) == (1, 1), kind
        today = as_of(built, source, kind, TODAY, now)
        assert (today[closed]["active"], today[closed]["missing"]) == (False, False), kind
        assert (today[gone]["active"], today[gone]["missing"]) == (True, True), kind
        # What was true before stays true, and what was known then can still be asked.
        assert as_of(built, source, kind, date(2026, 10, 1), now)[closed]["active"] is True, kind
        assert as_of(built, source, kind, TODAY, first)[closed]["active"] is True, kind
        assert as_of(built, source, kind, TODAY, first)[gone]["missing"] is False, kind
    # HR states the last day itself: the day after is the first on which the employee is gone.
    person = chosen["employee"][0]
    assert as_of(built, HR_SOURCE, "employee", date(2026, 10, 15), now)[person]["active"] is True
    assert as_of(built, HR_SOURCE, "employee", date(2026, 10, 16), now)[person]["active"] is False


def test_every_object_has_one_state_on_every_day_by_what_is_known_now(built: Rehearsal) -> None:
    """A look-up relies on it: the stretches of an object have no gap and no overlap."""
    workers = sorted(as_of(built, HR_SOURCE, "employee", TODAY, built.clock.now()))
    for number, center in enumerate(("CC-1100", "CC-1200", "CC-1300")):
        built.clerk("workday/worker", worker=workers[0], set={"Cost_Center_ID": center})
        built.jump(timedelta(days=number + 1))
        built.read_master_data()
    assert (
        built.rows(
            "SELECT source, kind, code FROM ("
            " SELECT source, kind, code, valid_to, lead(valid_from)"
            " OVER (PARTITION BY source, kind, code ORDER BY valid_from) AS following"
            " FROM reference_object WHERE known_to = 'infinity') AS stretch"
            " WHERE valid_to <> coalesce(following, 'infinity')"
        )
        == []
    )
    now = built.clock.now()
    moved = as_of(built, HR_SOURCE, "employee", now.date(), now)[workers[0]]
    assert moved["fields"]["cost_center_code"] == "CC-1300"
    earlier = as_of(built, HR_SOURCE, "employee", BEFORE, now)[workers[0]]
    assert earlier["fields"]["cost_center_code"] not in {"CC-1200", "CC-1300"}


def test_an_extract_without_a_company_empties_nothing_until_a_person_says_so(
    built: Rehearsal,
) -> None:
    """The controller relies on it: a report that runs empty is doubted, not believed."""
    built.clerk("workday/workers/remove", company="LE-JP1")
    built.jump(timedelta(hours=1))
    built.read_master_data()
    (told,) = built.exceptions("extract_incomplete", still_open=True)
    assert (told["entity"], told["item_count"]) == ("JP01", 100)
    assert last_snapshot(built, HR_SOURCE)["doubted_count"] == 1
    now = as_of(built, HR_SOURCE, "employee", TODAY, built.clock.now())
    assert not [row for row in now.values() if row["missing"]]
    release(built.office, told["id"], "finance_ops", "JP01 moved to a tenant of its own")
    built.jump(timedelta(hours=1))
    built.read_master_data()
    now = as_of(built, HR_SOURCE, "employee", TODAY, built.clock.now())
    assert {row["entities"][0] for row in now.values() if row["missing"]} == {"JP01"}
    assert built.exceptions("extract_incomplete", still_open=True) == []


def test_a_row_of_hr_that_breaks_its_contract_is_told_and_the_others_go_on(
    built: Rehearsal,
) -> None:
    """Finance relies on it: one bad row stops nobody else, guesses nothing and makes no leaver."""
    before = as_of(built, HR_SOURCE, "employee", TODAY, built.clock.now())
    bad, moved = sorted(before)[5:7]
    built.clerk(
        "workday/worker", worker=bad, set={"Termination_Date": "soon", "Cost_Center_ID": "CC-2200"}
    )
    home = before[moved]["fields"]["cost_center_code"]
    there = "CC-2100" if home != "CC-2100" else "CC-2200"
    built.clerk("workday/worker", worker=moved, set={"Cost_Center_ID": there})
    built.jump(timedelta(hours=1))
    built.read_master_data()
    now = as_of(built, HR_SOURCE, "employee", TODAY, built.clock.now())
    assert now[moved]["fields"]["cost_center_code"] == there
    assert now[bad] == before[bad]
    (told,) = built.exceptions("employee_unsound", still_open=True)
    assert "leave_date is no day" in told["title"]
    assert ", line " in told["title"]
    assert "soon" not in told["title"]
    assert told["next_step"] == "Correct it in HR; the next reading takes it."
    built.clerk("workday/worker", worker=bad, set={"Termination_Date": ""})
    built.jump(timedelta(hours=1))
    built.read_master_data()
    assert built.exceptions("employee_unsound", still_open=True) == []
    now = as_of(built, HR_SOURCE, "employee", TODAY, built.clock.now())
    assert now[bad]["fields"]["cost_center_code"] == "CC-2200"


def test_an_expense_platform_out_of_reach_leaves_the_other_news_alone(built: Rehearsal) -> None:
    """Operations rely on it: one system that is down does not stop the nightly reading."""
    built.clerk("concur/tokens/expire", refresh=True)
    built.clerk("netsuite/clerk/keep", table="department", named="CC1120", set={"isinactive": "T"})
    before = built.rows("SELECT count(*) AS people FROM reference_object WHERE source LIKE 'exp%%'")
    built.jump(timedelta(hours=1))
    built.read_master_data()
    assert last_snapshot(built, LEDGER_SOURCE)["kinds"]["cost_center"]["closed"] == 1
    after = built.rows("SELECT count(*) AS people FROM reference_object WHERE source LIKE 'exp%%'")
    assert before == after
