"""The five stages of a unit as a task group, mapped over unit keys.

Every task may be cleared and run again at any time: a stage whose inputs are known does nothing.
"""

from __future__ import annotations

import logging
from importlib import import_module

from airflow.sdk import task, task_group

from tieout.errors import BusyError
from tieout.orchestration import context

_LOG = logging.getLogger(__name__)


def run_stage(stage: str, unit: str) -> str:
    """Run one stage of one unit; returns a word for the log, never an amount."""
    context.label(unit)
    here = context.office()
    workflow = getattr(import_module(f"tieout.workflows.{stage}"), stage)
    try:
        ran = workflow(here, unit, context.holder())
    except BusyError as busy:
        # Held by another run: its work is our work; the next sweep takes what is left.
        _LOG.info("%s", busy.message)
        return "held by another run"
    return "done" if ran else "nothing new"


@task(map_index_template="{{ map_label }}")
def extract(unit: str) -> str:
    """Join the unit's documents into one frame."""
    return run_stage("extract", unit)


@task(map_index_template="{{ map_label }}")
def validate(unit: str) -> str:
    """Type rows, check contracts and expectations."""
    return run_stage("validate", unit)


@task(map_index_template="{{ map_label }}")
def reconcile(unit: str) -> str:
    """Map accounts, cost centers and projects."""
    return run_stage("reconcile", unit)


@task(map_index_template="{{ map_label }}")
def route(unit: str) -> str:
    """Decide the way of each approved expense; cut and hand over batches."""
    return run_stage("route", unit)


@task(map_index_template="{{ map_label }}")
def build(unit: str) -> str:
    """Build journals with lineage and certificate."""
    return run_stage("build", unit)


@task_group(group_id="units")
def process_unit(unit: str) -> None:
    """Extract → validate → reconcile → route → build, for one unit."""
    extract(unit) >> validate(unit) >> reconcile(unit) >> route(unit) >> build(unit)
