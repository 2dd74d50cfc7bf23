"""What a task knows of its run: who holds a claim, the period, a readable label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import get_current_context

if TYPE_CHECKING:
    from tieout.finance.periods import AccountingPeriod
    from tieout.workflows.office import Office


def holder() -> str:
    """The claim's holder: the same for every try of a task instance, so a retry takes over."""
    instance = get_current_context()["ti"]
    return f"{instance.dag_id}/{instance.run_id}/{instance.task_id}[{instance.map_index}]"


def request_key() -> str:
    """The identity of an approval request: Airflow keeps one ask per task instance."""
    return holder()


def label(text: str) -> None:
    """Name this task's map index for people."""
    get_current_context()["map_label"] = text


def office() -> Office:
    """The office of this process."""
    from tieout import bootstrap

    return bootstrap.office()


def period(here: Office) -> AccountingPeriod:
    """The run's period: its parameter, else the month being closed."""
    from tieout.workflows.sweep import closing_period

    return closing_period(here, str(get_current_context()["params"].get("period", "")))
