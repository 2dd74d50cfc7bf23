"""The generated month at the points from which tests go on, each made once for all workers.

`built`: intake and all stages ran, nothing was cured. `cured`: finance mapped the new type and the
closed cost center, and the corrected file came. `approved`: the controller approved everything and
all windows are open. `tied`: all of it is posted, read back and tied out.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from sandbox.drop import start as deliver
from sandbox.prepare import prepare
from supervisor.postgres import Cluster
from tests.builders.office import (
    PERIOD,
    WINDOWS_OPEN,
    Rehearsal,
    rehearsing,
    set_up_office,
)
from tests.harness import cluster as harness

#: In this month DE01's file comes twice, SE01's is cut, DE01's cost center is closed and US01 uses
#: a new expense type.
SEED: Final = 1
ENTITIES: Final = ("DE01", "JP01", "SE01", "UK01", "US01")


def cure(made: Rehearsal) -> None:
    """What finance does about what the first build found."""
    new_type, closed = made.troubles["unmapped_expense_type"], made.troubles["closed_cost_center"]
    made.propose_and_approve("accounts", account_of(new_type))
    made.propose_and_approve("successors", successor_of(closed))
    made.clerk("drop/deliver", delivery="corrected")


def account_of(new_type: dict[str, str]) -> dict[str, str]:
    """The rule that maps the new expense type."""
    return {
        "scope": "group",
        "provider": "concur",
        "coding": "expense_type",
        "source_code": new_type["code"],
        "component_class": "",
        "debit_account": new_type["account"],
        "credit_account": "",
        "dimensions": "cost_center project",
        "summarise": "cost_center",
    }


def successor_of(closed: dict[str, str]) -> dict[str, str]:
    """The rule that names the closed cost center's successor."""
    return {
        "entity": closed["entity"],
        "cost_center": closed["code"],
        "successor": closed["successor"],
    }


def _build(made: Rehearsal) -> None:
    set_up_office(made)
    made.read_master_data()
    made.build_units()


def _cure(made: Rehearsal) -> None:
    cure(made)
    made.build_units()


def _approve(made: Rehearsal) -> None:
    made.clock.jump_to(WINDOWS_OPEN)
    for entity in ENTITIES:
        made.answer(entity)


def _tie(made: Rehearsal) -> None:
    for entity in ENTITIES:
        made.post(entity)
        made.tie_out(entity)


_STEPS: Final[dict[str, tuple[str, Callable[[Rehearsal], None]]]] = {
    "built": ("", _build),
    "cured": ("built", _cure),
    "approved": ("cured", _approve),
    "tied": ("approved", _tie),
}


@contextmanager
def from_checkpoint(
    name: str, cluster: Cluster, template: str, home: Path, patch: pytest.MonkeyPatch
) -> Iterator[Rehearsal]:
    """A close of this test's own that goes on from a checkpoint.

    Args:
        name: see the module.
        cluster: the session's PostgreSQL.
        template: the migrated, empty store.
        home: an empty folder.
        patch: the test's environment.
    """
    _ensure(name, cluster, template)
    database = f"test_{uuid.uuid4().hex[:12]}"
    with harness.locked(f"close-{name}"):
        cluster.create_database(database, template=f"close_{name}")
    shutil.copytree(_folder(name), home, dirs_exist_ok=True)
    try:
        with rehearsing(home, cluster.url(database), patch) as made:
            yield made
    finally:
        cluster.drop_database(database)


def prepared_company(home: Path) -> None:
    """The generated company below `home`, with what its bureaus delivered."""
    prepare(home, SEED)
    deliver(home)


def _ensure(name: str, cluster: Cluster, template: str) -> None:
    harness.once(f"checkpoint-{name}", lambda: _make(name, cluster, template))


def _make(name: str, cluster: Cluster, template: str) -> None:
    before, step = _STEPS[name]
    folder = _folder(name)
    if before:
        _ensure(before, cluster, template)
        shutil.copytree(_folder(before), folder)
    else:
        folder.mkdir(parents=True)
        prepared_company(folder)
    lock = f"close-{before}" if before else "template"
    with harness.locked(lock):
        cluster.create_database(f"close_{name}", template=f"close_{before}" if before else template)
    with (
        pytest.MonkeyPatch.context() as patch,
        rehearsing(folder, cluster.url(f"close_{name}"), patch) as made,
    ):
        step(made)


def _folder(name: str) -> Path:
    return harness.home() / "closes" / name


__all__ = ["ENTITIES", "PERIOD", "from_checkpoint", "prepared_company"]
