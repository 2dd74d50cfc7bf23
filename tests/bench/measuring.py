"""Runs a command in a fresh process and tells what it cost, the server that served it included."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

import psutil
import psycopg

from supervisor import postmaster
from supervisor.postgres import Cluster

#: Seconds between two looks at the memory of the process tree.
LOOK: Final = 0.025


class ContestantFailedError(Exception):
    """A contestant ended with an unexpected exit code; its output says why."""


@dataclass(frozen=True)
class Cost:
    """What one run cost; `cpu_s` is all of it, of which `cpu_server_s` inside PostgreSQL.

    `rss_mb` is the highest sum of resident memory over the process tree in MiB, without the
    server; shared pages count once per process.
    """

    wall_s: float
    cpu_s: float
    cpu_tree_s: float
    cpu_server_s: float
    rss_mb: float

    def as_dict(self) -> dict[str, float]:
        """Rounded, for the report."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def median_cost(costs: Sequence[Cost]) -> Cost:
    """The median of every figure by itself."""
    columns = [asdict(cost) for cost in costs]
    return Cost(**{name: median(column[name] for column in columns) for name in columns[0]})


class Server:
    """The PostgreSQL of the bench: embedded, with its default durability."""

    def __init__(self, home: Path) -> None:
        self._cluster = Cluster(home)
        self._cluster.start()

    def fresh(self, name: str, template: str | None = None) -> str:
        """A new database, empty or a copy of another one; answers its URL."""
        self._cluster.drop_database(name)
        self._cluster.create_database(name, template)
        return self._cluster.url(name)

    def drop(self, name: str) -> None:
        """Forget a database."""
        self._cluster.drop_database(name)

    def settle(self) -> None:
        """Write what former runs left, so that nobody pays for another's dirty pages."""
        url = self._cluster.url("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def cpu_s(self) -> float:
        """CPU seconds of the server since its start, of backends that ended too."""
        total = 0.0
        for number in postmaster.processes(self._cluster.place.cluster):
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(number)
                times = process.cpu_times()
                total += times.user + times.system
                above = process.parent()
                if above is None or above.name() != "postgres":
                    total += times.children_user + times.children_system
        return total

    def remove(self) -> None:
        """Stop it and delete its files."""
        self._cluster.remove()


def run(
    command: Sequence[str],
    server: Server,
    output: Path,
    *,
    environment: Mapping[str, str] | None = None,
    allowed: Sequence[int] = (0,),
) -> Cost:
    """Run to its end and tell the cost; standard output goes to the file `output`.

    Raises:
        ContestantFailedError: it ended with another exit code than the allowed ones.
    """
    server.settle()
    server_before = server.cpu_s()
    errors = output.with_suffix(".err")
    with output.open("wb") as out, errors.open("wb") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=err, env={**os.environ, **(environment or {})}
        )
        memory = _Memory(process.pid)
        memory.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        peak = memory.end()
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in allowed:
        said = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise ContestantFailedError(f"{' '.join(command)} ended with {code}: {said}")
    tree = used.ru_utime + used.ru_stime
    inside = max(0.0, server.cpu_s() - server_before)
    return Cost(wall, tree + inside, tree, inside, max(peak, used.ru_maxrss / 1024))


class _Memory(threading.Thread):
    """Looks at the resident memory of a process and its descendants until it is told to end."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root, self._peak, self._ended = root, 0, threading.Event()

    def run(self) -> None:
        """Keep the highest sum."""
        while not self._ended.wait(LOOK):
            self._peak = max(self._peak, sum(map(_resident, _family(self._root))))

    def end(self) -> float:
        """Stop looking; the peak in MiB."""
        self._ended.set()
        self.join()
        return self._peak / 1024


def _family(root: int) -> list[int]:
    """A process with all its descendants, as the kernel lists them."""
    found, ahead = [], [root]
    while ahead:
        number = ahead.pop()
        found.append(number)
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                ahead += [int(child) for child in children.read_text().split()]
    return found


def _resident(number: int) -> int:
    """Resident memory in KiB, 0 of a process that has ended."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{number}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0
