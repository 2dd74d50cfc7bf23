"""The two databases, on the embedded server or on the one that TIEOUT_POSTGRES_URL names."""

from __future__ import annotations

import os
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from supervisor.declared import Declared
from supervisor.errors import Trouble
from supervisor.home import Home
from supervisor.postgres import Cluster

SETTING = "TIEOUT_POSTGRES_URL"


class Databases(Protocol):
    """The server that holds the runtime's databases."""

    def start(self) -> None:
        """Start the server, or make sure that it answers; creates the databases if absent."""

    def stop(self) -> None:
        """Stop the server if it is ours."""

    def running(self) -> bool:
        """Whether it is started."""

    def recreate(self) -> None:
        """Drop the databases and create them empty."""

    def remove(self) -> None:
        """Remove what the runtime made on this machine."""

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database, as its owner."""


class Embedded:
    """Our own cluster: each database belongs to a role of its name."""

    def __init__(self, home: Home, declared: Declared, port: int | None) -> None:
        self.cluster = Cluster(home.path, port=port)
        self._names = declared.databases

    def start(self) -> None:
        """Start the cluster and create what is missing."""
        self.cluster.start()
        for name in self._names:
            self.cluster.ensure_owned_database(name)

    def stop(self) -> None:
        """Stop the cluster."""
        self.cluster.stop()

    def running(self) -> bool:
        """Whether the cluster runs."""
        return self.cluster.running()

    def recreate(self) -> None:
        """Drop the databases and create them empty."""
        self.cluster.start()
        for name in self._names:
            self.cluster.drop_database(name)
            self.cluster.ensure_owned_database(name)

    def remove(self) -> None:
        """Stop the cluster and delete its data."""
        self.cluster.remove()

    def url(self, name: str) -> str:
        """The URL of a database, as its owner."""
        return self.cluster.url(name, role=name)


class Outside:
    """Somebody's server: databases are created there if absent, and never dropped."""

    def __init__(self, url: str, declared: Declared) -> None:
        parts = urlsplit(url)
        self._parts = parts._replace(scheme="postgresql")
        self._names = declared.databases

    def start(self) -> None:
        """Create what is missing.

        Raises:
            Trouble: the server does not answer, or refuses.
        """
        try:
            with psycopg.connect(self._plain(), autocommit=True, connect_timeout=10) as connection:
                for name in self._names:
                    question = "SELECT 1 FROM pg_database WHERE datname = %s"
                    if connection.execute(question, (name,)).fetchone() is None:
                        connection.execute(
                            sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
                        )
        except psycopg.Error as error:
            raise Trouble(
                f"The PostgreSQL that {SETTING} names can't be used: {str(error).strip()}",
                f"Correct {SETTING}, or unset it to use the embedded server.",
            ) from error

    def stop(self) -> None:
        """Leave it running: it is not ours."""

    def running(self) -> bool:
        """Whether it answers."""
        try:
            psycopg.connect(self._plain(), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def recreate(self) -> None:
        """Refuse: data on somebody's server are not ours to drop."""
        raise Trouble(
            f"The databases {', '.join(self._names)} on the server that {SETTING} names hold"
            " another company, and are not dropped by this command.",
            "Drop both there yourself, then try again.",
        )

    def remove(self) -> None:
        """Leave the data where they are: the server is not ours."""

    def url(self, name: str) -> str:
        """The URL of a database on that server, as its user."""
        parts = self._parts._replace(scheme="postgresql+psycopg", path=f"/{name}")
        return urlunsplit(parts)

    def _plain(self) -> str:
        return urlunsplit(self._parts)


def of(home: Home, declared: Declared, port: int | None = None) -> Databases:
    """The server that the environment asks for."""
    if url := os.environ.get(SETTING):
        return Outside(url, declared)
    return Embedded(home, declared, port)
