"""Display texts: what `refName` and `BUILTIN.DF` show for an internal id or a code."""

from __future__ import annotations

import sqlite3
from typing import Final

from sandbox.netsuite.approval import STATUS_NAMES
from sandbox.netsuite.references import TARGETS, find

#: The column that names a record, by table.
_NAMED_BY: Final = {
    "account": "accountsearchdisplayname",
    "accountingbook": "name",
    "accountingperiod": "periodname",
    "classification": "name",
    "currency": "symbol",
    "department": "name",
    "employee": "entityid",
    "expensecategory": "name",
    "location": "name",
    "subsidiary": "name",
    "vendor": "entityid",
}
_TARGETS: Final = {name.lower(): tables for name, tables in TARGETS.items()}
_STATUSES: Final = {"A": "Pending Approval", "B": "Approved for Posting", "V": "Voided"}
_TYPES: Final = {"Journal": "Journal", "VendBill": "Bill", "ExpRept": "Expense Report"}


def label(connection: sqlite3.Connection, name: str, value: object) -> str | None:
    """The display text of a value of the column or property `name`; None when it has none."""
    if value is None:
        return None
    lower = name.lower()
    if lower in ("status", "type", "approvalstatus"):
        texts = {"status": _STATUSES, "type": _TYPES, "approvalstatus": STATUS_NAMES}[lower]
        return texts.get(str(value), str(value))
    for table in _TARGETS.get(lower, ()):
        found = find(connection, table, value)
        if found is not None:
            text: str | None = found[_NAMED_BY[table]]
            return text
    return None
