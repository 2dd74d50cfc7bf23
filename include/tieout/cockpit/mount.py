"""What Airflow's plugin registers; light, since every Airflow process loads it.

The scheduler and each task process import the plugin too, and never serve a page: the app behind
`COCKPIT` is imported by the first request alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where Airflow's server mounts the cockpit.
PREFIX: Final = "/tieout"


class LazyApp:
    """An ASGI application that is made when it is first called.

    Args:
        make: imports and returns the real application; called once.
    """

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._made: App | None = None
        self._making = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; the import runs beside the event loop, not on it."""
        if self._made is None:
            await asyncio.to_thread(self._load)
        assert self._made is not None
        await self._made(scope, receive, send)

    def _load(self) -> None:
        with self._making:
            if self._made is None:
                self._made = self._make()


def _cockpit() -> App:
    from tieout.cockpit.app import cockpit

    return cockpit()


COCKPIT: Final = LazyApp(_cockpit)

FASTAPI_APP: Final[dict[str, Any]] = {
    "app": COCKPIT,
    "url_prefix": PREFIX,
    "name": "Tieout cockpit",
}

#: A page of Airflow's navigation: framed, the inner address is mirrored, so links to it survive.
BOARD_VIEW: Final[dict[str, Any]] = {
    "name": "Close board",
    "href": f"{PREFIX}/board",
    "destination": "nav",
    "url_route": "tieout",
    "nav_top_level": True,
}
