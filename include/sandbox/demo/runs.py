"""Start runs in Airflow under fixed ids, and follow them to their end.

An id that is taken means that an earlier demonstration began the run: it is followed if it still
works, left alone if it succeeded, and started anew under the next id if it failed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.demo.airflow_api import Airflow, TaskState
from sandbox.demo.errors import Refused, Stopped
from sandbox.demo.progress import failed, is_parked, row_name, rows_of, unfinished
from sandbox.demo.telling import Progress, Telling

POLL_SECONDS: Final = 0.5
#: A new DAG file is read within this time after the start.
READING_SECONDS: Final = 60
#: A close of the demonstration's company works for far less; beyond it something is stuck.
RUN_SECONDS: Final = 300
SUCCESS: Final = "success"
#: So often is an id tried with a number behind it.
MOST_RUNS: Final = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """A run under its id; `standing` when it succeeded before this demonstration."""

    dag_id: str
    run_id: str
    standing: bool = False


class Runs:
    """Starts and follows runs of one period."""

    def __init__(self, airflow: Airflow, telling: Telling, period: str) -> None:
        self._airflow = airflow
        self._telling = telling
        self._period = period

    def begin(self, dag_id: str, name: str, *, anew: bool = False) -> Run:
        """The run `name` of a DAG, such as `close:2026-10:1`: started, or found at work, or done.

        Args:
            dag_id: the DAG.
            name: the id; `.2` and so on is added while it is taken by a run that counts no more.
            anew: also a run that succeeded counts no more.

        Raises:
            Stopped: Airflow does not read the DAG.
        """
        for attempt in range(1, MOST_RUNS):
            run_id = name if attempt == 1 else f"{name}.{attempt}"
            if self._start(dag_id, run_id):
                return Run(dag_id, run_id)
            state = self._airflow.state_of(dag_id, run_id)
            if state != "failed" and not (anew and state == SUCCESS):
                return Run(dag_id, run_id, standing=state == SUCCESS)
        raise Stopped(f"{dag_id} has {MOST_RUNS} runs {name}. Begin afresh with `make clean`.")

    def follow(
        self, title: str, *runs: Run, when_parked: Callable[[Run], None] | None = None
    ) -> None:
        """Show runs until all have ended.

        Args:
            title: what the viewer reads above the grid.
            runs: what to follow; those that stand already are left out.
            when_parked: called, again and again, while a run waits for approvals alone.

        Raises:
            Stopped: a run failed, or works longer than a close may.
        """
        waiting = [run for run in runs if not run.standing]
        began = time.monotonic()
        tasks: dict[str, Sequence[TaskState]] = {}
        with self._telling.watching(title) as progress:
            while waiting:
                for run in list(waiting):
                    state = self._airflow.state_of(run.dag_id, run.run_id)
                    tasks[run.run_id] = self._airflow.tasks(run.dag_id, run.run_id)
                    if state == "failed":
                        raise Stopped(self._why_failed(run, tasks[run.run_id]))
                    if state == SUCCESS:
                        waiting.remove(run)
                _show(progress, tasks, time.monotonic() - began)
                for run in waiting:
                    if when_parked is not None and is_parked(tasks[run.run_id]):
                        when_parked(run)
                if waiting and time.monotonic() > began + RUN_SECONDS:
                    raise Stopped(self._what_is_stuck(waiting[0], tasks[waiting[0].run_id]))
                if waiting:
                    time.sleep(POLL_SECONDS)

    def _start(self, dag_id: str, run_id: str) -> bool:
        until = time.monotonic() + READING_SECONDS
        while True:
            try:
                return self._airflow.start(dag_id, run_id, self._period)
            except Refused as refused:
                if refused.status != 404 or time.monotonic() > until:
                    raise Stopped(
                        f"Airflow did not start {dag_id}: {refused}. "
                        "Run `make logs NAME=dag-processor`."
                    ) from refused
            time.sleep(POLL_SECONDS)

    def _why_failed(self, run: Run, tasks: Sequence[TaskState]) -> str:
        bad = failed(tasks)
        if not bad:
            return f"{run.run_id} failed, none of its tasks did. Look at the run in Airflow."
        logs = "\n".join(self._told(run, task) for task in bad[:3])
        more = f"\n… and {len(bad) - 3} more" if len(bad) > 3 else ""
        return f"{run.run_id} failed in {len(bad)} tasks:\n{logs}{more}"

    def _what_is_stuck(self, run: Run, tasks: Sequence[TaskState]) -> str:
        left = unfinished(tasks)
        logs = "\n".join(self._told(run, task) for task in left[:3])
        return (
            f"{run.run_id} did not end within {RUN_SECONDS} s; {len(left)} tasks are left:\n"
            f"{logs}\nRun `make status`, and `make logs NAME=scheduler`."
        )

    def _told(self, run: Run, task: TaskState) -> str:
        """A task with the end of its log."""
        where = f" of {row_name(task.label)}" if task.label else ""
        named = f"  {task.task_id}[{task.map_index}]{where}: {task.state or 'not started'}"
        if not task.try_number:
            return named
        lines = self._airflow.end_of_log(run.dag_id, run.run_id, task)
        return "\n".join([named, *(f"    {line}" for line in lines)])


def _show(progress: Progress, tasks: Mapping[str, Sequence[TaskState]], seconds: float) -> None:
    every = [task for found in tasks.values() for task in found]
    ended = len(every) - len(unfinished(every))
    progress.show(rows_of(every), f"{ended} of {len(every)} tasks, {seconds:.0f} s")
