"""A run that dies by SIGKILL at a named point: `doomed.py POINT HOLDER [UNIT]`.

Run by `test_post_killed.py` in the environment of its close.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from typing import Any

from tieout import bootstrap
from tieout.finance.periods import calendar_month
from tieout.workflows import build, intake, post

ENTITY, MONTH = "DE01", "2026-10"


def die() -> None:
    """End at once, as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


class DoomedLedger:
    """The ledger, at whose door the process dies."""

    def __init__(self, inner: Any, point: str) -> None:
        self._inner, self._point, self._found = inner, point, 0

    def find(self, external_id: str) -> Any:
        """The first look-up comes before the intent, the second reads back."""
        self._found += 1
        if self._point == {1: "before the intent", 2: "before read-back"}.get(self._found):
            die()
        return self._inner.find(external_id)

    def post(self, journal: Any) -> Any:
        """Dies before or after the one attempt."""
        if self._point == "before the call":
            die()
        outcome = self._inner.post(journal)
        if self._point == "after the call":
            die()
        return outcome

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class DoomedSource:
    """The expense platform, at whose door the process dies."""

    def __init__(self, inner: Any, point: str) -> None:
        self._inner, self._point = inner, point

    def read(self, document: Any, content: bytes) -> Any:
        """The bytes are durable and not registered yet."""
        if self._point == "before the register":
            die()
        return self._inner.read(document, content)

    def acknowledge(self, documents: Any) -> Any:
        """All is registered and the platform does not know."""
        die()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def main(point: str, holder: str, unit: str = "") -> None:
    """Run until the point."""
    office = bootstrap.office()
    if point in {"before the register", "before the acknowledgement"}:
        source: Any = DoomedSource(office.source("concur"), point)
        intake.take_in(replace(office, source=lambda _: source), "concur", calendar_month(MONTH))
        return
    if unit:
        module: Any = build
        save = module.save_build

        def doomed_save(*arguments: Any, **named: Any) -> None:
            save(*arguments, **named)
            die()

        module.save_build = doomed_save
        build.build(office, unit, holder)
        return
    ledger = DoomedLedger(office.ledger(), point)
    post.post(replace(office, ledger=lambda: ledger), ENTITY, MONTH, holder)


if __name__ == "__main__":
    main(*sys.argv[1:])
