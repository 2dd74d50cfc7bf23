"""Everything that an act of the demonstration works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sandbox.demo.airflow_api import Airflow
from sandbox.demo.clock import SharedClock
from sandbox.demo.cockpit_api import Cockpit
from sandbox.demo.record import Record
from sandbox.demo.runs import Runs
from sandbox.demo.sign_in import People
from sandbox.demo.telling import Telling
from sandbox.demo.troubles import Troubles, read_troubles
from sandbox.demo.world import World

PERIOD: Final = "2026-10"
#: Monday morning in Europe: Japan's posting window is open, the others still closed.
BEGINS_AT: Final = datetime(2026, 11, 2, 6, tzinfo=UTC)
#: All five windows are open.
WINDOWS_OPEN_AT: Final = datetime(2026, 11, 2, 15, tzinfo=UTC)

OPS: Final = "finance_ops"
LEAD: Final = "finance_lead"
CONTROLLER: Final = "controller"


@dataclass(frozen=True)
class Scene:
    """The public APIs, the outside world, the clock, and the terminal."""

    home: Path
    people: People
    airflow: Airflow
    runs: Runs
    cockpit: Cockpit
    world: World
    clock: SharedClock
    troubles: Troubles
    telling: Telling
    record: Record


def make_scene(home: Path, seed: int, telling: Telling) -> Scene:
    """Connect to the platform that runs from `home`.

    Raises:
        Stopped: it is not up.
    """
    people = People(home)
    airflow = Airflow(people)
    return Scene(
        home=home,
        people=people,
        airflow=airflow,
        runs=Runs(airflow, telling, PERIOD),
        cockpit=Cockpit(people, PERIOD),
        world=World(home),
        clock=SharedClock(home),
        troubles=read_troubles(home),
        telling=telling,
        record=Record(PERIOD, seed),
    )
