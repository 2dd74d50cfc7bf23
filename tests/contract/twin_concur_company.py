"""A small company of the Concur twin's tests, composed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.routing import Mount

from sandbox.concur import control_routes, create_app
from sandbox.faults import Fault, FaultBoard
from tests.contract.twin_server import served

FIS = "/financialintegration/fi/v4/companies/transactiontypes/expense/transactions"
COMPANY = "5a0d7f3e-2c41-4c55-9a7b-1b2c3d4e5f60"
SCOPES = [
    "FISVC",
    "events.topic.read",
    "expense.report.read",
    "spend.list.read",
    "spend.listitem.read",
    "spend.listitem.write",
    "spend.listitem.delete",
    "expense.exchangerate.writeonly",
    "identity.user.ids.read",
    "identity.user.core.read",
    "identity.user.enterprise.read",
]
CLIENT = {"client_id": "client-1", "client_secret": "secret-1", "scopes": SCOPES}
OTHER_CLIENT = {"client_id": "client-2", "client_secret": "secret-2", "scopes": ["FISVC"]}
USER = "1f0c6bb2-6d3e-44a1-9d9b-aa0000000001"

# Numbers stand here as text that must reach the caller digit by digit.
_DOCUMENT = """
{"employee":{"employeeId":"E-10442","employeeFirstName":"Ines","employeeLastName":"Okafor",
 "loginId":"ines.okafor@example.test","employeeOrgUnit1Code":"%(unit)s"},
 "report":{"reportId":"%(report)s","reportKey":90411,"reportNumber":"K7WQ2D",
 "employeeCurrencyAlphaCode":"GBP","totalApprovedAmount":120.00,
 "cashAdvanceReturnsAmount":0E-8,"revisionNumber":"1","isTest":"N","requestId":[]},
 "expenseEntry":[{"entryId":"A1","expenseTypeCode":"BUSML","entryExchangeRate":0.89294902,
 "entryApprovedAmount":120.00,"entryIsPersonal":"N","reportEntryPatKey":"CASH",
 "allocation":[{"allocationId":"B2","allocationPercentage":100,"allocationCustom1Code":"CC-A",
 "journal":[{"journalAccountCode":"6200","journalPayer":"COMP","journalPayee":"EMPL",
 "amountGross":120.00,"amountNetOfTax":100.00,"amountNetOfReclaim":110.00,"taxGuid":["C2"]}],
 "tax":[{"taxGuid":"C2","taxAuthorityLabel":"GBVAT","taxReclaimCode":"S50","amountTax":20.00,
 "amountReclaim":10.00}]}]}],
 "cashAdvanceApplication":[]}
"""


def fis_id(number: int) -> str:
    """The financial document's id, 32 characters."""
    return f"{number:032x}"


def report_id(number: int) -> str:
    """The report's id, 20 characters."""
    return f"9C0FFEE0DECADE{number:06d}"


def _content(number: int, doc_type: str) -> str:
    unit = "UK01" if number % 2 else "DE01"
    document = _DOCUMENT % {"unit": unit, "report": report_id(number)}
    return (
        f'{{"docType":"{doc_type}","approved_at":"2026-10-05T16:40:{number:02d}Z","content":'
        f'{{"id":"{fis_id(number)}","docType":"{doc_type}","companyId":"204711",'
        f'"entityId":"t0099182abcd","companyUuid":"{COMPANY}","erpSystemId":null,'
        f'"document":{document},"docStatus":"READY","links":[]}}}}'
    )


def write_seed(home: Path, count: int = 7) -> None:
    """`count` waiting expense documents numbered from 1, and one payroll document (number 50)."""
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    users = [
        {
            "id": f"{USER[:-2]}{number:02d}",
            "userName": f"person{number}@example.test",
            "active": number != 3,
            "externalId": f"E-{number}",
            enterprise: {"employeeNumber": f"E-{number}", "companyId": COMPANY},
        }
        for number in range(1, 6)
    ]
    items = [
        {"id": f"item-{n}", "code": f"CC{n}", "shortCode": f"CC{n}", "value": f"Center {n}"}
        for n in range(1, 131)
    ]
    seed = {
        "company": {"uuid": COMPANY, "id": "204711", "request_token": "request-token-1"},
        "clients": [CLIENT, OTHER_CLIENT],
        "users": users,
        "lists": [
            {
                "id": "list-1",
                "value": "Cost Center",
                "items": [item | {"parentId": None} for item in items],
            }
        ],
        "documents": "DOCUMENTS",
        "reports": [
            {
                "reportId": report_id(number),
                "userId": USER,
                "name": "Lyon client visit",
                "currencyCode": "GBP",
                "approvalStatusId": "A_APPR",
                "paymentStatusId": "P_PROC",
            }
            for number in range(1, count + 1)
        ],
    }
    written = [_content(number, "expense") for number in range(1, count + 1)]
    written.append(_content(50, "payroll"))
    text = json.dumps(seed).replace('"DOCUMENTS"', f"[{','.join(written)}]")
    path = home / "sandbox" / "seed" / "concur.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


@dataclass
class Concur:
    """A caller who has read the pages, with a company token, and the hands of the company."""

    home: Path
    base: str
    http: httpx.Client
    board: FaultBoard
    token: str = ""

    def grant(self, **fields: str) -> httpx.Response:
        """Ask the token endpoint as the first client."""
        keys = {"client_id": "client-1", "client_secret": "secret-1"}
        return self.http.post("/oauth2/v0/token", data=keys | fields)

    def sign_in(self) -> dict[str, Any]:
        """Exchange the company request token, keep the access token."""
        answer = self.grant(
            grant_type="password",
            credtype="authtoken",
            username=COMPANY,
            password="request-token-1",
        )
        assert answer.status_code == 200, answer.text
        granted: dict[str, Any] = answer.json()
        self.token = granted["access_token"]
        return granted

    def get(self, path: str = FIS, **query: str | int) -> httpx.Response:
        """GET with the company token."""
        return self.http.get(path, params=query or None, headers=self._headers())

    def send(self, path: str, body: object, method: str = "POST") -> httpx.Response:
        """Send JSON with the company token."""
        return self.http.request(method, path, json=body, headers=self._headers())

    def acknowledge(self, *numbers: int, system: str | None = "tieout") -> list[dict[str, Any]]:
        """Acknowledge documents by their number."""
        body: dict[str, Any] = {"ids": [fis_id(number) for number in numbers]}
        if system is not None:
            body["systemId"] = system
        answer = self.send(f"{FIS}/acknowledgements", body)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def confirm(self, number: int, outcome: str = "success", **more: Any) -> dict[str, Any]:
        """Confirm one posting; returns its result."""
        answer = self.send(f"{FIS}/postingconfirmations", posting(number, outcome, **more))
        assert answer.status_code == 200, answer.text
        return dict(answer.json()[0])

    def pay(self, number: int, code: str, reference: str, **more: Any) -> dict[str, Any]:
        """Confirm one payment; returns its result."""
        answer = self.send(f"{FIS}/paymentconfirmations", payment(number, code, reference, **more))
        assert answer.status_code == 200, answer.text
        return dict(answer.json()[0])

    def control(self, path: str, **body: Any) -> Any:
        """A step by hand; an empty one reads."""
        answer = self.http.post(f"/control{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, path: str) -> Any:
        """What the company sees."""
        return self.http.get(f"/control{path}").json()

    def state(self, number: int) -> dict[str, Any]:
        """Document and report status by the document's number."""
        return next(dict(d) for d in self.look("/documents") if d["id"] == fis_id(number))

    def arm(self, kind: str, operation: str | None = None, **settings: Any) -> None:
        """Arm one shot of a fault."""
        self.board.arm("concur", Fault(kind, settings=settings), operation=operation)

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def posting(number: int, outcome: str = "success", **more: Any) -> dict[str, Any]:
    """The body of one posting confirmation."""
    posted = [{"companyId": "UK01", "documentNumber": "JE-1", "fiscalYear": "2026"}]
    item = {
        "docId": fis_id(number),
        "overallPostingStatusCode": outcome,
        "postingDocs": posted if outcome == "success" else [],
        "systemMessages": [],
    }
    system = more.pop("system", "tieout")
    return {"systemId": system, "postingConfirmations": [item | more]}


def payment(number: int, code: str, reference: str, **more: Any) -> dict[str, Any]:
    """The body of one payment confirmation."""
    detail = {
        "clearingDate": more.pop("date", "2026-10-12T00:00:00.000Z"),
        "clearingAmount": 52,
        "clearingCurrency": "GBP",
        "clearingReference": {"companyCode": "UK01", "paymentRef": reference},
    }
    item = {"docId": fis_id(number), "processingStatusCode": code, "clearingDetails": [detail]}
    return {"systemId": "tieout", "processingConfirmation": [item]}


@contextmanager
def company(home: Path, board: FaultBoard) -> Iterator[Concur]:
    """The twin on `home`, its control routes below `/control`, and a signed-in caller."""
    app = create_app(home, board)
    app.router.routes.append(Mount("/control", routes=control_routes(home)))
    with served(app) as base, httpx.Client(base_url=base, timeout=10) as http:
        caller = Concur(home, base, http, board)
        caller.sign_in()
        yield caller
