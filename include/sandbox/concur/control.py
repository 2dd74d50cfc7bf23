"""The twin's control routes: what a processor, an owner or an administrator would do by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import clock
from sandbox.concur import documents, exact_json
from sandbox.concur.events import ready_event
from sandbox.concur.shelf import Records
from sandbox.concur.state import DEFAULT_SWITCHES, open_state, switches

#: Journals of the twin that a route shows as they are.
_JOURNALS: Final = {
    "postings": "posting",
    "payments": "payment",
    "audit": "audit",
    "log": "log",
    "rates": "rate",
    "reports": "report",
}


_ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def control_routes(home: Path) -> list[Route]:
    """Routes below `/concur` of the control application; they act on the same state."""
    views: dict[str, Callable[[Records], Any]] = {
        "/documents": _documents,
        "/switches": switches,
        **{f"/{name}": _journal(kind) for name, kind in _JOURNALS.items()},
    }
    actions = {
        "/recall": _recall,
        "/resubmit": _resubmit,
        "/reopen": _reopen,
        "/approve": _approve,
        "/user": _change_user,
        "/switches": _set_switches,
        "/tokens/expire": _expire_tokens,
    }
    return [
        *(_view(home, path, view) for path, view in views.items()),
        *(_action(home, path, act) for path, act in actions.items()),
        Route("/events/deliver", _deliverer(home), methods=["POST"]),
    ]


def _view(home: Path, path: str, view: Callable[[Records], Any]) -> Route:
    async def endpoint(_: Request) -> Response:
        with open_state(home).transaction() as records:
            return _json(view(records))

    return Route(path, endpoint, methods=["GET"])


def _action(home: Path, path: str, act: Callable[[Records, dict[str, Any]], Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        body = exact_json.loads(await request.body() or b"{}")
        try:
            with open_state(home).transaction() as records:
                return _json(act(records, body))
        except documents.NotAllowed as refused:
            return _json({"error": str(refused)}, HTTPStatus.CONFLICT)
        except KeyError as missing:
            return _json({"error": f"The body lacks {missing}."}, HTTPStatus.BAD_REQUEST)

    return Route(path, endpoint, methods=["POST"])


def _documents(records: Records) -> Any:
    """Every document's state, with the status of its report."""
    shown = []
    for header in records.each("document"):
        report = records.get("report", header["reportId"]) or {}
        state = {name: report.get(name) for name in ("approvalStatusId", "paymentStatusId")}
        shown.append(header | state)
    return shown


def _journal(kind: str) -> Callable[[Records], Any]:
    return lambda records: records.each(kind)


def _recall(records: Records, body: dict[str, Any]) -> Any:
    documents.recall(records, body["report_id"])
    return {"recalled": body["report_id"]}


def _resubmit(records: Records, body: dict[str, Any]) -> Any:
    documents.resubmit(records, body["report_id"])
    return {"submitted": body["report_id"]}


def _reopen(records: Records, body: dict[str, Any]) -> Any:
    documents.reopen(records, body["report_id"], body.get("mode", "full"))
    return {"reopened": body["report_id"]}


def _approve(records: Records, body: dict[str, Any]) -> Any:
    """Approve a submitted report, or a whole new one given as `content`."""
    now = clock.now()
    if "content" in body:
        doc_type = body.get("docType", "expense")
        approved_at = body.get("approved_at", now.isoformat())
        made = documents.add_document(records, body["content"], doc_type, approved_at)
    else:
        made = documents.approve(records, body["report_id"], now, body.get("document"))
    return {"id": made}


def _change_user(records: Records, body: dict[str, Any]) -> Any:
    """Change a user of an employee number (`active`, `costCenter`), or remove the profile."""
    user = next(
        each
        for each in records.each("user")
        if each[_ENTERPRISE]["employeeNumber"] == body["employee"]
    )
    if body.get("gone"):
        records.remove("user", user["id"])
        return {"removed": user["id"]}
    user["active"] = body.get("active", user["active"])
    user[_ENTERPRISE]["costCenter"] = body.get("costCenter", user[_ENTERPRISE]["costCenter"])
    records.put("user", user["id"], user)
    return user


def _set_switches(records: Records, body: dict[str, Any]) -> Any:
    """Change how the twin behaves where Concur's pages leave room."""
    unknown = sorted(set(body) - set(DEFAULT_SWITCHES))
    if unknown:
        raise documents.NotAllowed(f"The twin has no switches {unknown}.")
    records.put("setting", "switches", switches(records) | body)
    return switches(records)


def _expire_tokens(records: Records, body: dict[str, Any]) -> Any:
    """Let access tokens expire now; with `refresh` true the refresh tokens too."""
    for kind in ("access", "refresh") if body.get("refresh") else ("access",):
        for token in records.each(kind):
            records.put(kind, token["token"], token | {"expires_at": 0})
    return {"expired": True}


def _deliverer(home: Path) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        """Post ready events of waiting documents to `endpoint`; `repeat` sends each again."""
        body = exact_json.loads(await request.body())
        now, base = clock.now(), body.get("base", "https://us2.api.concursolutions.com")
        with open_state(home).transaction() as records:
            waiting = documents.queue(records, body.get("docType", "expense"), now)
        chosen = waiting[: int(body.get("limit", 25))]
        events = [ready_event(header, base, now) for header in chosen]
        events *= 1 + int(body.get("repeat", 0))
        statuses = [await asyncio.to_thread(_delivered, body["endpoint"], each) for each in events]
        return _json(
            [{"event": e["id"], "status": s} for e, s in zip(events, statuses, strict=True)]
        )

    return endpoint


def _delivered(endpoint: str, event: dict[str, Any]) -> int:
    """The receiver's status, 0 when it could not be reached."""
    import httpx

    headers = {"content-type": "application/json", "concur-correlationid": event["correlationId"]}
    try:
        sent = httpx.post(endpoint, content=exact_json.dumps(event), headers=headers, timeout=60)
    except httpx.TransportError:
        return 0
    return sent.status_code


def _json(value: Any, status: int = 200) -> Response:
    return Response(exact_json.dumps(value), status, media_type="application/json")
