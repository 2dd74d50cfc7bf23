"""The plugin is a mount and a link; what serves pages loads with the first page."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

from tests.harness.sources import ROOT
from tieout.cockpit.mount import BOARD_VIEW, FASTAPI_APP, PREFIX, LazyApp, Message, Scope


def test_registering_the_cockpit_loads_none_of_it() -> None:
    """The scheduler and each task process pay for what the plugin imports."""
    ask = (
        "import runpy, sys\n"
        "runpy.run_path('plugins/tieout_cockpit.py')\n"
        "loaded = sorted(name for name in sys.modules if name.startswith('tieout'))\n"
        "print(loaded)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ask],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.strip().splitlines()[-1] == (
        "['tieout', 'tieout.cockpit', 'tieout.cockpit.mount']"
    )


def test_the_application_is_made_once_however_many_ask_at_first() -> None:
    """The first visitors of the day rely on it."""
    made: list[int] = []

    async def served(scope: Scope, receive: Any, send: Any) -> None:
        await send({"type": "served", "by": scope["number"]})

    def make() -> Any:
        made.append(1)
        return served

    async def ask_all() -> list[Message]:
        answers: list[Message] = []

        async def keep(message: Message) -> None:
            answers.append(message)

        async def nothing() -> Message:
            return {}

        app = LazyApp(make)
        await asyncio.gather(*(app({"number": n}, nothing, keep) for n in range(8)))
        return answers

    assert len(asyncio.run(ask_all())) == 8
    assert made == [1]


def test_the_board_is_framed_at_an_address_of_its_own() -> None:
    """Links in mails rely on it: the frame's address is mirrored below the plugin's route."""
    assert FASTAPI_APP["url_prefix"] == PREFIX == "/tieout"
    assert BOARD_VIEW["href"].startswith(PREFIX)
    assert BOARD_VIEW["url_route"] == "tieout"
    assert BOARD_VIEW["destination"] == "nav"
