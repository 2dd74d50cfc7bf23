"""How many requests at once: fewer when the vendor says it is too much, slowly more again.

The vendor's limit is shared with the customer's other integrations, so the number that works
changes during the day. Halving on refusal and adding one after a run of good answers finds it
without anyone's help.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Good answers in a row before one more request at once is tried.
_GOOD_ANSWERS_PER_STEP = 20
#: For this long after a refusal an unexplained 401 is taken for a sign of load.
_LOAD_MEMORY_SECONDS = 120.0


class Pace:
    """The number of requests at once that the vendor bears now, between 1 and `largest`."""

    def __init__(self, largest: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._largest = max(1, largest)
        self._limit = self._largest
        self._good = 0
        self._refused_at: float | None = None
        self._monotonic = monotonic
        self._lock = threading.Lock()

    @property
    def limit(self) -> int:
        """Requests at once, now."""
        with self._lock:
            return self._limit

    @property
    def under_load(self) -> bool:
        """Whether the vendor refused for load a short while ago."""
        with self._lock:
            refused_at = self._refused_at
        return refused_at is not None and self._monotonic() - refused_at < _LOAD_MEMORY_SECONDS

    def refused(self) -> None:
        """The vendor said: too many. Halve."""
        with self._lock:
            self._refused_at = self._monotonic()
            self._limit = max(1, self._limit // 2)
            self._good = 0

    def answered(self) -> None:
        """A good answer; enough of them in a row allow one more."""
        with self._lock:
            self._good += 1
            if self._good >= _GOOD_ANSWERS_PER_STEP and self._limit < self._largest:
                self._limit += 1
                self._good = 0
