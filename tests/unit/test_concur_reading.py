"""One approved expense report becomes canonical lines, and what is wrong with it is told."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from tieout.adapters.concur.canonical import canonical_bytes, parse, same_content
from tieout.adapters.concur.profile import profile_of
from tieout.adapters.concur.reading import read_report
from tieout.contracts.columns import EXPENSE_LINE
from tieout.errors import ConfigurationError, UnreadableDocumentError
from tieout.finance.documents import ControlOrigin, DocumentRef, Reading, SourceDocument
from tieout.finance.money import to_minor

PROFILE = profile_of(
    {
        "provider": "concur",
        "kind": "concur",
        "entities": {"UKLTD": "UK01", "JPKK": "JP01"},
        "parties": {"EMPL": "employee", "CBCP": "company_card", "IBCP": "company_card"},
        "dims": {"cost_center": "allocationCustom1Code", "project": "allocationCustom2Code"},
        "time_zones": {"UK01": "Europe/London", "JP01": "Asia/Tokyo"},
    }
)

REPORT = """
{"id":"7b1d0c2e9f4a4d0f8e6a5c3b2a190817","docType":"expense","companyId":"204711","entityId":null,
"companyUuid":"5a0d7f3e-2c41-4c55-9a7b-1b2c3d4e5f60","erpSystemId":null,"docStatus":"READY","links":[],
"document":{
 "employee":{"employeeId":"200442","employeeFirstName":"Ines","employeeLastName":"Okafor",
  "loginId":"ines.okafor@example.test"},
 "report":{"reportId":"9C0FFEE0DECADE401101","reportKey":90411,"reportNumber":"K7WQ2D",
  "reportName":"Lyon client visit","policyId":"0A0B0C0D","employeeCurrencyAlphaCode":"GBP",
  "homeCountryCode":"GB","totalApprovedAmount":375.00,"cashAdvanceReturnsAmount":0E-8,
  "revisionNumber":"1","isTest":"N","reportPaymentProcessingDate":"2026-10-05T16:40:00.000Z",
  "lastApproverId":"5b0d7f3e-2c41-4c55-9a7b-1b2c3d4e5f61","reportOrgUnit1Code":"UKLTD"},
 "expenseEntry":[
  {"entryId":"E1","expenseTypeCode":"LODNG","expenseTypeName":"Hotel","entryDescription":"with Ann",
   "entryDate":"2026-09-21T00:00:00.000Z","reportEntryTransactionAmount":300.00,
   "entryCurrAlphaCode":"EUR","entryExchangeRate":0.85,"entryExchangeRateDirection":"M",
   "entryApprovedAmount":255.00,"entryIsPersonal":"N","reportEntryPatKey":"CBCP",
   "entryReceiptType":"T","locationCountryCode":"FR","allocation":[
    {"allocationId":"B1","allocationPercentage":60,"allocationCustom1Code":"CC-A","allocationCustom2Code":"P-1",
     "journal":[{"journalAccountCode":"6100","journalPayer":"COMP","journalPayee":"CBCP","amountGross":153.00,
      "amountNetOfTax":153.00,"amountNetOfReclaim":153.00,"taxGuid":[]}],"tax":[]},
    {"allocationId":"B2","allocationPercentage":40,"allocationCustom1Code":"CC-B",
     "journal":[{"journalAccountCode":"6100","journalPayer":"COMP","journalPayee":"CBCP","amountGross":102.00,
      "amountNetOfTax":102.00,"amountNetOfReclaim":102.00,"taxGuid":[]}],"tax":[]}]},
  {"entryId":"E2","expenseTypeCode":"BUSML","expenseTypeName":"Client dinner",
   "entryDate":"2026-09-22T00:00:00.000Z","reportEntryTransactionAmount":120.00,
   "entryCurrAlphaCode":"GBP","entryExchangeRate":1,"entryExchangeRateDirection":"M",
   "entryApprovedAmount":120.00,"entryIsPersonal":"N","reportEntryPatKey":"CASH","entryReceiptType":"R",
   "allocation":[{"allocationId":"B3","allocationPercentage":100,"allocationCustom1Code":"CC-A",
     "journal":[{"journalAccountCode":"6200","journalPayer":"COMP","journalPayee":"EMPL","amountGross":120.00,
      "amountNetOfTax":100.00,"amountNetOfReclaim":110.00,"taxGuid":["T1"]}],
     "tax":[{"taxGuid":"T1","taxAuthorityLabel":"GBVAT","taxCode":"S50","taxReclaimCode":"S50",
      "amountTax":20.00,"amountReclaim":10.00,"locationCountryCode":"GB"}]}]},
  {"entryId":"E3","expenseTypeCode":"ENTOT","expenseTypeName":"Minibar",
   "entryDate":"2026-09-22T00:00:00.000Z","reportEntryTransactionAmount":18.00,
   "entryCurrAlphaCode":"GBP","entryExchangeRate":1,"entryExchangeRateDirection":"M",
   "entryApprovedAmount":0E-8,"entryIsPersonal":"Y","reportEntryPatKey":"CBCP","entryReceiptType":"N",
   "allocation":[{"allocationId":null,"allocationPercentage":null,"journal":[
     {"journalAccountCode":"2190","journalPayer":"COMP","journalPayee":"CBCP","amountGross":18.00,
      "amountNetOfTax":18.00,"amountNetOfReclaim":18.00,"taxGuid":[]},
     {"journalAccountCode":"2190","journalPayer":"EMPL","journalPayee":"COMP","amountGross":-18.00,
      "amountNetOfTax":-18.00,"amountNetOfReclaim":-18.00,"taxGuid":[]}],"tax":[]}]}],
 "cashAdvanceApplication":[{"cashAdvanceId":"D1","cashAdvanceApplicationAmount":-50.00,
  "cashAdvanceClearingAccountCode":"1380","cashAdvanceTransactionType":2}]}}
"""

Change = Callable[[dict[str, Any]], object]


def a_report(change: Change | None = None) -> bytes:
    """The example report, changed in one place."""
    element = copy.deepcopy(parse(REPORT))
    if change is not None:
        change(element["document"])
    return canonical_bytes(element)


def read(content: bytes) -> Reading:
    """Read the bytes as the document of report K7WQ2D."""
    ref = DocumentRef("concur", "K7WQ2D", "{}")
    at = datetime(2026, 11, 2, 6, tzinfo=UTC)
    document = SourceDocument.of(ref, content, "application/json", at)
    return read_report(PROFILE, document, content)


def codes(reading: Reading) -> list[str]:
    """The codes of all findings."""
    return [found.code for found in reading.findings]


def lines(reading: Reading) -> pl.DataFrame:
    """The expense lines with their amounts in minor units."""
    frame = reading.frames["expense_line"]
    minor = [
        to_minor(text, currency) for text, currency in frame.select("amount", "currency").rows()
    ]
    return frame.with_columns(amount_minor=pl.Series(minor, dtype=pl.Int64))


def test_a_report_becomes_its_signed_parts_to_the_cent() -> None:
    """The expense journal relies on it: cost net of tax, tax split by what can be reclaimed."""
    reading = read(a_report())
    assert reading.findings == ()
    shown = lines(reading).select("part", "payee", "cost_center_code", "tax_code", "amount")
    assert shown.rows() == [
        ("cost", "company_card", "CC-A", "", "153.00"),
        ("cost", "company_card", "CC-B", "", "102.00"),
        ("cost", "employee", "CC-A", "", "100.00"),
        ("tax_reclaimable", "employee", "CC-A", "GBVAT/S50", "10.00"),
        ("tax_cost", "employee", "CC-A", "GBVAT/S50", "10.00"),
        ("personal", "company_card", "", "", "18.00"),
        ("personal", "employee", "", "", "-18.00"),
        ("advance", "employee", "", "", "-50.00"),
    ]


def test_what_each_party_is_owed_follows_from_the_parts() -> None:
    """Clearing relies on it: the employee gets 52.00 and the card issuer 273.00, no more."""
    owed = lines(read(a_report())).group_by("payee").agg(pl.col("amount_minor").sum())
    assert dict(owed.rows()) == {"employee": 5_200, "company_card": 27_300}


def test_the_frame_has_the_columns_of_its_contract_and_numbered_lines() -> None:
    """Validation relies on it: every adapter delivers the same columns."""
    frame = read(a_report()).frames["expense_line"]
    assert tuple(frame.columns) == ("line_no", "file_line", *EXPENSE_LINE)
    assert frame["line_no"].to_list() == list(range(1, 9))
    assert frame["file_line"].to_list() == [1, 1, 2, 2, 2, 3, 3, 4]


def test_the_stated_total_is_tied_to_the_cost_and_tax_parts() -> None:
    """The completeness check relies on it: nothing approved is missing from the lines."""
    control = read(a_report()).control
    assert control is not None
    assert control.origin is ControlOrigin.STATED
    assert (control.line_count, control.debit_minor, control.credit_minor) == (8, 39_300, 6_800)


def test_no_name_and_no_free_text_leaves_the_adapter() -> None:
    """Employees rely on it: the numbers of people travel, their names don't."""
    reading = read(a_report())
    written = reading.frames["expense_line"].write_csv() + str(reading)
    for private in ("Ines", "Okafor", "example.test", "Lyon", "with Ann"):
        assert private not in written


@pytest.mark.promise("S35")
def test_the_approval_is_copied_with_who_when_and_policy() -> None:
    """Auditors rely on it: the approval stays with the platform, its evidence with us."""
    first = read(a_report()).frames["expense_line"].row(0, named=True)
    assert first["approved_at"] == "2026-10-05T16:40:00.000Z"
    assert first["approver_ref"] == "5b0d7f3e-2c41-4c55-9a7b-1b2c3d4e5f61"
    assert first["policy_ref"] == "0A0B0C0D"
    assert first["receipt"] == "tax"


def test_spend_and_rate_are_kept_beside_the_booked_amount() -> None:
    """The rate bridge relies on it: spend in euro, rate and direction, never used for the books."""
    frame = read(a_report()).frames["expense_line"]
    spend = frame.select("spend_amount", "spend_currency", "exchange_rate", "rate_direction")
    assert spend.row(0) == ("300.00", "EUR", "0.85", "M")
    assert spend.row(2) == ("120.00", "GBP", "", "")


def journal(document: dict[str, Any], entry: int = 1) -> dict[str, Any]:
    """The first journal row of an entry (0-based)."""
    row: dict[str, Any] = document["expenseEntry"][entry]["allocation"][0]["journal"][0]
    return row


def tax(document: dict[str, Any]) -> dict[str, Any]:
    """The tax row of the dinner."""
    row: dict[str, Any] = document["expenseEntry"][1]["allocation"][0]["tax"][0]
    return row


BROKEN: list[tuple[str, Change, str]] = [
    ("net of tax", lambda d: journal(d).update(amountNetOfTax=100.01), "control_total_mismatch"),
    ("net of reclaim", lambda d: journal(d).update(amountNetOfReclaim=1), "control_total_mismatch"),
    ("tax renamed away", lambda d: tax(d).pop("amountTax"), "value_unreadable"),
    ("tax guid renamed", lambda d: journal(d).pop("taxGuid"), "control_total_mismatch"),
    ("tax row unknown", lambda d: journal(d).update(taxGuid=["T9"]), "value_unreadable"),
    ("gross null", lambda d: journal(d).update(amountGross=None), "value_unreadable"),
    ("gross is text", lambda d: journal(d).update(amountGross="1,20"), "value_unreadable"),
    ("half a penny", lambda d: journal(d).update(amountGross=120.005), "value_unreadable"),
    ("sign flipped", lambda d: journal(d, 0).update(amountGross=-153), "control_total_mismatch"),
    (
        "entry lost a row",
        lambda d: d["expenseEntry"][0]["allocation"].pop(),
        "control_total_mismatch",
    ),
    ("entry lost", lambda d: d["expenseEntry"].pop(0), "control_total_mismatch"),
    (
        "total differs",
        lambda d: d["report"].update(totalApprovedAmount=376),
        "control_total_mismatch",
    ),
    ("payer unknown", lambda d: journal(d).update(journalPayee="COPD"), "route_undecided"),
    ("both company", lambda d: journal(d).update(journalPayee="COMP"), "value_unreadable"),
    (
        "sides turned",
        lambda d: journal(d).update(journalPayer="EMPL", journalPayee="COMP"),
        "value_unreadable",
    ),
    (
        "became personal",
        lambda d: d["expenseEntry"][1].update(entryIsPersonal="Y"),
        "control_total_mismatch",
    ),
    (
        "total is text",
        lambda d: d["report"].update(totalApprovedAmount="a lot"),
        "value_unreadable",
    ),
    ("no company", lambda d: journal(d).update(journalPayer="EMPL"), "value_unreadable"),
    (
        "advance turned",
        lambda d: d["cashAdvanceApplication"][0].update(cashAdvanceApplicationAmount=50),
        "value_unreadable",
    ),
    (
        "personal mark gone",
        lambda d: d["expenseEntry"][2].pop("entryIsPersonal"),
        "value_unreadable",
    ),
    ("entity unknown", lambda d: d["report"].update(reportOrgUnit1Code="??"), "value_unreadable"),
    ("no employee", lambda d: d["employee"].update(employeeId=None), "value_unreadable"),
    (
        "no approval",
        lambda d: d["report"].update(reportPaymentProcessingDate=None),
        "value_unreadable",
    ),
    (
        "approval without zone",
        lambda d: d["report"].update(reportPaymentProcessingDate="2026-10-05T16:40:00"),
        "value_unreadable",
    ),
    (
        "no such currency",
        lambda d: d["report"].update(employeeCurrencyAlphaCode="XXL"),
        "currency_unknown",
    ),
    ("revised", lambda d: d["report"].update(revisionNumber="2"), "report_revised"),
    ("revision gone", lambda d: d["report"].pop("revisionNumber"), "value_unreadable"),
    ("test mark gone", lambda d: d["report"].pop("isTest"), "status_unknown"),
]


@pytest.mark.parametrize(
    ("change", "code"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN]
)
def test_a_changed_document_is_caught_before_anything_is_booked(change: Change, code: str) -> None:
    """The controller relies on it: a platform's change of form or amounts blocks that report."""
    critical = [found for found in read(a_report(change)).findings if found.severity == "critical"]
    assert code in [found.code for found in critical]
    assert all(found.blocks == "report" for found in critical)
    assert all(found.next_step and found.where.document == "K7WQ2D" for found in critical)


def test_a_mismatch_names_the_entry_and_both_numbers() -> None:
    """Finance relies on it: the finding alone says where to look."""
    reading = read(a_report(lambda d: journal(d).update(amountNetOfTax=99)))
    first = next(found for found in reading.findings if found.code == "control_total_mismatch")
    assert first.where.line == 2
    assert first.where.field == "allocation[1].journal[1].amountNetOfTax"
    assert first.found == "stated 99.00, read 100.00"


def test_all_that_is_wrong_is_told_in_one_reading() -> None:
    """Finance relies on it: one round of corrections, not one per error."""

    def change(document: dict[str, Any]) -> None:
        document["report"].update(revisionNumber="3", reportOrgUnit1Code="NEW")
        journal(document).update(amountGross="?")
        document["expenseEntry"][2]["entryIsPersonal"] = "maybe"

    assert set(codes(read(a_report(change)))) == {"report_revised", "value_unreadable"}
    assert len(read(a_report(change)).findings) == 4


def test_a_test_report_is_told_and_left_out() -> None:
    """The ledger relies on it: what was entered to try the platform is never booked."""
    reading = read(a_report(lambda d: d["report"].update(isTest="Y")))
    assert reading.frames["expense_line"].is_empty()
    assert reading.facts.status == "test"
    (told,) = reading.findings
    assert (told.severity, told.blocks) == ("warning", "nothing")


def test_an_unknown_state_holds_the_report() -> None:
    """A state that is not in the map is an exception, never a default."""
    element = parse(a_report()) | {"docStatus": "PARKED"}
    reading = read(canonical_bytes(element))
    assert codes(reading) == ["status_unknown"]
    assert reading.facts.status == "parked"


@pytest.mark.promise("S34")
def test_yen_have_no_decimals_and_one_is_refused() -> None:
    """Japan relies on it: 100.50 yen is an error at its source, not 100 or 101."""

    def in_yen(document: dict[str, Any]) -> None:
        document["report"]["employeeCurrencyAlphaCode"] = "JPY"
        journal(document, 0)["amountGross"] = "153.50"

    reading = read(a_report(in_yen))
    assert codes(reading)[0] == "value_unreadable"
    assert reading.findings[0].found == "153.50"


def test_the_period_is_that_of_the_approval_where_the_entity_lives() -> None:
    """The close relies on it: an evening approval in London is next month's in Tokyo."""

    def late(document: dict[str, Any]) -> None:
        document["report"]["reportPaymentProcessingDate"] = "2026-10-31T20:00:00.000Z"

    def late_in_tokyo(document: dict[str, Any]) -> None:
        late(document)
        document["report"]["reportOrgUnit1Code"] = "JPKK"

    assert read(a_report(late)).facts.period == "2026-10"
    assert read(a_report(late_in_tokyo)).facts.period == "2026-11"


def test_the_same_report_from_another_document_has_the_same_business_key() -> None:
    """Double payment is prevented by it: a second document of a report is never a new report."""
    other = parse(a_report()) | {"id": "another"}
    first, second = read(a_report()), read(canonical_bytes(other))
    assert first.facts.business_key == second.facts.business_key
    assert first.facts.business_key == "UK01|expense|9C0FFEE0DECADE401101|1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>busy</html>",
        a_report()[:-40],
        b"[]",
        b'{"document":{}}',
        b'{"document":{"employee":{},"report":{},"expenseEntry":7,"cashAdvanceApplication":[]}}',
    ],
    ids=["empty", "page", "truncated", "list", "parts missing", "not a list"],
)
def test_bytes_that_are_no_document_are_refused_with_a_cure(content: bytes) -> None:
    """Finance relies on it: nothing is guessed from half a document."""
    with pytest.raises(UnreadableDocumentError) as caught:
        read(content)
    assert caught.value.next_step
    assert caught.value.where.document == "K7WQ2D"


@pytest.mark.parametrize("form", ["text", "list"])
def test_the_document_may_come_as_text_or_as_a_list_of_one(form: str) -> None:
    """The platform documents all three forms; each gives the same lines."""
    element = parse(a_report())
    inner = element["document"]
    element["document"] = [inner] if form == "list" else canonical_bytes(inner).decode()
    assert (
        read(canonical_bytes(element))
        .frames["expense_line"]
        .equals(read(a_report()).frames["expense_line"])
    )


def test_the_kept_bytes_do_not_depend_on_key_order_and_keep_every_digit() -> None:
    """Evidence relies on it: the same document has one hash, and 375.00 is not 375.0."""
    shuffled = {key: parse(REPORT)[key] for key in reversed(list(parse(REPORT)))}
    assert canonical_bytes(shuffled) == a_report()
    assert b'"totalApprovedAmount":375.00' in a_report()
    assert b'"cashAdvanceReturnsAmount":0E-8' in a_report()
    assert json.loads(a_report()) == json.loads(REPORT)


def test_a_change_of_state_is_no_change_of_content() -> None:
    """The check after acknowledging relies on it: only the report itself counts."""
    taken = canonical_bytes(parse(REPORT) | {"docStatus": "ACKNOWLEDGED", "erpSystemId": "tieout"})
    assert same_content(a_report(), taken)
    assert not same_content(a_report(), a_report(lambda d: journal(d).update(amountGross=1)))


def test_a_profile_with_an_unknown_party_kind_is_refused_with_its_place() -> None:
    """Finance relies on it: a typing error in the provider file stops before the first report."""
    with pytest.raises(ConfigurationError) as caught:
        profile_of({"provider": "concur", "entities": {}, "parties": {"COPD": "bank"}})
    assert caught.value.where.document == "providers/concur.yaml"
    assert caught.value.where.field == "parties.COPD"
