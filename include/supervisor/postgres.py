"""Embedded PostgreSQL 18, driven by initdb and pg_ctl alone.

It listens on loopback TCP, asks for a password (SCRAM), sorts alike on every machine (builtin
C.UTF-8), and comes back after `kill -9`: a `postmaster.pid` that no living server owns is removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

from supervisor import credentials, postmaster
from supervisor.errors import Trouble
from supervisor.files import read_json
from supervisor.placing import Place, place_for
from supervisor.ports import any_free

ADMIN = "postgres"
MAJOR = "18"
START_SECONDS = 120
# A cluster that lives for one test session need not survive a power cut.
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Cluster:
    """One PostgreSQL server and its data.

    Args:
        home: the folder that owns it; passwords are kept in its `secrets.json`.
        port: the TCP port; None takes any free one at each start.
        durable: False for tests, where the data may be lost with the machine.
    """

    def __init__(self, home: Path, *, port: int | None = None, durable: bool = True) -> None:
        self._home = home
        self._port = port
        self._durable = durable
        self._chosen_place: Place | None = None

    @property
    def place(self) -> Place:
        """Where the files lie; decided at first use."""
        if self._chosen_place is None:
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._chosen_place = place_for(self._home)
        return self._chosen_place

    @property
    def port(self) -> int:
        """The port of the running server.

        Raises:
            Trouble: it does not run.
        """
        lines = postmaster.pid_file_lines(self.place.cluster)
        if len(lines) < 4:
            raise Trouble("PostgreSQL does not run.", "Run `make up`.")
        return int(lines[3])

    def running(self) -> bool:
        """Whether a live postmaster owns the data."""
        lines = postmaster.pid_file_lines(self.place.cluster)
        return bool(lines) and int(lines[0]) in postmaster.processes(self.place.cluster)

    def start(self) -> None:
        """Start the server and wait until it answers; does nothing when it already does.

        Raises:
            Trouble: it does not come up; says the end of its log.
        """
        self._forget_foreign_cluster()
        if not (self.place.cluster / "PG_VERSION").is_file():
            self._initialise()
        self._require_version()
        deadline = time.monotonic() + START_SECONDS
        said = ""
        while time.monotonic() < deadline:
            if self.running():
                if self._answers():
                    return
            else:
                postmaster.clear_stale_pid_file(self.place.cluster)
                said = self._ask_for_start()
            time.sleep(0.1)
        raise Trouble(
            f"PostgreSQL did not start within {START_SECONDS} s: {said or self._log_end()}",
            f"Read {self._log}, then run `make up` again.",
        )

    def stop(self) -> None:
        """Stop the server and everything it started, by force after 30 seconds."""
        if self.running():
            self.place.run(
                "pg_ctl", "-D", str(self.place.cluster), "-m", "fast", "-t", "30", "-w", "stop"
            )
        for number in postmaster.processes(self.place.cluster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while postmaster.processes(self.place.cluster) and time.monotonic() < deadline:
            time.sleep(0.05)

    def remove(self) -> None:
        """Stop the server and delete its data, and the folder aside when there is one."""
        self.stop()
        shutil.rmtree(self.place.cluster, ignore_errors=True)
        if self.place.aside:
            shutil.rmtree(self.place.aside, ignore_errors=True)

    def url(self, database: str, role: str = ADMIN) -> str:
        """The SQLAlchemy URL of a database of the running server, password included."""
        return self._url(database, role, self.port)

    def future_url(self, database: str, role: str = ADMIN) -> str:
        """The URL that a database will have once a cluster with a fixed port is started."""
        if self._port is None:
            raise Trouble("This cluster's port is not chosen yet.", "Start it first.")
        return self._url(database, role, self._port)

    def _url(self, database: str, role: str, port: int) -> str:
        secret = quote(self._password(role), safe="")
        return f"postgresql+psycopg://{role}:{secret}@127.0.0.1:{port}/{database}"

    def create_database(
        self, name: str, template: str | None = None, owner: str | None = None
    ) -> None:
        """Create a database, as a copy of `template` if one is named (nobody may be in it)."""
        parts = [sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))]
        if template:
            parts.append(sql.SQL("TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template)))
        if owner:
            parts.append(sql.SQL("OWNER {}").format(sql.Identifier(owner)))
        self._execute(sql.SQL(" ").join(parts))

    def drop_database(self, name: str) -> None:
        """Drop a database if it is there, whoever is connected to it."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def ensure_owned_database(self, name: str) -> None:
        """Create, if absent, a database and a role of that name that owns it and nothing else."""
        password = sql.Literal(self._password(name))
        role = sql.Identifier(name)
        if not self._exists("SELECT 1 FROM pg_roles WHERE rolname = %s", name):
            self._execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        self._execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, password))
        if not self._exists("SELECT 1 FROM pg_database WHERE datname = %s", name):
            self.create_database(name, owner=name)
            self._execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _exists(self, question: LiteralString, name: str) -> bool:
        with self._connect() as connection:
            return connection.execute(question, (name,)).fetchone() is not None

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=ADMIN,
            password=self._password(ADMIN),
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        )

    def _password(self, role: str) -> str:
        name = f"postgres_{role}"
        return credentials.kept(self._secrets, name, credentials.password)

    @property
    def _secrets(self) -> Path:
        return self._home / "secrets.json"

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Trouble(
                    f"{self._secrets} does not hold the password of the running PostgreSQL.",
                    "Restore that file, or run `make clean` to begin anew.",
                ) from error
            return False
        except Trouble:  # it ended between two looks
            return False
        return True

    def _forget_foreign_cluster(self) -> None:
        """Data whose password is gone can't be used: that aside is left from a deleted home."""
        known = f"postgres_{ADMIN}" in read_json(self._secrets)
        if known or not (self.place.cluster / "PG_VERSION").is_file():
            return
        if self.place.aside is None:
            raise Trouble(
                f"{self._secrets} is missing while {self.place.cluster} holds a cluster.",
                "Restore that file, or run `make clean` to begin anew.",
            )
        self.stop()
        shutil.rmtree(self.place.cluster)

    def _initialise(self) -> None:
        """Make the cluster beside its place, then move it there: half a cluster is never seen."""
        # Names of this process alone: a killed start's initdb may still be writing into its own.
        fresh = self.place.cluster.with_name(f"postgres.new.{os.getpid()}")
        password_file = fresh.with_name(f"{fresh.name}.password")
        for leftover in self.place.cluster.parent.glob("postgres.new.*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink()
        shutil.rmtree(self.place.cluster, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file.touch(mode=0o600)
        password_file.write_text(self._password(ADMIN), encoding="utf-8")
        if self.place.account:
            for path in (fresh, password_file):
                os.chown(path, self.place.account.user_number, self.place.account.group_number)
        made = self.place.run(
            "initdb",
            *("-D", str(fresh), "-U", ADMIN, "--pwfile", str(password_file)),
            *("--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *(() if self._durable else ("--no-sync",)),
        )
        password_file.unlink()
        if made.returncode:
            raise Trouble(
                f"PostgreSQL's cluster could not be made: {made.stderr.strip()[-500:]}",
                "Cure that, then run `make up` again.",
            )
        fresh.rename(self.place.cluster)

    def _require_version(self) -> None:
        found = (self.place.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        if found != MAJOR:
            raise Trouble(
                f"{self.place.cluster} belongs to PostgreSQL {found}, this is {MAJOR}.",
                "Dump it with the old version, or run `make clean` to begin anew.",
            )

    def _ask_for_start(self) -> str:
        port = self._port or any_free()
        settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=''"]
        if not self._durable:
            settings.extend(FAST_AND_FORGETFUL)
        options = " ".join(f"-c {setting}" for setting in settings)
        asked = self.place.run(
            "pg_ctl",
            *("-D", str(self.place.cluster), "-l", str(self._log), "-w", "-t", str(START_SECONDS)),
            *("-o", options, "start"),
        )
        return "" if asked.returncode == 0 else f"{asked.stderr.strip()} {self._log_end()}"

    @property
    def _log(self) -> Path:
        return self.place.cluster / "server.log"

    def _log_end(self) -> str:
        if not self._log.is_file():
            return "it wrote no log."
        return self._log.read_text(encoding="utf-8", errors="replace").strip()[-600:]
