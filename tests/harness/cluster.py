"""One PostgreSQL for the whole test session, shared by its workers; databases cloned per test.

The session's first process chooses folder and port, so that every worker knows the address before
anything is started. Whoever needs a database first starts the server; the first process removes
it at the end, and removes what a killed session left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from supervisor.postgres import Cluster

FOLDER, PORT = "TIEOUT_TEST_HOME", "TIEOUT_TEST_PORT"
PREFIX = "tieout-tests-"
TEMPLATE = "warehouse_template"
METADATA = "airflow_tests"


def announce() -> None:
    """Choose folder and port of this test run; the workers inherit both."""
    _remove_leftovers()
    home = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    home.mkdir(mode=0o700)
    (home / "connections.yaml").write_text("{}\n", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ[FOLDER], os.environ[PORT] = str(home), str(port)


def home() -> Path:
    """The folder of this test run; its processes keep everything below it."""
    return Path(os.environ[FOLDER])


def session_cluster() -> Cluster:
    """The session's cluster, started or not."""
    return Cluster(home(), port=int(os.environ[PORT]), durable=False)


def address_of(database: str) -> str:
    """The URL of a database, known before the server runs."""
    return session_cluster().future_url(database)


def started() -> Cluster:
    """The session's cluster, running."""
    cluster = session_cluster()
    with locked("cluster"):
        cluster.start()
    return cluster


def once(name: str, make: Callable[[], None]) -> None:
    """Do something once for all workers; who comes later waits until it is done."""
    mark = home() / f"{name}.done"
    with locked(name):
        if not mark.exists():
            make()
            mark.touch()


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one process of the session at a time into a section."""
    with (home() / f"{name}.lock").open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove() -> None:
    """Stop the cluster and delete the session's folder."""
    _remove(home())


def _remove(folder: Path) -> None:
    # Cluster.remove stops a server that was left running; rmtree as its own module does.
    Cluster(folder, durable=False).remove()
    for path in sorted(folder.rglob("*"), reverse=True):
        with contextlib.suppress(FileNotFoundError):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    folder.rmdir()


def _remove_leftovers() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        number = int(folder.name.removeprefix(PREFIX))
        if folder.stat().st_uid == os.geteuid() and not psutil.pid_exists(number):
            _remove(folder)
