"""Business time: the machine's, or one that a rehearsal shares between all processes.

The shared clock is a file with an offset in seconds. It ticks like real time and only ever jumps
forward, so nothing that was late becomes early again.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tieout.errors import SettingsError


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)


class SharedClock:
    """Real time plus the offset in a file, read anew each time, so that all processes agree."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The present business instant, UTC.

        Raises:
            SettingsError: the file is missing or unreadable; guessing would open wrong windows.
        """
        return datetime.now(UTC) + timedelta(seconds=self._offset_seconds())

    def jump_to(self, instant: datetime) -> None:
        """Let business time continue from `instant`.

        Raises:
            ValueError: it is not aware, or lies before now.
        """
        if instant.tzinfo is None:
            raise ValueError("business time needs an instant with a zone")
        real = datetime.now(UTC)
        offset = round((instant - real).total_seconds())
        if self._path.exists() and offset < self._offset_seconds():
            raise ValueError(f"business time never goes back to {instant.isoformat()}")
        self._write(offset)

    def _offset_seconds(self) -> int:
        try:
            offset = json.loads(self._path.read_text(encoding="utf-8"))["offset_seconds"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"The shared clock {self._path} can't be read: {type(error).__name__}.",
                blocks="everything that depends on time",
                next_step="Start the rehearsal anew, or unset TIEOUT_CLOCK for real time.",
            ) from error
        if not isinstance(offset, int):
            raise SettingsError(
                f"The shared clock {self._path} holds no whole number of seconds.",
                blocks="everything that depends on time",
                next_step="Start the rehearsal anew, or unset TIEOUT_CLOCK for real time.",
            )
        return offset

    def _write(self, offset_seconds: int) -> None:
        """Replace the file in one step: a reader sees the old or the new offset, never half."""
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        beside.write_text(json.dumps({"offset_seconds": offset_seconds}), encoding="utf-8")
        beside.replace(self._path)
