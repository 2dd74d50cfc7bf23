"""What people inside the ERP do, without asking any integration."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sandbox import clock
from sandbox.netsuite import auth, ledger, periods, posting
from sandbox.netsuite.documents import Payload, read_payload
from sandbox.netsuite.errors import nonexistent
from sandbox.netsuite.legs import legs_of
from sandbox.netsuite.roles import CLERK
from sandbox.netsuite.schemas import JOURNAL, PERIOD_SWITCHES, with_custom_fields
from sandbox.netsuite.showing import show_journal
from sandbox.netsuite.state import (
    DEFAULT_PREFERENCES,
    State,
    insert,
    keep_setting,
    preferences,
    setting,
)
from sandbox.netsuite.wire import read_json, write_json

#: The columns by which people name a record, before its internal id.
_NAMED_BY: Final = {
    "account": "acctnumber",
    "department": "externalid",
    "subsidiary": "externalid",
    "classification": "externalid",
    "vendor": "externalid",
    "employee": "externalid",
}


def set_period(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Close, reopen, lock or unlock: `{"id", "closed"?, "alllocked"?, "aplocked"?, …}`."""
    known = {name.lower(): name for name in PERIOD_SWITCHES}
    changes = {known[name]: bool(value) for name, value in stated.items() if name != "id"}
    with state.writing() as connection:
        periods.set_period(connection, str(stated["id"]), changes)
        return periods.read_period(connection, str(stated["id"]), "")


def set_preferences(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Change account preferences.

    Raises:
        KeyError: the account has no such preference.
    """
    unknown = set(stated) - set(DEFAULT_PREFERENCES)
    if unknown:
        raise KeyError(f"no such preference: {sorted(unknown)}")
    with state.writing() as connection:
        keep_setting(connection, "preferences", setting(connection, "preferences") | dict(stated))
        return preferences(connection)


def set_role(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Change a role's permissions or visible subsidiaries: `{"id", "permissions"?, …}`."""
    with state.writing() as connection:
        roles: list[dict[str, Any]] = setting(connection, "roles")
        found = next(each for each in roles if str(each["id"]) == str(stated["id"]))
        found.update(stated)
        keep_setting(connection, "roles", roles)
        return found


def revoke_tokens(state: State, _stated: Mapping[str, Any]) -> dict[str, Any]:
    """Revoke every access token."""
    with state.writing() as connection:
        auth.revoke(connection)
    return {}


def revoke_certificate(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Revoke a mapping, or with `"revoked": false` bring it back."""
    with state.writing() as connection:
        integrations: list[dict[str, Any]] = setting(connection, "integrations")
        for each in integrations:
            if each["certificate_id"] == stated["certificate_id"]:
                each["revoked"] = stated.get("revoked", True)
        keep_setting(connection, "integrations", integrations)
    return {}


def enter_journal(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """A manual journal: account numbers, cost centers' external ids, amounts as text."""
    with state.writing() as connection:
        lines = [
            {
                "account": _ref(connection, "account", line["account"]),
                "memo": line.get("memo"),
                **{side: Decimal(str(line[side])) for side in ("debit", "credit") if side in line},
                **(
                    {"department": _ref(connection, "department", line["department"])}
                    if line.get("department")
                    else {}
                ),
            }
            for line in stated["lines"]
        ]
        body = {
            "subsidiary": _ref(connection, "subsidiary", stated["subsidiary"]),
            "memo": stated.get("memo"),
            "tranDate": stated.get("date"),
            **({"postingPeriod": {"id": str(stated["period"])}} if "period" in stated else {}),
        }
        created = posting.create(_desk(connection), Payload(body, lines))
        return {"id": str(created)}


def edit_line(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Change a line by hand: `{"id", "line", "amount" | "account" | "department"}`.

    A journal stays balanced: with the amount the largest line of the other side changes as much.
    """
    with state.writing() as connection:
        kept = _demand(connection, stated["id"])
        _keep_snapshot(connection, kept)
        lines = kept.document.lines
        line = next(each for each in lines if each["line"] == int(stated["line"]))
        for name in ("account", "department"):
            if name in stated:
                line[name] = _ref(connection, name, stated[name])["id"]
        if "amount" in stated:
            _change_amount(lines, line, Decimal(str(stated["amount"])))
        _save(connection, kept)
        return show_journal(connection, _demand(connection, stated["id"]))


def restore(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Undo the edits of a journal's lines by hand."""
    with state.writing() as connection:
        kept = _demand(connection, stated["id"])
        row = connection.execute(
            "SELECT body FROM snapshot WHERE ledger = ?", (kept.ledger_id,)
        ).fetchone()
        if row is None:
            raise LookupError(f"nobody edited the journal {kept.ledger_id}")
        kept.document.lines[:] = _with_decimals(read_json(row["body"]))
        connection.execute("DELETE FROM snapshot WHERE ledger = ?", (kept.ledger_id,))
        _save(connection, kept)
        return show_journal(connection, _demand(connection, stated["id"]))


def approve_journal(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Approve a pending journal, as its approver would in the user interface."""
    with state.writing() as connection:
        desk = _desk(connection)
        routed = desk.preferences["journalApproval"] == "routing"
        sent = {"approvalStatus": {"id": "2"}} if routed else {"approved": True}
        payload = read_payload(desk.record, write_json(sent).encode(), {})
        posting.update(desk, stated["id"], payload, replaces_lines=False)
        return show_journal(connection, _demand(connection, stated["id"]))


def keep_record(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Edit a master data record: `{"table", "named", "set": {column: text}}`."""
    table = str(stated["table"])
    with state.writing() as connection:
        found = _ref(connection, table, stated["named"])["id"]
        columns = {row["name"] for row in connection.execute(f"PRAGMA table_info(ref_{table})")}
        for column, value in stated["set"].items():
            if column not in columns:
                raise KeyError(f"no such column: {column}")
            statement = f"UPDATE ref_{table} SET {column} = ? WHERE id = ?"  # noqa: S608
            connection.execute(statement, (value, found))
        return {"id": found}


def delete_record(state: State, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a master data record, which is not the same as closing it: `{"table", "named"}`."""
    table = str(stated["table"])
    with state.writing() as connection:
        found = _ref(connection, table, stated["named"])["id"]
        connection.execute(f"DELETE FROM ref_{table} WHERE id = ?", (found,))  # noqa: S608
        return {"id": found}


def _desk(connection: sqlite3.Connection) -> posting.Desk:
    stated = preferences(connection)
    return posting.Desk(connection, CLERK, stated, with_custom_fields(JOURNAL, stated), clock.now())


def _demand(connection: sqlite3.Connection, ledger_id: object) -> ledger.Kept:
    kept = ledger.load(connection, JOURNAL, ledger_id, CLERK)
    if kept is None:
        raise nonexistent()
    return kept


def _ref(connection: sqlite3.Connection, table: str, named: object) -> dict[str, str]:
    statement = f"SELECT id FROM ref_{table} WHERE {_NAMED_BY[table]} = ? OR id = ?"  # noqa: S608
    rows = connection.execute(f"{statement} ORDER BY {_NAMED_BY[table]} = ? DESC", (named,) * 3)
    row = rows.fetchone()
    if row is None:
        raise LookupError(f"no {table} {named!r}")
    return {"id": str(row["id"])}


def _keep_snapshot(connection: sqlite3.Connection, kept: ledger.Kept) -> None:
    taken = connection.execute("SELECT 1 FROM snapshot WHERE ledger = ?", (kept.ledger_id,))
    if taken.fetchone() is None:
        body = write_json(kept.document.lines)
        insert(connection, "snapshot", {"ledger": kept.ledger_id, "body": body})


def _change_amount(lines: list[dict[str, Any]], line: dict[str, Any], amount: Decimal) -> None:
    side, other = ("debit", "credit") if line.get("debit") is not None else ("credit", "debit")
    counterpart = max(lines, key=lambda each: each.get(other) or Decimal())
    counterpart[other] += amount - line[side]
    line[side] = amount


def _save(connection: sqlite3.Connection, kept: ledger.Kept) -> None:
    ledger.save(
        connection,
        JOURNAL,
        kept.document,
        legs_of(connection, JOURNAL, kept.document),
        role=CLERK,
        now=clock.now(),
        ledger_id=kept.ledger_id,
        system={name: kept.row[name] for name in ("isreversal", "reversal")},
    )


def _with_decimals(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            n: Decimal(v) if n in ("debit", "credit") and v is not None else v
            for n, v in each.items()
        }
        for each in lines
    ]
