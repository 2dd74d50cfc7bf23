"""Answers that never arrive whole: no answer at all, one that breaks off, one that trickles.

They need the connection itself, which `TwinApp` keeps at hand for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_TRANSPORT = "sandbox.transport"


class TwinApp(Starlette):
    """A Starlette application whose responses can cut the connection; runs under uvicorn."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, remembering the connection that it came by."""
        if scope["type"] == "http":
            cycle: Any = getattr(send, "__self__", None)
            scope[_TRANSPORT] = getattr(cycle, "transport", None)
        await super().__call__(scope, receive, send)


class NoAnswer(Response):
    """Closes the connection without a byte, as when a server or a proxy dies."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut, and wait until the server has seen it."""
        await _cut(scope, receive)


class BrokenOff(Response):
    """Promises the whole length, sends the beginning, then closes the connection.

    Args:
        body: the whole body.
        sent: how many bytes of it arrive.
        headers: further headers.
        media_type: the content type.
    """

    def __init__(
        self, body: bytes, sent: int, headers: Mapping[str, str] | None, media_type: str
    ) -> None:
        super().__init__(body, headers=headers, media_type=media_type)
        self.sent = sent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the beginning, give it time to leave, and cut."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        part = bytes(self.body[: self.sent])
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await _cut(scope, receive, abort=False)


class Trickle(Response):
    """Headers at once, the body after a while.

    Args:
        body: the whole body.
        seconds: how long the body is held back.
        headers: further headers.
        media_type: the content type.
    """

    def __init__(
        self, body: bytes, seconds: float, headers: Mapping[str, str] | None, media_type: str
    ) -> None:
        super().__init__(body, headers=headers, media_type=media_type)
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the headers, wait, send the body."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        await asyncio.sleep(self.seconds)
        await send({"type": "http.response.body", "body": bytes(self.body)})


async def _cut(scope: Scope, receive: Receive, *, abort: bool = True) -> None:
    transport = scope.get(_TRANSPORT)
    if transport is None:
        raise RuntimeError("only an application served by uvicorn can cut its connection")
    if abort:
        transport.abort()
    else:
        transport.close()
    # The server has noticed once it reports the disconnect; before that it would answer 500.
    while (await receive())["type"] != "http.disconnect":
        continue
