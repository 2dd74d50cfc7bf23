"""What is to be started: the section `[tool.supervisor]` of `pyproject.toml`, read and checked."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from supervisor.errors import Trouble

# Steps that every runtime has; the others are declared.
POSTGRES = "postgres"
MIGRATION = "airflow-migrate"
# `off`: start without the vendors' twins.
TWINS = "TIEOUT_SANDBOX"


@dataclass(frozen=True)
class Step:
    """A command that runs to its end.

    Args:
        name: its name in logs and in `after`.
        command: the command line; `{home}` and the like are filled in.
        after: steps that must be done before; `postgres` is one of them.
        unchanged: files and folders of the repository; while they, the seed and the ports stay
            the same, the step is not run again. Without any it runs at each start.
        optional: its failure is said and does not stop the start.
        sandbox: whether it belongs to the vendors' twins.
    """

    name: str
    command: tuple[str, ...]
    after: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    optional: bool = False
    sandbox: bool = False


@dataclass(frozen=True)
class Component:
    """A process that goes on until it is stopped.

    Args:
        name: its name in logs and in `make status`.
        command: the command line; `{home}` and the like are filled in.
        after: steps that must be done before it starts.
        listens: the names of its ports; it is ready when all of them accept a connection.
        health: its name in Airflow's health answer; it is ready when that says healthy.
        airflow: whether it gets Airflow's keys and database URL.
        sandbox: whether it belongs to the vendors' twins.
    """

    name: str
    command: tuple[str, ...]
    after: tuple[str, ...] = ()
    listens: tuple[str, ...] = ()
    health: str = ""
    airflow: bool = False
    sandbox: bool = False


@dataclass(frozen=True)
class Pool:
    """An Airflow pool: how many tasks may act on one account at once."""

    name: str
    slots: int
    description: str


@dataclass(frozen=True)
class Declared:
    """Everything that a runtime consists of."""

    databases: tuple[str, ...]
    warehouse_database: str
    warehouse_connection: str
    metadata_database: str
    generated_connections: str
    demo_begins_at: datetime
    first_seed: int
    demo: tuple[str, ...]
    resets: tuple[str, ...]
    ports: dict[str, int]
    steps: tuple[Step, ...]
    components: tuple[Component, ...]
    pools: tuple[Pool, ...]
    environment: dict[str, str] = field(default_factory=dict)

    def component(self, name: str) -> Component:
        """The declared process of that name.

        Raises:
            Trouble: none has it.
        """
        for component in self.components:
            if component.name == name:
                return component
        known = ", ".join(component.name for component in self.components)
        raise Trouble(f"There is no process {name}.", f"Name one of: {known}.")


def read(root: Path) -> Declared:
    """Read the declaration.

    Raises:
        Trouble: a setting is missing, unknown or names something that is not declared.
    """
    with (root / "pyproject.toml").open("rb") as handle:
        section: dict[str, Any] = tomllib.load(handle)["tool"]["supervisor"]
    try:
        declared = Declared(
            **{name: _frozen(value) for name, value in section.items() if name not in _PARTS},
            steps=tuple(Step(**_frozen_items(step)) for step in section["step"]),
            components=tuple(Component(**_frozen_items(part)) for part in section["process"]),
            pools=tuple(Pool(name=name, **pool) for name, pool in section["pools"].items()),
        )
    except (KeyError, TypeError) as error:
        raise Trouble(
            f"[tool.supervisor] in pyproject.toml can't be used: {error}.", "Correct it."
        ) from error
    _check(declared)
    return declared if os.environ.get(TWINS) != "off" else _without_sandbox(declared)


_PARTS = {"step", "process", "pools"}


def _without_sandbox(declared: Declared) -> Declared:
    """The same without the vendors' twins, for a runtime whose connections name real servers."""
    gone = {step.name for step in declared.steps if step.sandbox}
    steps = tuple(
        replace(step, after=tuple(name for name in step.after if name not in gone))
        for step in declared.steps
        if not step.sandbox
    )
    components = tuple(
        replace(part, after=tuple(name for name in part.after if name not in gone))
        for part in declared.components
        if not part.sandbox
    )
    return replace(declared, steps=steps, components=components)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _frozen_items(table: dict[str, Any]) -> dict[str, Any]:
    return {name: _frozen(value) for name, value in table.items()}


def _check(declared: Declared) -> None:
    steps = {POSTGRES, MIGRATION, *(step.name for step in declared.steps)}
    parts: tuple[Step | Component, ...] = (*declared.steps, *declared.components)
    for part in parts:
        if unknown := set(part.after) - steps:
            raise Trouble(
                f"{part.name} in pyproject.toml waits for unknown steps {sorted(unknown)}.",
                f"Name some of: {', '.join(sorted(steps))}.",
            )
    for component in declared.components:
        if unknown := set(component.listens) - set(declared.ports):
            raise Trouble(
                f"{component.name} in pyproject.toml listens on unknown ports {sorted(unknown)}.",
                f"Name some of: {', '.join(sorted(declared.ports))}.",
            )
