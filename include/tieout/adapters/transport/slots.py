"""Slots within one process, for tools and tests that run without the warehouse."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ThreadSlots:
    """At most `limit` requests at once to one account among the threads of this process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: dict[str, int] = {}

    @contextmanager
    def hold(self, account: str, limit: int) -> Iterator[None]:
        """Wait for a slot and hold it; an exception frees it."""
        with self._changed:
            self._changed.wait_for(lambda: self._held.get(account, 0) < limit)
            self._held[account] = self._held.get(account, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._held[account] -= 1
                self._changed.notify_all()
