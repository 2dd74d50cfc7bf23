"""Every state has a word on the board, and green has evidence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cockpit.conftest import As
from tests.cockpit.seeding import HOSTILE, PERIOD, Month
from tieout.cockpit.board_view import WORDS
from tieout.cockpit.run_links import task_path
from tieout.cockpit.stage_states import STAGES, UNIT_STAGES, Cell, Facts, State, cells_of, stage_of
from tieout.finance.states import IN_LEDGER, JOURNAL, TABLES, WORK_UNIT
from tieout.finance.words import CATALOGUE
from tieout.warehouse.store import Row
from tieout.workflows.office import Office

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)
NO_EXCEPTION: list[Row] = []


def facts(**known: Any) -> Facts:
    """An entity with one built unit and an open window, unless told otherwise."""
    unit = {"unit_key": "u", "provider": "p", "state": "built", "held": False, "blocked_reason": ""}
    stage = {"state": "done", "row_count": 1_234, "finished_at": BEFORE}
    default: dict[str, Any] = {
        "units": [unit],
        "stages": {"u": dict.fromkeys(UNIT_STAGES, stage)},
        "journals": [],
        "critical": NO_EXCEPTION,
        "expected": ["p"],
        "run": None,
        "differs": False,
        "close_state": "not_started",
        "opens": BEFORE,
        "closes": NOW + timedelta(days=3),
        "now": NOW,
        "when": lambda at: f"{at:%H:%M}",
    }
    return Facts(**(default | known))


def cell(stage: str, **known: Any) -> Cell:
    """One cell of such an entity."""
    return next(found for found in cells_of(facts(**known)) if found.stage == stage)


def journals(*states: str) -> list[Row]:
    """Journals in these states."""
    return [{"state": state} for state in states]


@pytest.mark.promise("S104")
def test_no_state_of_a_unit_or_journal_is_without_a_view() -> None:
    """Everybody who closes relies on it: whatever state a thing is in, the board tells it."""
    units = WORK_UNIT.keys() | {after for afters in WORK_UNIT.values() for after in afters}
    for state in units:
        unit = {"unit_key": "u", "provider": "p", "state": state, "held": False,
                "blocked_reason": "why"}  # fmt: skip
        found = cells_of(facts(units=[unit]))
        assert [one.stage for one in found] == list(STAGES)
        assert all(one.state in WORDS and one.evidence for one in found), state
    states = JOURNAL.keys() | {after for afters in JOURNAL.values() for after in afters}
    for state in states:
        found = cells_of(facts(journals=journals(state)))
        assert all(one.state in WORDS and one.evidence for one in found), state
    # A journal that is on its way never looks done.
    for state in states - IN_LEDGER:
        assert cell("post", journals=journals(state)).state is not State.DONE, state


@pytest.mark.promise("S92")
def test_the_matrix_shows_each_state_of_a_close(as_user: As, office: Office) -> None:
    """The controller relies on it: entity by cycle, in the words of the state table."""
    browser = as_user("controller")
    steps = TABLES["tie_out"]
    states = steps.keys() | {after for afters in steps.values() for after in afters}
    path = ["not_started", "open", "tied", "signed", "reopened"]
    assert set(path) == states
    with office.warehouse.transaction() as work:
        work.run("tie_out", "insert_period_close", entity="SE01", period=PERIOD, at=NOW)
    seen = []
    for state in path:
        if state != "not_started":
            with office.warehouse.transaction() as work:
                work.run(
                    "tie_out", "set_period_close", entity="SE01", period=PERIOD, state=state, at=NOW
                )
        board = browser.get(f"/tieout/api/board?period={PERIOD}").json()
        rows = {row["entity"]: row["close_state"] for row in board["entities"]}
        seen.append(rows["SE01"])
        assert rows["DE01"] == "tied"
    assert seen == path


def test_green_has_its_evidence() -> None:
    """The controller relies on it: a time and a count, or it is not green."""
    assert cell("extract") == Cell("extract", State.DONE, "1,234 rows, 14:00")
    tied = {"state": "tied", "compared_at": BEFORE, "note": ""}
    assert cell("tie_out", run=tied, close_state="tied").evidence == "tied 14:00"
    found = cell("post", journals=journals("read_back", "tied_out"))
    assert found == Cell("post", State.DONE, "2 of 2 read back from the ledger")


def test_posted_is_not_said_before_it_was_read_back() -> None:
    """The controller relies on it."""
    assert cell("post", journals=journals("posted", "tied_out")).state is State.RUNNING


def test_a_reversed_journal_is_told_as_such_and_is_still_in_the_ledger() -> None:
    """The controller relies on it: what was taken back is neither gone nor waiting."""
    found = cell("post", journals=journals("read_back", "reversed"))
    evidence = "2 of 2 read back from the ledger, 1 of them reversed"
    assert found == Cell("post", State.DONE, evidence)
    assert cell("approve", journals=journals("reversed")).state is State.DONE


def test_a_lost_answer_is_unclear_and_not_failed() -> None:
    """Finance operations rely on it: nobody sends again."""
    found = cell("post", journals=journals("indeterminate", "held"))
    assert found.state is State.UNCLEAR
    assert "not resending" in found.evidence


def test_a_person_is_waited_for_by_name_of_the_role() -> None:
    """The controller relies on it."""
    found = cell("approve", journals=journals("awaiting_approval", "approved"))
    assert found == Cell("approve", State.WAITING, "1 of 2 wait for a controller")


def test_the_window_decides_how_an_approved_journal_looks() -> None:
    """Finance operations rely on it."""
    queued = journals("queued")
    later, over = NOW + timedelta(hours=1), NOW - timedelta(minutes=1)
    assert cell("post", journals=queued).state is State.RUNNING
    assert cell("post", journals=queued, opens=later).evidence == "window opens 16:00"
    assert cell("post", journals=queued, closes=over).state is State.BLOCKED
    assert cell("post", journals=queued, opens=None).state is State.BLOCKED


def test_a_difference_blocks_even_under_a_green_run() -> None:
    """The controller relies on it."""
    tied = {"state": "tied", "compared_at": BEFORE, "note": ""}
    assert cell("tie_out", run=tied, close_state="tied", differs=True).state is State.BLOCKED


def test_an_entity_without_its_payroll_document_is_not_green() -> None:
    """Finance operations rely on it: a missing pay run is as visible as a wrong one."""
    found = cell("extract", expected=["p", "jp-delimited"])
    assert found == Cell("extract", State.NOT_DUE, "waits for jp-delimited")


def test_an_outdated_result_is_not_green() -> None:
    """A corrected file sends its unit back: what an earlier stage said no longer holds."""
    unit = {"unit_key": "u", "provider": "p", "state": "extracted", "held": True,
            "blocked_reason": ""}  # fmt: skip
    states = [found.state for found in cells_of(facts(units=[unit]))][:5]
    assert states == [State.DONE, *[State.RUNNING] * 4]


@pytest.mark.parametrize("code", CATALOGUE)
def test_each_exception_blocks_a_stage(code: str) -> None:
    """Everybody relies on it: what is open is seen where it holds things up."""
    row = {"code": code, "object_kind": "unit", "title": "what is wrong"}
    assert stage_of(row) in STAGES
    blocked = [found for found in cells_of(facts(critical=[row])) if found.state is State.BLOCKED]
    assert [found.evidence for found in blocked] == ["what is wrong"]


def test_state_is_shape_word_and_colour(as_user: As) -> None:
    """Who sees no colour relies on the other two."""
    text = as_user("controller").get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    for state, word in WORDS.items():
        assert f'id="shape-{state}"' in text
        assert re.search(rf'class="state {state}">.*?</svg>{word}<', text, re.DOTALL), state


def test_hostile_text_stays_text(as_user: As) -> None:
    """Everybody who opens the board relies on it: names come from files of others."""
    text = as_user("controller").get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    assert HOSTILE not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&#34;&amp;{{7*7}}" in text


def test_lists_below_hold_what_is_open_what_closed_today_and_erp_ids(
    as_user: As, month: Month
) -> None:
    """Finance operations rely on it."""
    text = as_user("finance_ops").get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    opened, closed = text.split("Closed today")
    assert "cost_center_unmapped" in opened
    assert "document_duplicate" in closed
    assert "nothing to do" in closed
    assert "JE90417" in closed
    assert month.waiting in closed


def test_each_entity_leads_to_its_runs(as_user: As) -> None:
    """Who reruns a task relies on it: the link is the page of the task that asked."""
    board = as_user("controller").get(f"/tieout/api/board?period={PERIOD}").json()
    row = next(row for row in board["entities"] if row["entity"] == "DE01")
    assert row["runs"][0] == {
        "label": "approval",
        "path": f"/dags/month_end_close/runs/close:{PERIOD}:1/tasks/entities.approve/mapped/0",
    }
    text = as_user("controller").get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    assert re.search(r'<a href="http[^"]+/dags/month_end_close/runs" data-airflow>', text)


def test_only_a_tasks_own_name_becomes_a_link() -> None:
    """A holder's text from elsewhere must not become an address."""
    assert task_path("d/r/t[-1]") == "/dags/d/runs/r/tasks/t"
    assert task_path("d/manual__2026-11-02T06:00:00+00:00/t[3]") == (
        "/dags/d/runs/manual__2026-11-02T06:00:00%2B00:00/tasks/t/mapped/3"
    )
    for odd in ("", "someone", "../x/t[1]", "d/r/javascript:[1]", "d/r/t[x]"):
        assert task_path(odd) == "" or "//" not in task_path(odd)
    assert task_path("d/r/java script[1]") == ""


def test_an_empty_period_is_no_error(as_user: As) -> None:
    """Who looks ahead relies on it."""
    answer = as_user("auditor").get("/tieout/board?period=2027-01", accept="text/html")
    assert answer.status_code == 200
    assert "No open exception in 2027-01." in answer.text
    assert "No journal of 2027-01 yet." in answer.text
