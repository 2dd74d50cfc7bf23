"""Reading records: one by id or external id, or a list of links."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sandbox.netsuite.approval import STATUS_NAMES
from sandbox.netsuite.errors import invalid_request
from sandbox.netsuite.labels import label
from sandbox.netsuite.ledger import Kept
from sandbox.netsuite.paging import Page
from sandbox.netsuite.roles import Role
from sandbox.netsuite.schemas import JOURNAL, Property, RecordType

_CONDITION: Final = re.compile(
    r"""^\s*(?P<field>\w+)\s+(?P<how>IS|EQUAL|START_WITH|CONTAIN)\s+"?(?P<value>[^"]*?)"?\s*$""",
    re.IGNORECASE,
)
#: What a list can be filtered by.
_FILTERS: Final = {
    "externalid": "externalid",
    "tranid": "tranid",
    "id": "id",
    "internalid": "id",
    "memo": "memo",
    "trandate": "trandate",
    "postingperiod": "postingperiod",
}
_PATTERNS: Final = {"IS": "{}", "EQUAL": "{}", "START_WITH": "{}%", "CONTAIN": "%{}%"}


def show(
    connection: sqlite3.Connection,
    record: RecordType,
    kept: Kept,
    base: str,
    query: Mapping[str, str],
) -> dict[str, Any]:
    """The record as `GET /{record}/{id}` answers it; `expandSubResources=true` shows its lines."""
    address = f"{base}/services/rest/record/v1/{record.name}/{kept.ledger_id}"
    shown: dict[str, Any] = {"links": [_self(address)], "id": str(kept.ledger_id)}
    shown |= _shown_fields(connection, record.body, kept.document.body)
    status = kept.document.body["approvalStatus"]
    shown["approvalStatus"] = {"id": status, "refName": STATUS_NAMES.get(status, status)}
    shown |= {
        "createdDate": _instant(kept.row["createddate"]),
        "lastModifiedDate": _instant(kept.row["lastmodifieddate"]),
        "transactionNumber": kept.row["transactionnumber"],
    }
    if record.name == JOURNAL.name:
        shown |= {"isReversal": kept.row["isreversal"] == "T", "void": False}
        if kept.row["reversal"]:
            shown["reversalEntry"] = kept.row["reversal"]
    else:
        shown["total"] = sum((line["amount"] for line in kept.document.lines), Decimal())
    shown[record.sublist] = _shown_sublist(connection, record, kept, address, query)
    return _chosen(shown, query)


def ids_matching(
    connection: sqlite3.Connection, record: RecordType, role: Role, condition: str | None
) -> list[int]:
    """Internal ids of the records that a list's `q` names, all of them without one.

    Raises:
        Refused: 400, the condition is not one that the twin knows.
    """
    where, values = _parsed(condition)
    # Columns and operators come from the tables above; values are bound.
    statement = f"SELECT id, subsidiary FROM ledger WHERE recordtype = ? {where} ORDER BY id"  # noqa: S608
    rows = connection.execute(statement, (record.recordtype, *values))
    return [int(row["id"]) for row in rows if role.sees(str(row["subsidiary"]))]


def show_list(record: RecordType, found: list[int], base: str, page: Page) -> dict[str, Any]:
    """A page of links and ids, which is all that a list answers."""
    root = f"{base}/services/rest/record/v1/{record.name}"
    items = [{"links": [_self(f"{root}/{each}")], "id": str(each)} for each in page.of(found)]
    return page.envelope(root, items, len(found))


def lower_case_names(value: Any) -> Any:
    """The same JSON with every property's name in lower case, as some accounts answer."""
    if isinstance(value, Mapping):
        return {name.lower(): lower_case_names(each) for name, each in value.items()}
    if isinstance(value, list):
        return [lower_case_names(each) for each in value]
    return value


def _shown_fields(
    connection: sqlite3.Connection, known: Mapping[str, Property], fields: Mapping[str, Any]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in fields.items():
        stated = known.get(name.lower())
        if value is None or stated is None or stated.kind == "enum":
            continue
        if stated.kind == "ref":
            name_shown = label(connection, stated.name, value)
            shown[name] = {"links": [], "id": value} | (
                {} if name_shown is None else {"refName": name_shown}
            )
        else:
            shown[name] = value
    return shown


def _shown_sublist(
    connection: sqlite3.Connection,
    record: RecordType,
    kept: Kept,
    address: str,
    query: Mapping[str, str],
) -> dict[str, Any]:
    links = {"links": [_self(f"{address}/{record.sublist}")]}
    if query.get("expandSubResources", "").lower() != "true":
        return links
    items = [
        {"links": [], **_shown_fields(connection, record.line, line)}
        | ({"cleared": False} if record.name == JOURNAL.name else {})
        for line in kept.document.lines
    ]
    counts = {"count": len(items), "hasMore": False, "offset": 0, "totalResults": len(items)}
    return links | counts | {"items": items}


def _chosen(shown: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    if "fields" not in query:
        return shown
    wanted = {name.strip().lower() for name in query["fields"].split(",")}
    return {k: each for k, each in shown.items() if k == "links" or k.lower() in wanted}


def _parsed(condition: str | None) -> tuple[str, list[str]]:
    if not condition:
        return "", []
    clauses: list[str] = []
    values: list[str] = []
    for part in re.split(r"\s+AND\s+", condition.strip(), flags=re.IGNORECASE):
        match = _CONDITION.match(part)
        column = match and _FILTERS.get(match["field"].lower())
        if match is None or column is None:
            raise invalid_request(f"Invalid search query '{condition}'.", param="q")
        escaped = re.sub(r"([\\%_])", r"\\\1", match["value"])
        # LIKE folds case, as references in web services do.
        clauses.append(f"AND {column} LIKE ? ESCAPE '\\'")
        values.append(_PATTERNS[match["how"].upper()].format(escaped))
    return " ".join(clauses), values


def _self(address: str) -> dict[str, str]:
    return {"rel": "self", "href": address}


def _instant(stored: str) -> str:
    return f"{stored.replace(' ', 'T')}Z"
