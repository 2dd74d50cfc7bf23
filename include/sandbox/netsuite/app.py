"""The account's web application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.faults import FaultBoard
from sandbox.netsuite.auth import TOKEN_PATH
from sandbox.netsuite.mishaps import KINDS, VENDOR
from sandbox.netsuite.service import Service
from sandbox.netsuite.state import State
from sandbox.severed import TwinApp

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]


def create_app(home: Path, faults: FaultBoard) -> Starlette:
    """The account that lives in `home`.

    Raises:
        FileNotFoundError: there is neither memory nor seed.
    """
    faults.declare(VENDOR, KINDS)
    service = Service(State(home), faults)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with service.background():
            yield

    routes = [
        Route(TOKEN_PATH, service.token, methods=["POST"]),
        Route("/services/rest/{rest:path}", service.respond, methods=_METHODS),
    ]
    return TwinApp(routes=routes, lifespan=lifespan)
