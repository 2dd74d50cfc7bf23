"""The control API: fault switches, health, and what each vendor lets a demonstration do.

It listens on loopback alone and is no part of any vendor's surface.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route

from sandbox import clock
from sandbox.faults import Fault, FaultBoard

_OF_FAULT: Final = ("seconds", "status", "headers", "settings")
_OF_SWITCH: Final = ("operation", "match", "count", "skip")


def create_control(faults: FaultBoard, vendors: Mapping[str, Sequence[BaseRoute]]) -> Starlette:
    """The control API.

    Args:
        faults: the switches of all vendors.
        vendors: the routes of each running vendor, mounted below its name.
    """

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"vendors": sorted(vendors), "now": clock.now().isoformat()})

    async def armed(_request: Request) -> JSONResponse:
        return JSONResponse(faults.describe())

    async def arm(request: Request) -> JSONResponse:
        try:
            switch = _arm(faults, json.loads(await request.body()))
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return JSONResponse(switch, 201)

    async def clear(request: Request) -> JSONResponse:
        faults.clear(request.query_params.get("vendor"))
        return JSONResponse(faults.describe())

    routes: list[BaseRoute] = [
        Route("/health", health, methods=["GET"]),
        Route("/faults", armed, methods=["GET"]),
        Route("/faults", arm, methods=["POST"]),
        Route("/faults", clear, methods=["DELETE"]),
    ]
    routes += [Mount(f"/{vendor}", routes=list(each)) for vendor, each in vendors.items()]
    return Starlette(routes=routes)


def _arm(faults: FaultBoard, stated: dict[str, Any]) -> dict[str, Any]:
    """Arm what a request states; names that no switch knows become settings of the fault."""
    vendor, kind = stated.pop("vendor"), stated.pop("kind")
    of_fault = {name: stated.pop(name) for name in _OF_FAULT if name in stated}
    of_switch = {name: stated.pop(name) for name in _OF_SWITCH if name in stated}
    of_fault["settings"] = {**of_fault.get("settings", {}), **stated}
    return asdict(faults.arm(vendor, Fault(kind, **of_fault), **of_switch))
