"""What each fault does to a request; the switches are armed from outside, never at random."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from sandbox.concur import exact_json
from sandbox.concur.documents import ACKNOWLEDGED, READY, add_document, queue, recall, set_status
from sandbox.concur.mutations import mutated
from sandbox.concur.wire import Answer, Call, problem
from sandbox.faults import Fault
from sandbox.severed import BrokenOff, NoAnswer

#: Faults that answer in the twin's place; nothing of the request is kept.
_INSTEAD: Final = frozenset({"rate_limited", "deadlock", "maintenance", "error_before"})
#: Faults that meddle with the queue or the answer and let the request pass.
_MEDDLING: Final = frozenset(
    {
        "slow",
        "deprecated",
        "queue_shift",
        "rival_acknowledges",
        "recalled_after_read",
        "geolocation_change",
        "item_missing",
        "item_doubled",
        "null_system",
        "mutated",
    }
)
#: Faults of the connection; `_after` and those that cut a body strike when all is kept.
_CONNECTION: Final = frozenset(
    {"drop_before", "drop_after", "error_after", "truncated_json", "reset_body"}
)
KINDS: Final = _INSTEAD | _MEDDLING | _CONNECTION

Perform = Callable[[Fault | None], Answer]
Render = Callable[[Answer], Response]


async def answered(fault: Fault, call: Call, perform: Perform, render: Render) -> Response:
    """Answer a request that suffers `fault`.

    Args:
        fault: the shot that the request took.
        call: the request; its transaction is over, only its head is read.
        perform: does the work in a transaction of its own, with meddling faults applied.
        render: turns an answer into a response.
    """
    if fault.kind in _INSTEAD:
        return render(_instead(fault, call))
    if fault.kind == "drop_before":
        return NoAnswer()
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    answer = perform(fault)
    match fault.kind:
        case "drop_after":
            return NoAnswer()
        case "error_after":
            return render(problem(call, fault.status or 500, "server.error", "Internal error"))
        case "truncated_json" | "reset_body":
            return _cut_short(fault, render(answer))
        case _:
            return render(answer)


def before(fault: Fault | None, call: Call, documents: list[str]) -> None:
    """What others do to the queue just before the request is served, in its transaction."""
    if fault is None:
        return
    match fault.kind:
        case "rival_acknowledges":
            rival = str(fault.settings.get("system_id", "other-consumer"))
            _acknowledged_by(call, documents, rival)
        case "queue_shift" if fault.settings.get("mode", "ack") == "ack":
            rival = str(fault.settings.get("system_id", "other-consumer"))
            count = int(fault.settings.get("count", 1))
            waiting = queue(call.records, call.path["doc_type"], call.now)[:count]
            _acknowledged_by(call, [header["id"] for header in waiting], rival)
        case "queue_shift":
            _insert_first(call)
        case "geolocation_change":
            call.records.put("setting", "geolocation", fault.settings["geolocation"])
        case _:
            return


def after(fault: Fault | None, call: Call, answer: Answer) -> Answer:
    """What becomes of the answer, in the request's transaction."""
    if fault is None:
        return answer
    body: Any = answer.body
    match fault.kind:
        case "deprecated":
            sunset = (call.now + timedelta(days=365)).strftime("%a, %d %b %Y %H:%M:%S GMT")
            warning = {"x-api-warn": f"'{call.url_path}' is deprecated", "sunset": sunset}
            return Answer(body, answer.status, {**answer.headers, **warning})
        case "recalled_after_read" if answer.status == 200 and body["content"]:
            headers = [call.records.get("document", each["id"]) for each in body["content"]]
            recall(call.records, next(h["reportId"] for h in headers if h["status"] == READY))
            return answer
        case "mutated" if answer.status == 200:
            return Answer(mutated(body, fault.settings), answer.status, answer.headers)
        case "item_missing" if isinstance(body, list):
            return Answer(body[:-1], answer.status, answer.headers)
        case "item_doubled" if isinstance(body, list):
            return Answer([*body, body[-1]], answer.status, answer.headers)
        case "null_system" if isinstance(body, list):
            nulled = [{**item, "systemId": None} for item in body]
            return Answer(nulled, answer.status, answer.headers)
        case _:
            return answer


def _instead(fault: Fault, call: Call) -> Answer:
    match fault.kind:
        case "rate_limited":
            answer = problem(call, 429, "security.rate.limit.reached", "Rate limit reached")
            # None leaves the header out, as some of the real answers do.
            pause = fault.settings.get("retry_after", "30")
            headers = {} if pause is None else {"Retry-After": str(pause)}
            return Answer(answer.body, 429, {**headers, **fault.headers})
        case "deadlock":
            return problem(call, 400, "database.deadlock", "Transaction was deadlocked. Rerun it.")
        case "maintenance" if call.url_path == "/oauth2/v0/token":
            body = {
                "code": 134,
                "error": "invalid_request",
                "error_description": "company is under scheduled maintenance",
                "geolocation": call.base,
            }
            return Answer(body, 400)
        case _:
            answer = problem(call, fault.status or 503, "service.unavailable", "Try again later")
            return Answer(answer.body, answer.status, fault.headers)


def _acknowledged_by(call: Call, documents: list[str], system_id: str) -> None:
    for fis_id in documents:
        header: Mapping[str, Any] | None = call.records.get("document", fis_id)
        if header is not None and header["status"] == READY:
            set_status(call.records, header, ACKNOWLEDGED, erpSystemId=system_id)


def _insert_first(call: Call) -> None:
    """A report approved this very moment enters the queue before all others."""
    waiting = queue(call.records, call.path["doc_type"], call.now)
    if not waiting:
        return
    pattern = waiting[0]
    body = call.records.get("body", pattern["id"])
    body = exact_json.loads(exact_json.dumps(body))
    body["report"]["reportId"] = uuid.uuid4().hex[:20].upper()
    content = {**pattern, "id": uuid.uuid4().hex, "document": body}
    doc_type, moment = pattern["docType"], call.now.isoformat()
    add_document(call.records, content, doc_type, moment, first=True)


def _cut_short(fault: Fault, whole: Response) -> Response:
    body = bytes(whole.body)
    kept = int(fault.settings.get("bytes", len(body) // 2))
    headers = {name: value for name, value in whole.headers.items() if name.startswith("concur-")}
    if fault.kind == "reset_body":
        return BrokenOff(body, kept, headers, "application/json")
    return Response(body[:kept], whole.status_code, headers, "application/json")
