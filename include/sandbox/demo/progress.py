"""Where a run stands, as stage x entity: pure, from the states of its tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.demo.airflow_api import TaskState

STAGES: Final = (
    *("extract", "validate", "reconcile", "route", "build"),
    *("approve", "post", "tie_out"),
)
FINISHED: Final = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
BAD: Final = frozenset({"failed", "upstream_failed"})
WAITING: Final = "awaiting_input"
#: States in which a task moves by itself, so that waiting for it makes sense.
MOVING: Final = frozenset(
    {"scheduled", "queued", "running", "restarting", "up_for_retry", "up_for_reschedule"}
)
#: A unit of expenses belongs to no single entity.
ALL_ENTITIES: Final = "expenses"
_WORDS: Final[Mapping[str, str]] = {
    "success": "done",
    "skipped": "none",
    WAITING: "wait",
    "failed": "failed",
    "upstream_failed": "blocked",
    "running": "run",
    "up_for_retry": "retry",
}


@dataclass(frozen=True, slots=True)
class Row:
    """How far an entity, or the expenses of all entities, has come in a run."""

    name: str
    cells: tuple[str, ...]


def rows_of(tasks: Sequence[TaskState]) -> list[Row]:
    """One row for each entity with a named task, expenses first."""
    labels = {_place(task): task.label for task in tasks if _is_named(task)}
    cells: dict[str, dict[str, str]] = {}
    for task in tasks:
        stage = task.task_id.rpartition(".")[2]
        label = labels.get(_place(task))
        if label is None or stage not in STAGES:
            continue
        word = _WORDS.get(task.state, "queue" if task.state else "")
        cells.setdefault(row_name(label), {})[stage] = word
    return [
        Row(name, tuple(found.get(stage, "") for stage in STAGES))
        for name, found in sorted(cells.items(), key=lambda pair: (pair[0] != ALL_ENTITIES, pair))
    ]


def _place(task: TaskState) -> tuple[str, int]:
    """Group and map index: the tasks of a group at one index are of one unit or entity."""
    return (task.task_id.rpartition(".")[0], task.map_index)


def _is_named(task: TaskState) -> bool:
    """Whether a mapped task says whose it is; until its start it has its index for a name."""
    return task.map_index >= 0 and task.label not in {"", str(task.map_index)}


def row_name(label: str) -> str:
    """The entity of a map index's label: an entity itself, or the key of a unit.

    A pay run's key names its entity second (`de-datev:DE01:…`); expenses of a period concern all.
    """
    parts = label.split(":")
    if len(parts) == 1:
        return label
    return parts[1] if len(parts) > 2 else ALL_ENTITIES


def is_parked(tasks: Sequence[TaskState]) -> bool:
    """Whether a run does nothing more until somebody answers an approval."""
    states = {task.state for task in tasks}
    return WAITING in states and not states & MOVING


def unfinished(tasks: Iterable[TaskState]) -> list[TaskState]:
    """Tasks that a run still waits for, those that move first."""
    left = [task for task in tasks if task.state not in FINISHED]
    return sorted(left, key=lambda task: (task.state not in MOVING, task.task_id, task.map_index))


def failed(tasks: Iterable[TaskState]) -> list[TaskState]:
    """Tasks that failed by themselves; the run's verdict only repeats them."""
    return [
        task for task in tasks if task.state == "failed" and not task.task_id.startswith("verdict")
    ]
