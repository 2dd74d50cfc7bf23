"""The twin's control routes: ask a bureau for a delivery."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.drop.delivering import Drop, NotDeliverable


def control_routes(home: Path) -> list[Route]:
    """Routes below `/drop` of the control application."""
    drop = Drop(home)

    async def deliver(request: Request) -> JSONResponse:
        """`{"delivery", "manner"?, "seconds"?, "again"?}`; answers what arrived."""
        body = await request.json()
        try:
            sent = drop.deliver(
                str(body.get("delivery")),
                str(body.get("manner", "whole")),
                seconds=float(body.get("seconds", 0)),
                again=bool(body.get("again", False)),
            )
        except NotDeliverable as refused:
            return JSONResponse({"error": str(refused)}, 400)
        return JSONResponse({"delivered": sent})

    async def show(_: Request) -> JSONResponse:
        return JSONResponse(drop.delivered())

    return [
        Route("/deliver", deliver, methods=["POST"]),
        Route("/deliveries", show, methods=["GET"]),
    ]
