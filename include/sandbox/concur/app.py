"""The twin's HTTP application: one route for each operation, with its faults."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import clock
from sandbox.concur import exact_json, faulty, tokens
from sandbox.concur.operations import OPERATIONS, Operation
from sandbox.concur.shelf import Records, Shelf
from sandbox.concur.state import open_state, renew_request_token
from sandbox.concur.wire import Answer, Call, Principal, Refused, error_body
from sandbox.faults import Fault, FaultBoard
from sandbox.severed import TwinApp

_CORRELATION: Final = "concur-correlationid"


def create_app(home: Path, faults: FaultBoard) -> Starlette:
    """The twin on the state under `home`, seeding it when it is new.

    Starting counts as the administrator's issuing the company request token again: its day
    begins now.
    """
    shelf = open_state(home)
    with shelf.transaction() as records:
        renew_request_token(records)
    faults.declare("concur", faulty.KINDS)
    routes = [_route(operation, shelf, faults) for operation in OPERATIONS]
    return TwinApp(routes=routes, exception_handlers={HTTPException: _unknown})


def _route(operation: Operation, shelf: Shelf, faults: FaultBoard) -> Route:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        with shelf.transaction() as records:
            call = _call(request, body, records)
            try:
                principal = _principal(operation, call)
            except Refused as refused:
                return _render(refused.answer, request.headers.get(_CORRELATION))
            documents = _documents(body)
            facts = _facts(call, documents)
        call = replace(call, principal=principal)

        def perform(fault: Fault | None) -> Answer:
            return _performed(operation, shelf, call, documents, fault)

        def render(answer: Answer) -> Response:
            return _render(answer, request.headers.get(_CORRELATION))

        fault = faults.take("concur", operation.name, **facts)
        if fault is None:
            return render(perform(None))
        return await faulty.answered(fault, call, perform, render)

    return Route(operation.path, endpoint, methods=[operation.method])


def _performed(
    operation: Operation, shelf: Shelf, call: Call, documents: list[str], fault: Fault | None
) -> Answer:
    """Do the work in one transaction, together with what others do to the queue meanwhile."""
    try:
        with shelf.transaction() as records:
            inside = replace(call, records=records)
            faulty.before(fault, inside, documents)
            return faulty.after(fault, inside, operation.work(inside))
    except Refused as refused:
        return refused.answer


def _principal(operation: Operation, call: Call) -> Principal | None:
    if operation.kinds is None:
        return None
    return tokens.authorise(call, operation.kinds, frozenset(operation.scopes))


def _call(request: Request, body: bytes, records: Records) -> Call:
    return Call(
        records=records,
        path=request.path_params,
        url_path=request.url.path,
        query=request.query_params,
        headers=request.headers,
        body=body,
        base=f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}",
        now=clock.now(),
    )


def _documents(body: bytes) -> list[str]:
    """The document ids that a request names, for those that decide on faults."""
    try:
        parsed = exact_json.loads(body) if body.startswith(b"{") else {}
    except ValueError:
        return []
    items = parsed.get("postingConfirmations") or parsed.get("processingConfirmation") or []
    named = [item.get("docId") for item in items if isinstance(item, dict)]
    return [str(each) for each in [*(parsed.get("ids") or []), *named] if each]


def _facts(call: Call, documents: list[str]) -> dict[str, str]:
    """What a switch can match: type, document ids, report ids and org units, joined by spaces."""
    report_ids, units = [], []
    for fis_id in documents:
        header = call.records.get("document", fis_id)
        body: dict[str, Any] = call.records.get("body", fis_id) or {}
        if header is not None:
            report_ids.append(header["reportId"])
            units.append(str((body.get("employee") or {}).get("employeeOrgUnit1Code")))
    return {
        "doc_type": call.path.get("doc_type", ""),
        "documents": " ".join(documents),
        "reports": " ".join(report_ids) or call.query.get("docId", ""),
        "units": " ".join(dict.fromkeys(units)),
        "page": call.query.get("page", ""),
        "path": call.url_path,
    }


def _render(answer: Answer, correlation: str | None) -> Response:
    text = "" if answer.body is None else exact_json.dumps(answer.body)
    headers = {"concur-correlationid": _correlation(correlation), **answer.headers}
    return Response(text, answer.status, headers, "application/json" if text else None)


def _correlation(sent: str | None) -> str:
    """The caller's own id when it is a UUID, else a new one."""
    try:
        return str(uuid.UUID(sent or ""))
    except ValueError:
        return str(uuid.uuid4())


async def _unknown(request: Request, error: Exception) -> Response:
    """404 and 405 in the shape and with the headers of all other answers."""
    assert isinstance(error, HTTPException), "registered for this class alone"
    body = error_body(request.url.path, clock.now(), error.status_code, "not.found", error.detail)
    answer = Answer(body, error.status_code, error.headers or {})
    return _render(answer, request.headers.get(_CORRELATION))
