"""A look into the account for a demonstration: its ledger and its login audit trail."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sandbox.netsuite import ledger
from sandbox.netsuite.references import find
from sandbox.netsuite.schemas import JOURNAL
from sandbox.netsuite.state import State
from sandbox.netsuite.wire import plain


def ledger_shown(state: State, _stated: Mapping[str, Any]) -> dict[str, Any]:
    """Every journal with its lines by account number and cost center."""
    with state.reading() as connection:
        return {
            "journals": [
                show_journal(connection, kept) for kept in ledger.every(connection, JOURNAL)
            ]
        }


def logins_shown(state: State, _stated: Mapping[str, Any]) -> dict[str, Any]:
    """The login audit trail: why an assertion was refused."""
    with state.reading() as connection:
        rows = connection.execute("SELECT at, client_id, outcome FROM login ORDER BY id")
        return {"logins": [dict(row) for row in rows]}


def show_journal(connection: sqlite3.Connection, kept: ledger.Kept) -> dict[str, Any]:
    """One journal with its lines by account number, cost center and project."""
    body = kept.document.body
    company = find(connection, "subsidiary", body["subsidiary"])
    period = find(connection, "accountingperiod", body["postingPeriod"])
    currency = find(connection, "currency", body["currency"])
    return {
        "id": str(kept.ledger_id),
        "externalId": body.get("externalId"),
        "tranId": body["tranId"],
        "subsidiary": body["subsidiary"],
        "subsidiaryExternalId": company and company["externalid"],
        "currency": currency and currency["symbol"],
        "period": body["postingPeriod"],
        "periodName": period and period["periodname"],
        "tranDate": body["tranDate"],
        "posting": kept.posted,
        "memo": body.get("memo"),
        "createdDate": kept.row["createddate"],
        "lastModifiedDate": kept.row["lastmodifieddate"],
        "lines": [_line(connection, line) for line in kept.document.lines],
    }


def _line(connection: sqlite3.Connection, line: Mapping[str, Any]) -> dict[str, Any]:
    account = find(connection, "account", line["account"])
    department = find(connection, "department", line.get("department"))
    project = find(connection, "classification", line.get("class"))
    amounts = {
        side: None if line.get(side) is None else plain(line[side]) for side in ("debit", "credit")
    }
    return {
        "line": line["line"],
        "account": account and account["acctnumber"],
        "department": department and department["externalid"],
        "class": project and project["externalid"],
        "memo": line.get("memo"),
        **amounts,
    }
