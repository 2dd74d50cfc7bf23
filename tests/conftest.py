"""Fixtures and rules that all tests share.

Order: rules and properties first, then adapters and SQL, then DAGs and whole closes. Every test
of Airflow runs in one worker, on a metadata database of its own that no scheduler watches.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

from supervisor.postgres import Cluster
from tests.harness import cluster as harness
from tests.harness.network import keep_to_loopback
from tests.harness.promises import Outcome, statements

ROOT = Path(__file__).resolve().parents[1]
ORDER = ("tidy", "unit", "properties", "sql", "contract", "integration", "faults", "cockpit")
AIRFLOW_FOLDERS = {"dags", "cockpit"}
OUTCOME = pytest.StashKey[Outcome]()

hypothesis.settings.register_profile("fast", max_examples=20)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("night", max_examples=5_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    """Choose this test run's places before any worker or library looks for them."""
    config.stash[OUTCOME] = Outcome()
    if not _is_worker(config):
        harness.announce()
    keep_to_loopback()
    home = harness.home()
    os.environ |= {
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": harness.address_of(harness.METADATA),
        "GX_ANALYTICS_ENABLED": "False",
        "TIEOUT_CONFIG": str(ROOT / "include" / "config"),
        "TIEOUT_HOME": str(home),
        "TIEOUT_ROOT": str(ROOT),
        "TIEOUT_SCHEDULES": "off",
    }
    os.environ.pop("TIEOUT_CLOCK", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the session's cluster, then say how many promises were shown."""
    if _is_worker(config) or OUTCOME not in config.stash:
        return
    harness.remove()
    if not config.option.collectonly:
        shown = config.stash[OUTCOME].shown
        sys.stdout.write(f"promises: {len(shown)} of {len(statements())} shown\n")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put cheap tests first, all of Airflow's in one worker, and note each test's promises."""
    known = {statement.statement for statement in statements()}
    for item in items:
        claimed = [claim for mark in item.iter_markers("promise") for claim in mark.args]
        if unknown := set(claimed) - known:
            raise pytest.UsageError(f"{item.nodeid} claims unknown statements {sorted(unknown)}.")
        item.user_properties += [("promise", claim) for claim in claimed]
        if _folder(item) in AIRFLOW_FOLDERS:
            item.add_marker(pytest.mark.xdist_group("airflow"))
    items.sort(key=lambda item: _rank(_folder(item)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let each report carry its test's promises to the process that counts."""
    report = yield
    report.user_properties = item.user_properties
    return report


class _Counter:
    """Counts promises in the process that prints the summary."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of one test's result."""
        claimed = {str(value) for name, value in report.user_properties if name == "promise"}
        if report.failed:
            self._outcome.failed |= claimed
        elif report.when == "call" and report.passed:
            self._outcome.passed |= claimed


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to count where the summary is printed."""
    if not _is_worker(session.config):
        session.config.pluginmanager.register(_Counter(session.config.stash[OUTCOME]))


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The session's PostgreSQL, running; shared by all workers."""
    return harness.started()


@pytest.fixture(scope="session")
def _template(cluster: Cluster) -> str:
    """A database with all migrations applied, made once for all workers."""

    def make() -> None:
        from tieout.warehouse.migrator import migrate

        cluster.create_database(harness.TEMPLATE)
        migrate(cluster.url(harness.TEMPLATE))

    harness.once("template", make)
    return harness.TEMPLATE


@pytest.fixture
def warehouse_url(cluster: Cluster, _template: str) -> Iterator[str]:
    """The URL of a fresh, migrated database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    # Only one copy at a time: nobody else may be connected to the template meanwhile.
    with harness.locked("template"):
        cluster.create_database(name, template=_template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def empty_database_url(cluster: Cluster) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    cluster.create_database(name)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def airflow_metadata(cluster: Cluster) -> str:
    """Airflow's own tables on the session's cluster; returns their URL.

    Airflow finds that URL in the environment. Tests that use it belong to the group "airflow".
    """

    def make() -> None:
        cluster.create_database(harness.METADATA)
        subprocess.run(
            [Path(sys.executable).parent / "airflow", "db", "migrate"],
            check=True,
            capture_output=True,
        )

    harness.once("airflow", make)
    return cluster.url(harness.METADATA)


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real payroll files that others wrote; they are never copied into the project."""
    named = os.environ.get("TIEOUT_SAMPLES")
    folder = Path(named) if named else ROOT.parent / "shared" / "samples" / "payroll"
    if not folder.is_dir():
        pytest.skip(f"no sample files: {folder} does not exist; name them in TIEOUT_SAMPLES")
    return folder


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT / "tests").parts[0]


def _rank(folder: str) -> int:
    return ORDER.index(folder) if folder in ORDER else len(ORDER)
