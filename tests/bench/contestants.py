"""Who takes part: how each is started, and where its journals stand afterwards."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench import canonical
from tests.bench.measuring import Cost, Server, run
from tests.bench.yardsticks.floor import keep_result

#: `tieout build` ends with 2 when something is held, as a hundredth of the employees is here.
BUILT: Final = (0, 2)
YARDSTICKS: Final = ("pandas", "pandas_copy", "sql", "floor")


@dataclass(frozen=True)
class Ground:
    """Where the contest takes place.

    Attributes:
        company: the folder with `inputs/` and `config/`.
        room: a folder for what contestants write; each empties its own part.
        workers: processes of the product.
        entities: numbers of the entities that report; none: all.
    """

    company: Path
    room: Path
    server: Server
    workers: int
    entities: tuple[int, ...] = ()

    def part(self, name: str) -> Path:
        """An empty folder of a contestant."""
        folder = self.room / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


@dataclass(frozen=True)
class Outcome:
    """A run: its cost, and its journals where it makes any."""

    cost: Cost
    journals: list[str] | None = None


def run_build(ground: Ground) -> Outcome:
    """`tieout build`: journals, links and certificates in files, no store."""
    room = ground.part("build")
    command = [
        *(sys.executable, "-m", "tieout.cli", "build", "--json"),
        *("--inputs", str(ground.company / "inputs"), "--config", str(ground.company / "config")),
        *("--out", str(room / "out"), "--workers", str(ground.workers)),
    ]
    cost = run(command, ground.server, room / "summary.json", allowed=BUILT)
    return Outcome(cost, canonical.of_folder(room / "out"))


def run_yardstick(name: str, ground: Ground) -> Outcome:
    """One of `YARDSTICKS`, on an empty database of its own."""
    room, url = ground.part(name), ground.server.fresh(name)
    command = [
        *(sys.executable, "-m", "tests.bench.contestant", name),
        *("--folder", str(ground.company), "--url", url),
        *("--objects", str(room / "objects"), "--result", str(ground.room / "result")),
    ]
    cost = run(command, ground.server, room / "said.txt")
    journals = None if name == "floor" else canonical.of_database(url)
    if name == "sql":
        # The floor stores the same rows: what is kept of a result is nobody's invention.
        keep_result(url, ground.room / "result")
    ground.server.drop(name)
    return Outcome(cost, journals)
