"""The cockpit, mounted as Airflow mounts it, on a store of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from airflow.api_fastapi.core_api.security import get_user
from fastapi import FastAPI, HTTPException, Request

from tests.cockpit.browser import Browser
from tests.cockpit.seeding import Month, office_on, seed
from tieout.cockpit.access import the_office
from tieout.cockpit.app import create_app
from tieout.cockpit.guard import Guarded
from tieout.cockpit.mount import PREFIX, LazyApp
from tieout.workflows.office import Office

As = Callable[[str], Browser]


@dataclass(frozen=True)
class SignedInUser:
    """What Airflow hands over: something with a name."""

    name: str

    def get_name(self) -> str:
        """The user's name."""
        return self.name


def _by_header(request: Request) -> SignedInUser:
    """Stands for Airflow's login, and refuses nobody's request as Airflow does."""
    name = request.headers.get("x-signed-in", "")
    if not name:
        raise HTTPException(401, "Not authenticated")
    return SignedInUser(name)


@pytest.fixture
def office(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office on the test's database."""
    yield from office_on(warehouse_url, monkeypatch)


@pytest.fixture
def month(office: Office) -> Month:
    """A built month."""
    return seed(office)


@pytest.fixture
def app(office: Office) -> FastAPI:
    """The routes, with the test's login and office in place of Airflow's and the machine's."""
    made = create_app()
    made.dependency_overrides[get_user] = _by_header
    made.dependency_overrides[the_office] = lambda: office
    return made


@pytest.fixture
def mounted(app: FastAPI) -> Any:
    """A server with the cockpit mounted below its prefix."""
    server = FastAPI(openapi_url=None)
    server.mount(PREFIX, LazyApp(lambda: Guarded(app)))
    return server


@pytest.fixture
def as_user(mounted: Any, month: Month) -> As:
    """A browser for a user by name; empty for nobody."""
    return lambda user: Browser(mounted, user)
