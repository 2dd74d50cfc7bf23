"""A token store in one file that only its owner can read; enough for one machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class TokenFile:
    """Keeps the text in `path`; the folder is made when it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_name(f"{path.name}.lock")

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Exclude other processes; the system frees the lock of a dead one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self) -> str | None:
        """What was written last, or none."""
        return self._path.read_text() if self._path.exists() else None

    def write(self, text: str) -> None:
        """Replace by a synced file, so that a crash leaves the old text or the new one."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
