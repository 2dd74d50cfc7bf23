"""Airflow's REST API, as far as a close needs it: runs, their tasks, approvals, logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from sandbox.demo.errors import Refused
from sandbox.demo.sign_in import People, Person

OPERATOR: Final = "platform"
APPROVE: Final = "Approve"
_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task instance of a run; `label` is what the DAG calls its map index."""

    task_id: str
    map_index: int
    label: str
    state: str
    try_number: int


@dataclass(frozen=True, slots=True)
class Ask:
    """An approval that waits for an answer."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int
    entity: str
    subject: str
    asked: tuple[str, ...]


class Airflow:
    """Airflow, asked by `platform`; answers to approvals go out as the person who gives them."""

    def __init__(self, people: People) -> None:
        self._people = people

    def start(self, dag_id: str, run_id: str, period: str) -> bool:
        """Start a run under this id; False when the id is taken.

        Raises:
            Refused: Airflow does not know the DAG yet (404), or refuses the request.
        """
        body = {"dag_run_id": run_id, "logical_date": None, "conf": {"period": period}}
        try:
            self._operator.post(f"/api/v2/dags/{dag_id}/dagRuns", body)
        except Refused as refused:
            if refused.status == 409:
                return False
            raise
        return True

    def state_of(self, dag_id: str, run_id: str) -> str:
        """`queued`, `running`, `success` or `failed`; empty when there is no such run."""
        try:
            return str(self._operator.get(_run(dag_id, run_id))["state"])
        except Refused as refused:
            if refused.status == 404:
                return ""
            raise

    def tasks(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Every task instance of a run."""
        path = f"{_run(dag_id, run_id)}/taskInstances"
        found: list[dict[str, Any]] = []
        while True:
            page = self._operator.get(path, limit=_PAGE, offset=len(found))
            found += page["task_instances"]
            if len(found) >= int(page["total_entries"]) or not page["task_instances"]:
                return [_task(each) for each in found]

    def asks(self, dag_id: str, run_id: str) -> list[Ask]:
        """Approvals of a run that nobody answered yet."""
        page = self._operator.get(
            f"{_run(dag_id, run_id)}/hitlDetails", response_received="false", limit=_PAGE
        )
        return [
            _ask(dag_id, run_id, each)
            for each in page["hitl_details"]
            if each["task_instance"]["state"] == "awaiting_input"
        ]

    def approve(self, ask: Ask, user: str, comment: str) -> None:
        """Answer an approval as `user`; raises Refused when somebody else was asked."""
        path = (
            f"{_run(ask.dag_id, ask.run_id)}/taskInstances/{ask.task_id}"
            f"/{ask.map_index}/hitlDetails"
        )
        answer = {"chosen_options": [APPROVE], "params_input": {"reject": "", "comment": comment}}
        self._people[user].patch(path, answer)

    def end_of_log(self, dag_id: str, run_id: str, task: TaskState, lines: int = 5) -> list[str]:
        """The last lines that a task instance wrote."""
        path = f"{_run(dag_id, run_id)}/taskInstances/{task.task_id}/logs/{max(task.try_number, 1)}"
        try:
            content = self._operator.get(path, map_index=task.map_index)["content"]
        except Refused as refused:
            return [f"(its log can't be read: {refused})"]
        return [text for each in content if (text := _log_line(each))][-lines:]

    @property
    def _operator(self) -> Person:
        return self._people[OPERATOR]


def _run(dag_id: str, run_id: str) -> str:
    return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"


def _task(found: dict[str, Any]) -> TaskState:
    return TaskState(
        task_id=str(found["task_id"]),
        map_index=int(found["map_index"]),
        label=str(found.get("rendered_map_index") or ""),
        state=str(found.get("state") or ""),
        try_number=int(found.get("try_number") or 0),
    )


def _ask(dag_id: str, run_id: str, found: dict[str, Any]) -> Ask:
    instance, subject = found["task_instance"], str(found["subject"])
    return Ask(
        dag_id=dag_id,
        run_id=run_id,
        task_id=str(instance["task_id"]),
        map_index=int(instance["map_index"]),
        entity=subject.partition(" ")[0],
        subject=subject,
        asked=tuple(str(each["id"]) for each in found["assigned_users"]),
    )


def _log_line(entry: Any) -> str:
    """A structured entry as text, with its error where it has one."""
    if not isinstance(entry, dict):
        return str(entry).strip()
    text = str(entry.get("event", "")).strip()
    for error in entry.get("error_detail") or []:
        text += f" {error.get('exc_type', '')}: {error.get('exc_value', '')}"
    return "" if text.startswith("::") else text
