"""From a request's arrival to its answer: faults, sign-in, permission, concurrency, the work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from sandbox import clock
from sandbox.faults import Fault, FaultBoard
from sandbox.netsuite import jobs, mishaps
from sandbox.netsuite.auth import issue_token, role_of_bearer
from sandbox.netsuite.calls import ASYNC_ROOT, QUERY_PATH, RECORD_ROOT, SYSTEM_PATH, Call
from sandbox.netsuite.errors import Refused, invalid_request, nonexistent, too_many
from sandbox.netsuite.records import answer_record
from sandbox.netsuite.roles import ADMINISTRATOR, Role, role_of
from sandbox.netsuite.state import State, insert, preferences
from sandbox.netsuite.suiteql import answer_query
from sandbox.netsuite.wire import Answer, read_json, write_json
from sandbox.severed import NoAnswer

#: How often late commits are looked for, in real seconds.
_LATE_POLL_SECONDS: Final = 0.25
_KEPT_HEADERS: Final = (
    "authorization",
    "content-type",
    "prefer",
    "x-netsuite-idempotency-key",
    "x-netsuite-propertynamevalidation",
    "x-netsuite-propertyvaluevalidation",
)


class Service:
    """One account's REST services.

    Args:
        state: the account.
        faults: the switches that requests consume.
    """

    def __init__(self, state: State, faults: FaultBoard) -> None:
        self._state = state
        self._faults = faults
        self._running = 0
        self._work = asyncio.Event()

    async def token(self, request: Request) -> Response:
        """The token endpoint; it does not count as a concurrent request."""
        content = await request.body()
        fault = self._faults.take(mishaps.VENDOR, "token", path=request.url.path)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if fault.kind == "drop_before":
                return NoAnswer()
            if answer := mishaps.early_answer(fault):
                return _response(answer)
        content_type = request.headers.get("content-type", "")
        answer = await asyncio.to_thread(self._issue, content_type, content)
        return NoAnswer() if fault is not None and fault.kind == "drop_after" else _response(answer)

    async def respond(self, request: Request) -> Response:
        """Any request with a bearer token."""
        call = await _arrived(request)
        fault = self._faults.take(mishaps.VENDOR, call.operation, **call.facts())
        if fault is not None:
            if fault.kind == "drop_before":
                return NoAnswer()
            if early := mishaps.early_answer(fault):
                # A request under load waits before it is turned away.
                await asyncio.sleep(0 if fault.kind == "rate_limited" else fault.seconds)
                return _response(early)
        try:
            call, limit = await asyncio.to_thread(self._admit, call, fault)
            if self._running >= limit:
                raise too_many()
            self._running += 1
            try:
                return await self._carry_out(call, fault)
            finally:
                self._running -= 1
        except Refused as refused:
            return _response(refused.answer())

    async def _carry_out(self, call: Call, fault: Fault | None) -> Response:
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "late_commit":
            await asyncio.to_thread(self._postpone, call, fault)
            answered = fault.settings.get("answer", "drop")
            return NoAnswer() if answered == "drop" else _response(mishaps.html_page(fault))
        refusal: Refused | None = None
        try:
            answer = await asyncio.to_thread(self._perform, call, fault)
        except Refused as refused:
            refusal, answer = refused, refused.answer()
        self._work.set()
        if fault is not None and fault.kind == "drop_after":
            return NoAnswer()
        if fault is not None and refusal is None:
            answer = await asyncio.to_thread(self._after, call, fault, answer)
        return _response(answer)

    @asynccontextmanager
    async def background(self) -> AsyncIterator[None]:
        """Carry out queued jobs and late commits while the account is open."""
        worker = asyncio.create_task(self._work_off())
        try:
            yield
        finally:
            worker.cancel()

    async def _work_off(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._work.wait(), _LATE_POLL_SECONDS)
            except TimeoutError:
                await asyncio.to_thread(self._commit_late)
                continue
            self._work.clear()
            while await asyncio.to_thread(jobs.run_next, self._state):
                continue

    def _issue(self, content_type: str, content: bytes) -> Answer:
        with self._state.writing() as connection:
            return issue_token(connection, content_type, content)

    def _admit(self, call: Call, fault: Fault | None) -> tuple[Call, int]:
        authorization = call.headers.get("authorization", "")
        if fault is not None and fault.kind == "token_revoked":
            with self._state.writing() as connection:
                mishaps.strike(connection, fault, call)
        with self._state.reading() as connection:
            role = role_of_bearer(connection, authorization)
            call.demand_permissions(role)
            limit = int(preferences(connection)["accountConcurrencyLimit"])
        carried = asdict(fault) if fault is not None and fault.kind in mishaps.INSIDE else None
        return replace(call, role_id=role.role_id, fault=carried), limit

    def _perform(self, call: Call, fault: Fault | None) -> Answer:
        if fault is not None:
            with self._state.writing() as connection:
                mishaps.strike(connection, fault, call)
        if call.path == QUERY_PATH and call.method == "POST":
            return self._query(call)
        if call.method == "GET":
            with self._state.reading() as connection:
                return _read(connection, call)
        if not call.path.startswith(RECORD_ROOT):
            raise nonexistent()
        with self._state.writing() as connection:
            if call.wants_async:
                return jobs.accept(connection, call)
            if call.is_collection:
                raise invalid_request("Several records need 'Prefer: respond-async'.")
            return answer_record(connection, call)

    def _query(self, call: Call) -> Answer:
        with self._state.reading() as connection:
            role = role_of(connection, call.role_id)
        content = call.body.encode()
        body = answer_query(self._state, role, call.headers, call.query, content, call.base)
        return Answer(200, body, media_type="application/vnd.oracle.resource+json; type=collection")

    def _after(self, call: Call, fault: Fault, answer: Answer) -> Answer:
        with self._state.writing() as connection:
            return mishaps.late_answer(connection, fault, call, answer)

    def _postpone(self, call: Call, fault: Fault) -> None:
        due = clock.now() + timedelta(seconds=fault.seconds)
        row = {"due": due.isoformat(), "request": write_json(call.as_json())}
        with self._state.writing() as connection:
            insert(connection, "late", row)

    def _commit_late(self) -> None:
        with self._state.reading() as connection:
            waiting = connection.execute("SELECT * FROM late ORDER BY id").fetchall()
        for row in waiting:
            if datetime.fromisoformat(row["due"]) > clock.now():
                continue
            try:
                with self._state.writing() as connection:
                    connection.execute("DELETE FROM late WHERE id = ?", (row["id"],))
                    answer_record(connection, Call(**read_json(row["request"])))
            except Refused:
                # Nobody waits for this answer; the refused request must not come up again.
                with self._state.writing() as connection:
                    connection.execute("DELETE FROM late WHERE id = ?", (row["id"],))


def _read(connection: Any, call: Call) -> Answer:
    if call.path.startswith(ASYNC_ROOT):
        return jobs.answer_job(connection, call)
    if call.path == SYSTEM_PATH:
        return _governance(role_of(connection, call.role_id), preferences(connection))
    if call.path.startswith(RECORD_ROOT):
        return answer_record(connection, call)
    raise nonexistent()


def _governance(role: Role, stated: dict[str, Any]) -> Answer:
    role.demand([ADMINISTRATOR])
    reserved = stated["integrationConcurrencyLimit"]
    limit = stated["accountConcurrencyLimit"]
    body = {
        "accountConcurrencyLimit": limit,
        "accountUnallocatedConcurrencyLimit": limit - (reserved or 0),
        "integrationLimitType": "integrationSpecific" if reserved else "accountLimit",
    }
    if reserved:
        body["integrationConcurrencyLimit"] = reserved
    return Answer(200, body, media_type="application/json")


async def _arrived(request: Request) -> Call:
    content = await request.body()
    return Call(
        request.method,
        request.scope["path"],
        dict(request.query_params),
        {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers},
        content.decode("utf-8", errors="replace"),
        str(request.base_url).rstrip("/"),
    )


def _response(answer: Answer) -> Response:
    content = answer.content()
    media_type = answer.media_type if content else None
    return Response(content, answer.status, dict(answer.headers), media_type)
