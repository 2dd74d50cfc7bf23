"""The NetSuite twin's query service, as a reader of the vendor's pages meets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.netsuite_account import (
    SUITEQL,
    Stranger,
    credit,
    debit,
    journal,
    netsuite_account,
)

Q1 = """
SELECT t.id, t.tranid, t.externalid, t.status, t.posting, t.postingperiod,
       TO_CHAR(t.trandate,'YYYY-MM-DD') AS trandate, t.currency, t.exchangerate, t.memo
FROM transaction t WHERE t.type = 'Journal' AND t.externalid = ?
"""
Q2 = """
SELECT tl.id, tl.linesequencenumber, tl.subsidiary, tl.department, tl.class, tl.location,
       tl.entity, tl.memo, tl.debitforeignamount, tl.creditforeignamount,
       tal.account, tal.debit, tal.credit, tal.posting
FROM transactionline tl
JOIN transactionaccountingline tal
  ON tal.transaction = tl.transaction AND tal.transactionline = tl.id
WHERE tl.transaction = ?
  AND tal.accountingbook = (SELECT id FROM accountingbook WHERE isprimary = 'T')
ORDER BY tl.linesequencenumber, tl.id
"""
Q3 = """
SELECT id, periodname, TO_CHAR(startdate,'YYYY-MM-DD') AS startdate,
       TO_CHAR(enddate,'YYYY-MM-DD') AS enddate, closed, alllocked, aplocked, arlocked
FROM accountingperiod
WHERE isposting = 'T' AND isquarter = 'F' AND isyear = 'F' AND isadjust = 'F' AND isinactive = 'F'
  AND startdate <= TO_DATE(?,'YYYY-MM-DD') AND enddate >= TO_DATE(?,'YYYY-MM-DD')
"""
Q4 = """
SELECT t.id, t.externalid, t.postingperiod, t.posting FROM transaction t
WHERE t.type = 'Journal' AND t.externalid LIKE ? ORDER BY t.id
"""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """An account with three journals."""
    with netsuite_account(tmp_path_factory.mktemp("account")) as stranger:
        for number in (1, 2):
            stranger.posted(journal(f"PAY-UK01-{number}"))
        lines = {"items": [debit("601", 0.1), credit("221", 0.1)]}
        us = {"subsidiary": {"id": "2"}, "currency": {"id": "2"}}
        stranger.posted(journal("PAY-US01-1", line=lines, **us))
        yield stranger


def test_a_key_is_looked_up_case_sensitively(account: Stranger) -> None:
    """Why keys have one case only: the web service's own check ignores it, queries do not."""
    (row,) = account.query(Q1, "PAY-UK01-1")
    assert {name: row[name] for name in row if name not in ("links", "id", "tranid")} == {
        "externalid": "PAY-UK01-1",
        "status": "B",
        "posting": "T",
        "postingperiod": "310",
        "trandate": "2026-10-31",
        "currency": "3",
        "exchangerate": "1",
        "memo": "Payroll UK Oct 2026",
    }
    assert account.query(Q1, "pay-uk01-1") == []


def test_lines_are_text_and_empty_columns_are_absent(account: Stranger) -> None:
    """Read-back parses text and treats a missing key as NULL."""
    key = account.query(Q1, "PAY-UK01-1")[0]["id"]
    lines = account.query(Q2, key)
    assert lines[1] == {
        "links": [],
        "id": "1",
        "linesequencenumber": "1",
        "subsidiary": "4",
        "department": "17",
        "memo": "Employer NI CC17",
        "debitforeignamount": "14375.25",
        "account": "602",
        "debit": "14375.25",
        "posting": "T",
    }
    assert [line.get("credit") for line in lines] == [None, None, "139375.25"]


def test_the_month_of_a_date_is_found_among_quarters_and_years(account: Stranger) -> None:
    """The posting window is read by this query before every post."""
    assert account.query(Q3, "2026-09-30", "2026-09-30") == [
        {
            "links": [],
            "id": "309",
            "periodname": "Sep 2026",
            "startdate": "2026-09-01",
            "enddate": "2026-09-30",
            **dict.fromkeys(("closed", "alllocked", "aplocked", "arlocked"), "T"),
        }
    ]


def test_all_keys_of_a_run_are_found_by_pattern(account: Stranger) -> None:
    """Reconciliation after an outage relies on it; patterns are case-sensitive."""
    assert [row["externalid"] for row in account.query(Q4, "PAY-UK01-%")] == [
        "PAY-UK01-1",
        "PAY-UK01-2",
    ]
    assert account.query(Q4, "pay-uk01-%") == []


def test_a_restricted_role_sees_nothing_of_other_subsidiaries(account: Stranger) -> None:
    """To find nothing may mean to see nothing: rows are absent without an error."""
    restricted = account.as_role("1103")
    assert restricted.query(Q1, "PAY-UK01-1") == []
    assert [row["externalid"] for row in restricted.query(Q4, "PAY-%")] == ["PAY-US01-1"]
    assert [row["id"] for row in restricted.query("SELECT id FROM subsidiary ORDER BY id")] == ["2"]
    refused = restricted.post(journal("PAY-UK01-9"))
    assert "Invalid Field Value 4" in restricted.error(refused)[2]


def test_a_query_needs_the_transient_preference(account: Stranger) -> None:
    """The vendor refuses every query without that header."""
    answer = account.request("POST", SUITEQL, {"q": "SELECT id FROM account"})
    assert account.error(answer)[0] == 400
    assert answer.json()["o:errorDetails"][0]["o:errorHeader"] == "Prefer"


def test_pages_follow_each_other_and_count_everything(account: Stranger) -> None:
    """Who reads more than a page relies on it."""
    text = "SELECT id FROM account ORDER BY id"
    first = account.suiteql(text, limit="2", offset="0").json()
    last = account.suiteql(text, limit="2", offset="4").json()
    assert [first[name] for name in ("count", "hasMore", "offset", "totalResults")] == [
        2,
        True,
        0,
        5,
    ]
    assert (last["count"], last["hasMore"]) == (1, False)
    assert {link["rel"] for link in first["links"]} == {"self", "next"}


@pytest.mark.parametrize(
    ("limit", "offset", "param"),
    [("1001", "0", "limit"), ("0", "0", "limit"), ("2", "3", "offset"), ("x", "0", "limit")],
)
def test_a_wrong_page_is_refused(account: Stranger, limit: str, offset: str, param: str) -> None:
    """The offset must be a multiple of the limit, and a page holds at most a thousand rows."""
    answer = account.suiteql("SELECT id FROM account", limit=limit, offset=offset)
    assert answer.status_code == 400
    assert answer.json()["o:errorDetails"][0]["o:errorQueryParam"] == param


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("SELECT id FROM things", "Invalid search type: things."),
        ("SELECT value FROM token", "Invalid search type: token."),
        ("SELECT name FROM sqlite_master", "Invalid search type: sqlite_master."),
        ("SELECT colour FROM account", "Search error occurred: Unknown identifier 'colour'."),
        ("SELECT id FROM account LIMIT 1", "LIMIT is not supported"),
        ("DELETE FROM account", "A query begins with SELECT"),
        ("SELECT id FROM account; DELETE FROM account", "Search error occurred"),
        ("SELECT id FROM account WHERE", "Search error occurred"),
        ("SELECT tal.debit * 2 FROM transactionaccountingline tal", "Arithmetic on amounts"),
    ],
)
def test_a_wrong_query_says_what_is_wrong(account: Stranger, text: str, explained: str) -> None:
    """The connector's self-check of columns relies on these texts."""
    answer = account.suiteql(text)
    status, _, detail = account.error(answer)
    assert status == 400
    assert detail.startswith("Invalid search query. Detailed unprocessed description follows.")
    assert explained in detail


def test_the_oracle_dialect_is_understood(account: Stranger) -> None:
    """Dates need masks, display texts come from BUILTIN.DF, pages of a query from FETCH FIRST."""
    text = """
        SELECT BUILTIN.DF(t.postingperiod) AS period, BUILTIN.DF(t.status) AS shown, t.trandate,
               TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS changed,
               NVL(t.entity, 'none') || '!' AS entity, 'it''s' AS quoted
        FROM transaction t /* the "newest" -- first */
        WHERE t.trandate >= '10/1/2026' AND t.trandate < TO_DATE('11/01/2026', 'MM/DD/YYYY')
          AND t.trandate <> '1/1/2026'
        ORDER BY t.id DESC FETCH FIRST 1 ROWS ONLY
    """
    (row,) = account.query(text)
    assert row["period"] == "Oct 2026"
    assert row["shown"] == "Approved for Posting"
    assert row["trandate"] == "10/31/2026"
    assert len(row["changed"]) == len("2026-11-02 06:00:00")
    assert (row["entity"], row["quoted"]) == ("none!", "it's")


def test_sums_are_exact_and_amounts_compare_as_numbers(account: Stranger) -> None:
    """Totals of a month are compared to the cent."""
    text = (
        "SELECT COUNT(*) AS lines, SUM(debit) AS debit, MAX(debit) AS largest "
        "FROM transactionaccountingline WHERE debit > 1000 OR debit = 0.1"
    )
    assert account.query(text) == [
        {"links": [], "lines": "5", "debit": "278750.6", "largest": "125000"}
    ]


def test_reference_tables_are_read_whole(account: Stranger) -> None:
    """Master records are compared before a post."""
    rows = account.query("SELECT * FROM department WHERE isinactive = 'F' ORDER BY id")
    assert [(row["id"], row["externalid"]) for row in rows] == [("17", "CC17"), ("20", "CC20")]


def test_queries_of_an_approved_bill_and_expense_report(tmp_path: Path) -> None:
    """Payables post at once, expense reports when accounting has approved them."""
    with netsuite_account(tmp_path) as account:
        shared = {"subsidiary": {"id": "4"}, "tranDate": "2026-10-31"}
        bill = {**shared, "externalId": "BILL-1", "entity": {"id": "8000"}}
        bill["expense"] = {"items": [{"account": {"id": "602"}, "amount": 12.5}]}
        account.posted(bill, "vendorBill")
        report = {**shared, "externalId": "EXP-1", "entity": {"id": "5000"}}
        report["expense"] = {"items": [{"category": {"id": "31"}, "amount": 7}]}
        key = account.posted(report, "expenseReport")
        text = (
            "SELECT t.type, t.posting, tal.account, tal.amount FROM transaction t "
            "JOIN transactionaccountingline tal ON tal.transaction = t.id "
            "ORDER BY t.id, tal.transactionline"
        )
        shown = [tuple(row.values())[1:] for row in account.query(text)]
        assert shown == [
            ("VendBill", "T", "210", "-12.5"),
            ("VendBill", "T", "602", "12.5"),
            ("ExpRept", "F", "210", "-7"),
            ("ExpRept", "F", "602", "7"),
        ]
        place = f"/services/rest/record/v1/expenseReport/{key}"
        assert account.request("PATCH", place, {"accountingapproval": True}).status_code == 204
        assert account.query("SELECT posting FROM transaction WHERE externalid = 'EXP-1'") == [
            {"links": [], "posting": "T"}
        ]
        assert account.read("eid:BILL-1", "vendorBill")["total"] == 12.5
