"""The twin's control routes: what the tenant holds, and what people do in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.workday.people import change_worker, remove_workers
from sandbox.workday.reports import Tenant

_Act = Callable[[Path, Mapping[str, Any]], dict[str, Any]]


def control_routes(home: Path) -> list[Route]:
    """Routes below `/workday` of the control application."""

    async def show_reports(_: Request) -> JSONResponse:
        tenant = Tenant.of(home)
        shown = {
            name: {
                "prompts": list(report.prompts),
                "columns": list(report.columns),
                "rows": len(report.rows),
            }
            for name, report in tenant.reports.items()
        }
        return JSONResponse({"tenant": tenant.name, "reports": shown})

    async def change(request: Request) -> JSONResponse:
        return await _done(change_worker, request)

    async def remove(request: Request) -> JSONResponse:
        return await _done(remove_workers, request)

    async def _done(act: _Act, request: Request) -> JSONResponse:
        try:
            return JSONResponse(act(home, await request.json()))
        except (KeyError, LookupError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return [
        Route("/reports", show_reports, methods=["GET"]),
        Route("/worker", change, methods=["POST"]),
        Route("/workers/remove", remove, methods=["POST"]),
    ]
