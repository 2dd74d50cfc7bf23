"""The platform's financial documents over HTTP: read pages, acknowledge, confirm postings.

HTTP 200 proves nothing for the two writes: each item has its own code. A write whose answer did
not come, or came as a server error, may have happened; it is raised as unavailable and the caller
looks at the documents again.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tieout.adapters.concur.canonical import parse, text_of
from tieout.adapters.concur.tokens import CompanyTokens
from tieout.adapters.transport import Answer, Connection, HttpClient, Limits, Request
from tieout.errors import Place, VendorRefusedError, VendorUnavailableError
from tieout.ports import Slots

USERS: Final = "profile/identity/v4.1/Users"
PREFIX: Final = "financialintegration/fi/v4/companies/transactiontypes/expense/transactions"
#: The extension that holds employee number and cost center.
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER_ATTRIBUTES: Final = (
    "id",
    "active",
    f"{ENTERPRISE}.employeeNumber",
    f"{ENTERPRISE}.costCenter",
)
#: A queue of more pages than this is no queue but a loop.
MOST_PAGES: Final = 10_000
#: Words in the body of a 400 that mean load, not a wrong request.
PASSING_WORDS: Final = ("limit exceeded", "deadlock")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Element:
    """One entry of a page's `content`, with what the conversation needs of it."""

    fis_id: str
    status: str
    system_id: str
    report: Mapping[str, Any]
    content: Mapping[str, Any]

    @property
    def report_id(self) -> str:
        """The report's id, which looking up takes."""
        return text_of(self.report.get("reportId"))

    @property
    def report_number(self) -> str:
        """What people call the report."""
        return text_of(self.report.get("reportNumber"))


class DocumentService:
    """Calls of one company; its home may change with every refresh of the token."""

    def __init__(
        self,
        connection: Connection,
        tokens: CompanyTokens,
        slots: Slots,
        limits: Limits | None = None,
    ) -> None:
        self._connection = connection
        self._tokens = tokens
        self._slots = slots
        self._limits = limits
        self._clients: dict[str, HttpClient] = {}
        self._warned: set[str] = set()

    def ready(self, page_size: int) -> list[Element]:
        """All documents that wait to be taken: every page, before any is acknowledged."""
        found: dict[str, Element] = {}
        for page in range(MOST_PAGES):
            body = self._page({"page": str(page), "limit": str(page_size)}, "read what waits")
            for element in _elements(body):
                found.setdefault(element.fis_id, element)
            if not _has_next(body):
                break
        return list(found.values())

    def of_report(self, report_id: str) -> dict[str, Element]:
        """All documents of a report whatever their state, by document id."""
        params = {"docId": report_id, "ignoreDocumentStatus": "yes", "limit": "100"}
        body = self._page(params, "look up a report")
        return {element.fis_id: element for element in _elements(body)}

    def users(self, page_size: int) -> list[Mapping[str, Any]]:
        """Everybody with a profile, names left out: every page of the company's users."""
        found: list[Mapping[str, Any]] = []
        params = {"count": str(page_size), "attributes": ",".join(USER_ATTRIBUTES)}
        for _ in range(MOST_PAGES):
            body = self._read(USERS, params, "read profiles")
            if not isinstance(body, dict) or not isinstance(body.get("Resources"), list):
                raise _changed_form("users", "Resources", "list of users", "alignment")
            found += [user for user in body["Resources"] if isinstance(user, dict)]
            if not body.get("nextCursor"):
                break
            params = {**params, "cursor": str(body["nextCursor"])}
        return found

    def acknowledge(self, ids: Sequence[str], system_id: str) -> dict[str, Mapping[str, Any]]:
        """Lock documents for us; one answer per document id, some may be missing.

        Raises:
            VendorUnavailableError: it may have happened or not.
            VendorRefusedError: the whole request was refused.
        """
        body = {"systemId": system_id, "ids": list(ids)}
        return self._write("acknowledgements", "acknowledge reports", body)

    def confirm(
        self, confirmations: Sequence[Mapping[str, object]], system_id: str
    ) -> dict[str, Mapping[str, Any]]:
        """Say how documents ended in the ledger; answers and errors as `acknowledge`."""
        body = {"systemId": system_id, "postingConfirmations": list(confirmations)}
        return self._write("postingconfirmations", "report bookings", body)

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def _page(self, params: Mapping[str, str], operation: str) -> Mapping[str, Any]:
        body = self._read(PREFIX, params, operation, {"DocumentFormatAs": "json"})
        if not isinstance(body, dict) or not isinstance(body.get("content"), list):
            # Nothing under the known name is not the same as an empty queue.
            raise _changed_form(
                "financial documents", "content", "list of documents", "expense intake"
            )
        return body

    def _read(
        self,
        path: str,
        params: Mapping[str, str],
        operation: str,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        request = Request(
            "GET",
            path,
            operation,
            params=params,
            headers={**(headers or {}), **_correlation()},
            accepted=frozenset({400, 403}),
            expects_json=True,
        )
        client = self._client()
        answer = client.read(request)
        if answer.status == 403:
            answer = self._renewed().read(request)
        if not answer.succeeded:
            raise self._refusal(client, request, answer)
        self._heed(answer)
        return parse(answer.content)

    def _write(self, call: str, operation: str, body: object) -> dict[str, Mapping[str, Any]]:
        request = Request.with_json(
            "POST", f"{PREFIX}/{call}", operation, body, headers=_correlation()
        )
        client = self._client()
        answer = client.write(request)
        if answer.status == 403:
            # Refused at the door: an expired token may come back as 403 instead of 401.
            answer = self._renewed().write(request)
        if not answer.succeeded:
            raise self._refusal(client, request, answer)
        self._heed(answer)
        return self._items(answer, operation)

    def _items(self, answer: Answer, operation: str) -> dict[str, Mapping[str, Any]]:
        try:
            items = answer.json()
        except ValueError as error:
            raise VendorUnavailableError(
                f"The expense platform's answer was cut short when we wanted to {operation}.",
                blocks="expense intake",
                next_step="None; it is looked up by the next run.",
            ) from error
        if not isinstance(items, list):
            return {}
        return {
            str(item["docId"]): item
            for item in items
            if isinstance(item, dict) and item.get("docId")
        }

    def _refusal(self, client: HttpClient, request: Request, answer: Answer) -> Exception:
        if answer.status == 400 and any(word in answer.text.lower() for word in PASSING_WORDS):
            return VendorUnavailableError(
                f"The expense platform is overloaded and could not {request.operation}.",
                blocks="expense intake",
                next_step="None; the next run tries again.",
            )
        return client.refusal(request, answer)

    def _client(self) -> HttpClient:
        origin = self._tokens.origin
        if origin not in self._clients:
            self._clients[origin] = HttpClient(
                "Concur",
                replace(self._connection, host=origin, port=None),
                self._slots,
                authorization=self._tokens,
                limits=self._limits,
            )
        return self._clients[origin]

    def _renewed(self) -> HttpClient:
        self._tokens.forget()
        return self._client()

    def _heed(self, answer: Answer) -> None:
        """Say once per text that an endpoint is on its way out."""
        warning = answer.headers.get("x-api-warn", "") or answer.headers.get("sunset", "")
        if warning and warning not in self._warned:
            self._warned.add(warning)
            _log.warning("The expense platform announces a change: %s", warning[:200])


def _changed_form(page: str, field: str, what: str, blocks: str) -> VendorRefusedError:
    return VendorRefusedError(
        f"The expense platform's page has no {what}: its form changed.",
        where=Place(page, None, field),
        blocks=blocks,
        next_step="Give the platform team the change of form.",
        code="contract_drift",
    )


def _correlation() -> dict[str, str]:
    return {"concur-correlationid": str(uuid.uuid4())}


def _has_next(body: Mapping[str, Any]) -> bool:
    links = body.get("links")
    return isinstance(links, list) and any(
        isinstance(link, dict) and link.get("rel") == "next" for link in links
    )


def _elements(body: Mapping[str, Any]) -> list[Element]:
    return [_element(item) for item in body["content"] if isinstance(item, dict)]


def _element(content: Mapping[str, Any]) -> Element:
    return Element(
        fis_id=text_of(content.get("id")),
        status=text_of(content.get("docStatus")),
        system_id=text_of(content.get("erpSystemId")),
        report=_report(content.get("document")),
        content=content,
    )


def _report(document: object) -> Mapping[str, Any]:
    """The report's head in any of the three forms of `document`; empty when it is none."""
    if isinstance(document, str) and document[:1] in "{[":
        try:
            document = parse(document)
        except ValueError:
            return {}
    if isinstance(document, list) and document:
        document = document[0]
    report = document.get("report") if isinstance(document, dict) else None
    return report if isinstance(report, dict) else {}
