"""The NetSuite twin as a reader of the vendor's pages meets it: sign-in and journals."""

from __future__ import annotations

import json
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


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """An account whose settings no test changes; each test uses external ids of its own."""
    with netsuite_account(tmp_path_factory.mktemp("account")) as stranger:
        yield stranger


def test_a_journal_is_taken_once_with_its_place_in_the_answer(account: Stranger) -> None:
    """Exactly-once rests on it: no body, an absolute Location, the id as its last part."""
    answer = account.post(journal("ONCE-1"))
    assert (answer.status_code, answer.content) == (204, b"")
    location = answer.headers["Location"]
    assert location.startswith(f"{account.url}{RECORD}/journalEntry/")
    assert account.read(location.rpartition("/")[2])["externalId"] == "ONCE-1"


def test_a_second_journal_with_the_same_key_is_refused_whatever_its_case(
    account: Stranger,
) -> None:
    """Exactly-once rests on it: the key is unique over all transactions, ignoring case."""
    account.posted(journal("TWICE-A"))
    again = account.post(journal("twice-a", memo="another"))
    bill = {
        "externalId": "TWICE-a",
        "entity": {"id": "8000"},
        "subsidiary": {"id": "4"},
        "tranDate": "2026-10-31",
        "expense": {"items": [{"account": {"id": "602"}, "amount": 5}]},
    }
    for answer in (again, account.post(bill, "vendorBill")):
        assert account.error(answer) == (
            400,
            "USER_ERROR",
            "Error while accessing a resource. This record already exists.",
        )
    assert account.journal_count("TWICE-A") == 1


def test_an_idempotency_key_does_nothing_on_a_synchronous_insert(account: Stranger) -> None:
    """The connector must not rely on that header: only the external id guards."""
    key = {"X_NetSuite_Idempotency_Key": "7d4a2f0e-5a1b-4f0e-9a55-0d6a3f7f2c11"}
    first = account.post(journal(None), **key)
    second = account.post(journal(None), **key)
    assert (first.status_code, second.status_code) == (204, 204)
    assert first.headers["Location"] != second.headers["Location"]


REFUSED: dict[str, tuple[dict[str, Any], str, str, str | None]] = {
    "unknown account": (
        {"line": {"items": [debit("9999", 1), credit("221", 1)]}},
        "INVALID_CONTENT",
        "You have entered an Invalid Field Value 9999 for the following field: account",
        "line.items[0].account",
    ),
    "department of another subsidiary": (
        {"subsidiary": {"id": "2"}, "currency": {"id": "2"}},
        "USER_ERROR",
        "Invalid department reference key 17 for subsidiary 2.",
        "line.items[0].department",
    ),
    "inactive department": (
        {"line": {"items": [debit("601", 1, department={"id": "18"}), credit("221", 1)]}},
        "USER_ERROR",
        "Invalid department reference key 18 for subsidiary 4.",
        "line.items[0].department",
    ),
    "account of another subsidiary": (
        {"line": {"items": [debit("610", 1), credit("221", 1)]}},
        "USER_ERROR",
        "The 6100 Travel US account cannot be used with the UK Ltd subsidiary.",
        "line.items[0].account",
    ),
    "no subsidiary": (
        {"subsidiary": None},
        "USER_ERROR",
        "Please enter value(s) for: Subsidiary.",
        None,
    ),
    "unbalanced": (
        {"line": {"items": [debit("601", 1), credit("221", 2)]}},
        "USER_ERROR",
        "The debits (1) and credits (2) of this journal must balance.",
        "line",
    ),
    "both sides on one line": (
        {"line": {"items": [{"account": {"id": "601"}, "debit": 1, "credit": 1}]}},
        "USER_ERROR",
        "Enter exactly one of: debit, credit.",
        "line.items[0]",
    ),
    "a negative debit": (
        {"line": {"items": [debit("601", -1), credit("221", -1)]}},
        "USER_ERROR",
        "The debit -1 must be greater than zero.",
        "line.items[0].debit",
    ),
    "a tenth of a penny": (
        {"line": {"items": [debit("601", 0.001), credit("221", 0.001)]}},
        "USER_ERROR",
        "The debit 0.001 has more than the currency's 2 decimal places.",
        "line.items[0].debit",
    ),
    "a closed period": (
        {"postingPeriod": {"id": "309"}, "tranDate": "2026-09-30"},
        "USER_ERROR",
        "closed period",
        "postingPeriod",
    ),
    "a date outside the period": (
        {"tranDate": "2026-11-01"},
        "USER_ERROR",
        "not within the date range of your accounting period.",
        None,
    ),
    "a quarter as period": (
        {"postingPeriod": {"id": "304"}},
        "INVALID_CONTENT",
        "Invalid Field Value 304 for the following field: postingPeriod",
        "postingPeriod",
    ),
    "an amount as text": (
        {"line": {"items": [{"account": {"id": "601"}, "debit": "1.00"}]}},
        "INVALID_CONTENT",
        "Invalid value for the resource or sub-resource field 'debit'",
        "line.items[0].debit",
    ),
    "a field that tax computes": (
        {"line": {"items": [debit("601", 1, grossAmt=1), credit("221", 1)]}},
        "USER_ERROR",
        "You do not have permissions to set a value for element grossamt",
        "line.items[0].grossAmt",
    ),
    "a read-only field": (
        {"createdDate": "2026-10-31T00:00:00Z"},
        "USER_ERROR",
        "You do not have permissions to set a value for element createddate",
        "createdDate",
    ),
    "a misspelt field": (
        {"postingperiodd": {"id": "310"}},
        "INVALID_CONTENT",
        "Unknown property 'postingperiodd'",
        "postingperiodd",
    ),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_refused_journal_says_why_and_where_and_leaves_no_trace(
    account: Stranger, case: tuple[dict[str, Any], str, str, str | None]
) -> None:
    """The connector's findings rest on these texts and paths."""
    changes, code, text, path = case
    external_id = f"REFUSED-{abs(hash(text))}"
    answer = account.post(journal(external_id, **changes))
    first = answer.json()["o:errorDetails"][0]
    assert (answer.status_code, first["o:errorCode"]) == (400, code)
    assert text in first["detail"]
    assert first.get("o:errorPath") == path
    assert account.journal_count(external_id) == 0


def test_all_wrong_references_are_named_at_once(account: Stranger) -> None:
    """Who repairs a mapping relies on it: one refusal, every line."""
    items = [debit("9998", 1), debit("601", 1, department={"id": "77"}), credit("9997", 2)]
    details = account.post(journal("MANY", line={"items": items})).json()["o:errorDetails"]
    assert [each["o:errorPath"] for each in details] == [
        "line.items[0].account",
        "line.items[1].department",
        "line.items[2].account",
    ]


def test_a_misspelt_field_is_dropped_silently_unless_names_are_checked(account: Stranger) -> None:
    """Why the connector asks for strict names: the default only warns."""
    wrong = journal("DROPPED-1", postingPerod={"id": "311"})
    answer = account.request("POST", f"{RECORD}/journalEntry", wrong)
    assert answer.status_code == 204
    assert "postingPerod" in answer.headers["Warning"]
    ignored = {"X-NetSuite-PropertyNameValidation": "Ignore"}
    wrong["externalId"] = "DROPPED-2"
    silent = account.request("POST", f"{RECORD}/journalEntry", wrong, ignored)
    assert "Warning" not in silent.headers
    assert account.read("eid:DROPPED-2")["postingPeriod"]["id"] == "310"


def test_references_may_be_given_by_external_id(account: Stranger) -> None:
    """The vendor's reference schema allows both."""
    items = [debit("601", 1, department={"externalId": "CC17"}), credit("221", 1)]
    account.posted(journal("BY-EID", line={"items": items}))
    assert account.read("eid:BY-EID")["line"]["items"][0]["department"]["id"] == "17"


def test_a_field_may_be_written_in_any_case(account: Stranger) -> None:
    """Real integrations send lower-case names."""
    body = journal("LOWER")
    body["postingperiod"] = body.pop("postingPeriod")
    account.posted(body)
    assert account.read("eid:lower")["postingPeriod"] == {
        "links": [],
        "id": "310",
        "refName": "Oct 2026",
    }


def test_money_comes_back_to_the_cent(account: Stranger) -> None:
    """Read-back compares amounts: a binary float would already differ."""
    items = [debit("601", 1), debit("602", 2), credit("221", 3)]
    text = json.dumps(journal("EXACT", line={"items": items}))
    for whole, exact in (("1", "90071992547409.93"), ("2", "0.1"), ("3", "90071992547410.03")):
        text = text.replace(f'it": {whole}}}', f'it": {exact}}}')
    headers = {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"}
    written = account.client.post(
        f"{account.url}{RECORD}/journalEntry", content=text, headers=headers
    )
    assert written.status_code == 204
    answer = account.request("GET", f"{RECORD}/journalEntry/eid:EXACT", expandSubResources="true")
    assert '"debit":90071992547409.93' in answer.text
    assert '"credit":90071992547410.03' in answer.text
    sums = account.query(
        "SELECT SUM(tal.debit) AS debit, SUM(tal.amount) AS balance FROM transaction t "
        "JOIN transactionaccountingline tal ON tal.transaction = t.id WHERE t.externalid = ?",
        "EXACT",
    )
    assert sums == [{"links": [], "debit": "90071992547410.03", "balance": "0"}]


def test_a_yen_journal_has_no_decimals(account: Stranger) -> None:
    """Currencies differ in their places: the account knows them."""
    lines = {"items": [debit("601", 100.5), credit("221", 100.5)]}
    yen = {"subsidiary": {"id": "5"}, "currency": {"id": "4"}}
    answer = account.post(journal("YEN", line=lines, **yen))
    assert "0 decimal places" in account.error(answer)[2]
    lines = {"items": [debit("601", 101), credit("221", 101)]}
    account.posted(journal("YEN", line=lines, **yen))


def test_base_amounts_balance_although_each_line_is_rounded(account: Stranger) -> None:
    """The ledger balances in the subsidiary's currency too; the residue lies on one line."""
    lines = {"items": [debit("601", 0.33), debit("602", 0.33), credit("221", 0.66)]}
    account.posted(journal("RATE", line=lines, currency={"id": "1"}, exchangeRate=0.8333))
    rows = account.query(
        "SELECT tal.debit, tal.credit FROM transactionaccountingline tal JOIN transaction t "
        "ON t.id = tal.transaction WHERE t.externalid = 'RATE' ORDER BY tal.transactionline"
    )
    assert [row.get("debit") or f"-{row['credit']}" for row in rows] == ["0.27", "0.27", "-0.54"]


def test_lines_without_their_key_are_appended_and_replaced_only_on_demand(
    account: Stranger,
) -> None:
    """Why nobody repairs a journal by PATCH: it doubles and still balances."""
    key = account.posted(journal("APPEND"))
    more = {"line": {"items": [debit("601", 1), credit("221", 1)]}}
    place = f"{RECORD}/journalEntry/{key}"
    assert account.request("PATCH", place, more).status_code == 204
    assert [line["line"] for line in account.read(key)["line"]["items"]] == [0, 1, 2, 3, 4]
    first = {"line": 0, "debit": 124999.00}
    unbalanced = {"line": {"items": [first, {"line": 3, "debit": 1001}]}}
    assert account.request("PATCH", place, unbalanced).status_code == 400
    balanced = {"line": {"items": [first, {"line": 3, "debit": 2}]}}
    assert account.request("PATCH", place, balanced).status_code == 204
    assert account.request("PATCH", place, more, replace="line").status_code == 204
    assert len(account.read(key)["line"]["items"]) == 2
    emptied = account.request("PATCH", place, {"line": {"items": None}})
    assert "at least one line" in account.error(emptied)[2]


def test_a_repeated_upsert_doubles_the_journal(account: Stranger) -> None:
    """Why the connector inserts and never upserts."""
    body = journal(None)
    for _ in range(2):
        answer = account.request("PUT", f"{RECORD}/journalEntry/eid:UPSERT-1", body)
        assert answer.status_code == 204
    assert len(account.read("eid:UPSERT-1")["line"]["items"]) == 6
    assert account.journal_count("UPSERT-1") == 1


def test_a_journal_in_an_open_period_can_be_deleted(account: Stranger) -> None:
    """The vendor allows it; the product must never ask."""
    key = account.posted(journal("GONE"))
    assert account.request("DELETE", f"{RECORD}/journalEntry/{key}").status_code == 204
    answer = account.request("GET", f"{RECORD}/journalEntry/{key}")
    assert account.error(answer)[:2] == (404, "NONEXISTENT_ID")


def test_a_reversal_date_creates_the_mirror_without_a_key(account: Stranger) -> None:
    """Read-back must not mistake the reversing document for ours."""
    key = account.posted(journal("REVERSED"))
    place = f"{RECORD}/journalEntry/{key}"
    assert account.request("PATCH", place, {"reversalDate": "2026-11-01"}).status_code == 204
    mirror = account.read(account.read(key)["reversalEntry"])
    assert "externalId" not in mirror
    assert (mirror["isReversal"], mirror["postingPeriod"]["id"]) == (True, "311")
    assert mirror["line"]["items"][0]["credit"] == 125000.0
    assert account.request("PATCH", place, {"memo": "still one mirror"}).status_code == 204
    assert account.read(key)["reversalEntry"] == mirror["id"]


def test_a_list_shows_links_and_ids_only_and_finds_by_external_id(account: Stranger) -> None:
    """The second way of read-back; its condition ignores case."""
    key = account.posted(journal("LISTED-1"))
    answer = account.request("GET", f"{RECORD}/journalEntry", q='externalId IS "listed-1"')
    page = answer.json()
    assert [sorted(item) for item in page["items"]] == [["id", "links"]]
    assert (page["items"][0]["id"], page["totalResults"]) == (key, 1)
    none = account.request("GET", f"{RECORD}/journalEntry", q='externalId IS "LISTED_1"').json()
    assert none["totalResults"] == 0
    wrong = account.request("GET", f"{RECORD}/journalEntry", q="externalId LIKE x")
    assert account.error(wrong)[:2] == (400, "INVALID_REQUEST")


def test_lines_are_shown_only_when_asked_for(account: Stranger) -> None:
    """A plain read answers links in place of the sublist."""
    key = account.posted(journal("COLLAPSED"))
    plain = account.request("GET", f"{RECORD}/journalEntry/{key}").json()
    assert list(plain["line"]) == ["links"]
    chosen = account.request("GET", f"{RECORD}/journalEntry/{key}", fields="memo").json()
    assert sorted(chosen) == ["links", "memo"]


@pytest.mark.parametrize("path", ["eid:A|B", "eid:A%20B"])
def test_a_key_that_an_address_cannot_carry_is_refused(account: Stranger, path: str) -> None:
    """Why keys keep to letters, digits, `_` and `-`."""
    answer = account.request("GET", f"{RECORD}/journalEntry/{path}")
    assert account.error(answer)[:2] == (400, "INVALID_REQUEST")


def test_the_catalog_names_the_accounts_own_fields(account: Stranger) -> None:
    """Custom fields differ by account: the catalog says which exist."""
    schema = account.request("GET", f"{RECORD}/metadata-catalog/journalEntry").json()
    assert "custbody_run_key" in schema["properties"]
    lines = schema["properties"]["line"]["properties"]["items"]["items"]["properties"]
    assert "custcol_run_id" in lines
    items = [debit("601", 1, custcol_run_id="r1"), credit("221", 1)]
    account.posted(journal("CUSTOM", custbody_run_key="CUSTOM", line={"items": items}))
    assert account.query(
        "SELECT t.custbody_run_key, tl.custcol_run_id FROM transaction t JOIN transactionline tl "
        "ON tl.transaction = t.id WHERE t.externalid = 'CUSTOM' AND tl.id = 0"
    ) == [{"links": [], "custbody_run_key": "CUSTOM", "custcol_run_id": "r1"}]


def test_limits_are_shown_to_administrators_alone(account: Stranger) -> None:
    """An integration has to be told its limit by people."""
    path = "/services/rest/system/v1/governanceLimits"
    assert account.request("GET", path).status_code == 403
    assert account.as_role("1102").request("GET", path).json() == {
        "accountConcurrencyLimit": 5,
        "accountUnallocatedConcurrencyLimit": 5,
        "integrationLimitType": "accountLimit",
    }


def test_more_than_a_thousand_lines_are_refused(account: Stranger) -> None:
    """Journals are split below the synchronous limit."""
    lines = {"items": [debit("601", 1) for _ in range(1000)] + [credit("221", 1000)]}
    answer = account.post(journal("LONG", line=lines))
    assert "at most 1000 lines" in account.error(answer)[2]


def test_what_was_written_survives_a_restart(tmp_path: Path) -> None:
    """Exactly-once over a crash relies on it: the answer follows the commit."""
    with netsuite_account(tmp_path) as before:
        key = before.posted(journal("KEPT"))
        token = before.token
    with netsuite_account(tmp_path) as after:
        after.token = token
        assert after.read("eid:KEPT")["id"] == key
        assert after.post(journal("KEPT")).status_code == 400
