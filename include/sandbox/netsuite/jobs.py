"""Asynchronous requests: jobs, their tasks, idempotency keys and the replayed results."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sandbox import clock
from sandbox.netsuite.calls import ASYNC_ROOT, Call
from sandbox.netsuite.errors import Detail, Refused, invalid_request, nonexistent, unexpected
from sandbox.netsuite.records import answer_record
from sandbox.netsuite.state import State, insert
from sandbox.netsuite.wire import Answer, read_json, write_json

BATCH_LIMIT: Final = 100
_APPLIED: Final = {"Preference-Applied": "respond-async"}
_PENDING, _DONE, _FAILED, _STUCK = "pending", "succeeded", "failed", "stuck"


def accept(connection: sqlite3.Connection, call: Call) -> Answer:
    """Queue a request and answer 202 with the job's address.

    Raises:
        Refused: 400; the idempotency key is no UUID, or was used before.
    """
    key = _idempotency_key(call)
    first = None if key is None else _job_with(connection, key)
    if first is not None:
        detail = Detail(
            "A request with the same idempotency key is already submitted.", "IDEMPOTENCY_ERROR"
        )
        headers = _APPLIED | {"Location": f"{ASYNC_ROOT}/{first}"}
        raise Refused(400, [detail], title="Conflict", section="4.10", headers=headers)
    calls = _singles(call)
    job = insert(connection, "job", {"idempotency": key, "progress": _PENDING})
    stuck = call.fault is not None and call.fault["kind"] == "job_stuck"
    for number, single in enumerate(calls):
        task = {
            # The job's own id for a single request; a batch numbers its tasks.
            "id": str(job) if not call.is_collection else f"{job}-{number + 1}",
            "job": job,
            "request": write_json(single.as_json()),
            "progress": _STUCK if stuck else _PENDING,
        }
        insert(connection, "task", task)
    return Answer(202, None, _APPLIED | {"Location": f"{ASYNC_ROOT}/{job}"})


def run_next(state: State) -> bool:
    """Carry out the oldest waiting task; False when none waits."""
    with state.reading() as connection:
        row = connection.execute(
            "SELECT rowid, * FROM task WHERE progress = ? ORDER BY rowid LIMIT 1", (_PENDING,)
        ).fetchone()
    if row is None:
        return False
    call = Call(**read_json(row["request"]))
    started = _instant()
    try:
        if call.fault is not None and call.fault["kind"] == "job_failed":
            raise unexpected(f"job-{row['job']}")
        with state.writing() as connection:
            answer = answer_record(connection, call)
            _finish(connection, row["id"], started, answer, _DONE)
    except Refused as refused:
        with state.writing() as connection:
            _finish(connection, row["id"], started, refused.answer(), _FAILED)
    return True


def answer_job(connection: sqlite3.Connection, call: Call) -> Answer:
    """`GET /services/rest/async/v1/job/{id}[/task[/{task}[/result]]]`.

    Raises:
        Refused: 404.
    """
    parts = call.path.removeprefix(ASYNC_ROOT).strip("/").split("/")
    tasks = connection.execute(
        "SELECT * FROM task WHERE job = ? ORDER BY rowid", (parts[0],)
    ).fetchall()
    if not tasks or (len(parts) > 1 and parts[1] != "task"):
        raise nonexistent()
    if len(parts) == 1:
        return _job(call, parts[0], tasks)
    if len(parts) == 2:
        return _task_list(call, parts[0], tasks)
    task = next((each for each in tasks if each["id"] == parts[2]), None)
    if task is None or parts[3:] not in ([], ["result"]):
        raise nonexistent()
    return _result(task) if parts[3:] else _task(call, parts[0], task)


def _idempotency_key(call: Call) -> str | None:
    sent = call.headers.get("x-netsuite-idempotency-key")
    if sent is None:
        return None
    try:
        return str(UUID(sent))
    except ValueError as error:
        text = "The X-NetSuite-Idempotency-Key header must be a UUID."
        detail = Detail(text, "INVALID_REQUEST", header="X-NetSuite-Idempotency-Key")
        raise Refused(400, [detail]) from error


def _job_with(connection: sqlite3.Connection, key: str) -> int | None:
    row = connection.execute("SELECT id FROM job WHERE idempotency = ?", (key,)).fetchone()
    return None if row is None else int(row["id"])


def _singles(call: Call) -> list[Call]:
    if not call.is_collection:
        return [call]
    try:
        sent = read_json(call.body)
    except ValueError as error:
        raise invalid_request(f"Invalid content in the request body. {error}") from error
    items = sent.get("items") if isinstance(sent, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= BATCH_LIMIT:
        raise invalid_request(f"A batch carries 1 to {BATCH_LIMIT} records in `items`.")
    return [replace(call, body=write_json(item)) for item in items]


def _finish(
    connection: sqlite3.Connection, task_id: str, started: str, answer: Answer, progress: str
) -> None:
    kept = {
        "status": answer.status,
        "body": answer.body,
        "headers": dict(answer.headers),
        "media_type": answer.media_type,
    }
    connection.execute(
        "UPDATE task SET progress = ?, started = ?, ended = ?, answer = ? WHERE id = ?",
        (progress, started, _instant(), write_json(kept), task_id),
    )


def _is_over(task: Mapping[str, Any] | sqlite3.Row) -> bool:
    return task["progress"] in (_DONE, _FAILED)


def _progress(tasks: list[sqlite3.Row]) -> str:
    if not all(_is_over(each) for each in tasks):
        return _PENDING
    return _FAILED if any(each["progress"] == _FAILED for each in tasks) else _DONE


def _job(call: Call, job: str, tasks: list[sqlite3.Row]) -> Answer:
    address = f"{call.base}{ASYNC_ROOT}/{job}"
    progress = _progress(tasks)
    body = {
        "links": [{"rel": "self", "href": address}],
        "id": job,
        "completed": progress != _PENDING,
        "progress": progress,
        "task": {"links": [{"rel": "self", "href": f"{address}/task"}]},
    }
    return Answer(200, body)


def _task_list(call: Call, job: str, tasks: list[sqlite3.Row]) -> Answer:
    address = f"{call.base}{ASYNC_ROOT}/{job}/task"
    links = [{"rel": "self", "href": f"{address}/{each['id']}"} for each in tasks]
    body = {
        "links": [{"rel": "self", "href": address}],
        "count": len(tasks),
        # A batch's links sit inside one item.
        "items": [{"links": links}],
    }
    return Answer(200, body)


def _task(call: Call, job: str, task: sqlite3.Row) -> Answer:
    address = f"{call.base}{ASYNC_ROOT}/{job}/task/{task['id']}"
    body = {
        "links": [
            {"rel": "related", "href": f"{address}/result"},
            {"rel": "self", "href": address},
        ],
        "id": task["id"],
        "completed": _is_over(task),
        "progress": task["progress"] if _is_over(task) else _PENDING,
    }
    if _is_over(task):
        body |= {"startTime": task["started"], "endTime": task["ended"]}
    return Answer(200, body)


def _result(task: sqlite3.Row) -> Answer:
    if not _is_over(task):
        raise invalid_request("The task is not completed yet.")
    return Answer(**read_json(task["answer"]))


def _instant() -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
