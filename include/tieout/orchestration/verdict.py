"""The leaf of a run: it fails when something upstream failed, so that green means green."""

from __future__ import annotations

from airflow.sdk import TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

#: States of a task instance that a green run must not hide.
BAD = {"failed", "upstream_failed"}


@task(trigger_rule=TriggerRule.ALL_DONE, retries=0)
def verdict() -> str:
    """Fail with the list of what failed before; each has its own log."""
    instance = get_current_context()["ti"]
    states = instance.get_task_states(dag_id=instance.dag_id, run_ids=[instance.run_id])
    failed = sorted(
        task_id
        for task_id, state in states.get(instance.run_id, {}).items()
        if state in BAD and not task_id.startswith("verdict")
    )
    if failed:
        raise AirflowFailException(
            f"{len(failed)} tasks did not finish: {', '.join(failed[:10])}. "
            "Clear them after the cure; nothing is posted twice."
        )
    return "all tasks finished"
