"""The twin's HTTP application: one URL form for every report."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.faults import FaultBoard
from sandbox.severed import TwinApp
from sandbox.workday import faulty
from sandbox.workday.formats import MEDIA_TYPES, written
from sandbox.workday.reports import PromptMissing, Report, Tenant, User, changed_at

_PATH: Final = "/ccx/service/customreport2/{tenant}/{owner}/{report}"


def create_app(home: Path, faults: FaultBoard) -> Starlette:
    """The twin on the tenant in `seed/workday.json` under `home`."""
    newest = Newest(home)
    faults.declare("workday", faulty.KINDS)

    async def run_report(request: Request) -> Response:
        tenant = newest.tenant()
        user = _signed_in(tenant, request.headers.get("authorization", ""))
        if user is None:
            challenge = {"WWW-Authenticate": 'Basic realm="Workday"'}
            return PlainTextResponse("invalid username or password", 401, challenge)
        report = _found(tenant, request)
        if report is None:
            return PlainTextResponse("The report was not found.", 404)
        if report.name not in user.allowed:
            # A permission fault in a server error's clothes: only its text tells.
            text = "Processing error occurred. The task submitted is not authorized."
            return PlainTextResponse(text, 500)
        return await _answer(report, request, faults)

    return TwinApp(routes=[Route(_PATH, run_report, methods=["GET"])])


class Newest:
    """The tenant as people in it left it last; read again only when somebody changed something."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._changed_at = changed_at(home)
        self._tenant = Tenant.of(home)

    def tenant(self) -> Tenant:
        """The tenant now."""
        if changed_at(self._home) != self._changed_at:
            self._changed_at = changed_at(self._home)
            self._tenant = Tenant.of(self._home)
        return self._tenant


def _signed_in(tenant: Tenant, header: str) -> User | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        login, _, password = base64.b64decode(token, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return tenant.user(login, password)


def _found(tenant: Tenant, request: Request) -> Report | None:
    path = request.path_params
    if (path["tenant"], path["owner"]) != (tenant.name, tenant.report_owner):
        return None
    return tenant.reports.get(path["report"])


async def _answer(report: Report, request: Request, faults: FaultBoard) -> Response:
    form = request.query_params.get("format", "")
    if form not in MEDIA_TYPES:
        return PlainTextResponse(f"Validation error occurred. Unknown format {form}.", 500)
    try:
        rows = report.selected(request.query_params)
    except PromptMissing as missing:
        return PlainTextResponse(f"Validation error occurred. {missing}", 500)
    facts = {name.split("!")[0].lower(): value for name, value in request.query_params.items()}
    fault = faults.take("workday", "report", **{**facts, "report": report.name})
    if fault is None:
        body = written(form, report.name, report.columns, rows)
        return Response(body, media_type=MEDIA_TYPES[form])
    busy = await faulty.instead(fault)
    if busy is not None:
        return busy
    if fault.kind == "empty_without_key" and form == "json":
        return Response("{}", media_type=MEDIA_TYPES[form])
    body = written(form, report.name, *faulty.changed(fault, report.columns, rows))
    return faulty.delivered(fault, form, body, MEDIA_TYPES[form])
