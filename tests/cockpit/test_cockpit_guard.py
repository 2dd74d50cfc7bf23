"""What every answer carries, and what every write must prove."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI

from tests.cockpit.browser import BASE, Browser
from tests.cockpit.conftest import As
from tests.cockpit.seeding import PERIOD, Month
from tieout.cockpit.guard import HEADERS, is_foreign_write
from tieout.cockpit.rendering import HERE

PAGE = f"/tieout/board?period={PERIOD}"

REQUESTS = {
    "our own page": ({"sec-fetch-site": "same-origin"}, False),
    "our own page, old browser": ({"origin": BASE}, False),
    "a program with a token": ({"authorization": "Bearer abc"}, False),
    "another site": ({"sec-fetch-site": "cross-site", "origin": "https://evil.test"}, True),
    "a sister site": ({"sec-fetch-site": "same-site", "origin": "http://x.airflow.test"}, True),
    "a typed address": ({"sec-fetch-site": "none"}, True),
    "another site, old browser": ({"origin": "https://evil.test"}, True),
    "another scheme": ({"origin": "https://airflow.test"}, True),
    "a page without origin": ({"origin": "null"}, True),
    "nothing said": ({}, True),
    "a lie about the origin": ({"sec-fetch-site": "cross-site", "origin": BASE}, True),
    "another kind of login": ({"authorization": "Basic abc"}, True),
}


@pytest.mark.parametrize("told", REQUESTS)
def test_only_our_own_page_or_a_token_may_change_anything(told: str) -> None:
    """Everybody signed in relies on it: another site can't act with their session."""
    headers, foreign = REQUESTS[told]
    named = headers | {"host": "airflow.test"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert is_foreign_write(method, named, "http") is foreign
    assert is_foreign_write("GET", named, "http") is False


def test_a_foreign_write_changes_nothing(as_user: As, month: Month) -> None:
    """The queue relies on it: the refusal comes before any route."""
    browser = as_user("finance_ops")
    path = f"/tieout/api/exceptions/{month.held_exception}/release"
    answer = browser.send("POST", path, {"reason": "x"}, {"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_request")
    assert set(answer.json()) == {"code", "message", "where", "blocks", "next_step"}
    found = browser.get(f"/tieout/api/exceptions?period={PERIOD}&state=open").json()["exceptions"]
    assert [row["state"] for row in found] == ["open"]


def test_every_answer_carries_the_headers(as_user: As) -> None:
    """Nobody keeps a figure in a cache, and no page loads from elsewhere."""
    browser = as_user("controller")
    answers = [
        browser.get(PAGE, accept="text/html"),
        browser.get(f"/tieout/api/board?period={PERIOD}"),
        browser.get("/tieout/static/cockpit.css"),
        browser.get("/tieout/nothing"),
        browser.get("/tieout/"),
        browser.post("/tieout/api/mappings", {}),
        as_user("").get("/tieout/api/me"),
    ]
    for answer in answers:
        told = {name: answer.headers.get(name) for name in HEADERS}
        assert told == dict(HEADERS), answer.request.url


def test_an_unforeseen_fault_is_told_in_the_one_shape_with_a_number(
    app: FastAPI, mounted: Any
) -> None:
    """Who calls for help relies on the number; nothing of the inside is shown."""

    @app.get("/api/fault")
    def fault() -> None:
        message = "secret of the inside"
        raise RuntimeError(message)

    answer = Browser(mounted, "controller").get("/tieout/api/fault")
    assert answer.status_code == 500
    assert set(answer.json()) == {"code", "message", "where", "blocks", "next_step"}
    assert "secret" not in answer.text
    assert re.search(r"\([0-9a-f]{12}\)", answer.json()["message"])
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]


def test_pages_hold_nothing_inline(as_user: As) -> None:
    """The strict policy would block it, so the page would be broken."""
    for path in (PAGE, "/tieout/board?period=x"):
        text = as_user("controller").get(path, accept="text/html").text
        assert re.search(r"<style|\sstyle=|\son\w+=|javascript:", text) is None
        assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []


def test_templates_switch_no_escaping_off() -> None:
    """Everybody who opens a page relies on it."""
    for template in (HERE / "templates").iterdir():
        text = template.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text


def test_the_look_stays_light() -> None:
    """A first visit over a slow line relies on it: 12 kB of style, no framework."""
    assert (HERE / "static" / "cockpit.css").stat().st_size <= 12 * 1024
    assert sum(file.stat().st_size for file in (HERE / "static").iterdir()) <= 24 * 1024
