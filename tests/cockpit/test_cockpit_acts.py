"""Acts through the API: each is recorded, and none can be done alone that needs two."""

from __future__ import annotations

import pytest

from tests.cockpit.conftest import As
from tests.cockpit.seeding import PERIOD, Month
from tests.cockpit.test_cockpit_access import PROPOSAL
from tieout.cockpit.reading import reading
from tieout.errors import ConfigurationError, ConflictError
from tieout.warehouse import audit
from tieout.workflows.release import release

#: A share of the source's cost center.
HALF = {"provider": "de-datev", "entity": "DE01", "source_code": "4711-OLD", "percent": "50"}


def test_a_rule_is_proposed_by_one_and_approved_by_another(as_user: As, month: Month) -> None:
    """The controller relies on it: four eyes on every mapping, both in the audit."""
    made = as_user("finance_lead").post("/tieout/api/mappings", PROPOSAL)
    assert made.status_code == 201
    identity = made.json()["id"]
    listed = as_user("auditor").get("/tieout/api/mappings/proposed").json()["proposals"]
    assert [(row["id"], row["author"], row["valid_from"]) for row in listed] == [
        (identity, "finance_lead", "2026-10-01")
    ]
    own = as_user("finance_lead").post(f"/tieout/api/mappings/{identity}/approve", {})
    assert own.status_code == 403
    other = as_user("controller").post(f"/tieout/api/mappings/{identity}/approve", {})
    assert other.json() == {"id": identity, "version": 1, "state": "active"}
    assert as_user("auditor").get("/tieout/api/mappings/proposed").json() == {"proposals": []}
    with reading(month.office) as work:
        events = work.rows("setup", "audit_events")
    acts = [(row["actor"], row["verb"]) for row in events if row["object_kind"] == "mapping"]
    assert acts[-2:] == [("finance_lead", "proposed"), ("controller", "approved")]


def test_shares_of_a_split_become_active_as_one_act(as_user: As) -> None:
    """And alone none of them does: half a split would book half a line."""
    halves = []
    for center in ("CC4100", "CC4200"):
        half = PROPOSAL | {"content": HALF | {"cost_center": center}}
        made = as_user("finance_ops").post("/tieout/api/mappings", half)
        halves.append(made.json()["id"])
    alone = as_user("controller").post(f"/tieout/api/mappings/{halves[0]}/approve", {})
    assert alone.status_code == 409
    assert "50 %" in alone.json()["message"]
    body = {"ids": halves, "reason": "agreed with both owners"}
    own = as_user("finance_ops").post("/tieout/api/mappings/approve", body)
    assert own.status_code == 403
    both = as_user("controller").post("/tieout/api/mappings/approve", body)
    assert both.json() == {"ids": halves, "state": "active", "warnings": []}


def test_a_rule_is_undone_by_a_proposal_that_another_person_approves(as_user: As) -> None:
    """The list of active rows names each with its author and approver, and leads to its undoing."""
    identity = as_user("finance_ops").post("/tieout/api/mappings", PROPOSAL).json()["id"]
    as_user("controller").post(f"/tieout/api/mappings/{identity}/approve", {})
    listed = as_user("auditor").get("/tieout/api/mappings/active?table=cost_centers").json()
    (row,) = listed["rows"]
    assert (row["id"], row["author"], row["decided_by"]) == (identity, "finance_ops", "controller")
    path = f"/tieout/api/mappings/{identity}/revert"
    assert as_user("auditor").post(path, {"reason": "wrong"}).status_code == 403
    assert as_user("finance_ops").post(path, {}).status_code == 400
    back = as_user("finance_ops").post(path, {"reason": "wrong center"})
    assert back.status_code == 201
    (waiting,) = as_user("auditor").get("/tieout/api/mappings/proposed").json()["proposals"]
    assert (waiting["withdraws"], waiting["active_version"], waiting["changed"]) == (True, 1, [])
    as_user("controller").post(f"/tieout/api/mappings/{back.json()['id']}/approve", {})
    after = as_user("auditor").get("/tieout/api/mappings/active?table=cost_centers").json()
    assert after["rows"] == []


def test_a_rejection_says_why(as_user: As) -> None:
    """The author relies on it."""
    identity = as_user("finance_ops").post("/tieout/api/mappings", PROPOSAL).json()["id"]
    path = f"/tieout/api/mappings/{identity}/reject"
    assert as_user("controller").post(path, {}).status_code == 400
    assert as_user("controller").post(path, {"reason": " "}).status_code == 400
    answer = as_user("controller").post(path, {"reason": "names the old center"})
    assert answer.json()["state"] == "rejected"


def test_a_release_goes_through_fixed_to_released_and_is_recorded(
    as_user: As, month: Month
) -> None:
    """The auditor relies on it: who, when and why stand beside each step."""
    path = f"/tieout/api/exceptions/{month.held_exception}/release"
    answer = as_user("finance_ops").post(path, {"reason": "mapped to CC4100"})
    assert answer.status_code == 200
    assert answer.json() == {
        "id": month.held_exception,
        "state": "released",
        "code": "cost_center_unmapped",
        "entity": "UK01",
    }
    with reading(month.office) as work:
        steps = work.rows(
            "cockpit", "history_of", object_kind="open_exception",
            object_key=str(month.held_exception),
        )  # fmt: skip
        acts = [row for row in work.rows("setup", "audit_events") if row["verb"] == "released"]
        assert audit.first_broken_link(work) is None
    told = [(row["from_state"], row["to_state"], row["changed_by"]) for row in steps]
    assert told == [
        ("open", "fixed", "finance_ops"),
        ("fixed", "released", "finance_ops"),
    ]
    assert [(row["actor"], row["reason"]) for row in acts] == [("finance_ops", "mapped to CC4100")]


def test_a_release_sent_twice_is_one_release(month: Month) -> None:
    """A double click relies on it."""
    first = release(month.office, month.held_exception, "finance_ops", "mapped")
    again = release(month.office, month.held_exception, "finance_lead", "mapped too")
    assert first["state"] == again["state"] == "released"
    with reading(month.office) as work:
        acts = [row for row in work.rows("setup", "audit_events") if row["verb"] == "released"]
    assert len(acts) == 1


def test_a_release_needs_a_reason_and_something_open(month: Month) -> None:
    """The queue relies on it."""
    with pytest.raises(ConfigurationError):
        release(month.office, month.held_exception, "finance_ops", "  ")
    with pytest.raises(ConflictError):
        release(month.office, month.closed_exception, "finance_ops", "again")
    with pytest.raises(ConflictError):
        release(month.office, 987_654, "finance_ops", "what")


def test_a_released_exception_is_still_open_until_a_run_proves_it(
    as_user: As, month: Month
) -> None:
    """The controller relies on it: releasing is a word, not a proof."""
    browser = as_user("finance_ops")
    browser.post(f"/tieout/api/exceptions/{month.held_exception}/release", {"reason": "mapped"})
    found = browser.get(f"/tieout/api/exceptions?period={PERIOD}&state=open").json()
    assert [(row["state"], row["releasable"]) for row in found["exceptions"]] == [
        ("released", False)
    ]
