"""The same small built month as the cockpit's, without Airflow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cockpit.seeding import Month, office_on, seed
from tieout.workflows.office import Office


@pytest.fixture
def office(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office on the test's database."""
    yield from office_on(warehouse_url, monkeypatch)


@pytest.fixture
def month(office: Office) -> Month:
    """A built month."""
    return seed(office)
