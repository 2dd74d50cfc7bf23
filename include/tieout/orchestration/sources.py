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
    """Snapshot ERP, HR and expense profiles, tell what changed, align employees."""
    from tieout.workflows.alignment import align_people
    from tieout.workflows.master_data import (
        refresh_ledger,
        refresh_people,
        refresh_profiles,
    )

    here = context.office()
    period = context.period(here)
    read = [refresh_ledger(here, period), refresh_people(here, period)]
    for counts in (*read, *refresh_profiles(here, period)):
        _LOG.info("%s", asdict(counts))
    return dict(align_people(here, period))
