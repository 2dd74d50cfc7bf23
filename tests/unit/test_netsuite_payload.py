"""The body of a journal for NetSuite."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders.journals import CLEARING, GROSS, PROJECT, a_journal
from tieout.adapters.netsuite.payload import Target, journal_body
from tieout.adapters.netsuite.periods import period_to_post
from tieout.adapters.netsuite.reference_index import ReferenceIndex, Unresolved
from tieout.adapters.transport.exact_json import dumps
from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerPeriod, ReferenceObject

OCTOBER = LedgerPeriod(
    "2026-10", "320", "Oct 2026", date(2026, 10, 1), date(2026, 10, 31), closed=False, locked=False
)
TARGET = Target("3", OCTOBER)


def ref(
    kind: str, code: str, ref_: str, *entities: str, active: bool = True, precision: str = "2"
) -> ReferenceObject:
    """One object of the ERP's master data."""
    fields = {"precision": precision} if kind == "currency" else {}
    return ReferenceObject(kind, code, ref_, code, active, entities=entities, fields=fields)


INDEX = ReferenceIndex(
    [
        ref("currency", "EUR", "1"),
        ref("currency", "JPY", "5", precision="0"),
        ref("currency", "KWD", "9"),
        ref("account", "6000", "201"),
        ref("account", "6010", "202"),
        ref("account", "2200", "203"),
        ref("account", "9999", "204", active=False),
        ref("account", "6100", "205", "UK01"),
        ref("cost_center", "CC4100", "17", "DE01"),
        ref("cost_center", "CC1100", "11", "US01"),
        ref("cost_center", "TWIN", "31", "DE01"),
        ref("cost_center", "TWIN", "32", "DE01"),
        ref("project", "P-1001", "101"),
    ]
)


def test_the_body_is_exactly_what_was_approved_and_nothing_more() -> None:
    """The controller relies on it: period, date, currency, amounts and dimensions are explicit."""
    journal = a_journal()
    body = journal_body(journal, TARGET, INDEX)
    assert body == {
        "externalId": journal.external_id,
        "subsidiary": {"id": "3"},
        "tranDate": "2026-10-31",
        "postingPeriod": {"id": "320"},
        "currency": {"id": "1"},
        "memo": f"Payroll DE01 2026-10 [{journal.external_id}] [{journal.correlation_id}]",
        "line": {
            "items": [
                {
                    "account": {"id": "201"},
                    "debit": Decimal("125000.00"),
                    "memo": "#1 Wages",
                    "department": {"id": "17"},
                },
                {
                    "account": {"id": "202"},
                    "debit": Decimal("14375.50"),
                    "memo": "#2 Wages",
                    "department": {"id": "17"},
                    "class": {"id": "101"},
                },
                {"account": {"id": "203"}, "credit": Decimal("139375.50"), "memo": "#3 Wages"},
            ]
        },
    }


@pytest.mark.parametrize(
    ("journal", "written"),
    [
        (a_journal(GROSS, PROJECT, CLEARING), '"debit":125000.00'),
        (a_journal(GROSS, PROJECT, CLEARING), '"credit":139375.50'),
        (a_journal(("6000", "", "", 7), ("2200", "", "", -7), currency="JPY"), '"debit":7,'),
        (
            a_journal(("6000", "", "", 9_007_199_254_740_993), ("2200", "", "", -(2**53 + 1))),
            '"debit":90071992547409.93',
        ),
    ],
)
def test_amounts_are_written_with_the_places_of_their_currency(
    journal: Journal, written: str
) -> None:
    """Tie-out relies on it: no amount passes through a binary number on its way out."""
    assert written in dumps(journal_body(journal, TARGET, INDEX))


@pytest.mark.parametrize(
    ("account", "cost_center", "code", "reason"),
    [
        ("1234", "", "erp_value_refused", "no account 1234"),
        ("9999", "", "erp_value_refused", "inactive"),
        ("6100", "", "erp_wrong_subsidiary", "not allowed in DE01"),
        ("6000", "CC9", "erp_value_refused", "no cost center CC9"),
        ("6000", "CC1100", "erp_wrong_subsidiary", "not allowed in DE01"),
        ("6000", "TWIN", "erp_value_refused", "several objects: 31, 32"),
    ],
)
def test_a_code_that_cannot_be_posted_to_is_refused_with_its_reason(
    account: str, cost_center: str, code: str, reason: str
) -> None:
    """Finance relies on it: absent, inactive, foreign and ambiguous are told apart."""
    refused = journal_body(
        a_journal((account, cost_center, "", 100), ("2200", "", "", -100)), TARGET, INDEX
    )
    assert isinstance(refused, Unresolved)
    assert refused.code == code
    assert reason in refused.reason


def test_all_reasons_are_told_at_once() -> None:
    """Finance relies on it: one correction, not one per attempt."""
    legs = [(str(number), "", "", 100) for number in range(1, 8)]
    refused = journal_body(a_journal(*legs, ("2200", "", "", -700)), TARGET, INDEX)
    assert isinstance(refused, Unresolved)
    assert "account 1;" in refused.reason
    assert refused.reason.endswith("and 2 more")


def test_a_currency_of_which_the_ledger_keeps_fewer_decimals_is_not_rounded_by_it() -> None:
    """Tie-out relies on it: NetSuite keeps two decimals of a dinar that has three."""
    refused = journal_body(
        a_journal(("6000", "", "", 1001), ("2200", "", "", -1001), currency="KWD"), TARGET, INDEX
    )
    assert isinstance(refused, Unresolved)
    assert "2 decimals of KWD" in refused.reason
    whole = a_journal(("6000", "", "", 1010), ("2200", "", "", -1010), currency="KWD")
    assert '"debit":1.010' in dumps(journal_body(whole, TARGET, INDEX))


def test_a_line_without_an_amount_is_never_sent() -> None:
    """The ledger's line count relies on it."""
    journal = a_journal(("6000", "", "", 0), ("6000", "", "", 5), ("2200", "", "", -5))
    refused = journal_body(journal, TARGET, INDEX)
    assert isinstance(refused, Unresolved)
    assert "line 1 has no amount" in refused.reason


def month(**changes: bool) -> LedgerPeriod:
    """October with other locks."""
    return LedgerPeriod(
        "2026-10", "320", "Oct 2026", date(2026, 10, 1), date(2026, 10, 31),
        closed=changes.get("closed", False), locked=changes.get("locked", False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("periods", "day", "code"),
    [
        ([], date(2026, 10, 31), "period_closed"),
        ([month(closed=True)], date(2026, 10, 31), "period_closed"),
        ([month(locked=True)], date(2026, 10, 31), "period_closed"),
        ([month(), month()], date(2026, 10, 31), "period_closed"),
        ([month()], date(2026, 11, 1), "date_outside_period"),
        ([month()], date(2026, 9, 30), "date_outside_period"),
    ],
)
def test_only_an_open_period_that_holds_the_date_takes_a_journal(
    periods: list[LedgerPeriod], day: date, code: str
) -> None:
    """The controller relies on it: nothing is re-dated and no lock is passed, whatever our role."""
    found = period_to_post(periods, "2026-10", day)
    assert isinstance(found, Unresolved)
    assert found.code == code


def test_an_open_period_is_found_by_our_code() -> None:
    """Posting relies on it."""
    assert period_to_post([month()], "2026-10", date(2026, 10, 1)) == month()
