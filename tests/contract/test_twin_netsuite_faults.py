"""The NetSuite twin's faults: what goes wrong, and what remains in the ledger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.builders.netsuite_account import RECORD, Stranger, journal, netsuite_account


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Stranger]:
    """An account of this test's own."""
    with netsuite_account(tmp_path) as stranger:
        yield stranger


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
    account.wait_until(lambda: account.journal_count("TARDY"))
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
    assert account.period_of("ELSEWHERE") == "311"


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
    account.wait_until(lambda: not account.faults.armed())
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


def test_of_many_inserts_at_once_with_one_key_only_one_is_kept(account: Stranger) -> None:
    """Two workers may send the same journal at the same moment."""
    account.control("/preferences", {"accountConcurrencyLimit": 10})
    account.sign_in()
    statuses: list[int] = []

    def insert() -> None:
        statuses.append(account.post(journal("RACE")).status_code)

    threads = [threading.Thread(target=insert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204] + [400] * 7
    assert account.journal_count("RACE") == 1
