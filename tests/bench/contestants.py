"""Who takes part: how each is started, and where its journals stand afterwards."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.bench import canonical
from tests.bench.measuring import Cost, Server, run
from tests.bench.store import environment, landed_bytes, make_home, stored_bytes
from tests.bench.yardsticks.floor import keep_result

#: `tieout build` ends with 2 when something is held, as a hundredth of the employees is here.
BUILT: Final = (0, 2)
#: The database that loads are copied from.
PREPARED: Final = "prepared"
MODULE: Final = (sys.executable, "-m")
YARDSTICKS: Final = ("pandas", "pandas_copy", "sql", "floor")


@dataclass(frozen=True)
class Ground:
    """Where the contest takes place.

    Attributes:
        company: the folder with `inputs/` and `config/`.
        room: a folder for what contestants write; each empties its own part.
        workers: processes of the product.
        entities: numbers of the entities that report; none: all.
        further: whether each load is run again and tied out afterwards, outside of its cost.
    """

    company: Path
    room: Path
    server: Server
    workers: int
    entities: tuple[int, ...] = ()
    further: bool = False

    def part(self, name: str) -> Path:
        """An empty folder of a contestant."""
        folder = self.room / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


@dataclass(frozen=True)
class Outcome:
    """A run: its cost, and its journals where it makes any.

    Attributes:
        rerun: what the same command costs when nothing has changed.
        facts: further figures: `postgres_bytes`, `landed_bytes`, and the product's own `summary`.
    """

    cost: Cost
    journals: list[str] | None = None
    rerun: Cost | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def prepare_store(ground: Ground) -> None:
    """The store that every load begins with; rules and lists do not depend on the size."""
    home = ground.part("prepared")
    make_home(home, hours=0)
    url = ground.server.fresh(PREPARED)
    command = [*MODULE, "tests.bench.store", "--folder", str(ground.company)]
    variables = environment(home, url, ground.company)
    run(command, ground.server, home / "said.txt", environment=variables)


def expectation_times(ground: Ground) -> dict[str, float]:
    """Seconds of the expectations on files: import, one file, fifty files in one call."""
    told = ground.part("expectations") / "seconds.json"
    run([*MODULE, "tests.bench.expectations"], ground.server, told)
    found: dict[str, float] = json.loads(told.read_text(encoding="utf-8"))
    return found


def product_command() -> str:
    """`load`; `build` of a product that has no `load`, whose store is then not measured."""
    from tieout.cli import parser

    choices = [dict(action.choices or {}) for action in parser()._actions if action.choices]
    return "load" if any("load" in names for names in choices) else "build"


def run_product(ground: Ground) -> Outcome:
    """The product, by the command that it has."""
    return run_load(ground) if product_command() == "load" else run_build(ground)


def run_load(ground: Ground) -> Outcome:
    """`tieout load`: from the folder to journals in the store that wait for approval."""
    room = ground.part("load")
    home = room / "home"
    make_home(home)
    url = ground.server.fresh("load", PREPARED)
    before = stored_bytes(url)
    command = [
        *(*MODULE, "tieout.cli", "load", "--json"),
        *("--inputs", str(ground.company / "inputs"), "--workers", str(ground.workers)),
    ]
    variables = environment(home, url, ground.company)
    summary = room / "summary.json"
    cost = run(command, ground.server, summary, environment=variables, allowed=BUILT)
    facts: dict[str, Any] = {
        "postgres_bytes": stored_bytes(url) - before,
        "landed_bytes": landed_bytes(home / "objects"),
        "summary": json.loads(summary.read_text(encoding="utf-8")),
    }
    journals, rerun = canonical.of_store(url), None
    if ground.further:
        again = room / "rerun.json"
        rerun = run(command, ground.server, again, environment=variables, allowed=BUILT)
        told = room / "tie_out.json"
        command = [*MODULE, "tests.bench.tie_out", "--folder", str(ground.company)]
        run(command, ground.server, told, environment=variables)
        facts["tie_out"] = json.loads(told.read_text(encoding="utf-8"))
    ground.server.drop("load")
    return Outcome(cost, journals, rerun, facts)


def run_build(ground: Ground) -> Outcome:
    """`tieout build`: journals, links and certificates in files, no store."""
    room = ground.part("build")
    command = [
        *(*MODULE, "tieout.cli", "build", "--json"),
        *("--inputs", str(ground.company / "inputs"), "--config", str(ground.company / "config")),
        *("--out", str(room / "out"), "--workers", str(ground.workers)),
    ]
    cost = run(command, ground.server, room / "summary.json", allowed=BUILT)
    summary = json.loads((room / "summary.json").read_text(encoding="utf-8"))
    return Outcome(cost, canonical.of_folder(room / "out"), facts={"summary": summary})


def run_yardstick(name: str, ground: Ground) -> Outcome:
    """One of `YARDSTICKS`, on an empty database of its own."""
    room, url = ground.part(name), ground.server.fresh(name)
    command = [
        *(*MODULE, "tests.bench.contestant", name),
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
