"""Who sees and does what: our role table decides, behind Airflow's login."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from airflow.api_fastapi.core_api.security import get_user
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tests.cockpit.conftest import As
from tests.cockpit.seeding import ONE_ENTITY, PERIOD, Month
from tieout.cockpit.app import create_app

READERS = ("finance_ops", "finance_lead", "controller", "auditor")
LISTS = ("board", "exceptions", "journals", "tie-out", "dispositions", "batches", "alignment")
READS = (
    *(f"/tieout/api/{name}?period={PERIOD}" for name in LISTS),
    "/tieout/api/mappings/proposed",
    "/tieout/api/controls",
    f"/tieout/board?period={PERIOD}",
)
PROPOSAL = {
    "table": "cost_centers",
    "content": {
        "provider": "de-datev",
        "entity": "DE01",
        "source_code": "4711-OLD",
        "cost_center": "CC4100",
        "percent": "100",
    },
    "valid_from": "2026-10-01",
    "reason": "successor since September",
}


def test_finance_and_audit_read_every_page(as_user: As) -> None:
    """Everybody who closes or audits relies on it."""
    refused = [
        (user, path)
        for user in READERS
        for path in READS
        if as_user(user).get(path).status_code != 200
    ]
    assert refused == []


def test_platform_reads_no_finance_page_and_is_told_so(as_user: As) -> None:
    """The controller relies on it: who runs the system reads no figures."""
    for path in READS:
        answer = as_user("platform").get(path)
        assert answer.status_code == 403, path
        assert answer.json()["code"] == "not_allowed"
        assert "platform has no role that allows this" in answer.json()["message"]


def test_platform_sees_whether_the_cockpit_works(as_user: As) -> None:
    """Who runs the system relies on it."""
    assert as_user("platform").get("/tieout/api/health").json()["status"] == "ok"
    assert as_user("platform").get("/tieout/api/me").json() == {
        "user": "platform",
        "roles": ["platform"],
    }


def test_a_user_of_airflow_without_a_role_of_ours_sees_nothing(as_user: As) -> None:
    """Airflow's role serves Airflow's objects alone."""
    assert {as_user("stranger").get(path).status_code for path in READS} == {403}


ACTS = {
    "release": ({"finance_ops", "finance_lead"}, 200),
    "propose": ({"finance_ops", "finance_lead"}, 201),
    "approve": ({"finance_lead", "controller"}, 200),
    "reject": ({"finance_lead", "controller"}, 200),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_open_to_its_roles_alone(as_user: As, month: Month, act: str) -> None:
    """The controller relies on it: makers propose, checkers decide, nobody else acts."""
    allowed, good = ACTS[act]
    for user in (*READERS, "platform", "stranger", ""):
        author = "finance_lead" if user == "finance_ops" else "finance_ops"
        proposal = as_user(author).post("/tieout/api/mappings", PROPOSAL).json()["id"]
        path, body = {
            "release": (f"exceptions/{month.held_exception}/release", {"reason": "mapped"}),
            "propose": ("mappings", PROPOSAL),
            "approve": (f"mappings/{proposal}/approve", {"reason": "checked"}),
            "reject": (f"mappings/{proposal}/reject", {"reason": "not needed"}),
        }[act]
        expected = good if user in allowed else 403 if user else 401
        assert as_user(user).post(f"/tieout/api/{path}", body).status_code == expected, user


def test_nobody_reads_anything_without_signing_in(as_user: As) -> None:
    """A mounted application is open to the world unless it says otherwise."""
    for path in (*READS, "/tieout/api/me", "/tieout/api/health", "/tieout/"):
        answer = as_user("").get(path)
        assert answer.status_code == 401, path
        assert answer.json()["code"] == "not_signed_in"


def test_a_person_who_is_not_signed_in_is_led_to_airflows_login_and_back(as_user: As) -> None:
    """Who follows a link from a mail relies on it."""
    answer = as_user("").get(f"/tieout/board?period={PERIOD}", accept="text/html")
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        "/api/v2/auth/login?next=%2Ftieout%2Fboard%3Fperiod%3D2026-10"
    )


def test_every_route_asks_airflow_who_is_there() -> None:
    """A route added later can't forget it."""

    def calls(found: Dependant) -> set[object]:
        return {found.call}.union(*(calls(part) for part in found.dependencies))

    routes = [route for route in create_app().routes if isinstance(route, APIRoute)]
    assert len(routes) > 15
    open_routes = [route.path for route in routes if get_user not in calls(route.dependant)]
    assert open_routes == []


def test_airflows_own_check_refuses_an_anonymous_request() -> None:
    """The tests above put a login of their own in its place; this one does not."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://airflow.test") as client:
            return await client.get("/api/me")

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_the_schema_is_not_served(as_user: As) -> None:
    """A guarded application would still serve it to anybody."""
    for path in ("docs", "redoc", "openapi.json"):
        assert as_user("").get(f"/tieout/{path}").status_code == 404, path


def test_a_user_of_one_entity_sees_no_other(as_user: As, month: Month) -> None:
    """Entities rely on it: rights are inside the query, so lists and totals keep to them."""
    browser = as_user(ONE_ENTITY)
    board = browser.get(f"/tieout/api/board?period={PERIOD}").json()
    assert [row["entity"] for row in board["entities"]] == ["DE01"]
    for name in ("journals", "exceptions", "dispositions", "batches", "tie-out"):
        text = browser.get(f"/tieout/api/{name}?period={PERIOD}").text
        assert "UK01" not in text, name
    assert "UK01" not in browser.get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    for path in (f"journals/{month.waiting}", f"trace/{month.waiting}", "trace/RUN-UK01"):
        assert browser.get(f"/tieout/api/{path}").status_code == 404, path


def test_a_user_of_one_entity_acts_for_no_other(as_user: As, month: Month) -> None:
    """Entities rely on it."""
    browser = as_user(ONE_ENTITY)
    release = browser.post(
        f"/tieout/api/exceptions/{month.held_exception}/release", {"reason": "mapped"}
    )
    assert release.status_code == 403
    elsewhere = PROPOSAL | {"content": PROPOSAL["content"] | {"entity": "UK01"}}  # type: ignore[operator]
    assert browser.post("/tieout/api/mappings", elsewhere).status_code == 403
    assert browser.post("/tieout/api/mappings", PROPOSAL).status_code == 201


def test_a_rule_for_all_entities_needs_a_right_for_all(as_user: As) -> None:
    """A proposal for the group would reach entities that its author does not cover."""
    everywhere = {
        "table": "windows",
        "content": {
            "scope": "group",
            "journal_kind": "*",
            "opens_business_day": "1",
            "opens_time": "07:00",
            "closes_business_day": "5",
            "closes_time": "18:00",
        },
        "valid_from": "2026-11-01",
        "reason": "earlier",
    }
    assert as_user(ONE_ENTITY).post("/tieout/api/mappings", everywhere).status_code == 403
    assert as_user("finance_ops").post("/tieout/api/mappings", everywhere).status_code == 201


def test_the_first_page_is_the_board(as_user: As, app: FastAPI) -> None:
    """Who types the short address relies on it."""
    answer = as_user("auditor").get("/tieout/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/tieout/board")
