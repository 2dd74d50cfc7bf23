"""Approve, post, tie out: a task group mapped over entities.

Inside the group tasks follow by `all_success`, so each entity goes on alone after its answer.
"""

from __future__ import annotations

import logging

from airflow.sdk import TriggerRule, task, task_group

from tieout.orchestration import context
from tieout.orchestration.approval import PARAMS, ApproveJournals
from tieout.orchestration.plan import LEDGER_POOL

_LOG = logging.getLogger(__name__)


@task(trigger_rule=TriggerRule.ALL_DONE)
def due_entities(*, accrue: bool = False) -> list[str]:
    """Entities with journals of the period; a failed unit blocks only its own entities.

    `accrue`: what is left to accrue is known once all units are built; it is asked with the rest.
    """
    from tieout.workflows.accrue import accrue_expenses
    from tieout.workflows.approve import due_entities as due

    here = context.office()
    period = context.period(here)
    for external_id in accrue_expenses(here, period) if accrue else ():
        _LOG.info("%s: accrual pair", external_id)
    return due(here, period.code)


@task
def approved_entities() -> list[str]:
    """Entities with journals that are approved or on their way."""
    from tieout.workflows.approve import approved_entities as due

    here = context.office()
    return due(here, context.period(here).code)


@task(pool=LEDGER_POOL, map_index_template="{{ map_label }}")
def post(entity: str) -> dict[str, str]:
    """Post what is approved and allowed now; external id → state, or why it waits."""
    from tieout.workflows.post import post as post_now

    context.label(entity)
    here = context.office()
    results = post_now(here, entity, context.period(here).code, context.holder())
    for result in results:
        _LOG.info("%s: %s %s", result.external_id, result.state, result.note)
    return {result.external_id: result.note or result.state for result in results}


@task(pool=LEDGER_POOL, map_index_template="{{ map_label }}")
def tie_out(entity: str) -> str:
    """Read the ledger back and compare; the state of the entity's close."""
    from tieout.workflows.tie_out import tie_out as compare

    context.label(entity)
    here = context.office()
    return compare(here, entity, context.period(here).code).state


@task_group(group_id="entities")
def close_entity(entity: str) -> None:
    """Approve → post → tie_out, for one entity."""
    approve = ApproveJournals(
        task_id="approve",
        entity=entity,
        params=PARAMS,
        map_index_template="{{ task.entity }}",
    )
    approve >> post(entity) >> tie_out(entity)


@task_group(group_id="entities")
def post_entity(entity: str) -> None:
    """Post → tie_out, for one entity with standing approvals."""
    post(entity) >> tie_out(entity)


@task_group(group_id="entities")
def tie_out_entity(entity: str) -> None:
    """tie_out alone."""
    tie_out(entity)
