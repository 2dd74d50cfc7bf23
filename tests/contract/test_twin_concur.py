"""The Concur twin keeps what Concur's pages say: tokens and the cycle of financial documents."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.faults import Fault, FaultBoard
from tests.contract.twin_concur_company import (
    COMPANY,
    FIS,
    Concur,
    company,
    fis_id,
    payment,
    posting,
    report_id,
    write_seed,
)


@pytest.fixture
def concur(tmp_path: Path) -> Iterator[Concur]:
    """Seven waiting expense documents and a signed-in caller."""
    write_seed(tmp_path)
    with company(tmp_path, FaultBoard()) as caller:
        yield caller


def test_the_token_endpoint_takes_forms_only(concur: Concur) -> None:
    """Rule 1: a client that sends JSON learns it at once."""
    answer = concur.http.post("/oauth2/v0/token", json={"grant_type": "refresh_token"})
    assert (answer.status_code, answer.json()["code"]) == (400, 135)


def test_a_company_request_token_works_again_within_its_day_and_not_after(concur: Concur) -> None:
    """Rule 2: it may be used again after a lost answer, and dies after 24 hours."""
    first, second = concur.sign_in(), concur.sign_in()
    assert first["access_token"] != second["access_token"]
    assert first["expires_in"] == "3600"
    assert first["geolocation"] == concur.base
    concur.control("/switches", request_token_seconds=0)
    answer = concur.grant(
        grant_type="password", credtype="authtoken", username=COMPANY, password="request-token-1"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 5)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"client_id": "nobody", "grant_type": "refresh_token"}, 61),
        ({"client_secret": "wrong", "grant_type": "refresh_token"}, 64),
        ({"grant_type": "refresh_token"}, 106),
        ({"grant_type": "refresh_token", "refresh_token": "never-issued"}, 108),
        ({"grant_type": "authorization_code"}, 60),
        ({"grant_type": "password", "credtype": "password"}, 60),
    ],
)
def test_each_refusal_of_a_token_has_its_code(
    concur: Concur, fields: dict[str, str], code: int
) -> None:
    """The connector decides by the code whether to stop, to retry or to call the customer."""
    answer = concur.grant(**fields)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["geolocation"] == concur.base


def test_a_refresh_may_ask_for_less_but_not_for_more(concur: Concur) -> None:
    """A token narrowed to FISVC cannot read lists; an unknown scope is refused."""
    refresh = concur.sign_in()["refresh_token"]
    fields = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert concur.grant(**fields, scope="FISVC everything").json()["code"] == 54
    concur.token = concur.grant(**fields, scope="FISVC").json()["access_token"]
    assert concur.get().status_code == 200
    assert concur.get("/list/v4/lists").status_code == 403


@pytest.mark.parametrize(
    ("rotation", "same", "old_works"),
    [("same", True, True), ("keep_old", False, True), ("kill_old", False, False)],
)
def test_refresh_tokens_rotate_as_the_switch_says(
    concur: Concur, rotation: str, same: bool, old_works: bool
) -> None:
    """Rule 3: whoever does not store the new refresh token is locked out under `kill_old`."""
    concur.control("/switches", rotation=rotation)
    old = concur.sign_in()["refresh_token"]
    fields = {"grant_type": "refresh_token", "refresh_token": old}
    new = concur.grant(**fields).json()["refresh_token"]
    assert (new == old) is same
    again = concur.grant(**fields)
    assert (again.status_code == 200) is old_works
    if not old_works:
        assert again.json()["code"] == 108


def test_the_wrong_data_centre_names_the_right_one(concur: Concur) -> None:
    """Rule 4: the token request is redirected by code 16, a call with a valid token is refused."""
    home = concur.base.replace("127.0.0.1", "localhost")
    concur.control("/switches", home=home)
    answer = concur.grant(
        grant_type="password", credtype="authtoken", username=COMPANY, password="request-token-1"
    )
    assert (answer.json()["code"], answer.json()["geolocation"]) == (16, home)
    assert concur.get().status_code == 403
    headers = {"authorization": f"Bearer {concur.token}"}
    assert httpx.get(f"{home}{FIS}", headers=headers).status_code == 200


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_access_token_is_401_or_403(concur: Concur, status: int) -> None:
    """Rule 5: both mean the same and the caller must refresh on either."""
    concur.control("/switches", expired_status=status)
    concur.control("/tokens/expire")
    assert concur.get().status_code == status
    concur.sign_in()
    assert concur.get().status_code == 200


def test_no_header_is_401_and_a_made_up_token_403(concur: Concur) -> None:
    """The two are told apart, as on the page of status codes."""
    assert concur.http.get(FIS).status_code == 401
    concur.token = "made-up"
    assert concur.get().status_code == 403


def test_an_application_token_has_no_refresh_token_and_reaches_events_only(concur: Concur) -> None:
    """Rule 6, and rule 5 for the financial documents."""
    granted = concur.grant(grant_type="client_credentials").json()
    assert "refresh_token" not in granted
    assert concur.get("/events/v4/topics").status_code == 403
    concur.token = granted["access_token"]
    assert "public.concur.financialintegration" in concur.get("/events/v4/topics").json()
    assert concur.get().status_code == 403


def test_revoking_the_connection_kills_every_refresh_token(concur: Concur) -> None:
    """The way out when a token leaked."""
    refresh = concur.sign_in()["refresh_token"]
    assert concur.send("/app-mgmt/v0/connections", None, "DELETE").status_code == 200
    answer = concur.grant(grant_type="refresh_token", refresh_token=refresh)
    assert answer.json()["code"] == 108


def test_a_page_is_counted_from_zero_and_the_last_one_has_no_next(concur: Concur) -> None:
    """Rule 7: seven documents in pages of three."""
    pages = [concur.get(page=number, limit=3).json() for number in range(3)]
    assert [len(page["content"]) for page in pages] == [3, 3, 1]
    assert pages[0]["page"] == {"size": 3, "totalElements": 7, "totalPages": 3, "number": 0}
    rels = [{link["rel"] for link in page["links"]} for page in pages]
    assert "next" in rels[0]
    assert "next" not in rels[2]
    seen = [each["id"] for page in pages for each in page["content"]]
    assert seen == [fis_id(number) for number in range(1, 8)]


def test_numbers_reach_the_caller_digit_by_digit(concur: Concur) -> None:
    """Money is never a binary float: `120.00` and `0E-8` stay what the seed says."""
    text = concur.get(limit=1).text
    assert re.search(r'"totalApprovedAmount":120\.00[,}]', text)
    assert re.search(r'"cashAdvanceReturnsAmount":0E-8[,}]', text)
    assert re.search(r'"entryExchangeRate":0\.89294902[,}]', text)


def test_a_document_comes_as_an_object_or_as_text(concur: Concur) -> None:
    """Rule 10: the header decides, the switch otherwise."""
    headers = {"authorization": f"Bearer {concur.token}", "DocumentFormatAs": "text"}
    as_text = concur.http.get(FIS, headers=headers).json()["content"][0]["document"]
    assert isinstance(as_text, str)
    assert json.loads(as_text)["report"]["reportId"] == report_id(1)
    assert isinstance(concur.get().json()["content"][0]["document"], dict)
    concur.control("/switches", document_format="text")
    assert isinstance(concur.get().json()["content"][0]["document"], str)


def test_key_order_differs_between_answers_and_unknown_keys_appear(concur: Concur) -> None:
    """Rule 11: nobody may rely on order, or on knowing every key."""
    orders = {tuple(concur.get(limit=1).json()["content"][0]["document"]) for _ in range(12)}
    assert len(orders) > 1
    contents = concur.get().json()["content"]
    assert any("extensionAttributes" in each["document"] for each in contents)


def test_unknown_types_and_bad_limits_are_refused_as_a_whole(concur: Concur) -> None:
    """Rule 12: with the error body of version 4."""
    unknown = concur.get(FIS.replace("expense", "holiday"))
    assert (unknown.status_code, unknown.json()["httpStatus"]) == (400, "400 - Bad Request")
    assert concur.get(limit=-1).json()["page"]["size"] == 1
    concur.control("/switches", limit_policy="refuse")
    assert concur.get(limit=-1).status_code == 400
    assert concur.get(limit=100000).status_code == 400
    assert concur.get(page="first").status_code == 400


def test_a_report_is_found_by_its_own_id(concur: Concur) -> None:
    """Rule 8: `docId` of the query is the report's id; an unknown one is an empty page."""
    found = concur.get(docId=report_id(3)).json()["content"]
    assert [each["id"] for each in found] == [fis_id(3)]
    assert concur.get(docId=fis_id(3)).json()["content"] == []


def test_the_status_is_ignored_only_together_with_a_report(concur: Concur) -> None:
    """Rules 9 and 12 of practice: without `docId` it silently does nothing."""
    concur.acknowledge(3)
    alone = concur.get(ignoreDocumentStatus="yes").json()["page"]["totalElements"]
    assert alone == 6
    assert concur.get(docId=report_id(3)).json()["content"] == []
    found = concur.get(docId=report_id(3), ignoreDocumentStatus="yes").json()["content"][0]
    assert (found["docStatus"], found["erpSystemId"]) == ("ACKNOWLEDGED", "tieout")


def test_acknowledging_takes_a_document_out_of_the_queue_and_locks_its_report(
    concur: Concur,
) -> None:
    """Rule 13: from now on nobody can recall it."""
    assert concur.acknowledge(1) == [
        {
            "code": 0,
            "docId": fis_id(1),
            "systemId": "tieout",
            "acknowledgeResult": "SUCCESS",
            "errorMessage": "",
        }
    ]
    assert fis_id(1) not in {each["id"] for each in concur.get().json()["content"]}
    refused = concur.http.post("/control/recall", json={"report_id": report_id(1)})
    assert refused.status_code == 409


def test_acknowledgements_answer_item_by_item(concur: Concur) -> None:
    """Rule 14: known, twice, recalled, unknown, wrong type: five results in the order asked."""
    concur.acknowledge(2, system="other-erp")
    concur.control("/recall", report_id=report_id(3))
    results = concur.acknowledge(1, 2, 3, 99, 50)
    assert [each["code"] for each in results] == [0, 101, 102, 104, 105]
    assert [each["docId"] for each in results] == [fis_id(n) for n in (1, 2, 3, 99, 50)]
    assert results[1]["errorMessage"].endswith("SystemId: other-erp.")
    concur.control("/switches", item_order="reversed")
    assert [each["docId"] for each in concur.acknowledge(4, 5)] == [fis_id(5), fis_id(4)]


def test_an_acknowledgement_without_a_system_leaves_nothing_to_tell(concur: Concur) -> None:
    """Why a connector always sends its systemId: 101 then says null."""
    concur.acknowledge(1, system=None)
    assert concur.acknowledge(1)[0]["errorMessage"].endswith("SystemId: null.")


def test_a_whole_request_is_refused_for_its_shape_only(concur: Concur) -> None:
    """Rule 22: troubles of items are inside a 200, those of the body are a 400."""
    bodies: list[object] = [
        {},
        {"ids": []},
        {"ids": [7]},
        [1],
        {"systemId": "x" * 51, "ids": ["a"]},
    ]
    for body in bodies:
        assert concur.send(f"{FIS}/acknowledgements", body).status_code == 400
    chunked = concur.http.post(
        f"{FIS}/acknowledgements",
        content=iter([b'{"ids":["a"]}']),
        headers={"authorization": f"Bearer {concur.token}"},
    )
    assert chunked.status_code == 400


def test_a_posting_needs_an_acknowledged_document_of_the_same_system(concur: Concur) -> None:
    """Rule 15: each wrong state has its code, and a report id is no document id."""
    assert concur.confirm(1)["code"] == 111
    assert concur.confirm(1)["postingConfirmationResult"] == "NOT_YET_ACKNOWLEDGED"
    concur.control("/recall", report_id=report_id(2))
    assert concur.confirm(2)["postingConfirmationResult"] == "WAS_RECALLED"
    assert concur.confirm(99)["code"] == 116
    by_report = concur.confirm(1, docId=report_id(1))
    assert (by_report["code"], by_report["postingConfirmationResult"]) == (
        116,
        "DOCUMENT_NOT_FOUND",
    )
    assert concur.confirm(50)["code"] == 115
    concur.acknowledge(3)
    assert concur.confirm(3, system="another")["code"] == 99
    assert concur.confirm(3)["code"] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"postingDocs": []}, "postingDocs (): may not be blank"),
        ({"postingDocs": None}, "postingDocs (): may not be blank"),
        ({"overallPostingStatusCode": "SUCCESS"}, "overallPostingStatusCode"),
        ({"systemMessages": None}, "systemMessages"),
        ({"postingDocs": [{"documentNumber": "JE-1"}]}, "companyId"),
        ({"docId": "a" * 33}, "docId"),
    ],
)
def test_a_posting_with_wrong_input_is_refused_and_changes_nothing(
    concur: Concur, change: dict[str, Any], words: str
) -> None:
    """Rule 16: code 198, to be read by a person."""
    concur.acknowledge(1)
    result = concur.confirm(1, **change)
    assert (result["code"], result["postingConfirmationResult"]) == (198, "FAILURE")
    assert words in result["errorMessage"]
    assert concur.state(1)["status"] == "ACKNOWLEDGED"


def test_a_failed_posting_comes_back_as_a_new_document_of_the_same_report(concur: Concur) -> None:
    """Rule 17: the processor reads the reason; the next approval has a new id."""
    concur.acknowledge(1)
    message = {"messageId": "TIE-PERIOD", "messageShortText": "Period Sep 2026 is closed"}
    assert concur.confirm(1, "error", systemMessages=[message])["code"] == 0
    assert concur.state(1)["paymentStatusId"] == "P_FAIL"
    assert concur.look("/audit")[0]["text"] == "Period Sep 2026 is closed"
    for step in ("/recall", "/resubmit"):
        concur.control(step, report_id=report_id(1))
    new = concur.control("/approve", report_id=report_id(1))["id"]
    assert new != fis_id(1)
    query = {"docId": report_id(1), "ignoreDocumentStatus": "yes"}
    states = {each["id"]: each["docStatus"] for each in concur.get(**query).json()["content"]}
    assert states == {fis_id(1): "POSTING_CONFIRMED_FAILURE", new: "READY"}


def test_a_second_confirmation_is_113_unless_the_tenant_allows_it(concur: Concur) -> None:
    """Rule 18: a success after an error is a switch, a second success never works."""
    concur.acknowledge(1, 2)
    concur.confirm(1)
    assert concur.confirm(1)["code"] == 113
    concur.confirm(2, "error")
    assert concur.confirm(2)["code"] == 113
    concur.control("/switches", reconfirm="allow")
    assert concur.confirm(2)["code"] == 0
    assert concur.state(2)["status"] == "POSTING_CONFIRMED_SUCCESS"


def test_payments_follow_a_confirmed_posting_and_exist_for_expenses_only(concur: Concur) -> None:
    """Rule 19."""
    concur.acknowledge(1)
    early = concur.pay(1, "CP", "UK01/1")
    assert early["paymentConfirmationResult"] == "NOT_POSTING_CONFIRMED"
    path = f"{FIS.replace('expense', 'payroll')}/paymentconfirmations"
    assert concur.send(path, payment(50, "CP", "UK01/1")).status_code == 400


def test_a_payment_counts_once_and_only_the_full_one_closes_the_report(concur: Concur) -> None:
    """Rule 20: the reference makes repeating safe; after CP nothing more is paid."""
    concur.acknowledge(1)
    concur.confirm(1)
    assert concur.state(1)["paymentStatusId"] == "P_PAID"
    assert concur.pay(1, "PP", "UK01/1")["code"] == 0
    again = concur.pay(1, "PP", "UK01/1")
    assert (again["code"], again["paymentConfirmationResult"]) == (298, "NOOP")
    assert concur.state(1)["paymentStatusId"] == "P_PAID"
    assert concur.pay(1, "CP", "UK01/2")["paymentRef"] == "UK01/2"
    assert concur.state(1)["paymentStatusId"] == "P_PAYC"
    assert concur.pay(1, "CP", "UK01/3")["code"] == 213
    assert concur.pay(1, "RE", "UK01/4")["code"] == 0
    assert [each["processingStatusCode"] for each in concur.look("/payments")] == ["PP", "CP", "RE"]


def test_a_badly_written_clearing_date_is_taken_and_noted(concur: Concur) -> None:
    """Rule 21: the caller never learns of it; the company's log does."""
    concur.acknowledge(1)
    concur.confirm(1)
    assert concur.pay(1, "PP", "UK01/1", date="2026-10-12T00:00:00.00Z")["code"] == 0
    assert fis_id(1) in concur.look("/log")[0]["text"]


def test_every_answer_carries_a_correlation_id(concur: Concur) -> None:
    """Rule 23: our own UUID comes back, anything else is replaced."""
    ours = str(uuid.uuid4())
    headers = {"authorization": f"Bearer {concur.token}"}
    mine = concur.http.get(FIS, headers=headers | {"concur-correlationid": ours})
    assert mine.headers["concur-correlationid"] == ours
    for answer in (
        concur.http.get("/nothing/here"),
        concur.http.get(FIS),
        concur.http.get(FIS, headers=headers | {"concur-correlationid": "not-a-uuid"}),
        concur.grant(grant_type="nothing"),
    ):
        assert uuid.UUID(answer.headers["concur-correlationid"])


@pytest.mark.parametrize(("mode", "entries", "total"), [("full", 1, 100), ("delta", 2, -20)])
def test_a_reopened_report_returns_as_a_revision(
    concur: Concur, mode: str, entries: int, total: int
) -> None:
    """Rule 31: the whole report again, or what was taken back and what is new."""
    changed = concur.get(docId=report_id(1)).json()["content"][0]["document"]
    changed["report"]["totalApprovedAmount"] = 100
    concur.acknowledge(1)
    concur.confirm(1)
    concur.control("/reopen", report_id=report_id(1), mode=mode)
    concur.control("/resubmit", report_id=report_id(1))
    concur.control("/approve", report_id=report_id(1), document=json.loads(json.dumps(changed)))
    revision = concur.get(docId=report_id(1)).json()["content"][0]["document"]
    assert revision["report"]["revisionNumber"] == "2"
    assert len(revision["expenseEntry"]) == entries
    assert revision["report"]["totalApprovedAmount"] == total


def test_what_was_kept_survives_a_restart(tmp_path: Path) -> None:
    """The twin is one company over weeks, however often its process starts."""
    write_seed(tmp_path)
    with company(tmp_path, FaultBoard()) as concur:
        concur.acknowledge(1)
        token = concur.token
    with company(tmp_path, FaultBoard()) as concur:
        assert concur.state(1)["status"] == "ACKNOWLEDGED"
        assert concur.get().json()["page"]["totalElements"] == 6
        concur.token = token
        assert concur.get().status_code == 200


@pytest.mark.parametrize(
    ("operation", "act"),
    [
        ("acknowledgements", lambda c: c.acknowledge(2)),
        ("postingconfirmations", lambda c: c.confirm(1)),
        ("paymentconfirmations", lambda c: c.pay(3, "CP", "UK01/1")),
    ],
)
def test_a_lost_answer_leaves_the_work_done(concur: Concur, operation: str, act: Any) -> None:
    """Rule 32: the three cases that make doubles; only reading back tells."""
    concur.acknowledge(1, 3)
    concur.confirm(3)
    concur.arm("drop_after", operation)
    with pytest.raises(httpx.RemoteProtocolError):
        act(concur)
    assert concur.state(2)["status"] == (
        "ACKNOWLEDGED" if operation == "acknowledgements" else "READY"
    )
    assert (concur.state(1)["status"] == "POSTING_CONFIRMED_SUCCESS") is (
        operation == "postingconfirmations"
    )
    assert concur.state(3)["closed"] is (operation == "paymentconfirmations")


def test_a_request_that_never_arrived_leaves_nothing(concur: Concur) -> None:
    """The counterpart of the lost answer: the same error at the caller, no work done."""
    concur.arm("drop_before", "acknowledgements")
    with pytest.raises(httpx.RemoteProtocolError):
        concur.acknowledge(1)
    assert concur.state(1)["status"] == "READY"


def test_a_lost_acknowledgement_answers_101_with_our_system(concur: Concur) -> None:
    """Rule 34: the repeat tells that the first one counted."""
    concur.arm("drop_after", "acknowledgements")
    with pytest.raises(httpx.RemoteProtocolError):
        concur.acknowledge(1)
    result = concur.acknowledge(1)[0]
    assert (result["code"], result["systemId"]) == (101, "tieout")


@pytest.mark.parametrize(
    ("kind", "settings", "status", "words"),
    [
        ("rate_limited", {}, 429, "limit"),
        ("deadlock", {}, 400, "deadlock"),
        ("maintenance", {}, 503, "unavailable"),
        ("error_before", {}, 503, "unavailable"),
    ],
)
def test_passing_troubles_answer_in_the_twins_place(
    concur: Concur, kind: str, settings: dict[str, Any], status: int, words: str
) -> None:
    """Rule 33: nothing was done; the same request works the next time."""
    concur.arm(kind, "acknowledgements", **settings)
    answer = concur.send(f"{FIS}/acknowledgements", {"ids": [fis_id(1)]})
    assert answer.status_code == status
    assert words in answer.text
    assert concur.acknowledge(1)[0]["code"] == 0


@pytest.mark.parametrize(("pause", "header"), [("0", "0"), ("30", "30"), (None, None)])
def test_the_rate_limit_names_a_pause_or_none(
    concur: Concur, pause: str | None, header: str | None
) -> None:
    """Rule 33: `Retry-After` is 0, a number of seconds, or missing."""
    concur.arm("rate_limited", "transactions", retry_after=pause)
    assert concur.get().headers.get("retry-after") == header


def test_scheduled_maintenance_refuses_tokens_with_code_134(concur: Concur) -> None:
    """To be retried later, unlike all other refusals."""
    concur.arm("maintenance", "token")
    assert concur.grant(grant_type="client_credentials").json()["code"] == 134


def test_an_answer_may_be_cut_short_or_break_off(concur: Concur) -> None:
    """Rule 33: a body that is no JSON, and one shorter than it promised."""
    concur.arm("truncated_json", "transactions")
    with pytest.raises(json.JSONDecodeError):
        concur.get().json()
    concur.arm("reset_body", "transactions")
    with pytest.raises(httpx.RemoteProtocolError):
        concur.get()


def test_an_error_after_the_work_hides_that_it_was_done(concur: Concur) -> None:
    """A 500 on a write says nothing: read back first."""
    concur.arm("error_after", "acknowledgements")
    answer = concur.send(f"{FIS}/acknowledgements", {"systemId": "tieout", "ids": [fis_id(1)]})
    assert answer.status_code == 500
    assert concur.state(1)["status"] == "ACKNOWLEDGED"


def test_a_slow_answer_is_late_and_complete(concur: Concur) -> None:
    """The stall of rule 33, shortened."""
    concur.board.arm("concur", Fault("slow", seconds=0.3), operation="transactions")
    begun = time.monotonic()
    assert concur.get().json()["page"]["totalElements"] == 7
    assert time.monotonic() - begun >= 0.3


def test_a_report_may_be_recalled_between_reading_and_acknowledging(concur: Concur) -> None:
    """Rule 34: what was read is void, 102 says so."""
    concur.arm("recalled_after_read", "transactions")
    read = concur.get(limit=1).json()["content"][0]["id"]
    assert read == fis_id(1)
    assert concur.acknowledge(1)[0]["code"] == 102


def test_a_rival_may_be_first(concur: Concur) -> None:
    """Rule 35: another system's acknowledgement wins, and its name is told."""
    concur.arm("rival_acknowledges", "acknowledgements", system_id="sap-erp")
    result = concur.acknowledge(1)[0]
    assert (result["code"], result["systemId"]) == (101, "sap-erp")


@pytest.mark.parametrize(
    ("mode", "second_page"), [("ack", [4, 5]), ("insert", [2, 3])], ids=["left", "came"]
)
def test_the_queue_moves_between_two_pages(
    concur: Concur, mode: str, second_page: list[int]
) -> None:
    """Rule 36: who walks on to the next page loses one document or reads one twice."""
    assert [e["id"] for e in concur.get(limit=2).json()["content"]] == [fis_id(1), fis_id(2)]
    concur.arm("queue_shift", "transactions", mode=mode)
    page = concur.get(limit=2, page=1).json()["content"]
    assert [each["id"] for each in page] == [fis_id(number) for number in second_page]


def test_an_item_may_be_missing_or_doubled_or_lack_its_system(concur: Concur) -> None:
    """Rule 37: results are matched by docId, never by place."""
    concur.arm("item_missing", "acknowledgements")
    assert [each["docId"] for each in concur.acknowledge(1, 2)] == [fis_id(1)]
    assert concur.state(2)["status"] == "ACKNOWLEDGED"
    concur.arm("item_doubled", "acknowledgements")
    assert len(concur.acknowledge(3)) == 2
    concur.arm("null_system", "postingconfirmations")
    assert concur.confirm(3)["systemId"] is None


def test_the_geolocation_may_change_with_a_refresh(concur: Concur) -> None:
    """Rule 38: the new one is to be used from then on."""
    refresh = concur.sign_in()["refresh_token"]
    moved = concur.base.replace("127.0.0.1", "localhost")
    concur.arm("geolocation_change", "token", geolocation=moved)
    fields = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert concur.grant(**fields).json()["geolocation"] == moved
    assert concur.grant(**fields).json()["geolocation"] == moved


def test_a_deprecated_call_says_so_in_its_headers(concur: Concur) -> None:
    """Rule 39: the body is the same, the headers warn."""
    concur.arm("deprecated", "transactions")
    answer = concur.get()
    assert FIS in answer.headers["x-api-warn"]
    assert "GMT" in answer.headers["sunset"]
    assert answer.json()["page"]["totalElements"] == 7


def test_a_fault_can_be_aimed_at_one_document(concur: Concur) -> None:
    """The demonstration loses the answer of one entity's posting, not of any."""
    concur.board.arm(
        "concur",
        Fault("drop_after"),
        operation="acknowledgements",
        match={"units": "*DE01*"},
    )
    assert concur.acknowledge(1)[0]["code"] == 0
    with pytest.raises(httpx.RemoteProtocolError):
        concur.acknowledge(2)


def test_a_mixed_list_of_postings_is_answered_one_by_one(concur: Concur) -> None:
    """One bad document does not hold up the others."""
    concur.acknowledge(1)
    items = posting(1)["postingConfirmations"] + posting(2)["postingConfirmations"]
    body = {"systemId": "tieout", "postingConfirmations": items}
    codes = [each["code"] for each in concur.send(f"{FIS}/postingconfirmations", body).json()]
    assert codes == [0, 111]


def _field(page: str, name: str) -> set[str]:
    return set(re.findall(rf'"{name}":([^,}}]+)', page))


@pytest.mark.parametrize(
    ("settings", "name", "values"),
    [
        ({"path": "docStatus", "way": "replaced", "to": "PREPARED"}, "docStatus", {'"PREPARED"'}),
        (
            {"path": "document.report.totalApprovedAmount", "way": "as_text"},
            "totalApprovedAmount",
            {'"120.00"'},
        ),
        (
            {"path": "document.expenseEntry.allocation.journal.amountGross", "way": "negated"},
            "amountGross",
            {"-120.00"},
        ),
        ({"path": "document.report.isTest", "way": "null"}, "isTest", {"null"}),
        ({"path": "document.report.reportId", "way": "removed"}, "reportId", set()),
        (
            {"path": "document.report.reportId", "way": "renamed", "to": "reportUuid"},
            "reportId",
            set(),
        ),
    ],
    ids=lambda value: value.get("way") if isinstance(value, dict) else "",
)
def test_the_form_of_a_document_may_change_overnight(
    concur: Concur, settings: dict[str, Any], name: str, values: set[str]
) -> None:
    """What must be noticed before a line of it is booked; the next page is as before."""
    before = _field(concur.get().text, name)
    concur.arm("mutated", "transactions", **settings)
    assert _field(concur.get().text, name) == values
    assert _field(concur.get().text, name) == before
