"""Airflow's view of the DAG files: loaded once, on a metadata database that nobody schedules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.sources import ROOT


@pytest.fixture(scope="session")
def dag_bag(airflow_metadata: str) -> Any:
    """All DAGs of the folder."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(ROOT / "dags")


@pytest.fixture(scope="session")
def dags(dag_bag: Any) -> dict[str, Any]:
    """DAG id → DAG."""
    return dict(dag_bag.dags)
