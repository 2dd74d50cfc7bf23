"""Read the outside: master data, and the documents of a kind."""

from __future__ import annotations

import logging
from dataclasses import asdict

from airflow.sdk import task

from tieout.orchestration import context
from tieout.orchestration.plan import LEDGER_POOL

_LOG = logging.getLogger(__name__)


@task
def sweep_sources(kind: str = "") -> list[str]:
    """Take in documents; the keys of the units that are due."""
    from tieout.workflows.sweep import sweep

    here = context.office()
    found = sweep(here, context.period(here), kind)
    for provider in found.failed:
        _LOG.warning("%s could not be read; the other sources were", provider)
    return found.units


@task(pool=LEDGER_POOL)
def master_data() -> dict[str, int]:
    """Snapshot ERP and HR, tell what changed, align employees."""
    from tieout.workflows.master_data import (
        align,
        refresh_ledger,
        refresh_people,
    )

    here = context.office()
    period = context.period(here)
    for counts in (refresh_ledger(here), refresh_people(here, period)):
        _LOG.info("%s", asdict(counts))
    return dict(align(here, period))
