"""The embedded PostgreSQL survives what a machine and its people do to it."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from supervisor.errors import Trouble
from supervisor.postgres import Cluster


def plain(url: str) -> str:
    """The URL as the driver itself reads it."""
    return url.replace("+psycopg", "")


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of this test's own, in a folder that others can't enter."""
    tmp_path.chmod(0o700)
    cluster = Cluster(tmp_path / "home")
    yield cluster
    cluster.remove()


def postmaster(cluster: Cluster) -> psutil.Process:
    """The server's first process."""
    lines = (cluster.place.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    return psutil.Process(int(lines[0]))


def test_committed_rows_survive_a_killed_server(own_cluster: Cluster) -> None:
    """The controller relies on it: a crash of the database loses no posting attempt."""
    own_cluster.start()
    own_cluster.ensure_owned_database("tieout")
    with psycopg.connect(plain(own_cluster.url("tieout", "tieout"))) as connection:
        connection.execute("CREATE TABLE kept (amount_minor bigint)")
        connection.execute("INSERT INTO kept VALUES (1099)")
    postmaster(own_cluster).send_signal(signal.SIGKILL)

    own_cluster.start()

    with psycopg.connect(plain(own_cluster.url("tieout", "tieout"))) as connection:
        assert connection.execute("SELECT amount_minor FROM kept").fetchall() == [(1099,)]


def test_a_pid_file_of_a_stranger_does_not_lock_the_owner_out(own_cluster: Cluster) -> None:
    """The platform team relies on it: a number reused after a power cut locks nobody out."""
    own_cluster.start()
    pid_file = own_cluster.place.cluster / "postmaster.pid"
    lines = pid_file.read_text(encoding="utf-8").splitlines()
    own_cluster.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="utf-8")

    own_cluster.start()

    assert own_cluster.running()


def test_stop_leaves_no_process(own_cluster: Cluster) -> None:
    """The platform team relies on it: `make down` frees the machine."""
    own_cluster.start()
    family = [postmaster(own_cluster), *postmaster(own_cluster).children(recursive=True)]

    own_cluster.stop()

    assert not own_cluster.running()
    alive = [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert alive == []


def test_no_folder_above_the_cluster_changes_its_permissions(own_cluster: Cluster) -> None:
    """Everybody with files beside the project relies on it: a closed folder stays closed."""
    above = own_cluster._home.parents
    before = [stat.S_IMODE(folder.stat().st_mode) for folder in above]

    own_cluster.start()

    assert [stat.S_IMODE(folder.stat().st_mode) for folder in above] == before


def test_a_wrong_password_is_refused(own_cluster: Cluster) -> None:
    """Everybody on a shared machine relies on it: the port alone opens nothing."""
    own_cluster.start()
    own_cluster.ensure_owned_database("tieout")
    wrong = plain(own_cluster.url("tieout", "tieout")).replace("@127", "x@127")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_database_is_closed_to_the_other_role(own_cluster: Cluster) -> None:
    """The controller relies on it: Airflow's credentials open no finance table."""
    own_cluster.start()
    own_cluster.ensure_owned_database("airflow")
    own_cluster.ensure_owned_database("tieout")

    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(plain(own_cluster.url("tieout", "airflow")))


def test_a_lost_password_file_is_a_sentence_or_a_new_beginning(own_cluster: Cluster) -> None:
    """Whoever deleted a file by hand relies on it: no start hangs on a password nobody knows."""
    own_cluster.start()
    own_cluster.stop()
    own_cluster._secrets.unlink()

    if own_cluster.place.aside is None:
        with pytest.raises(Trouble, match="make clean"):
            own_cluster.start()
    else:
        own_cluster.start()
        assert own_cluster.running()


def test_text_sorts_alike_on_every_machine(own_cluster: Cluster) -> None:
    """The auditor relies on it: a replay elsewhere gives the same order, so the same bytes."""
    own_cluster.start()
    with psycopg.connect(plain(own_cluster.url("postgres"))) as connection:
        rows = connection.execute(
            "SELECT text FROM (VALUES ('ä'), ('a'), ('Z'), ('_')) AS word (text) ORDER BY text"
        ).fetchall()
    assert [row[0] for row in rows] == ["Z", "_", "a", "ä"]
