"""Posting while the network and the ERP misbehave: one approval, one journal, whatever happens.

Every test ends with a rerun and with the five invariants of `tests.builders.invariants`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.builders.invariants import assert_invariants
from tests.builders.office import LIMITS, LONG_ENOUGH, Rehearsal, names_of
from tieout.adapters.transport import Limits

ENTITY = "DE01"


@pytest.fixture
def weather(approved: Rehearsal) -> Rehearsal:
    """Approved journals and open windows; our adapter waits for nothing in vain."""
    return approved.with_ledger(approved.impatient())


def payroll_of(made: Rehearsal) -> str:
    """The external id of the entity's pay run, which suffers."""
    return next(name for name in made.states(ENTITY) if "-PAY-" in name)


def strike(made: Rehearsal, kind: str, **more: Any) -> str:
    """Arm a fault for the pay run's posting; its external id."""
    external_id = payroll_of(made)
    made.erp(kind, match={"external_id": external_id}, **more)
    return external_id


def fired(made: Rehearsal) -> list[str]:
    """Kinds of the shots that were taken."""
    return [shot["kind"] for shot in made.faults.describe()["fired"]]


def assert_posted_once(made: Rehearsal, external_id: str) -> None:
    """It stands in the ERP once and ties; then the invariants, which run everything again."""
    assert names_of(made.ledger_journals(ENTITY)).count(external_id) == 1
    assert made.tie_out(ENTITY).state == "tied"
    assert_invariants(made, entities=(ENTITY,))


# ---------------------------------------------------------------- answers that get lost


@pytest.mark.promise("S84")
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("drop_after", {}),
        ("error_after", {}),
        ("error_after", {"status": 503}),
        ("html_502", {"settings": {"after": True}}),
    ],
)
def test_an_answer_lost_after_the_commit_is_found_by_its_id(
    weather: Rehearsal, kind: str, more: dict[str, Any]
) -> None:
    """F3, F6, F7. The controller relies on it: unclear is looked up, not sent again."""
    external_id = strike(weather, kind, **more)
    assert weather.post(ENTITY)[external_id] == "read_back"
    assert fired(weather) == [kind]
    assert weather.attempts(external_id) == [("indeterminate", "posted")]
    assert weather.steps(external_id)[-4:] == ["sending", "indeterminate", "posted", "read_back"]
    assert_posted_once(weather, external_id)


@pytest.mark.promise("S84")
@pytest.mark.parametrize("kind", ["drop_before", "error_before", "html_502"])
def test_an_answer_lost_before_the_commit_is_proven_absent_before_it_is_sent_again(
    weather: Rehearsal, kind: str
) -> None:
    """F2, F5. The controller relies on it: absent is believed only after the longest run time."""
    external_id = strike(weather, kind)
    assert weather.post(ENTITY)[external_id] == "indeterminate"
    (told,) = weather.exceptions("posting_unclear", still_open=True)
    assert told["object_key"] == external_id
    assert told["severity"] == "critical"
    # The next run, a minute later, knows no more.
    weather.jump(timedelta(minutes=1))
    assert weather.post(ENTITY)[external_id] == "indeterminate"
    assert weather.attempts(external_id) == [("indeterminate", "")]
    weather.jump(LONG_ENOUGH)
    assert weather.post(ENTITY)[external_id] == "read_back"
    assert weather.attempts(external_id) == [("indeterminate", "absent"), ("posted", "")]
    assert weather.exceptions("posting_unclear", still_open=True) == []
    assert fired(weather) == [kind]
    assert_posted_once(weather, external_id)


def test_a_commit_that_comes_minutes_after_the_lost_answer_is_not_doubled(
    weather: Rehearsal,
) -> None:
    """F4. The controller relies on it: not there yet is not absent."""
    external_id = strike(weather, "late_commit", seconds=600)
    assert weather.post(ENTITY)[external_id] == "indeterminate"
    weather.jump(timedelta(minutes=5))
    assert weather.post(ENTITY)[external_id] == "indeterminate"
    assert external_id not in names_of(weather.ledger_journals())
    weather.jump(timedelta(minutes=6))
    until(lambda: external_id in names_of(weather.ledger_journals()))
    assert weather.post(ENTITY)[external_id] == "read_back"
    assert weather.attempts(external_id) == [("indeterminate", "posted")]
    assert_posted_once(weather, external_id)


def test_an_erp_slower_than_our_patience_posts_once(approved: Rehearsal) -> None:
    """F4, F10. The controller relies on it: a time-out is no refusal."""
    hasty = Limits(total_seconds=0.4, read_attempts=1, longest_pause_seconds=LIMITS.idle_seconds)
    made = approved.with_ledger(approved.impatient(limits=hasty))
    external_id = strike(made, "slow", seconds=1)
    # With 0.4 s for a request, a busy machine may be too slow for a look-up as well.
    patient = approved.with_ledger(approved.impatient())
    made.post(ENTITY)
    assert fired(made) == ["slow"]
    until(lambda: external_id in names_of(made.ledger_journals()))
    assert patient.post(ENTITY).get(external_id, "read_back") == "read_back"
    assert patient.attempts(external_id)[0] == ("indeterminate", "posted")
    assert_posted_once(patient, external_id)


def until(arrived: Callable[[], bool]) -> None:
    """Ask again until it is so; the twin commits in its own time, within seconds."""
    pause = threading.Event()
    for _ in range(400):
        if arrived():
            return
        pause.wait(0.05)
    raise AssertionError("it never came")


# ---------------------------------------------------------------- refusals


@pytest.mark.promise("S84")
def test_too_many_requests_is_tried_again_by_the_next_run(weather: Rehearsal) -> None:
    """F8. Operations rely on it: load is a passing reason, and nothing was written."""
    external_id = strike(weather, "rate_limited", seconds=7)
    assert weather.post(ENTITY)[external_id] == "held"
    (told,) = weather.exceptions("erp_busy", still_open=True)
    assert told["object_key"] == external_id
    assert external_id not in names_of(weather.ledger_journals())
    assert weather.post(ENTITY)[external_id] == "read_back"
    assert weather.attempts(external_id) == [("refused", ""), ("posted", "")]
    assert weather.exceptions("erp_busy", still_open=True) == []
    assert_posted_once(weather, external_id)


def test_a_token_that_dies_in_the_middle_is_renewed_once(weather: Rehearsal) -> None:
    """F13. Operations rely on it: a new sign-in, the same external id, one journal."""
    external_id = strike(weather, "token_revoked")
    assert weather.post(ENTITY)[external_id] == "read_back"
    assert fired(weather) == ["token_revoked"]
    assert weather.attempts(external_id) == [("posted", "")]
    assert_posted_once(weather, external_id)


@pytest.mark.parametrize("kind", ["closed_period", "locked_period"])
def test_a_period_that_closes_between_check_and_send_is_refused_and_posts_after_it_reopens(
    weather: Rehearsal, kind: str
) -> None:
    """F16. Period end relies on it: nothing is re-dated without a word."""
    external_id = strike(weather, kind)
    weather.post(ENTITY)
    (told,) = [
        row
        for row in weather.exceptions("period_closed", still_open=True)
        if row["object_key"] == external_id
    ]
    assert (told["entity"], told["period"]) == (ENTITY, "2026-10")
    assert external_id not in names_of(weather.ledger_journals())
    assert external_id not in {
        name for name, state in weather.states(ENTITY).items() if state == "read_back"
    }
    weather.clerk("netsuite/period", id="320", closed=False, alllocked=False)
    assert weather.post(ENTITY)[external_id] == "read_back"
    assert weather.exceptions("period_closed", still_open=True) == []
    assert_posted_once(weather, external_id)


@pytest.mark.promise("S84")
def test_what_the_erp_refuses_for_good_is_held_and_never_tried_by_itself(
    weather: Rehearsal,
) -> None:
    """The ERP's administrator relies on it: a script's refusal needs a person, not a retry."""
    external_id = strike(
        weather, "script_refusal", status=400, settings={"text": "Cost center is blocked."}
    )
    assert weather.post(ENTITY)[external_id] == "held"
    assert weather.post(ENTITY)[external_id] == "held"
    assert weather.attempts(external_id) == [("refused", "")]
    open_ones = weather.rows(
        "SELECT title FROM open_exception WHERE object_key = %s"
        " AND state NOT IN ('closed', 'waived')",
        external_id,
    )
    assert len(open_ones) == 1
    assert external_id not in names_of(weather.ledger_journals())
    assert weather.tie_out(ENTITY).state == "open"
    assert_invariants(weather, entities=(ENTITY,))


# ---------------------------------------------------------------- others in the ledger


def test_a_stranger_under_our_id_is_never_taken_for_ours(weather: Rehearsal) -> None:
    """The controller relies on it: the same id is not the same content; a person decides."""
    external_id = strike(weather, "foreign_external_id")
    for _ in range(2):
        assert weather.post(ENTITY)[external_id] == "held"
        assert weather.attempts(external_id) == [("refused", "")]
        weather.jump(LONG_ENOUGH)
    (told,) = weather.exceptions("same_id_other_content", still_open=True)
    assert (told["object_key"], told["severity"]) == (external_id, "critical")
    assert external_id not in names_of(weather.ledger_journals())
    assert weather.tie_out(ENTITY).state == "open"


def test_an_entry_of_other_content_under_our_id_is_held_and_named(weather: Rehearsal) -> None:
    """The controller relies on it: a conflict is no success, and both contents are shown."""
    external_id = payroll_of(weather)
    weather.erp("drop_after", match={"external_id": external_id})

    class EditedMeanwhile:
        """The ledger, whose clerk edits the entry before our look-up finds it."""

        def __init__(self, inner: Any) -> None:
            self._inner, self._edited = inner, False

        def find(self, wanted: str) -> Any:
            entry = self._inner.find(wanted)
            if entry is not None and wanted == external_id and not self._edited:
                self._edited = True
                line = next(each for each in shown(weather, external_id) if each["debit"])
                weather.clerk(
                    "netsuite/clerk/edit-line", id=entry.ref, line=line["line"], amount="1.00"
                )
                return self._inner.find(wanted)
            return entry

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    made = weather.with_ledger(EditedMeanwhile(weather.office.ledger()))
    assert made.post(ENTITY)[external_id] == "held"
    assert made.attempts(external_id) == [("indeterminate", "different")]
    (told,) = made.exceptions("same_id_other_content", still_open=True)
    assert told["object_key"] == external_id
    assert "1.00 EUR" in made.rows(
        "SELECT state_reason FROM journal WHERE external_id = %s", external_id
    )[0]["state_reason"]  # fmt: skip
    assert names_of(made.ledger_journals()).count(external_id) == 1
    assert made.post(ENTITY)[external_id] == "held"
    assert len(made.attempts(external_id)) == 1


def shown(made: Rehearsal, external_id: str) -> list[dict[str, Any]]:
    """The lines of an entry as the ERP shows them."""
    (entry,) = [each for each in made.ledger_journals() if each["externalId"] == external_id]
    lines: list[dict[str, Any]] = entry["lines"]
    return lines


# ---------------------------------------------------------------- several at once


def test_two_workers_on_one_journal_send_it_once(weather: Rehearsal) -> None:
    """F19. Airflow relies on it: a doubled task instance is harmless."""
    start = threading.Barrier(8)

    def work(number: int) -> dict[str, str]:
        start.wait()
        return weather.post(ENTITY, f"worker {number}")

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(8)))
    assert any("read_back" in result.values() for result in results)
    weather.post(ENTITY)
    for external_id in weather.states(ENTITY):
        assert weather.attempts(external_id) == [("posted", "")]
    assert_posted_once(weather, payroll_of(weather))


def test_the_same_task_twice_at_once_is_stopped_by_its_fence(weather: Rehearsal) -> None:
    """F23. Airflow relies on it: a cleared task's old process can't send beside the new one."""
    start = threading.Barrier(2)

    def work(_: int) -> dict[str, str]:
        start.wait()
        return weather.post(ENTITY, "close:1/entities.post[0]")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    weather.jump(LONG_ENOUGH)
    weather.post(ENTITY)
    assert_posted_once(weather, payroll_of(weather))
