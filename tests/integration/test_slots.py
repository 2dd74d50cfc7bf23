"""Slots bound the requests at once to one account, over threads, processes and crashes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tieout.errors import BusyError, TieoutError
from tieout.warehouse.slots import PostgresSlots
from tieout.warehouse.store import Warehouse

LIMIT = 2


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """A store whose pooled connections were already used for rows as dicts."""
    store = Warehouse(warehouse_url)
    with store.transaction() as work:
        work.database_now()
    yield store
    store.dispose()


def _held_slots(store: Warehouse) -> int:
    """Advisory locks that the database itself says are held."""
    counted = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    with store.engine.connect() as connection:
        return int(connection.execute(counted).scalar_one())


def test_no_more_requests_at_once_than_the_account_allows(warehouse: Warehouse) -> None:
    """The ERP's concurrency is shared with the customer's other tools: a limit must hold."""
    slots = PostgresSlots(warehouse, pause_seconds=0.001)
    inside = threading.Semaphore(LIMIT)
    overfull: list[bool] = []
    start = threading.Barrier(6)

    def request() -> None:
        start.wait()
        for _ in range(5):
            with slots.hold("account", LIMIT):
                free = inside.acquire(blocking=False)
                overfull.append(not free)
                with warehouse.transaction() as work:
                    work.database_now()  # the request takes its time
                if free:
                    inside.release()

    threads = [threading.Thread(target=request) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overfull == [False] * 30
    assert _held_slots(warehouse) == 0, "every slot was given back"


def test_a_held_slot_is_a_lock_of_the_database(warehouse: Warehouse) -> None:
    """What only this process believed would bound nobody else."""
    slots = PostgresSlots(warehouse)
    with slots.hold("account", 1), slots.hold("other account", 1):
        assert _held_slots(warehouse) == 2


def test_a_crash_frees_its_slot(warehouse: Warehouse, warehouse_url: str) -> None:
    """A killed worker must not starve the next one."""
    dying = Warehouse(warehouse_url)
    held = PostgresSlots(dying).hold("account", 1)
    held.__enter__()
    end = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
    )
    with warehouse.engine.connect() as connection:
        assert connection.execute(end).scalar_one()
    with PostgresSlots(warehouse).hold("account", 1):
        assert _held_slots(warehouse) == 1
    with pytest.raises(TieoutError):
        held.__exit__(None, None, None)
    dying.dispose()


def test_a_lock_that_is_not_waited_for_tells_who_is_busy(warehouse: Warehouse) -> None:
    """A second set-up at the same time gets a sentence instead of a second effect."""
    with (
        warehouse.hold_advisory_lock("set-up", wait=False),
        pytest.raises(BusyError, match="held by another"),
        warehouse.hold_advisory_lock("set-up", wait=False),
    ):
        pass
