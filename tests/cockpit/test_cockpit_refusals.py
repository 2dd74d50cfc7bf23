"""What goes wrong is told in one shape: code, message, where, blocks, next step."""

from __future__ import annotations

import pytest

from tests.cockpit.conftest import As
from tests.cockpit.seeding import PERIOD, Month
from tests.cockpit.test_cockpit_access import PROPOSAL
from tieout.cockpit.answers import status_of
from tieout.errors import (
    BusyError,
    ConfigurationError,
    ConflictError,
    IllegalTransitionError,
    NotAllowedError,
    TieoutError,
)

SHAPE = {"code", "message", "where", "blocks", "next_step"}
READS_REFUSED = {
    "an unknown key": ("board?colour=red", 400, "request_wrong"),
    "a repeated period that is none": ("board?period=2026-13", 400, "period_unknown"),
    "a state that is none": (f"exceptions?period={PERIOD}&state=closing", 400, "request_wrong"),
    "an unknown journal": ("journals/DE01-NOPE", 404, "unknown"),
    "an id that names nothing": ("trace/nothing-of-that-name", 404, "unknown"),
    "an unknown address": ("nothing", 404, "unknown"),
    "NUL in an id": ("trace/a%00b", 400, "request_wrong"),
}


@pytest.mark.parametrize("told", READS_REFUSED)
def test_a_request_that_can_not_be_answered_says_why(as_user: As, told: str) -> None:
    """Programs and people rely on it."""
    path, status, code = READS_REFUSED[told]
    answer = as_user("controller").get(f"/tieout/api/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert set(answer.json()) == SHAPE
    assert answer.json()["next_step"]


def test_a_body_that_is_wrong_names_each_field(as_user: As) -> None:
    """Who fills a form relies on it: all of it at once, and no value is echoed."""
    body = {"table": "cost_centers", "content": {}, "valid_from": "soon", "pay": "4711.00"}
    answer = as_user("finance_ops").post("/tieout/api/mappings", body)
    assert answer.status_code == 400
    for field in ("content", "valid_from", "reason", "pay"):
        assert field in answer.json()["message"]
    assert "4711.00" not in answer.text
    assert answer.json()["where"]["field"]


def test_a_table_that_is_none_is_a_wrong_request(as_user: As) -> None:
    """Who proposes relies on it."""
    answer = as_user("finance_ops").post("/tieout/api/mappings", PROPOSAL | {"table": "tax"})
    assert (answer.status_code, answer.json()["code"]) == (400, "configuration_wrong")


def test_a_second_decision_meets_a_conflict(as_user: As) -> None:
    """Two controllers at once rely on it: the second is told, nothing is overwritten."""
    identity = as_user("finance_ops").post("/tieout/api/mappings", PROPOSAL).json()["id"]
    path = f"/tieout/api/mappings/{identity}"
    assert as_user("finance_lead").post(f"{path}/approve", {}).status_code == 200
    answer = as_user("controller").post(f"{path}/reject", {"reason": "no"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_what_is_closed_can_not_be_released(as_user: As, month: Month) -> None:
    """The queue relies on it."""
    path = f"/tieout/api/exceptions/{month.closed_exception}/release"
    answer = as_user("finance_ops").post(path, {"reason": "again"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("identity", [0, 987_654, 2**63, 10**30])
def test_what_does_not_exist_is_not_found(as_user: As, identity: int) -> None:
    """A program with a stale id relies on it; an absurd one is no fault of the server."""
    for path in (f"exceptions/{identity}/release", f"mappings/{identity}/approve"):
        answer = as_user("finance_lead").post(f"/tieout/api/{path}", {"reason": "x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown"), path


def test_a_person_reads_the_same_words_on_a_page(as_user: As) -> None:
    """Who comes with a browser is told the same."""
    answer = as_user("platform").get(f"/tieout/board?period={PERIOD}", accept="text/html")
    assert answer.status_code == 403
    assert "platform has no role that allows this" in answer.text
    assert "Ask the platform owner for the role." in answer.text


def test_each_kind_of_error_has_its_status() -> None:
    """Programs rely on it."""
    statuses = {
        NotAllowedError("x"): 403,
        ConflictError("x"): 409,
        IllegalTransitionError("x"): 409,
        BusyError("x"): 409,
        ConfigurationError("x"): 400,
        TieoutError("x", code="store_unavailable"): 503,
        TieoutError("x"): 500,
    }
    assert {error: status_of(error) for error in statuses} == statuses
