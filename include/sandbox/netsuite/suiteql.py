"""`POST /services/rest/query/v1/suiteql`: read-only queries over the role's tables."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from sandbox.netsuite import oracle
from sandbox.netsuite.errors import Detail, Refused, invalid_request
from sandbox.netsuite.labels import label
from sandbox.netsuite.paging import MOST_ROWS, Page
from sandbox.netsuite.roles import Role
from sandbox.netsuite.state import State, preferences
from sandbox.netsuite.views import show_tables
from sandbox.netsuite.wire import read_json

PATH: Final = "/services/rest/query/v1/suiteql"
_PREFIX: Final = "Invalid search query. Detailed unprocessed description follows. "
_QUERY: Final = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z_][\w$]*")


def answer_query(
    state: State,
    role: Role,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    content: bytes,
    base: str,
) -> dict[str, Any]:
    """One page of a query's result.

    Raises:
        Refused: 400; the preference, the paging or the query is wrong.
    """
    if "transient" not in {each.strip().lower() for each in headers.get("prefer", "").split(",")}:
        text = "The required request header 'Prefer: transient' is missing or not valid."
        raise Refused(400, [Detail(text, "INVALID_REQUEST", header="Prefer")])
    page = Page.asked(query)
    text, values = _asked(content)
    rows = _run(state, role, text, values)
    items: list[dict[str, Any]] = [{"links": [], **row} for row in page.of(rows)]
    return page.envelope(f"{base}{PATH}", items, len(rows))


def _asked(content: bytes) -> tuple[str, list[Any]]:
    try:
        sent = read_json(content)
    except ValueError as error:
        raise invalid_request(f"Invalid content in the request body. {error}") from error
    text = sent.get("q") if isinstance(sent, dict) else None
    values = sent.get("params", []) if isinstance(sent, dict) else None
    if not isinstance(text, str) or not _QUERY.match(text):
        raise _refused("A query begins with SELECT or WITH.")
    if not isinstance(values, list) or any(isinstance(each, (dict, list)) for each in values):
        raise _refused("The parameters must be a list of single values.")
    return text, [each if each is None else str(each) for each in values]


def _run(state: State, role: Role, text: str, values: list[Any]) -> list[dict[str, str]]:
    with state.reading() as connection, state.reading() as beside:
        oracle.register(connection)
        connection.create_function(
            "builtin_df", 2, lambda name, value: label(beside, str(name), value)
        )
        columns = show_tables(connection, role, preferences(beside))
        try:
            cursor = connection.execute(oracle.translate(text), values)
            names = _names(cursor)
            return [_shown(names, row) for row in cursor.fetchmany(MOST_ROWS)]
        except oracle.DialectError as error:
            raise _refused(f"Search error occurred: {error}") from error
        except sqlite3.Error as error:
            raise _refused(_explained(str(error), columns)) from error


def _names(cursor: sqlite3.Cursor) -> list[str]:
    return [
        column[0].lower() if _NAME.fullmatch(column[0]) else f"expr{place}"
        for place, column in enumerate(cursor.description, start=1)
    ]


def _shown(names: list[str], row: sqlite3.Row) -> dict[str, str]:
    shown = ((name, oracle.display(value)) for name, value in zip(names, row, strict=True))
    return {name: value for name, value in shown if value is not None}


def _explained(message: str, columns: Mapping[str, list[str]]) -> str:
    kind, _, name = message.partition(": ")
    if kind == "no such table":
        return f"Invalid search type: {name}."
    if message.endswith("is prohibited"):
        table = message.removeprefix("access to ").partition(".")[0]
        return f"Invalid search type: {table}."
    if kind == "no such column":
        known = sorted({each for group in columns.values() for each in group})
        return (
            f"Search error occurred: Unknown identifier '{name}'. "
            f"Available identifiers are: {{{', '.join(known)}}}"
        )
    return f"Search error occurred: {message}"


def _refused(text: str) -> Refused:
    return Refused(400, [Detail(_PREFIX + text, "INVALID_PARAMETER", query_param="q")])
