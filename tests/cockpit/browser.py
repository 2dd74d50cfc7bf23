"""Asks the mounted cockpit as a browser or a program would, without a socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx

BASE = "http://airflow.test"
OWN_PAGE = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True)
class Browser:
    """One signed-in user, or nobody when `user` is empty."""

    app: Any
    user: str = ""

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A read; `accept="text/html"` asks as a person does."""
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A write from the cockpit's own page, unless the headers say otherwise."""
        return self.send("POST", path, body, headers=headers or OWN_PAGE)

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Any request, with exactly these headers."""
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.user:
            given["x-signed-in"] = self.user

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, json=body, headers=given)

        return asyncio.run(ask())
