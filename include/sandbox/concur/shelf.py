"""What the twin remembers: JSON records by kind and key in one SQLite file.

Every request is one transaction: it either happened wholly or not at all, also when the answer
is lost or the process ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sandbox.concur import exact_json

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS record (
    place INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
)
"""
_GET: Final = "SELECT body FROM record WHERE kind = ? AND key = ?"
_PUT: Final = (
    "INSERT INTO record (kind, key, body) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"
)
_REMOVE: Final = "DELETE FROM record WHERE kind = ? AND key = ?"
_EACH: Final = "SELECT body FROM record WHERE kind = ? ORDER BY place"
_COUNT: Final = "SELECT count(*) FROM record WHERE kind = ?"


class Records:
    """The records inside one transaction; keeps the order in which keys were first put."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, kind: str, key: str) -> Any:
        """The record, or None."""
        row = self._connection.execute(_GET, (kind, key)).fetchone()
        return None if row is None else exact_json.loads(row[0])

    def put(self, kind: str, key: str, body: Any) -> None:
        """Write the record, in its old place if there was one."""
        self._connection.execute(_PUT, (kind, key, exact_json.dumps(body)))

    def append(self, kind: str, body: Any) -> None:
        """Add a record to a journal of this kind; its key is its number."""
        self.put(kind, f"{self.count(kind) + 1:09d}", body)

    def remove(self, kind: str, key: str) -> None:
        """Forget the record, if it is there."""
        self._connection.execute(_REMOVE, (kind, key))

    def each(self, kind: str) -> list[Any]:
        """All records of a kind, oldest first."""
        rows = self._connection.execute(_EACH, (kind,)).fetchall()
        return [exact_json.loads(row[0]) for row in rows]

    def count(self, kind: str) -> int:
        """How many records of a kind there are."""
        return int(self._connection.execute(_COUNT, (kind,)).fetchone()[0])


class Shelf:
    """The SQLite file; safe to open from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[Records]:
        """One transaction that waits for others; an exception undoes it."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Records(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)
