"""The account's memory: one SQLite file, one writer at a time, committed before the answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sandbox.netsuite import tables
from sandbox.netsuite.wire import read_json, write_json

#: Where the vendor leaves a choice to the account's administrator, or our knowledge ends.
DEFAULT_PREFERENCES: Final[dict[str, Any]] = {
    # A date outside the posting period: disallow | warn | allow.
    "allowDateOutsidePeriod": "disallow",
    # No period given and the date's own is closed: current | firstOpen.
    "defaultPeriodWhenClosed": "current",
    # Approval of journals: none | checkbox | routing.
    "journalApproval": "none",
    # Segments that every journal line must carry: department, class, location.
    "mandatorySegments": [],
    # Posting to a locked period: error | recalculate.
    "lockedPeriodBehaviour": "error",
    # Reading an unknown transaction answers 400 in place of 404.
    "unknownTransactionAs400": False,
    # Requests at once, of all integrations together.
    "accountConcurrencyLimit": 5,
    "integrationConcurrencyLimit": None,
    "synchronousLineLimit": 1000,
    "asynchronousLineLimit": 10_000,
    "customBodyFields": ["custbody_run_key"],
    "customLineFields": ["custcol_run_id"],
}
#: The internal id before the first transaction's.
_IDS_BEFORE_FIRST: Final = 90_416
_PRIMARY_BOOK: Final = {
    "id": "1",
    "name": "Primary Accounting Book",
    "isprimary": "T",
    "isadjustmentonly": "F",
    "isconsolidated": "F",
}

Row = sqlite3.Row


class State:
    """The file of one account.

    Args:
        home: the runtime's folder; the seed is read once from `sandbox/seed/netsuite.json`.

    Raises:
        FileNotFoundError: there is neither memory nor seed.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "sandbox" / "state" / "netsuite.sqlite"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                seed = (home / "sandbox" / "seed" / "netsuite.json").read_text(encoding="utf-8")
                _fill(connection, read_json(seed))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that waits for the others; an exception undoes it."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A view of what is committed now."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.create_collation("exact", _compare_exactly)
        return connection


def setting(connection: sqlite3.Connection, name: str) -> Any:
    """A setting's JSON value, None when it was never made."""
    row = connection.execute("SELECT body FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else read_json(row["body"])


def keep_setting(connection: sqlite3.Connection, name: str, body: Any) -> None:
    """Make or replace a setting."""
    connection.execute(
        "INSERT INTO setting (name, body) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        (name, write_json(body)),
    )


def preferences(connection: sqlite3.Connection) -> dict[str, Any]:
    """The account's preferences in force."""
    stated: dict[str, Any] = setting(connection, "preferences")
    return DEFAULT_PREFERENCES | stated


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> int:
    """Insert a row of the twin's own making and return its number."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    # Table and column names are the twin's own, never a caller's.
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
    return int(connection.execute(statement, tuple(row.values())).lastrowid or 0)


def _compare_exactly(left: str, right: str) -> int:
    first, second = Decimal(left), Decimal(right)
    return (first > second) - (first < second)


def _fill(connection: sqlite3.Connection, seed: Mapping[str, Any]) -> None:
    seeded: Mapping[str, list[dict[str, Any]]] = seed["tables"]
    unknown = set(seeded) - set(tables.REFERENCE)
    if unknown:
        raise ValueError(f"the seed names tables that the account does not have: {unknown}")
    columns = {table: _columns(rows) for table, rows in seeded.items()}
    # One transaction for all of it: a start that is interrupted leaves an empty file.
    connection.executescript("BEGIN IMMEDIATE;\n" + tables.creation(columns))
    books = seeded.get("accountingbook") or [_PRIMARY_BOOK]
    for table, rows in {**seeded, "accountingbook": books}.items():
        for row in rows:
            insert(connection, f"ref_{table}", {name: _text(each) for name, each in row.items()})
    insert(connection, "sqlite_sequence", {"name": "ledger", "seq": _IDS_BEFORE_FIRST})
    for name in ("account_id", "preferences", "roles", "integrations"):
        keep_setting(connection, name, seed[name])
    connection.execute("COMMIT")


def _columns(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "T" if value else "F"
    return None if value is None else str(value)
