"""Transactions at rest: the document as it was written, and the rows that queries see."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.netsuite.documents import Document
from sandbox.netsuite.legs import Leg
from sandbox.netsuite.roles import Role
from sandbox.netsuite.schemas import JOURNAL, RecordType
from sandbox.netsuite.state import Row, insert
from sandbox.netsuite.wire import plain, read_json, write_json

_INSTANT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored transaction."""

    row: Row
    document: Document

    @property
    def ledger_id(self) -> int:
        """Its internal id."""
        return int(self.row["id"])

    @property
    def posted(self) -> bool:
        """Whether it is in the general ledger."""
        return bool(self.row["posting"] == "T")


def load(
    connection: sqlite3.Connection, record: RecordType, ledger_id: object, role: Role
) -> Kept | None:
    """The transaction of this type with this id, None if there is none that the role may see."""
    row = connection.execute(
        "SELECT * FROM ledger WHERE id = ? AND recordtype = ?", (ledger_id, record.recordtype)
    ).fetchone()
    if row is None or not role.sees(str(row["subsidiary"])):
        return None
    return _kept(row)


def identify(connection: sqlite3.Connection, record: RecordType, external_id: str) -> int | None:
    """The internal id of the transaction with an external id, whatever its case."""
    row = connection.execute(
        "SELECT id FROM ledger WHERE externalid_folded = ? AND recordtype = ?",
        (external_id.casefold(), record.recordtype),
    ).fetchone()
    return None if row is None else int(row["id"])


def is_taken(connection: sqlite3.Connection, external_id: str, by_other_than: int | None) -> bool:
    """Whether another transaction of any type has this external id, whatever its case."""
    row = connection.execute(
        "SELECT id FROM ledger WHERE externalid_folded = ? AND id IS NOT ?",
        (external_id.casefold(), by_other_than),
    ).fetchone()
    return row is not None


def save(
    connection: sqlite3.Connection,
    record: RecordType,
    document: Document,
    legs: Sequence[Leg],
    *,
    role: Role,
    now: datetime,
    ledger_id: int | None = None,
    system: Mapping[str, str] | None = None,
) -> int:
    """Insert a transaction, or write over the one that `ledger_id` names.

    `system` sets the columns `isreversal` and `reversal`, for what the twin makes by itself.
    """
    row = _columns(record, document) | dict(system or {})
    row |= {"lastmodifieddate": now.strftime(_INSTANT), "lastmodifiedby": role.user}
    if ledger_id is None:
        row |= {"createddate": row["lastmodifieddate"], "createdby": role.user}
        ledger_id = insert(connection, "ledger", row)
        numbers = {"transactionnumber": str(ledger_id)}
        if not document.body.get("tranId"):
            document.body["tranId"] = f"{record.prefix}{ledger_id}"
        numbers |= {"tranid": document.body["tranId"], "body": _text(document)}
        update(connection, ledger_id, numbers)
    else:
        update(connection, ledger_id, row)
    _save_legs(connection, ledger_id, document, legs, row)
    return ledger_id


def update(connection: sqlite3.Connection, ledger_id: int, columns: Mapping[str, Any]) -> None:
    """Set columns of a transaction."""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    statement = f"UPDATE ledger SET {assignments} WHERE id = ?"  # noqa: S608
    connection.execute(statement, (*columns.values(), ledger_id))


def delete(connection: sqlite3.Connection, ledger_id: int) -> None:
    """Forget a transaction; its id is never used again."""
    connection.execute('DELETE FROM leg WHERE "transaction" = ?', (ledger_id,))
    connection.execute("DELETE FROM ledger WHERE id = ?", (ledger_id,))


def every(connection: sqlite3.Connection, record: RecordType) -> list[Kept]:
    """All transactions of a type, oldest first."""
    rows = connection.execute(
        "SELECT * FROM ledger WHERE recordtype = ? ORDER BY id", (record.recordtype,)
    )
    return [_kept(row) for row in rows]


def is_posting(document: Document) -> bool:
    """Whether the document is approved, and so in the general ledger."""
    return bool(document.body["approved"])


def _kept(row: Row) -> Kept:
    stored = read_json(row["body"])
    for line in stored["lines"]:
        for name in ("debit", "credit", "amount", "foreignamount"):
            if line.get(name) is not None:
                line[name] = Decimal(line[name])
    stored["body"]["exchangeRate"] = Decimal(stored["body"]["exchangeRate"])
    return Kept(row, Document(stored["body"], stored["lines"]))


def _text(document: Document) -> str:
    return write_json({"body": document.body, "lines": document.lines})


def _columns(record: RecordType, document: Document) -> dict[str, Any]:
    body = document.body
    external_id = body.get("externalId")
    posting = is_posting(document)
    return {
        "type": record.code,
        "recordtype": record.recordtype,
        "tranid": body.get("tranId"),
        "externalid": external_id,
        "externalid_folded": None if external_id is None else external_id.casefold(),
        "trandate": body["tranDate"],
        "postingperiod": body["postingPeriod"],
        "posting": _flag(posting),
        "status": _status(record, posting=posting),
        "approvalstatus": body["approvalStatus"],
        "currency": body["currency"],
        "exchangerate": plain(body["exchangeRate"]),
        "memo": body.get("memo"),
        "isreversal": "F",
        "reversaldate": body.get("reversalDate"),
        "reversaldefer": _flag(body.get("reversalDefer")),
        "intercoadj": "F",
        "entity": body.get("entity"),
        "duedate": body.get("dueDate") or body.get("duedate"),
        "subsidiary": body["subsidiary"],
        "body": _text(document),
    }


def _status(record: RecordType, *, posting: bool) -> str:
    if record.name == JOURNAL.name:
        return "B" if posting else "A"
    if record.recordtype == "expensereport":
        return "F" if posting else "C"
    return "A" if posting else "D"


def _save_legs(
    connection: sqlite3.Connection,
    ledger_id: int,
    document: Document,
    legs: Sequence[Leg],
    row: Mapping[str, Any],
) -> None:
    connection.execute('DELETE FROM leg WHERE "transaction" = ?', (ledger_id,))
    for place, leg in enumerate(legs):
        fields = leg.fields
        insert(
            connection,
            "leg",
            {
                "transaction": ledger_id,
                "id": leg.number,
                "linesequencenumber": place,
                "uniquekey": ledger_id * 100_000 + place,
                "subsidiary": document.body["subsidiary"],
                **{name: fields.get(name) for name in ("department", "class", "location")},
                "entity": fields.get("entity"),
                "memo": fields.get("memo"),
                "eliminate": _flag(fields.get("eliminate")),
                "mainline": _flag(leg.main),
                "taxline": "F",
                "cleared": "F",
                "account": leg.account,
                **_amounts(leg),
                "linelastmodifieddate": row["lastmodifieddate"],
                "linecreateddate": row["lastmodifieddate"],
                "custom": write_json(fields.get("custom") or {}),
            },
        )


def _amounts(leg: Leg) -> dict[str, str | None]:
    debit_side = leg.amount > 0 or (leg.amount == 0 and leg.base >= 0)
    return {
        "foreignamount": plain(leg.amount),
        "debitforeignamount": plain(leg.amount) if debit_side else None,
        "creditforeignamount": None if debit_side else plain(-leg.amount),
        "debit": plain(leg.base) if debit_side else None,
        "credit": None if debit_side else plain(-leg.base),
        "amount": plain(leg.base),
        "netamount": plain(leg.base),
    }


def _flag(condition: object) -> str:
    return "T" if condition else "F"
