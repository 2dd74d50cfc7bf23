"""Look-ups among the account's records, and what fits a subsidiary."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from sandbox.netsuite.documents import Payload
from sandbox.netsuite.errors import Detail, business, invalid_field, refuse_all
from sandbox.netsuite.roles import Role
from sandbox.netsuite.schemas import RecordType
from sandbox.netsuite.state import Row

#: The tables that a reference property can point to, by the property's name.
TARGETS: Final[dict[str, tuple[str, ...]]] = {
    "account": ("account",),
    "expenseaccount": ("account",),
    "acctcorpcardexp": ("account",),
    "advanceaccount": ("account",),
    "accountingBook": ("accountingbook",),
    "category": ("expensecategory",),
    "class": ("classification",),
    "currency": ("currency",),
    "expensereportcurrency": ("currency",),
    "department": ("department",),
    "entity": ("vendor", "employee"),
    "location": ("location",),
    "nextApprover": ("employee",),
    "postingPeriod": ("accountingperiod",),
    "subsidiary": ("subsidiary",),
    "toSubsidiary": ("subsidiary",),
}
SEGMENTS: Final = ("department", "class", "location")


def find(connection: sqlite3.Connection, table: str, record_id: object) -> Row | None:
    """A record of a reference table by its internal id."""
    # The table's name comes from TARGETS, never from a caller.
    statement = f"SELECT * FROM ref_{table} WHERE id = ?"  # noqa: S608
    found: Row | None = connection.execute(statement, (record_id,)).fetchone()
    return found


def find_entity(connection: sqlite3.Connection, record_id: object) -> Row | None:
    """The vendor or employee with this internal id: both share one space of ids."""
    return find(connection, "vendor", record_id) or find(connection, "employee", record_id)


def resolve(
    connection: sqlite3.Connection, record: RecordType, payload: Payload, role: Role
) -> None:
    """Replace every reference in the payload by an internal id.

    Raises:
        Refused: 400, with every reference that points nowhere or to what the role can't see.
    """
    details = _resolve_fields(connection, payload.body, "")
    for number, line in enumerate(payload.lines or ()):
        details += _resolve_fields(connection, line, f"{record.sublist}.items[{number}].")
    subsidiary = payload.body.get("subsidiary")
    if isinstance(subsidiary, str) and not role.sees(subsidiary):
        details.append(invalid_field(subsidiary, "subsidiary", "subsidiary"))
    refuse_all(details)


def _resolve_fields(
    connection: sqlite3.Connection, fields: dict[str, Any], prefix: str
) -> list[Detail]:
    details: list[Detail] = []
    for name, value in fields.items():
        if not isinstance(value, dict):
            continue
        tables = TARGETS.get(name)
        if tables is None:
            # Forms, terms, tax codes and customers are not modelled: any id is taken.
            fields[name] = value.get("id") or value["externalId"]
            continue
        column, wanted = (
            ("id", value["id"]) if "id" in value else ("externalid", value["externalId"])
        )
        found = [key for table in tables for key in _ids(connection, table, column, wanted)]
        if found:
            fields[name] = found[0]
        else:
            details.append(invalid_field(wanted, name, f"{prefix}{name}"))
    return details


def _ids(connection: sqlite3.Connection, table: str, column: str, wanted: str) -> list[str]:
    if column == "externalid" and table in ("accountingperiod", "accountingbook", "currency"):
        return []
    statement = f"SELECT id FROM ref_{table} WHERE {column} = ?"  # noqa: S608
    if column == "externalid":
        statement += " COLLATE NOCASE"
    return [str(row["id"]) for row in connection.execute(statement, (wanted,))]


def misfits(
    connection: sqlite3.Connection, fields: dict[str, Any], subsidiary: str, path: str
) -> list[Detail]:
    """What of a line or body can't be used in the subsidiary, or is inactive."""
    details: list[Detail] = []
    for segment in SEGMENTS:
        value = fields.get(segment)
        if value is None:
            continue
        found = find(connection, TARGETS[segment][0], value)
        if found is None or not usable(connection, found, subsidiary):
            text = f"Invalid {segment} reference key {value} for subsidiary {subsidiary}."
            details.append(business(text, f"{path}{segment}"))
    return details + _account_misfit(connection, fields.get("account"), subsidiary, path)


def _account_misfit(
    connection: sqlite3.Connection, account: object, subsidiary: str, path: str
) -> list[Detail]:
    found = None if account is None else find(connection, "account", account)
    if found is None:
        return []
    if found["isinactive"] == "T" or found["issummary"] == "T":
        return [invalid_field(account, "account", f"{path}account")]
    if usable(connection, found, subsidiary):
        return []
    company = find(connection, "subsidiary", subsidiary)
    name = found["accountsearchdisplayname"] or found["acctnumber"]
    text = f"The {name} account cannot be used with the {company and company['name']} subsidiary."
    return [business(text, f"{path}account")]


def usable(connection: sqlite3.Connection, record: Row, subsidiary: str) -> bool:
    """Whether an active record is available in a subsidiary; no list means in all."""
    if record["isinactive"] == "T":
        return False
    listed = {each.strip() for each in (record["subsidiary"] or "").split(",") if each.strip()}
    if not listed or subsidiary in listed:
        return True
    return record["includechildren"] == "T" and not listed.isdisjoint(
        _ancestors(connection, subsidiary)
    )


def _ancestors(connection: sqlite3.Connection, subsidiary: str) -> set[str]:
    above: set[str] = set()
    found = find(connection, "subsidiary", subsidiary)
    while found is not None and found["parent"] and found["parent"] not in above:
        above.add(found["parent"])
        found = find(connection, "subsidiary", found["parent"])
    return above
