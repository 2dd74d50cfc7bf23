"""What every DAG of the project declares alike: owners, tags, retries, the period parameter."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, Param, RetryAction, RetryRule

from tieout.errors import (
    ConfigurationError,
    ConflictError,
    NotAllowedError,
    SettingsError,
    VendorRefusedError,
)

#: A pool per ERP account queues tasks; slots bound its requests.
LEDGER_POOL = "erp_netsuite"


class Owner(StrEnum):
    """Teams, not persons."""

    FINANCE_OPERATIONS = "finance-operations"
    CONTROLLING = "controlling"
    PLATFORM = "platform"


class Tag(StrEnum):
    """The closed set of tags."""

    READS = "reads"
    BUILDS = "builds"
    POSTS = "posts"
    PROVES = "proves"
    REPORTS = "reports"


PERIOD = Param(
    "",
    type="string",
    pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$",
    title="Period",
    description_md="Year and month such as `2026-10`; empty is the month being closed.",
)

#: What a retry can't cure fails at once; the rest is tried again with growing pauses.
PATIENCE = ExceptionRetryPolicy(
    rules=[
        RetryRule(exception=kind, action=RetryAction.FAIL, reason="a retry will not cure it")
        for kind in (
            VendorRefusedError,
            ConfigurationError,
            SettingsError,
            NotAllowedError,
            ConflictError,
        )
    ]
)


def declared(owner: Owner, *tags: Tag, doc: str | None, runs_at_once: int = 1) -> dict[str, Any]:
    """Keyword arguments of `@dag` that all DAGs share.

    Args:
        owner: the team that answers for it.
        tags: what it does.
        doc: its documentation page.
        runs_at_once: more than one where a run may wait for people, since a changed list of
            journals asks in a new run while the old one still waits.
    """
    return {
        "start_date": datetime(2026, 1, 1, tzinfo=UTC),
        "catchup": False,
        "max_active_runs": runs_at_once,
        "tags": [str(tag) for tag in tags],
        "params": {"period": PERIOD},
        "doc_md": doc,
        "default_args": {
            "owner": str(owner),
            "retries": 2,
            "retry_delay": timedelta(seconds=5),
            "retry_exponential_backoff": 2,
            "retry_policy": PATIENCE,
        },
    }


def schedule(cron: str) -> str | None:
    """The schedule, unless this environment starts its runs itself (`TIEOUT_SCHEDULES=off`)."""
    return None if os.environ.get("TIEOUT_SCHEDULES", "on") == "off" else cron
