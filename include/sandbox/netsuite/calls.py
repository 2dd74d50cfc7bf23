"""One request to the account's services: what it is, apart from how it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sandbox.netsuite.errors import Refused, invalid_request
from sandbox.netsuite.roles import PERIODS, QUERIES, Role
from sandbox.netsuite.schemas import RECORDS
from sandbox.netsuite.wire import read_json

RECORD_ROOT: Final = "/services/rest/record/v1/"
ASYNC_ROOT: Final = "/services/rest/async/v1/job"
SYSTEM_PATH: Final = "/services/rest/system/v1/governanceLimits"
QUERY_PATH: Final = "/services/rest/query/v1/suiteql"
CATALOG: Final = "metadata-catalog"
PERIOD: Final = "accountingperiod"
_EXTERNAL: Final = "eid:"
_BASIC: Final = ("REST Web Services", "Log in using OAuth 2.0 Access Tokens")
_OPERATIONS: Final = {
    ("POST", False): "create",
    ("GET", False): "list",
    ("GET", True): "read",
    ("PATCH", True): "update",
    ("PUT", True): "upsert",
    ("DELETE", True): "delete",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        path: decoded, without query.
        headers: by lower-case name.
        base: scheme and host by which the caller reached the account.
        role_id: who calls, once that is known.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str
    base: str
    role_id: str = ""
    fault: Mapping[str, Any] | None = field(default=None)

    def as_json(self) -> dict[str, Any]:
        """The call as it is kept for later."""
        return asdict(self)

    @property
    def parts(self) -> list[str]:
        """The path below the record service, empty for the other services."""
        if not self.path.startswith(RECORD_ROOT):
            return []
        return self.path.removeprefix(RECORD_ROOT).strip("/").split("/")

    @property
    def record_name(self) -> str:
        """The record's name in lower case, empty for the other services."""
        return self.parts[0].lower() if self.parts else ""

    @property
    def key(self) -> str | None:
        """The internal or external id in the path."""
        return self.parts[1] if len(self.parts) > 1 else None

    @property
    def external_key(self) -> str | None:
        """The external id in the path.

        Raises:
            Refused: 400, it holds what a path cannot carry.
        """
        if self.key is None or not self.key.startswith(_EXTERNAL):
            return None
        value = self.key.removeprefix(_EXTERNAL)
        if not value or not all(
            each.isascii() and (each.isalnum() or each in "_-") for each in value
        ):
            text = f"Invalid external id '{value}': letters, digits, '_' and '-' only."
            raise invalid_request(text, url=self.path)
        return value

    @property
    def wants_async(self) -> bool:
        """Whether the caller asked for an asynchronous answer."""
        return "respond-async" in self.headers.get("prefer", "").lower()

    @property
    def is_collection(self) -> bool:
        """Whether the body carries several records."""
        return "type=collection" in self.headers.get("content-type", "").replace(" ", "").lower()

    @property
    def operation(self) -> str:
        """The operation's name on the fault board."""
        if self.path == QUERY_PATH:
            return "suiteql"
        if self.path.startswith(ASYNC_ROOT):
            return "job"
        if self.record_name == PERIOD:
            return "period"
        if self.record_name not in RECORDS:
            return "other"
        return _OPERATIONS.get((self.method, self.key is not None), "other")

    def facts(self) -> dict[str, str]:
        """What a fault switch can match."""
        facts = {"method": self.method, "path": self.path, "record": self.record_name}
        if self.key is not None:
            facts["key"] = self.key.removeprefix(_EXTERNAL)
        sent = _readable(self.body)
        if isinstance(sent.get("externalId"), str):
            facts["external_id"] = sent["externalId"]
        if isinstance(sent.get("params"), list):
            facts["params"] = "|".join(str(each) for each in sent["params"])
        if isinstance(sent.get("q"), str):
            facts["q"] = sent["q"]
        return facts

    def demand_permissions(self, role: Role) -> None:
        """Refuse what the role may not do.

        Raises:
            Refused: 403, or 400 and 404 for an address that leads nowhere.
        """
        if " " in self.path:
            raise invalid_request("Invalid url. Spaces are not allowed in the URL.", url=self.path)
        role.demand(_BASIC)
        if self.operation == "suiteql":
            role.demand([QUERIES])
        elif self.operation == "period" and self.method != "GET":
            role.demand([PERIODS])
        elif self.record_name in RECORDS:
            record = RECORDS[self.record_name]
            role.demand([record.permission])
            if record.name == "journalEntry":
                role.demand(["Accounts"])


def _readable(body: str) -> dict[str, Any]:
    try:
        sent = read_json(body) if body else {}
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def method_not_allowed(call: Call) -> Refused:
    """The record does not know this method."""
    refusal = invalid_request(f"The method {call.method} is not supported.", url=call.path)
    return Refused(405, refusal.details)
