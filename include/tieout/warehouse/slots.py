"""At most n requests at once to one account, over all processes; a crash frees its slot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tieout.warehouse.store import Warehouse
from tieout.warehouse.violations import told_in_our_words

_TRY = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 1))")
_GIVE_BACK = sa.text("SELECT pg_advisory_unlock(hashtextextended(:name, 1))")


class PostgresSlots:
    """Session-level locks named by account and number; implements `tieout.ports.Slots`."""

    def __init__(self, warehouse: Warehouse, pause_seconds: float = 0.02) -> None:
        self._warehouse = warehouse
        self._pause = pause_seconds

    @contextmanager
    def hold(self, account: str, limit: int) -> Iterator[None]:
        """Wait for one of `limit` slots and hold it.

        Raises:
            TieoutError: the store is out of reach.
        """
        # Outside any transaction: a waiting request must not hold back the vacuum.
        engine = self._warehouse.engine.execution_options(isolation_level="AUTOCOMMIT")
        with told_in_our_words():
            connection = engine.connect()
        try:
            with told_in_our_words():
                name = self._take(connection, account, limit)
            try:
                yield
            finally:
                with told_in_our_words():
                    connection.execute(_GIVE_BACK, {"name": name})
        finally:
            connection.close()

    def _take(self, connection: sa.Connection, account: str, limit: int) -> str:
        numbers = list(range(max(limit, 1)))
        while True:
            for number in numbers:
                name = f"{account}#{number}"
                if connection.execute(_TRY, {"name": name}).scalar_one():
                    return name
            time.sleep(self._pause)
