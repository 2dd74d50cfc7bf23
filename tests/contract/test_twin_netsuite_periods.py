"""The NetSuite twin's periods, approvals, jobs, faults and clerk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
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


def wait_until(condition: Callable[[], Any], limit_seconds: float = 10) -> Any:
    """The first true value of a condition that another thread brings about."""
    pause = threading.Event()
    for _ in range(int(limit_seconds / 0.02)):
        if value := condition():
            return value
        pause.wait(0.02)
    raise AssertionError("it never came true")


def period_of(account: Stranger, external_id: str) -> str:
    """The period in which a journal was stored."""
    period: dict[str, str] = account.read(f"eid:{external_id}")["postingPeriod"]
    return period["id"]


def test_an_omitted_period_follows_the_date(account: Stranger) -> None:
    """Why the connector always states the period: the account chooses otherwise."""
    account.posted(journal("OMITTED", postingPeriod=None))
    assert period_of(account, "OMITTED") == "310"


def test_an_omitted_period_of_a_closed_month_moves_by_preference(account: Stranger) -> None:
    """The month may silently be another one: read-back compares it."""
    late = {"postingPeriod": None, "tranDate": "2026-09-30"}
    assert "not within" in account.error(account.post(journal("MOVED", **late)))[2]
    moving = {"allowDateOutsidePeriod": "warn", "defaultPeriodWhenClosed": "firstOpen"}
    account.control("/preferences", moving)
    account.posted(journal("MOVED", **late))
    assert period_of(account, "MOVED") == "310"


def test_a_locked_period_refuses_or_recalculates_by_account(account: Stranger) -> None:
    """Both are possible in real accounts: the product refuses a locked period beforehand."""
    account.control("/period", {"id": "310", "alllocked": True})
    assert "closed period" in account.error(account.post(journal("LOCKED")))[2]
    account.control("/preferences", {"lockedPeriodBehaviour": "recalculate"})
    account.posted(journal("LOCKED"))
    assert period_of(account, "LOCKED") == "311"


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


def test_only_a_period_manager_closes_and_a_closed_period_must_be_reopened_first(
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
    assert period_of(account, "LATE") == "311"
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
    job = wait_until(lambda: _completed(account, place))
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
    assert wait_until(lambda: _completed(account, place))["progress"] == "failed"
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
    wait_until(lambda: _completed(account, place))
    links = account.request("GET", f"{place}/task").json()["items"][0]["links"]
    shown = [account.request("GET", link["href"][len(account.url) :]).json() for link in links]
    assert [task["progress"] for task in shown] == ["succeeded", "failed", "succeeded"]


def test_an_answer_lost_after_the_commit_leaves_one_journal(account: Stranger) -> None:
    """The fault that exactly-once is about."""
    account.arm("drop_after", "create", match={"external_id": "LOST-*"})
    with pytest.raises(httpx.RemoteProtocolError):
        account.post(journal("LOST-1"))
    assert account.journal_count("LOST-1") == 1
    assert "already exists" in account.error(account.post(journal("LOST-1")))[2]


def test_a_connection_lost_before_the_commit_leaves_nothing(account: Stranger) -> None:
    """From outside it looks the same as a lost answer."""
    account.arm("drop_before", "create")
    with pytest.raises(httpx.RemoteProtocolError):
        account.post(journal("LOST-2"))
    assert account.journal_count("LOST-2") == 0
    account.posted(journal("LOST-2"))


@pytest.mark.parametrize(
    ("kind", "status", "kept"),
    [("error_before", 500, 0), ("error_after", 500, 1), ("html_502", 502, 0)],
)
def test_a_server_error_says_nothing_about_the_outcome(
    account: Stranger, kind: str, status: int, kept: int
) -> None:
    """Status 5xx is unknown, never failed."""
    account.arm(kind, "create")
    assert account.post(journal("UNSURE")).status_code == status
    assert account.journal_count("UNSURE") == kept


def test_a_gateways_page_is_no_json_and_may_hide_a_commit(account: Stranger) -> None:
    """An unreadable body is unknown as well."""
    account.arm("html_502", "create", after=True)
    answer = account.post(journal("PAGE"))
    assert answer.headers["Content-Type"].startswith("text/html")
    assert account.journal_count("PAGE") == 1


def test_a_late_commit_follows_the_business_clock(
    account: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Absence is not final before the longest run time of a request has passed."""
    clock = tmp_path / "clock.json"
    clock.write_text('{"offset_seconds": 0}')
    monkeypatch.setenv("TIEOUT_CLOCK", str(clock))
    account.arm("late_commit", "create", seconds=840)
    with pytest.raises(httpx.RemoteProtocolError):
        account.post(journal("TARDY"))
    assert account.journal_count("TARDY") == 0
    clock.with_suffix(".tmp").write_text('{"offset_seconds": 900}')
    clock.with_suffix(".tmp").replace(clock)
    wait_until(lambda: account.journal_count("TARDY"))
    assert account.journal_count("TARDY") == 1


def test_a_period_may_close_between_look_up_and_post(account: Stranger) -> None:
    """The refusal comes although the window was open a moment ago."""
    account.arm("closed_period", "create")
    assert "closed period" in account.error(account.post(journal("SHUT")))[2]
    assert account.request("GET", f"{RECORD}/accountingPeriod/310").json()["closed"] is True


def test_a_recalculated_period_is_seen_on_read_back_only(account: Stranger) -> None:
    """204 does not mean the period that was asked for."""
    account.arm("period_recalculated", "create")
    account.posted(journal("ELSEWHERE"))
    assert period_of(account, "ELSEWHERE") == "311"


def test_a_foreign_bill_may_hold_our_key(account: Stranger) -> None:
    """A duplicate is not always ours: the product must not adopt it."""
    account.arm("foreign_external_id", "create")
    assert "already exists" in account.error(account.post(journal("FOREIGN")))[2]
    text = "SELECT type FROM transaction WHERE externalid = 'FOREIGN'"
    assert account.query(text) == [{"links": [], "type": "VendBill"}]


def test_another_integration_may_change_our_key(account: Stranger) -> None:
    """Then the key is free again: a second anchor is needed."""
    account.arm("external_id_altered", "create")
    account.posted(journal("ALTERED"))
    assert account.journal_count("ALTERED-SYNC") == 1
    assert account.read("eid:ALTERED-SYNC")["externalId"] == "ALTERED-SYNC"


def test_a_script_may_refuse_in_free_text(account: Stranger) -> None:
    """Customers' own rules look like business errors."""
    account.arm("script_refusal", "create", text="Controller says no.")
    answer = account.post(journal("SCRIPT"))
    assert account.error(answer)[1:] == (
        "USER_ERROR",
        "Error while accessing a resource. Controller says no.",
    )


def test_a_broken_read_leaves_queries_working(account: Stranger) -> None:
    """Why read-back uses queries."""
    key = account.posted(journal("BROKEN"))
    account.arm("get_broken", "read")
    answer = account.request("GET", f"{RECORD}/journalEntry/{key}")
    assert answer.status_code == 400
    assert account.query("SELECT id FROM transaction WHERE id = ?", key)


def test_a_revoked_token_is_refused_until_the_next_sign_in(account: Stranger) -> None:
    """A token may die in mid-run."""
    account.posted(journal("TOKEN-1"))
    account.arm("token_revoked", "create")
    assert account.error(account.post(journal("TOKEN-2")))[:2] == (401, "INVALID_LOGIN")
    assert account.post(journal("TOKEN-2")).status_code == 401
    account.sign_in()
    account.posted(journal("TOKEN-2"))


def test_a_refusal_under_load_leaves_the_token_good(account: Stranger) -> None:
    """Not every 401 means new credentials."""
    account.arm("unauthorized_under_load", "create")
    assert account.post(journal("LOAD")).status_code == 401
    account.posted(journal("LOAD"))


def test_throttling_names_a_pause_only_when_it_is_told_one(account: Stranger) -> None:
    """The vendor documents no Retry-After; who gets one honours it."""
    account.arm("rate_limited", "suiteql", seconds=1.5)
    account.arm("rate_limited", "suiteql")
    answers = [account.suiteql("SELECT id FROM account") for _ in range(3)]
    assert [each.status_code for each in answers] == [429, 429, 200]
    assert [each.headers.get("Retry-After") for each in answers] == ["2", None, None]
    assert answers[0].json()["o:errorCode"] == "USER_ERROR"
    assert account.error(answers[0])[1] == "CONCURRENCY_LIMIT_EXCEEDED"


def test_requests_at_once_are_really_counted(account: Stranger) -> None:
    """Over the account's limit a request is blocked, whoever sends it."""
    account.control("/preferences", {"accountConcurrencyLimit": 2})
    account.sign_in()
    account.arm("slow", "suiteql", seconds=0.5, count=2)
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(account.suiteql("SELECT id FROM account").status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: not account.faults.armed())
    blocked = account.post(journal("BLOCKED"))
    for thread in threads:
        thread.join()
    assert blocked.status_code == 429
    assert statuses == [200, 200]
    account.posted(journal("BLOCKED"))


def test_a_revoked_certificate_ends_all_sign_ins(account: Stranger) -> None:
    """A sandbox refresh wipes mappings: the trail tells the administrator why."""
    account.control("/certificate/revoke", {"certificate_id": "certificate-1"})
    with pytest.raises(AssertionError, match="invalid_grant"):
        account.sign_in()
    assert account.control("/logins")["logins"][-1]["outcome"] == "certificate revoked"


def test_an_unknown_transaction_may_be_answered_with_400(account: Stranger) -> None:
    """Some accounts say so in place of 404."""
    account.control("/preferences", {"unknownTransactionAs400": True})
    answer = account.request("GET", f"{RECORD}/vendorBill/1")
    assert answer.status_code == 400
    assert "Transaction type specified is incorrect" in account.error(answer)[2]


def test_property_names_may_come_in_lower_case(account: Stranger) -> None:
    """Old recordings do: answers are read whatever their case."""
    key = account.posted(journal("LOWER"))
    account.arm("lower_case_names", "read")
    assert account.read(key)["postingperiod"]["refname"] == "Oct 2026"


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
