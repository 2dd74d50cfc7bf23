"""Engine, transactions and the named queries of sql/.

SQLAlchemy gives engine, pool and transactions; the queries are aiosql files, one per question, in
the folder of their verb. Rows come back as dicts. There is no other door to the database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import aiosql
import psycopg
import sqlalchemy as sa
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from tieout.errors import BusyError, SettingsError
from tieout.warehouse.violations import told_in_our_words

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]
#: Rows that a COPY sends at once.
COPY_ROWS: Final = 50_000
#: Folders of sql/ that are loaded; migrations and NetSuite's own statements are not ours to load.
FOLDERS = (
    "setup", "exceptions", "extract", "validate", "reconcile", "route", "build", "approve",
    "post", "tie_out", "certify",
    "cockpit", "controls", "report",
)  # fmt: skip


def sql_root() -> Path:
    """The folder of SQL files: beside include/, or where TIEOUT_ROOT says."""
    root = os.environ.get("TIEOUT_ROOT")
    base = Path(root) if root else Path(__file__).resolve().parents[3]
    folder = base / "sql"
    if not folder.is_dir():
        raise SettingsError(
            f"There is no folder {folder}.", next_step="Set TIEOUT_ROOT to the project's folder."
        )
    return folder


@cache
def queries(folder: str) -> Any:
    """The named queries of one folder of sql/."""
    return aiosql.from_path(str(sql_root() / folder), "psycopg", mandatory_parameters=False)


class Work:
    """One transaction: named queries in, rows as dicts out."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def rows(self, folder: str, name: str, /, **values: object) -> list[Row]:
        """All rows of a query."""
        with told_in_our_words():
            found = getattr(queries(folder), name)(self._connection, **_adapted(values))
            return list(cast("Iterable[Row]", found or ()))

    def row(self, folder: str, name: str, /, **values: object) -> Row | None:
        """The first row, or none."""
        found = self.rows(folder, name, **values)
        return found[0] if found else None

    def value(self, folder: str, name: str, /, **values: object) -> Any:
        """The first column of the first row, or none."""
        found = self.row(folder, name, **values)
        return None if found is None else next(iter(found.values()))

    def run(self, folder: str, name: str, /, **values: object) -> int:
        """Execute; the number of rows touched."""
        statement = getattr(queries(folder), name)
        with told_in_our_words(), self._connection.cursor() as cursor:
            cursor.execute(statement.sql, _adapted(values))
            return cursor.rowcount

    def run_many(self, folder: str, name: str, many: Sequence[Mapping[str, object]]) -> None:
        """Execute once per set of values, in one round trip as far as the driver can."""
        if not many:
            return
        statement = getattr(queries(folder), name)
        with told_in_our_words(), self._connection.cursor() as cursor:
            cursor.executemany(statement.sql, [_adapted(dict(values)) for values in many])

    def copy(self, folder: str, name: str, frame: pl.DataFrame) -> None:
        r"""Send a frame's rows by a COPY statement; its columns in the statement's order.

        The statement reads tab-separated CSV whose null is `\N`; arrays and ranges are text.
        """
        if frame.is_empty():
            return
        statement = getattr(queries(folder), name)
        with (
            told_in_our_words(),
            self._connection.cursor() as cursor,
            cursor.copy(statement.sql) as copy,
        ):
            for rows in frame.iter_slices(COPY_ROWS):
                # Texts stand in quotes, so that none of them can be taken for a null.
                copy.write(
                    rows.write_csv(
                        include_header=False, separator="\t", quote_style="non_numeric",
                        null_value="\\N",
                    )
                )  # fmt: skip

    def database_now(self) -> datetime:
        """The database's own clock: what leases are measured by."""
        return cast("datetime", self.value("setup", "database_now"))

    def record_transition(
        self, kind: str, key: str, before: str, after: str, by: str, at: datetime, reason: str = ""
    ) -> None:
        """Append to the state history; an illegal step is refused."""
        self.run(
            "setup", "record_transition", object_kind=kind, object_key=key, from_state=before,
            to_state=after, changed_by=by, changed_at=at, reason=reason,
        )  # fmt: skip


def _adapted(values: dict[str, object]) -> dict[str, object]:
    return {
        name: Jsonb(value, dumps=_dumps) if isinstance(value, dict) else value
        for name, value in values.items()
    }


def _dumps(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


class Warehouse:
    """The store behind one URL (`postgresql+psycopg://…`)."""

    def __init__(self, url: str) -> None:
        # Read committed: every promise is a constraint or a guarded UPDATE, not a snapshot.
        self.engine = sa.create_engine(url, pool_size=4, max_overflow=4, pool_pre_ping=True)

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """Commit at the end, roll back on any error; deferred constraints speak at commit."""
        with told_in_our_words(), self.engine.begin() as connection:
            raw = cast("psycopg.Connection[Row]", connection.connection.driver_connection)
            raw.row_factory = dict_row
            try:
                yield Work(raw)
            finally:
                # The pool lends this connection to SQLAlchemy's own queries too: rows as tuples.
                cast("psycopg.Connection[tuple[object, ...]]", raw).row_factory = tuple_row

    @contextmanager
    def hold_advisory_lock(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """A session lock by name, freed by a crash.

        Raises:
            BusyError: `wait` is false and someone else holds it.
        """
        key = sa.text("SELECT hashtextextended(:name, 0)")
        lock = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
        with self.engine.connect() as connection:
            number = connection.execute(key, {"name": name}).scalar_one()
            held = connection.execute(sa.select(getattr(sa.func, lock)(number))).scalar_one()
            connection.commit()
            if not wait and not held:
                raise BusyError(f"{name} is held by another process.")
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))
                connection.commit()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
