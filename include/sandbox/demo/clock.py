"""The shared clock of the demonstration: it ticks with real time, and is only set forward."""

from __future__ import annotations

import json
import math
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SharedClock:
    """The clock file that product and twins read.

    Args:
        home: the runtime's folder; `TIEOUT_CLOCK` may name another file than its `clock.json`.
    """

    def __init__(self, home: Path) -> None:
        self._file = Path(os.environ.get("TIEOUT_CLOCK") or home / "clock.json")

    def begin(self, at: datetime) -> None:
        """Start at an instant, unless the clock runs already."""
        if not self._file.is_file():
            self._set(at)

    def now(self) -> datetime:
        """The business instant."""
        stated = json.loads(self._file.read_text(encoding="utf-8"))
        return datetime.now(UTC) + timedelta(seconds=int(stated["offset_seconds"]))

    def jump(self, to: datetime) -> bool:
        """Set the clock forward; False when that instant has passed already."""
        if self.now() >= to:
            return False
        self._set(to)
        return True

    def _set(self, at: datetime) -> None:
        # Rounded up, so that the instant itself has been reached.
        offset = math.ceil((at - datetime.now(UTC)).total_seconds())
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(json.dumps({"offset_seconds": offset}), encoding="utf-8")
        new.replace(self._file)
