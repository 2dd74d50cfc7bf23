"""What a role's queries can see: one view per table, filtered by the role's subsidiaries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sandbox.netsuite import tables
from sandbox.netsuite.roles import Role

_ALLOWED: Final = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
)
_ACCOUNTING_OF_LEG: Final = ('"transaction"', "account", "debit", "credit", "amount", "netamount")
NAMES: Final = frozenset(
    {*tables.REFERENCE, "transaction", "transactionline", "transactionaccountingline"}
)


def show_tables(
    connection: sqlite3.Connection, role: Role, preferences: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Create the role's views, then let the connection read nothing else.

    Returns:
        The columns of each view.
    """
    connection.create_function("visible", 1, lambda listed: _visible(role, listed))
    statements = [_reference_view(connection, table) for table in tables.REFERENCE]
    book = connection.execute("SELECT id FROM ref_accountingbook WHERE isprimary = 'T'").fetchone()
    statements += _ledger_views(preferences, int(book["id"]))
    for statement in statements:
        connection.execute(statement)
    columns = {name: _columns(connection, name) for name in NAMES}
    connection.set_authorizer(_authorize)
    return columns


def _visible(role: Role, listed: object) -> bool:
    if role.subsidiaries is None or listed is None or not str(listed).strip():
        return True
    return any(role.sees(each.strip()) for each in str(listed).split(","))


def _authorize(
    action: int, first: str | None, second: str | None, _database: str | None, via: str | None
) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    # SQLite reads a materialised view under an empty table name.
    if action == sqlite3.SQLITE_READ and (via in NAMES or first in NAMES or not first):
        return sqlite3.SQLITE_OK
    # A view's table of which the query needs rows but no column is reported without the view.
    if action == sqlite3.SQLITE_READ and second == "" and _is_behind_a_view(first or ""):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _is_behind_a_view(table: str) -> bool:
    return table in ("ledger", "leg") or table.startswith("ref_")


def _columns(connection: sqlite3.Connection, view: str) -> list[str]:
    described = connection.execute(f'SELECT * FROM temp."{view}" LIMIT 0').description  # noqa: S608
    return [column[0] for column in described]


def _reference_view(connection: sqlite3.Connection, table: str) -> str:
    described = connection.execute(f"SELECT * FROM ref_{table} LIMIT 0").description  # noqa: S608
    columns = [column[0] for column in described]
    filters = {"subsidiary": "id"}.get(table, "subsidiary" if "subsidiary" in columns else None)
    where = f" WHERE visible({filters})" if filters else ""
    return f'CREATE TEMP VIEW "{table}" AS SELECT {_shown(columns)} FROM ref_{table}{where}'  # noqa: S608


def _shown(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(
        f"char(1) || {prefix}{name} AS {name}" if name in tables.DATES else f'{prefix}"{name}"'
        for name in columns
    )


def _ledger_views(preferences: Mapping[str, Any], primary_book: int) -> list[str]:
    body = _custom("body", "$.body.", preferences["customBodyFields"])
    line = _custom("custom", "$.", preferences["customLineFields"])
    transaction = _shown(tables.TRANSACTION.split())
    lines = _shown(tables.LINE.split())
    accounting = ", ".join(f"leg.{name}" for name in _ACCOUNTING_OF_LEG)
    # Every piece comes from the twin's own tables and the account's preferences.
    views = {
        "transaction": f"SELECT {transaction}{body} FROM ledger WHERE visible(subsidiary)",  # noqa: S608
        "transactionline": f"SELECT {lines}{line} FROM leg WHERE visible(subsidiary)",  # noqa: S608
        "transactionaccountingline": f"SELECT {accounting}, leg.id AS transactionline, "  # noqa: S608
        f"{primary_book} AS accountingbook, ledger.exchangerate, ledger.posting FROM leg "
        'JOIN ledger ON ledger.id = leg."transaction" WHERE visible(leg.subsidiary)',
    }
    return [f'CREATE TEMP VIEW "{name}" AS {query}' for name, query in views.items()]


def _custom(column: str, path: str, names: Iterable[str]) -> str:
    return "".join(f", json_extract({column}, '{path}{name}') AS {name}" for name in names)
