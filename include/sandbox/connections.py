"""Closing a connection without an answer, as a broken network does."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT: Final = "sandbox.transport"


class DroppableConnection(H11Protocol):
    """HTTP whose application may close the socket; every twin's server speaks it."""

    def connection_made(  # type: ignore[override]
        self, transport: asyncio.Transport
    ) -> None:
        """Let the requests of this connection reach its socket."""
        super().connection_made(transport)
        application = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[_TRANSPORT] = transport
            await application(scope, receive, send)

        self.app = with_transport


class NoAnswer(Response):
    """A response that closes the socket in place of answering.

    Raises:
        LookupError: the server does not speak `DroppableConnection`.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close, and return when the server has seen it."""
        transport = scope.get("extensions", {}).get(_TRANSPORT)
        if transport is None:
            raise LookupError("the server's protocol is not DroppableConnection")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
