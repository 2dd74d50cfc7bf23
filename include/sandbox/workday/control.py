"""The twin's control routes: what the tenant holds."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.workday.reports import Tenant


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

    return [Route("/reports", show_reports, methods=["GET"])]
