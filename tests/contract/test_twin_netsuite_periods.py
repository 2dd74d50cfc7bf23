"""The NetSuite twin's periods, approvals, jobs and clerk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.netsuite_account import (
    RECORD,
    Stranger,
    credit,
    debit,
    journal,
    netsuite_account,
)

JOB_KEY = "7d4a2f0e-5a1b-4f0e-9a55-0d6a3f7f2c11"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Stranger]:
    """An account of this test's own."""
    with netsuite_account(tmp_path) as stranger:
        yield stranger


def test_an_omitted_period_follows_the_date(account: Stranger) -> None:
    """Why the connector always states the period: the account chooses otherwise."""
    account.posted(journal("OMITTED", postingPeriod=None))
    assert account.period_of("OMITTED") == "310"


def test_an_omitted_period_of_a_closed_month_moves_by_preference(account: Stranger) -> None:
    """The month may silently be another one: read-back compares it."""
    late = {"postingPeriod": None, "tranDate": "2026-09-30"}
    assert "not within" in account.error(account.post(journal("MOVED", **late)))[2]
    moving = {"allowDateOutsidePeriod": "warn", "defaultPeriodWhenClosed": "firstOpen"}
    account.control("/preferences", moving)
    account.posted(journal("MOVED", **late))
    assert account.period_of("MOVED") == "310"


def test_a_locked_period_refuses_or_recalculates_by_account(account: Stranger) -> None:
    """Both are possible in real accounts: the product refuses a locked period beforehand."""
    account.control("/period", {"id": "310", "alllocked": True})
    assert "closed period" in account.error(account.post(journal("LOCKED")))[2]
    account.control("/preferences", {"lockedPeriodBehaviour": "recalculate"})
    account.posted(journal("LOCKED"))
    assert account.period_of("LOCKED") == "311"


def test_a_role_with_override_posts_into_a_locked_period_but_not_into_a_closed_one(
    account: Stranger,
) -> None:
    """Why the integration's role must not have that permission."""
    administrator = account.as_role("1102")
    account.control("/period", {"id": "310", "alllocked": True})
    administrator.posted(journal("OVERRIDE-1"))
    account.control("/period", {"id": "310", "closed": True})
    assert "closed period" in account.error(administrator.post(journal("OVERRIDE-2")))[2]


def test_a_lock_of_payables_concerns_payable_accounts_alone(account: Stranger) -> None:
    """Locks are by account class."""
    account.control("/period", {"id": "310", "aplocked": True})
    account.posted(journal("NO-PAYABLE"))
    lines = {"items": [debit("601", 1), credit("210", 1)]}
    answer = account.post(journal("PAYABLE", line=lines))
    assert "closed period" in account.error(answer)[2]


def test_periods_are_closed_by_permission_and_reopened_before_they_are_unlocked(
    account: Stranger,
) -> None:
    """The integration's role can't open a window for itself."""
    place = f"{RECORD}/accountingPeriod/310"
    assert account.request("PATCH", place, {"closed": True}).status_code == 403
    administrator = account.as_role("1102")
    assert administrator.request("PATCH", place, {"closed": True}).status_code == 204
    shown = account.request("GET", place).json()
    assert (shown["closed"], shown["startDate"]) == (True, "2026-10-01")
    unlocked = administrator.request("PATCH", place, {"allLocked": False})
    assert "reopen" in account.error(unlocked)[2]
    both = administrator.request("PATCH", place, {"closed": False, "allLocked": False})
    assert both.status_code == 204
    assert "closedOnDate" not in account.request("GET", place).json()


def test_a_closed_period_keeps_its_journals(account: Stranger) -> None:
    """Nothing in a closed month changes, by whatever way."""
    key = account.posted(journal("KEPT"))
    account.control("/period", {"id": "310", "closed": True})
    place = f"{RECORD}/journalEntry/{key}"
    assert "closed period" in account.error(account.request("DELETE", place))[2]
    more = {"line": {"items": [debit("601", 1), credit("221", 1)]}}
    assert "closed period" in account.error(account.request("PATCH", place, more))[2]


def test_with_the_checkbox_a_journal_waits_until_an_approver_ticks_it(account: Stranger) -> None:
    """Accepted is not posted: the product polls until it is."""
    account.control("/preferences", {"journalApproval": "checkbox"})
    key = account.posted(journal("WAITING"))
    text = "SELECT status, posting FROM transaction WHERE externalid = 'WAITING'"
    assert account.query(text) == [{"links": [], "status": "A", "posting": "F"}]
    assert account.read(key)["approvalStatus"] == {"id": "1", "refName": "Pending Approval"}
    place = f"{RECORD}/journalEntry/{key}"
    own = account.request("PATCH", place, {"approved": True})
    assert "do not have permissions" in account.error(own)[2]
    created = account.post(journal("SELF-APPROVED", approved=True))
    assert "do not have permissions" in account.error(created)[2]
    account.control("/clerk/approve", {"id": key})
    assert account.query(text) == [{"links": [], "status": "B", "posting": "T"}]


def test_an_approval_after_the_close_moves_the_journal(account: Stranger) -> None:
    """Why read-back is repeated after the approval."""
    account.control("/preferences", {"journalApproval": "routing"})
    key = account.posted(journal("LATE"))
    account.control("/period", {"id": "310", "closed": True})
    account.control("/clerk/approve", {"id": key})
    assert account.period_of("LATE") == "311"
    assert account.read(key)["approvalStatus"]["id"] == "2"


def test_a_mandatory_segment_is_demanded_on_every_line(account: Stranger) -> None:
    """Switched on in the account, it breaks a writer that worked yesterday."""
    account.control("/preferences", {"mandatorySegments": ["department"]})
    details = account.post(journal("SEGMENT")).json()["o:errorDetails"]
    assert [each["o:errorPath"] for each in details] == ["line.items[2].department"]


def test_an_asynchronous_insert_is_a_job_whose_result_replays_the_answer(
    account: Stranger,
) -> None:
    """A finished job is not yet a posting: the result says so."""
    headers = {"Prefer": "respond-async", "X_NetSuite_Idempotency_Key": JOB_KEY}
    accepted = account.post(journal("ASYNC"), **headers)
    assert (accepted.status_code, accepted.headers["Preference-Applied"]) == (202, "respond-async")
    place = accepted.headers["Location"]
    job = account.wait_until(lambda: _completed(account, place))
    assert job["progress"] == "succeeded"
    result = account.request("GET", _result_path(account, place))
    assert result.status_code == 204
    assert result.headers["Location"].endswith(account.read("eid:ASYNC")["id"])
    again = account.post(journal("ANOTHER"), **headers)
    assert (again.status_code, again.json()["title"]) == (400, "Conflict")
    assert again.json()["o:errorDetails"][0]["o:errorCode"] == "IDEMPOTENCY_ERROR"
    assert again.headers["Location"] == place


def test_a_failed_job_replays_the_refusal(account: Stranger) -> None:
    """The job itself is read with 200 although nothing was posted."""
    account.posted(journal("TAKEN"))
    place = account.post(journal("TAKEN"), Prefer="respond-async").headers["Location"]
    assert account.wait_until(lambda: _completed(account, place))["progress"] == "failed"
    result = account.request("GET", _result_path(account, place))
    assert "already exists" in account.error(result)[2]


def test_a_batch_succeeds_in_part(account: Stranger) -> None:
    """Every record of a batch has its own task and outcome."""
    batch = {"items": [journal("BATCH-1"), journal("BATCH-1"), journal("BATCH-2")]}
    kind = {"Content-Type": "application/vnd.oracle.resource+json; type=collection"}
    together = account.request("POST", f"{RECORD}/journalEntry", batch, kind)
    assert together.status_code == 400
    asynchronous = {**kind, "Prefer": "respond-async"}
    accepted = account.request("POST", f"{RECORD}/journalEntry", batch, asynchronous)
    place = accepted.headers["Location"]
    account.wait_until(lambda: _completed(account, place))
    links = account.request("GET", f"{place}/task").json()["items"][0]["links"]
    shown = [account.request("GET", link["href"][len(account.url) :]).json() for link in links]
    assert [task["progress"] for task in shown] == ["succeeded", "failed", "succeeded"]


def test_a_clerk_edits_a_line_and_takes_it_back(account: Stranger) -> None:
    """Tie-out must see what people change by hand, and that it was undone."""
    key = account.posted(journal("EDITED"))
    before = account.control("/ledger")["journals"][0]["lines"]
    edited = account.control("/clerk/edit-line", {"id": key, "line": 0, "amount": "125000.01"})
    assert edited["lines"][0]["debit"] == "125000.01"
    assert edited["lines"][2]["credit"] == "139375.26"
    moved = account.control("/clerk/edit-line", {"id": key, "line": 0, "account": "6020"})
    assert moved["lines"][0]["account"] == "6020"
    assert account.control("/clerk/restore", {"id": key})["lines"] == before
    assert account.read(key)["line"]["items"][0]["debit"] == 125000.0


def test_a_clerk_enters_a_journal_by_hand(account: Stranger) -> None:
    """The ledger holds more than the product wrote."""
    entered = account.control(
        "/journal",
        {
            "subsidiary": "SUB4",
            "period": "310",
            "date": "2026-10-15",
            "memo": "By hand",
            "lines": [
                {"account": "6010", "department": "CC17", "debit": "10.00"},
                {"account": "2210", "credit": "10.00"},
            ],
        },
    )
    shown = account.read(entered["id"])
    assert "externalId" not in shown
    assert shown["line"]["items"][0]["department"]["id"] == "17"


def test_a_wrong_control_request_is_refused(account: Stranger) -> None:
    """A demonstration step that names nothing must not pass silently."""
    answer = account.client.post(
        f"{account.control_url}/netsuite/clerk/edit-line", json={"id": "1", "line": 0}
    )
    assert answer.status_code == 404
    unknown = account.client.post(
        f"{account.control_url}/netsuite/preferences", json={"colour": "blue"}
    )
    assert unknown.status_code == 400
    misspelt = {"vendor": "netsuite", "kind": "drop_afterwards"}
    armed = account.client.post(f"{account.control_url}/faults", json=misspelt)
    assert (armed.status_code, account.faults.armed()) == (400, [])


def _completed(account: Stranger, place: str) -> Any:
    job = account.request("GET", place).json()
    return job if job["completed"] else None


def _result_path(account: Stranger, place: str) -> str:
    task = account.request("GET", f"{place}/task").json()["items"][0]["links"][0]["href"]
    related = account.request("GET", task[len(account.url) :]).json()["links"]
    found = next(link["href"] for link in related if link["rel"] == "related")
    return str(found[len(account.url) :])
