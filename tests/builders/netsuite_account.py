"""A small NetSuite account and a stranger who talks to it as the vendor's pages say."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.types import Receive, Scope, Send

from sandbox.control import create_control
from sandbox.faults import Fault, FaultBoard
from sandbox.netsuite import control_routes, create_app
from tests.builders.netsuite_tables import tables
from tests.builders.twins import serving, write_seeds

ACCOUNT = "TSTDRV1001_SB1"
CLIENT = "0f" * 32
CERTIFICATE = "certificate-1"
AUDIENCE = "https://tstdrv1001-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
TOKEN = "/services/rest/auth/oauth2/v1/token"
RECORD = "/services/rest/record/v1"
_CONTROL = "/control"
SUITEQL = "/services/rest/query/v1/suiteql"
POSTER = (
    *("REST Web Services", "Log in using OAuth 2.0 Access Tokens", "SuiteAnalytics Workbook"),
    *("Make Journal Entry", "Accounts", "Posting Period on Transactions", "Bills"),
    "Expense Report",
)


@functools.cache
def private_key() -> str:
    """The integration's key, drawn once per test process."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def public_key() -> str:
    """The public half."""
    key = serialization.load_pem_private_key(private_key().encode(), None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def seed(**preferences: object) -> dict[str, Any]:
    """The seed of a group with subsidiaries in euro, dollar, pound and yen."""
    return {
        "account_id": ACCOUNT,
        "tables": tables(),
        "preferences": preferences,
        "roles": [
            {"id": "1101", "permissions": list(POSTER), "subsidiaries": None},
            {"id": "1102", "permissions": ["Administrator"], "subsidiaries": None},
            {"id": "1103", "permissions": list(POSTER), "subsidiaries": ["2"]},
            {"id": "1104", "permissions": ["REST Web Services"], "subsidiaries": None},
        ],
        "integrations": [
            {
                "client_id": CLIENT,
                "certificate_id": f"certificate-{role[-1]}",
                "public_key_pem": public_key(),
                "role_id": role,
                "valid_to": "2099-12-31",
            }
            for role in ("1101", "1102", "1103", "1104")
        ],
    }


def assertion(**changes: Any) -> str:
    """A signed assertion; `alg`, `kid`, `key` and any claim can be changed, None drops one."""
    now = int(time.time())
    header = {"typ": "JWT", "kid": changes.pop("kid", CERTIFICATE)}
    key = changes.pop("key", private_key())
    algorithm = changes.pop("alg", "ES256")
    claims = {
        "iss": CLIENT,
        "scope": ["rest_webservices"],
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 3000,
    }
    stated = {name: each for name, each in (claims | changes).items() if each is not None}
    return jwt.encode(stated, key, algorithm=algorithm, headers=header)


def token_form(signed: str) -> dict[str, str]:
    """The three fields of a token request."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed,
    }


def journal(external_id: str | None = "PAY-UK01-WD-202610-01-R1", **changes: Any) -> dict[str, Any]:
    """A balanced journal of the British subsidiary, as the vendor's pages show one."""
    body: dict[str, Any] = {
        "externalId": external_id,
        "subsidiary": {"id": "4"},
        "tranDate": "2026-10-31",
        "postingPeriod": {"id": "310"},
        "currency": {"id": "3"},
        "memo": "Payroll UK Oct 2026",
        "line": {
            "items": [
                debit("601", 125000.00, department={"id": "17"}, memo="Gross pay CC17"),
                debit("602", 14375.25, department={"id": "17"}, memo="Employer NI CC17"),
                credit("221", 139375.25, memo="Payroll clearing"),
            ]
        },
    }
    return {name: each for name, each in (body | changes).items() if each is not None}


def debit(account: str, amount: float, **fields: Any) -> dict[str, Any]:
    """A debit line."""
    return {"account": {"id": account}, "debit": amount, **fields}


def credit(account: str, amount: float, **fields: Any) -> dict[str, Any]:
    """A credit line."""
    return {"account": {"id": account}, "credit": amount, **fields}


@dataclass(slots=True)
class Stranger:
    """Talks to the account with a token of its own.

    Attributes:
        url: the account's base URL.
        control_url: the control API's base URL.
        faults: the account's switches.
        client: the HTTP client, closed with the account.
        certificate: whose mapping signs in.
    """

    url: str
    control_url: str
    faults: FaultBoard
    client: httpx.Client
    certificate: str = CERTIFICATE
    token: str = ""

    def sign_in(self) -> str:
        """Ask for a token."""
        answer = self.client.post(
            f"{self.url}{TOKEN}", data=token_form(assertion(kid=self.certificate))
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return self.token

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> httpx.Response:
        """One request with a bearer token."""
        bearer = {"Authorization": f"Bearer {self.token or self.sign_in()}"}
        return self.client.request(
            method,
            f"{self.url}{path}",
            json=body,
            headers={**bearer, **(headers or {})},
            params=query,
        )

    def post(self, body: object, record: str = "journalEntry", **headers: str) -> httpx.Response:
        """Insert a record with strict property names."""
        strict = {"X-NetSuite-PropertyNameValidation": "error"}
        sent = {name.replace("_", "-"): each for name, each in headers.items()}
        return self.request("POST", f"{RECORD}/{record}", body, {**strict, **sent})

    def posted(self, body: object, record: str = "journalEntry") -> str:
        """Insert a record that must be taken, and return its internal id."""
        answer = self.post(body, record)
        assert answer.status_code == 204, answer.text
        return answer.headers["Location"].rpartition("/")[2]

    def read(self, key: str, record: str = "journalEntry") -> dict[str, Any]:
        """Read a record with its lines."""
        answer = self.request("GET", f"{RECORD}/{record}/{key}", expandSubResources="true")
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def query(self, text: str, *values: str, **paging: str) -> list[dict[str, Any]]:
        """All rows of a query's page."""
        answer = self.suiteql(text, *values, **paging)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["items"]
        return rows

    def suiteql(self, text: str, *values: str, **paging: str) -> httpx.Response:
        """Send a query."""
        body = {"q": text, "params": list(values)}
        return self.request("POST", SUITEQL, body, {"Prefer": "transient"}, **paging)

    def control(self, path: str, body: object = None) -> Any:
        """Ask the control API; without a body it is a look."""
        method = "GET" if body is None else "POST"
        answer = self.client.request(method, f"{self.control_url}/netsuite{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def arm(self, kind: str, operation: str | None = None, **stated: Any) -> None:
        """Arm a fault of the account."""
        of_switch = {n: stated.pop(n) for n in ("match", "count", "skip") if n in stated}
        fault = Fault(kind, stated.pop("seconds", 0.0), settings=stated)
        self.faults.arm("netsuite", fault, operation=operation, **of_switch)

    @staticmethod
    def wait_until(condition: Callable[[], Any], limit_seconds: float = 10) -> Any:
        """The first true value of a condition that the account brings about by itself."""
        pause = threading.Event()
        for _ in range(int(limit_seconds / 0.02)):
            if value := condition():
                return value
            pause.wait(0.02)
        raise AssertionError("it never came true")

    def period_of(self, external_id: str) -> str:
        """The internal id of the period in which a journal was stored."""
        period: dict[str, str] = self.read(f"eid:{external_id}")["postingPeriod"]
        return period["id"]

    def journal_count(self, external_id: str) -> int:
        """How many journals carry an external id."""
        shown = self.control("/ledger")["journals"]
        return sum(each["externalId"] == external_id for each in shown)

    def error(self, answer: httpx.Response) -> tuple[int, str, str]:
        """Status, code and text of a refusal's first detail."""
        first = answer.json()["o:errorDetails"][0]
        return answer.status_code, first["o:errorCode"], first["detail"]

    def as_role(self, role_id: str) -> Stranger:
        """The same account, signed in with another role."""
        certificate = f"certificate-{role_id[-1]}"
        return Stranger(self.url, self.control_url, self.faults, self.client, certificate)


@contextmanager
def netsuite_account(home: Path, **preferences: object) -> Iterator[Stranger]:
    """An account on a free port, with its control routes, and a stranger who may post to it."""
    write_seeds(home, {"netsuite": seed(**preferences)})
    faults = FaultBoard(home / "sandbox" / "state" / "faults.json")
    account = create_app(home, faults)
    control = create_control(faults, {"netsuite": control_routes(home)})

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        """One server for both, to start and stop only once."""
        beside = scope["type"] == "http" and scope["path"].startswith(_CONTROL)
        if beside:
            scope = {**scope, "path": scope["path"].removeprefix(_CONTROL)}
        await (control if beside else account)(scope, receive, send)

    with serving(both) as url, httpx.Client(timeout=20) as client:
        yield Stranger(url, f"{url}{_CONTROL}", faults, client)
