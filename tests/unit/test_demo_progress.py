"""What the viewer of the demonstration sees of a run, and when a run waits for people alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.demo.airflow_api import Airflow, TaskState
from sandbox.demo.clock import SharedClock
from sandbox.demo.errors import Stopped
from sandbox.demo.progress import STAGES, Row, failed, is_parked, row_name, rows_of
from sandbox.demo.runs import Run, Runs
from sandbox.demo.telling import Telling, changes

PAY_RUN = "de-datev:DE01:DE_MONAT:2026-10:DE_MONAT-202610-01:1"
AT = datetime(2026, 11, 2, 6, tzinfo=UTC)


def task(name: str, state: str, label: str = "", map_index: int = 0) -> TaskState:
    """A task instance."""
    return TaskState(name, map_index, label, state, 1)


def test_a_unit_shows_in_the_row_of_its_entity() -> None:
    """The viewer relies on it: units and entities of a close stand in one grid."""
    rows = rows_of(
        [
            task("units.extract", "success", PAY_RUN),
            task("units.validate", "running", PAY_RUN),
            task("units.reconcile", "scheduled", "0"),  # not started: Airflow names it by index
            task("units.extract", "success", "concur:concur-2026-10", 1),
            task("entities.approve", "awaiting_input", "DE01"),
            task("sweep_sources", "success", map_index=-1),
        ]
    )
    shown = {row.name: dict(zip(STAGES, row.cells, strict=True)) for row in rows}
    assert list(shown) == ["expenses", "DE01"]
    assert shown["DE01"]["extract"] == "done"
    assert shown["DE01"]["validate"] == "run"
    assert shown["DE01"]["reconcile"] == "queue"
    assert shown["DE01"]["approve"] == "wait"
    assert shown["DE01"]["post"] == ""
    assert row_name("US01") == "US01"


def test_a_run_is_parked_only_when_nothing_moves_by_itself() -> None:
    """The controller relies on it: all lists are asked before the first is answered."""
    asked = task("entities.approve", "awaiting_input", "DE01")
    later = task("entities.post", "", map_index=-1)
    assert is_parked([asked, later, task("units.build", "success")])
    assert not is_parked([asked, task("entities.approve", "queued", map_index=1)])
    assert not is_parked([later, task("units.build", "success")])


def test_the_verdict_is_not_named_among_the_failed() -> None:
    """Who reads the reason relies on it: the task that broke is named, not the one that says so."""
    found = failed(
        [task("units.build", "failed"), task("verdict", "failed"), task("post", "success")]
    )
    assert [each.task_id for each in found] == ["units.build"]


def row(**cells: str) -> list[Row]:
    """A grid with the one row of DE01."""
    return [Row("DE01", tuple(cells.get(stage, "") for stage in STAGES))]


def test_without_a_terminal_each_step_of_a_row_is_told_once() -> None:
    """A build server's log relies on it: a line for each step, none for each look."""
    began = row(extract="done")
    further = row(extract="done", validate="done")
    waits = row(extract="done", approve="wait")
    assert changes([], began) == ["DE01 extract"]
    assert changes(began, began) == []
    assert changes(began, further) == ["DE01 validate"]
    assert changes(further, waits) == ["DE01 approve waits for its approval"]
    assert changes(waits, row(extract="done", approve="done")) == ["DE01 approve"]
    assert changes(waits, row(extract="done", approve="queue")) == []


class ScriptedAirflow(Airflow):
    """Airflow with runs in known states; starting a run lets it succeed."""

    def __init__(self, **states: str) -> None:
        self.states = {name.replace("__", ":"): state for name, state in states.items()}

    def start(self, dag_id: str, run_id: str, period: str) -> bool:
        """See Airflow."""
        if run_id in self.states:
            return False
        self.states[run_id] = "success"
        return True

    def state_of(self, dag_id: str, run_id: str) -> str:
        """See Airflow."""
        return self.states.get(run_id, "")

    def tasks(self, dag_id: str, run_id: str) -> list[TaskState]:
        """See Airflow."""
        bad = self.states[run_id] == "failed"
        return [task("entities.post", "failed" if bad else "success", "DE01", 3)]

    def end_of_log(self, dag_id: str, run_id: str, task: TaskState, lines: int = 5) -> list[str]:
        """See Airflow."""
        return ["The ERP refused our sign-in"]


def test_a_run_that_succeeded_before_is_not_run_again() -> None:
    """A second demonstration relies on it: it changes nothing and is quick."""
    airflow = ScriptedAirflow(close__1="success")
    found = Runs(airflow, Telling(), "2026-10").begin("month_end_close", "close:1")
    assert found == Run("month_end_close", "close:1", standing=True)
    assert airflow.states == {"close:1": "success"}


def test_a_comparison_that_must_be_fresh_is_run_under_a_new_id() -> None:
    """The proof relies on it: what tied yesterday is compared again."""
    airflow = ScriptedAirflow(again="success")
    airflow.states["again.2"] = "failed"
    found = Runs(airflow, Telling(), "2026-10").begin("tie_out", "again", anew=True)
    assert found == Run("tie_out", "again.3")


def test_a_run_that_failed_before_is_started_under_the_next_id() -> None:
    """Who repeats after a cure relies on it: Airflow takes an id once."""
    airflow = ScriptedAirflow(close__1="failed")
    found = Runs(airflow, Telling(), "2026-10").begin("month_end_close", "close:1")
    assert found == Run("month_end_close", "close:1.2")


def test_a_run_that_still_works_is_followed() -> None:
    """After an interruption nothing is started twice."""
    airflow = ScriptedAirflow(close__1="running")
    found = Runs(airflow, Telling(), "2026-10").begin("month_end_close", "close:1")
    assert found == Run("month_end_close", "close:1")


def test_a_run_that_fails_stops_the_demonstration_with_task_entity_and_log() -> None:
    """Who has to cure it relies on it: which task, whose, and what it said last."""
    airflow = ScriptedAirflow(close__1="running")
    runs = Runs(airflow, Telling(), "2026-10")
    run = runs.begin("month_end_close", "close:1")
    airflow.states["close:1"] = "failed"
    with pytest.raises(Stopped) as stopped:
        runs.follow("The close", run)
    assert "entities.post[3] of DE01: failed" in str(stopped.value)
    assert "The ERP refused our sign-in" in str(stopped.value)


def test_the_clock_begins_once_and_only_ever_goes_forward(tmp_path: Path) -> None:
    """Posting windows and lost answers rely on it: business time never runs back."""
    clock = SharedClock(tmp_path)
    clock.begin(AT)
    began = (tmp_path / "clock.json").read_text(encoding="utf-8")
    clock.begin(AT - timedelta(days=1))
    assert (tmp_path / "clock.json").read_text(encoding="utf-8") == began
    assert clock.jump(AT + timedelta(hours=9))
    assert clock.now() >= AT + timedelta(hours=9)
    assert not clock.jump(AT + timedelta(hours=8))
    assert clock.now() >= AT + timedelta(hours=9)
    assert set(json.loads((tmp_path / "clock.json").read_text(encoding="utf-8"))) == {
        "offset_seconds"
    }
