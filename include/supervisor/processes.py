"""Processes that outlive the command that started them: each with its record, log and session.

A record holds number and birth of the process, so a number that the system gave to a stranger
since is never taken for ours. Every process also carries the mark TIEOUT_RUNTIME in its
environment: what lost its record to a `kill -9` is still found and stopped.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from supervisor.files import read_json, write_json

MARK = "TIEOUT_RUNTIME"
LOG_BYTES_MAX = 20_000_000


@dataclass(frozen=True)
class Record:
    """What is known of a started process.

    Args:
        name: the component's name.
        number: its process number, also that of its session and group.
        birth: when the system made it, in the system's own unit.
        fingerprint: what it was started from; another one means that it is out of date.
        since: seconds since the epoch.
    """

    name: str
    number: int
    birth: float
    fingerprint: str
    since: float


def birth_of(number: int) -> float | None:
    """When a living process was made; None when there is none, or only its zombie."""
    try:
        process = psutil.Process(number)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        with contextlib.suppress(OSError, ValueError, IndexError):
            # Field 22, in clock ticks since boot: unlike the wall clock it never jumps.
            after_name = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2]
            return float(after_name.split()[19])
        return process.create_time()
    except psutil.Error:
        return None


class Registry:
    """The records of one runtime, one file for each process.

    Args:
        folder: where they lie.
        mark: the value of TIEOUT_RUNTIME that this runtime's processes carry.
    """

    def __init__(self, folder: Path, mark: str) -> None:
        self._folder = folder
        self._mark = mark
        self._children: dict[int, subprocess.Popen[bytes]] = {}

    def living(self, name: str) -> Record | None:
        """The record of a process that is alive; of a dead one nothing stays.

        A leader that was killed leaves the rest of its session behind (a scheduler its workers,
        which rewrite their environment and so lose the mark): that is killed with the record.
        """
        path = self._path(name)
        found = read_json(path)
        if not found:
            return None
        record = Record(**found)
        if birth_of(record.number) == record.birth:
            return record
        _kill_orphans(record)
        path.unlink(missing_ok=True)
        return None

    def start(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        fingerprint: str = "",
    ) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own, its output appended to `log`."""
        if log.is_file() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.old"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env=environment | {MARK: self._mark},
                cwd=environment.get("TIEOUT_ROOT", "/"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
            )
        self._children[process.pid] = process
        self.note(name, process.pid, fingerprint)
        return process

    def note(self, name: str, number: int, fingerprint: str = "") -> None:
        """Record a living process under a name."""
        birth = birth_of(number)
        if birth is not None:
            record = Record(name, number, birth, fingerprint, time.time())
            write_json(self._path(name), vars(record))

    def forget(self, name: str) -> None:
        """Remove a record."""
        self._path(name).unlink(missing_ok=True)

    def reap(self) -> None:
        """Take the exit codes of own children that ended, so that none stays as a zombie."""
        for number, child in list(self._children.items()):
            if child.poll() is not None:
                del self._children[number]

    def names(self) -> list[str]:
        """The names that have a record."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def stop(self, names: list[str], seconds: float = 20) -> None:
        """Stop processes together: SIGTERM to each leader, then SIGKILL to what is left."""
        leaders = [record for name in names if (record := self.living(name))]
        members = {record.number: _session(record.number) for record in leaders}
        for record in leaders:
            _send(record.number, signal.SIGTERM)
        _wait([record.number for record in leaders], seconds)
        for record in leaders:
            for number in {*members[record.number], *_session(record.number)}:
                _send(number, signal.SIGKILL)
        _wait([number for session in members.values() for number in session], 5)
        self.reap()
        for name in names:
            self.forget(name)

    def stop_unrecorded(self) -> list[int]:
        """Kill processes that carry the mark and have no record; returns their numbers."""
        spared = {os.getpid(), os.getppid()}
        for name in self.names():
            if record := self.living(name):
                spared |= _session(record.number)
        strays: list[int] = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid not in spared and process.environ().get(MARK) == self._mark:
                    strays.extend({process.pid, *_session(process.pid)} - spared)
        for number in strays:
            _send(number, signal.SIGKILL)
        _wait(strays, 5)
        return strays

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def memory_of(number: int) -> int:
    """Bytes of memory of a session, shared pages counted once."""
    total = 0
    for member in _session(number):
        with contextlib.suppress(psutil.Error):
            full = psutil.Process(member).memory_full_info()
            total += getattr(full, "pss", full.rss)
    return total


def _session(leader: int) -> set[int]:
    """All living members of the session that a process leads, and its descendants."""
    found = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.add(process.pid)
    with contextlib.suppress(psutil.Error):
        found |= {child.pid for child in psutil.Process(leader).children(recursive=True)}
    return found


def _kill_orphans(record: Record) -> None:
    """Kill what a dead leader left of its session.

    A number in use is a stranger's: the system gives none out anew while its session lives.
    """
    if birth_of(record.number) is not None:
        return
    orphans = [
        number
        for number in _session(record.number)
        if (birth := birth_of(number)) is not None and birth >= record.birth
    ]
    for number in orphans:
        _send(number, signal.SIGKILL)
    _wait(orphans, 5)


def _send(number: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, what)


def _wait(numbers: list[int], seconds: float) -> None:
    """Wait until none of the processes lives, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while any(birth_of(number) is not None for number in numbers):
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)
