"""The Concur twin's services beside the documents: lists, users, reports, rates, events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.faults import FaultBoard
from tests.contract.twin_concur_company import FIS, USER, Concur, company, report_id, write_seed
from tests.contract.twin_server import served

_LISTS = "/list/v4/lists"
_CHILDREN = f"{_LISTS}/list-1/children"
_BULK = f"{_LISTS}/list-1/bulk"
_USERS = "/profile/identity/v4.1/Users"
_RATES = "/exchangerate/v4/rates"
_REPORTS_V3 = "/api/v3.0/expense/reports"
_SUBSCRIPTIONS = "/events/v4/subscriptions"


@pytest.fixture
def concur(tmp_path: Path) -> Iterator[Concur]:
    """Thirty waiting expense documents and a signed-in caller."""
    write_seed(tmp_path, count=30)
    with company(tmp_path, FaultBoard()) as caller:
        yield caller


def _item(code: str, value: str = "New", **more: str) -> dict[str, str]:
    return {"shortCode": code, "value": value, **more}


def test_lists_are_paged_from_one_by_hundreds(concur: Concur) -> None:
    """Rule 27: unlike the financial documents, which count from zero."""
    first, second = (concur.get(_CHILDREN, page=number).json() for number in (1, 2))
    assert (len(first["content"]), len(second["content"])) == (100, 30)
    assert {"first", "self", "next", "last"} == {link["rel"] for link in first["links"]}
    assert "next" not in {link["rel"] for link in second["links"]}
    assert concur.get(_CHILDREN).json()["page"]["number"] == 1


def test_a_list_is_found_by_an_operator(concur: Concur) -> None:
    """`value=eq:…` and its kin."""
    assert concur.get(_LISTS, value="eq:Cost Center").json()["content"][0]["id"] == "list-1"
    assert concur.get(_LISTS, value="sw:Project").json()["content"] == []
    found = concur.get(_CHILDREN, shortCode="eq:CC7").json()["content"]
    assert [each["value"] for each in found] == ["Center 7"]


@pytest.mark.parametrize(
    ("parts", "status", "outcome", "errors"),
    [
        ([_item("A1"), _item("A2")], 201, "SUCCESS", []),
        ([_item("CC1"), _item("A1")], 206, "PARTIAL_SUCCESS", ["item.duplicate.code"]),
        ([_item("CC1"), _item("CC2")], 400, "FAILURE", ["item.duplicate.code"] * 2),
        ([_item("A1", parentCode="nobody")], 400, "FAILURE", ["item.parent.not.found"]),
        ([_item("A1"), _item("B", parentCode="A1")], 201, "SUCCESS", []),
        ([_item("B", parentCode="A1"), _item("A1")], 206, "PARTIAL_SUCCESS", None),
    ],
    ids=["all", "some", "none", "orphan", "parent first", "child first"],
)
def test_bulk_creation_goes_part_by_part(
    concur: Concur, parts: list[dict[str, str]], status: int, outcome: str, errors: list[str] | None
) -> None:
    """Rule 27: in order, each on its own; the status tells all, some or none."""
    answer = concur.send(_BULK, {"requests": parts})
    body = answer.json()
    assert (answer.status_code, body["status"]) == (status, outcome)
    assert body["recordsSucceeded"] + body["recordsFailed"] == len(parts)
    if errors is not None:
        assert [each["id"] for each in body["errors"]] == errors


def test_bulk_takes_at_most_250_parts(concur: Concur) -> None:
    """Rule 27: more are refused as a whole."""
    answer = concur.send(_BULK, {"requests": [_item(f"N{n}") for n in range(251)]})
    assert answer.status_code == 400
    assert answer.json()["error"]["id"] == "request.validation.error"
    assert concur.get(_CHILDREN).json()["page"]["totalElements"] == 130


def test_bulk_changes_names_and_deletes_with_all_below(concur: Concur) -> None:
    """A deleted code cannot be made again."""
    concur.send(_BULK, {"requests": [_item("A1"), _item("B", parentCode="A1")]})
    parts: list[dict[str, Any]] = [
        {"code": "CC1", "value": "Renamed"},
        {"code": "A1", "deleted": True},
        {"code": "A1-B", "value": "too late"},
    ]
    answer = concur.send(_BULK, {"requests": parts}, "PATCH")
    assert answer.status_code == 206
    assert [each["id"] for each in answer.json()["errors"]] == ["item.deleted"]
    assert concur.get("/list/v4/items/item-1").json()["value"] == "Renamed"
    again = concur.send(_BULK, {"requests": [_item("A1")]})
    assert again.json()["errors"][0]["id"] == "item.duplicate.code.deleted"


def test_a_hyphen_in_a_code_is_taken_and_corrupts_the_path(concur: Concur) -> None:
    """Rule 27: the caller's own guard is what protects the list."""
    made = concur.send("/list/v4/items", {"listId": "list-1", **_item("A-1")})
    assert made.status_code == 201
    assert made.json()["level"] == 2
    assert made.json()["parentId"] is None


def test_an_item_can_be_changed_read_and_deleted(concur: Concur) -> None:
    """One by one, with its children."""
    made = concur.send("/list/v4/items", {"listId": "list-1", **_item("A1")}).json()
    path = f"/list/v4/items/{made['id']}"
    child = {"listId": "list-1", "parentId": made["id"], **_item("B")}
    assert concur.send("/list/v4/items", child).json()["code"] == "A1-B"
    assert concur.get(f"{path}/children").json()["page"]["totalElements"] == 1
    assert concur.send(path, {"value": "Other"}, "PUT").json()["value"] == "Other"
    assert concur.send(path, None, "DELETE").status_code == 204
    assert concur.get(path).status_code == 404
    assert concur.get(f"{_LISTS}/nothing").status_code == 404


def test_users_come_by_cursor_with_the_attributes_asked_for(concur: Concur) -> None:
    """Five users in pages of two."""
    seen, cursor = [], None
    for _ in range(3):
        query: dict[str, Any] = {"count": 2, "attributes": "userName"}
        page = concur.get(_USERS, **(query if cursor is None else query | {"cursor": cursor}))
        body = page.json()
        assert body["totalResults"] == 5
        seen += body["Resources"]
        cursor = body.get("nextCursor")
    assert cursor is None
    assert [set(user) for user in seen] == [{"id", "userName"}] * 5
    assert concur.get(_USERS, count=1001).status_code == 400


@pytest.mark.parametrize(
    ("condition", "count"),
    [("active eq true", 4), ('employeeNumber eq "E-2"', 1), ('userName eq "nobody"', 0)],
)
def test_users_are_searched_by_one_condition(concur: Concur, condition: str, count: int) -> None:
    """The search request names its schema, or is refused."""
    schema = "urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest"
    body = {"schemas": [schema], "filter": condition}
    assert concur.send(f"{_USERS}/.search", body).json()["totalResults"] == count
    assert concur.send(f"{_USERS}/.search", body | {"schemas": []}).status_code == 400


def test_one_user_is_read_by_id(concur: Concur) -> None:
    """With the enterprise extension."""
    assert concur.get(f"{_USERS}/{USER}").json()["userName"] == "person1@example.test"
    missing = concur.get(f"{_USERS}/nobody")
    assert (missing.status_code, missing.json()["status"]) == (404, "404")


def test_a_report_is_read_below_its_owner(concur: Concur) -> None:
    """Version 4 has the owner in the path; its status follows the documents."""
    path = f"/expensereports/v4/users/{{}}/context/MANAGER/reports/{report_id(1)}"
    assert concur.get(path.format(USER)).json()["paymentStatusId"] == "P_PROC"
    concur.acknowledge(1)
    concur.confirm(1)
    assert concur.get(path.format(USER)).json()["paymentStatusId"] == "P_PAID"
    stranger = concur.get(path.format("somebody-else"))
    assert (stranger.status_code, stranger.json()["errorId"]) == (404, "reportNotFound")


def test_all_reports_of_the_company_are_listed_by_status(concur: Concur) -> None:
    """Version 3: pages of 25 by `NextPage`, statuses as lists with commas."""
    query: dict[str, str | int] = {"user": "ALL", "paymentStatusCode": "P_PROC,P_FAIL"}
    first = concur.get(_REPORTS_V3, **query).json()
    assert len(first["Items"]) == 25
    rest = concur.get(first["NextPage"].removeprefix(concur.base)).json()
    assert (len(rest["Items"]), rest["NextPage"]) == (6, None)
    assert first["Items"][0]["OwnerLoginID"] == "person1@example.test"
    concur.acknowledge(1)
    concur.confirm(1)
    paid = concur.get(_REPORTS_V3, user="ALL", paymentStatusCode="P_PAID").json()["Items"]
    assert [each["ID"] for each in paid] == [report_id(1)]


def test_each_rate_has_its_own_status_inside_a_200(concur: Concur) -> None:
    """Rule 29: `currency_sets` in, `currencySets` out."""
    good = {"from_crn_code": "EUR", "to_crn_code": "GBP", "start_date": "2026-10-01", "rate": 0.85}
    rows = [good, good | {"rate": -1}, good | {"start_date": "01.10.2026"}, good | {"rate": "x"}]
    body = concur.send(_RATES, {"currency_sets": rows}).json()
    assert body["overallStatus"] == "Partial Success"
    assert [row["statusCode"] for row in body["currencySets"]] == [200, 400, 400, 400]
    assert len(concur.look("/rates")) == 1
    assert concur.send(_RATES, {"currency_sets": [good] * 101}).status_code == 413
    assert concur.send(_RATES, {}).status_code == 400


def test_subscriptions_belong_to_the_application(concur: Concur) -> None:
    """At most five, named in lower case."""
    concur.token = concur.grant(grant_type="client_credentials").json()["access_token"]
    body = {
        "id": "tieout.ready",
        "filter": ".*",
        "topic": "public.concur.financialintegration",
        "webHookConfig": {"endpoint": "https://hooks.example.test"},
    }
    put = f"{_SUBSCRIPTIONS}/webhook"
    assert "saved successfully" in concur.send(put, body, "PUT").json()["message"]
    assert concur.get(f"{_SUBSCRIPTIONS}/tieout.ready").json()[0]["companyIds"]
    assert concur.send(put, body | {"id": "Not Lower"}, "PUT").status_code == 400
    for number in range(4):
        assert concur.send(put, body | {"id": f"more-{number}"}, "PUT").is_success
    assert concur.send(put, body | {"id": "sixth"}, "PUT").status_code == 400
    concur.send(f"{_SUBSCRIPTIONS}/tieout.ready", None, "DELETE")
    assert len(concur.get(_SUBSCRIPTIONS).json()) == 4


def test_ready_events_name_the_report_and_come_twice_when_asked(concur: Concur) -> None:
    """Rules 25 and 26: at least once, and the id in them is not the document's."""
    received: list[dict[str, Any]] = []

    async def receive(request: Request) -> Response:
        received.append(json.loads(await request.body()))
        return Response(status_code=202)

    with served(Starlette(routes=[Route("/hook", receive, methods=["POST"])])) as receiver:
        asked = {"endpoint": f"{receiver}/hook", "base": concur.base, "limit": 2, "repeat": 1}
        sent = concur.control("/events/deliver", **asked)
    assert [each["status"] for each in sent] == [202] * 4
    assert len(received) == 4
    facts = received[0]["facts"]
    assert facts["documentId"] == report_id(1)
    assert received[0]["id"] == received[2]["id"]
    found = concur.get(facts["href"].removeprefix(concur.base)).json()["content"]
    assert len(found) == 1


def test_the_queue_can_be_drained_from_page_zero(concur: Concur) -> None:
    """What a careful connector does: nothing is lost, nothing comes twice."""
    taken: list[str] = []
    while content := concur.get(page=0, limit=8).json()["content"]:
        ids = [each["id"] for each in content]
        results = concur.send(f"{FIS}/acknowledgements", {"systemId": "tieout", "ids": ids}).json()
        taken += [each["docId"] for each in results if each["code"] == 0]
    assert len(taken) == len(set(taken)) == 30


_ODD: list[object] = [None, [], [1], "text", 7, {}, {"ids": [None]}, {"requests": [7, None]}]
_ODD += [{"currency_sets": [1]}, {"id": 1, "webHookConfig": "x"}, {"schemas": None, "count": "x"}]
_ODD += [
    {"systemId": "tieout", name: [item]}
    for name in ("postingConfirmations", "processingConfirmation")
    for item in (
        {},
        {"docId": 5},
        {"docId": "a", "overallPostingStatusCode": ["success"], "processingStatusCode": {}},
        {"docId": "a", "overallPostingStatusCode": "success", "postingDocs": ["x"]},
        {"docId": "a", "overallPostingStatusCode": "error", "systemMessages": [None]},
        {"docId": "a", "processingStatusCode": "CP", "clearingDetails": "x"},
        {"docId": "a", "processingStatusCode": "CP", "clearingDetails": [{"clearingReference": 1}]},
    )
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{FIS}/acknowledgements"),
        ("POST", f"{FIS}/postingconfirmations"),
        ("POST", f"{FIS}/paymentconfirmations"),
        ("POST", "/list/v4/items"),
        ("PUT", "/list/v4/items/item-1"),
        ("POST", _BULK),
        ("PATCH", _BULK),
        ("POST", f"{_USERS}/.search"),
        ("POST", _RATES),
        ("PUT", f"{_SUBSCRIPTIONS}/webhook"),
    ],
)
def test_odd_bodies_are_refused_and_never_break_the_twin(
    concur: Concur, method: str, path: str
) -> None:
    """A twin that breaks would hide what the real platform answers."""
    if path.startswith("/events"):
        concur.token = concur.grant(grant_type="client_credentials").json()["access_token"]
    for body in _ODD:
        answer = concur.send(path, body, method)
        assert answer.status_code < 500, (body, answer.text)
    unread = concur.http.request(
        method, path, content=b"{", headers={"authorization": f"Bearer {concur.token}"}
    )
    assert unread.status_code == 400
