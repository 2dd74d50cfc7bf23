"""The task that waits for a controller: what it asks, what it records, what stops it.

The store, the journals and Airflow's operator are real; only the process above a task, which
passes its messages to Airflow's server, is played by a list.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from supervisor.postgres import Cluster
from tests.builders.checkpoints import from_checkpoint
from tests.builders.office import MONTH, WINDOWS_OPEN, Rehearsal, names_of

ENTITY = "DE01"


@pytest.fixture
def cured(
    cluster: Cluster,
    _template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    airflow_metadata: str,
) -> Iterator[Rehearsal]:
    """Journals that wait for approval."""
    with from_checkpoint("cured", cluster, _template, tmp_path / "home", monkeypatch) as made:
        yield made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the task tells Airflow's server."""
    from airflow.sdk.execution_time import task_runner

    messages: list[Any] = []
    door = SimpleNamespace(send=lambda *, msg: messages.append(msg))
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", door, raising=False)
    return messages


def a_task(entity: str = ENTITY) -> Any:
    """The approval task of an entity, as the DAG declares it."""
    from tieout.orchestration.approval import PARAMS, ApproveJournals

    return ApproveJournals(task_id="approve", entity=entity, params=PARAMS)


@contextmanager
def running(run_id: str = "close:2026-10:1") -> Iterator[dict[str, Any]]:
    """The context of a task instance."""
    from airflow.sdk.execution_time.context import set_current_context

    instance = SimpleNamespace(
        id=uuid.uuid5(uuid.NAMESPACE_URL, run_id),
        dag_id="month_end_close",
        run_id=run_id,
        task_id="entities.approve",
        map_index=0,
    )
    context: dict[str, Any] = {
        "ti": instance,
        "task_instance": instance,
        "params": {"period": MONTH},
    }
    with set_current_context(context):
        yield context


def ask(task: Any, run_id: str = "close:2026-10:1") -> None:
    """Run the task until it parks."""
    from airflow.sdk.exceptions import TaskAwaitingInput

    with running(run_id) as context, pytest.raises(TaskAwaitingInput):
        task.execute(context)


def respond(
    task: Any, option: str, *, by: str = "controller", run_id: str = "close:2026-10:1", **given: str
) -> Any:
    """Resume the task with a person's answer."""
    event = {
        "chosen_options": [option],
        "params_input": {"reject": "", "comment": "", **given},
        "responded_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "responded_by_user": {"id": by, "name": by},
    }
    with running(run_id) as context:
        return task.execute_complete(context, event)


def test_it_asks_the_entitys_checkers_by_name_and_shows_no_person(
    cured: Rehearsal, sent: list[Any]
) -> None:
    """The controller relies on it: who is asked, for which list, with which totals."""
    ask(a_task())
    (message,) = sent
    assert message.subject == f"{ENTITY} {MONTH}: 2 journals"
    assert [user.id for user in message.assigned_users] == ["controller"]
    for external_id in cured.states(ENTITY):
        assert external_id in message.body
    assert "Source lines, payroll, EUR: 514 in = 514 built" in message.body
    assert "Certificate " in message.body
    assert message.options == ["Approve", "Reject"]


def test_an_approval_is_recorded_under_the_name_of_who_gave_it(
    cured: Rehearsal, sent: list[Any]
) -> None:
    """Posting relies on it: the record, not the task's colour, lets a journal out."""
    task = a_task()
    ask(task)
    assert cured.rows("SELECT * FROM approval") == []
    respond(task, "Approve", comment="Looked at.")
    rows = cured.rows("SELECT decided_by, decision, comment FROM approval")
    assert len(rows) == 2
    assert {(row["decided_by"], row["decision"], row["comment"]) for row in rows} == {
        ("controller", "approved", "Looked at.")
    }
    assert set(cured.states(ENTITY).values()) == {"approved"}


def test_marking_the_task_successful_posts_nothing(cured: Rehearsal, sent: list[Any]) -> None:
    """The auditor relies on it: a task whose answer was never given recorded nothing."""
    ask(a_task())
    cured.clock.jump_to(WINDOWS_OPEN)
    assert cured.post(ENTITY) == {}
    assert cured.ledger_journals() == []


def test_a_standing_approval_needs_no_second_answer(cured: Rehearsal, sent: list[Any]) -> None:
    """The controller relies on it: clearing the task asks nobody again for the same list."""
    cured.answer(ENTITY)
    with running("close:2026-10:2") as context:
        assert a_task().execute(context) == {"standing": True}
    assert sent == []


def test_a_list_that_changed_since_it_was_asked_fails_and_names_the_cure(
    cured: Rehearsal, sent: list[Any]
) -> None:
    """The controller relies on it: Airflow keeps the first question, so a new one needs a run."""
    from airflow.sdk.exceptions import AirflowFailException

    ask(a_task())
    cured.answer(ENTITY, rejected=[name for name in cured.states(ENTITY) if "-EXP-" in name])
    cured.change(
        "UPDATE journal SET state = 'superseded' WHERE state = 'rejected' AND entity = %s", ENTITY
    )
    cured.propose_and_approve(
        "successors", {"entity": ENTITY, "cost_center": "CC4100", "successor": "CC4110"}
    )
    cured.build_units("expense")
    with running() as context, pytest.raises(AirflowFailException, match="start a new run"):
        a_task().execute(context)
    ask(a_task(), "close:2026-10:2")


def test_an_answer_to_what_changed_meanwhile_is_refused(cured: Rehearsal, sent: list[Any]) -> None:
    """The controller relies on it: an approval never slips to other content."""
    from airflow.sdk.exceptions import AirflowFailException

    task = a_task()
    ask(task)
    cured.change("UPDATE journal SET state = 'superseded' WHERE entity = %s AND kind = 'expense'"
                 " AND state = 'awaiting_approval'", ENTITY)  # fmt: skip
    with pytest.raises(AirflowFailException, match="changed since it was shown"):
        respond(task, "Approve")
    assert cured.rows("SELECT * FROM approval") == []


def test_somebody_who_was_not_asked_is_not_heard(cured: Rehearsal, sent: list[Any]) -> None:
    """The auditor relies on it: an administrator's click is no controller's approval."""
    from airflow.sdk.exceptions import AirflowFailException

    task = a_task()
    ask(task)
    with pytest.raises(AirflowFailException, match="platform was not asked for DE01"):
        respond(task, "Approve", by="platform")
    assert cured.rows("SELECT * FROM approval") == []


def test_nobody_left_after_the_makers_fails_with_a_sentence(
    cured: Rehearsal, sent: list[Any]
) -> None:
    """The finance lead relies on it: a task without anybody to ask must not wait for ever."""
    from airflow.sdk.exceptions import AirflowFailException

    cured.change("UPDATE journal SET makers = '{controller}' WHERE entity = %s", ENTITY)
    with running() as context, pytest.raises(AirflowFailException, match="name another approver"):
        a_task().execute(context)
    assert sent == []
    assert len(cured.exceptions("no_approver", still_open=True)) == 1


def test_a_rejection_of_everything_skips_posting(cured: Rehearsal, sent: list[Any]) -> None:
    """Operations rely on it: nothing to post is no failure, and somebody hears of it."""
    from airflow.sdk.exceptions import AirflowSkipException

    task = a_task()
    ask(task)
    with pytest.raises(AirflowSkipException, match="were rejected"):
        respond(task, "Reject")
    assert set(cured.states(ENTITY).values()) == {"rejected"}
    assert len(cured.exceptions("journal_rejected", still_open=True)) == 2


def test_a_single_journal_may_be_rejected_in_the_form(cured: Rehearsal, sent: list[Any]) -> None:
    """The controller relies on it: one bad journal does not hold back the good ones."""
    bad = next(name for name in cured.states(ENTITY) if "-EXP-" in name)
    task = a_task()
    ask(task)
    respond(task, "Approve", reject=f" {bad}, ")
    assert cured.states(ENTITY) == {
        name: "rejected" if name == bad else "approved" for name in cured.states(ENTITY)
    }
    cured.clock.jump_to(WINDOWS_OPEN)
    cured.post(ENTITY)
    assert bad not in names_of(cured.ledger_journals())
    assert len(cured.ledger_journals()) == 1
