"""What every answer carries, and what every write must prove; beside the routes, so none is missed.

Airflow checks no origin on the requests of a plugin and its session cookie rides along with them,
so a write must come from our own page, or bring a bearer token that no foreign page can send.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from tieout.cockpit.mount import App, Message, Receive, Scope, Send

HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: Nothing inline, nothing from elsewhere, framed by our own server only.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *(
            f"{kind} 'self'"
            for kind in ("script-src", "style-src", "img-src", "connect-src", "font-src")
        ),
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)
HEADERS: Final[Mapping[str, str]] = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
}


class Guarded:
    """Wraps the cockpit: headers on every answer, refusal of a foreign write."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_headers(message.get("headers") or ())
            await send(message)

        if is_foreign_write(str(scope["method"]), _texts(scope["headers"]), str(scope["scheme"])):
            await _refuse(send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def is_foreign_write(method: str, headers: Mapping[str, str], scheme: str) -> bool:
    """Whether a request may change something and does not prove that our own page sent it."""
    if method in HARMLESS or headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin")
    if not origin:
        return True
    parts = urlsplit(origin)
    return (parts.scheme, parts.netloc) != (scheme, headers.get("host", ""))


def _texts(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}


def _with_headers(raw: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in raw if name.decode("latin-1").lower() not in HEADERS]
    return kept + [(name.encode(), value.encode()) for name, value in HEADERS.items()]


async def _refuse(send: Send) -> None:
    body = json.dumps(
        {
            "code": "foreign_request",
            "message": "This request did not come from a page of this server; nothing was changed.",
            "where": {"document": "", "line": None, "field": ""},
            "blocks": "nothing",
            "next_step": "Use the cockpit's own page, or send a bearer token.",
        }
    ).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 403,
            "headers": [(b"content-type", b"application/json")],
        }
    )
    await send({"type": "http.response.body", "body": body})
