"""Accounting periods: which one a transaction posts to, and their own record."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from sandbox import clock
from sandbox.netsuite.errors import (
    Detail,
    Refused,
    business,
    closed_period,
    invalid_field,
    nonexistent,
    not_permitted_element,
    outside_period,
)
from sandbox.netsuite.references import find
from sandbox.netsuite.roles import OVERRIDE, Role
from sandbox.netsuite.schemas import PERIOD_BOOLEANS, PERIOD_SWITCHES
from sandbox.netsuite.state import Row
from sandbox.netsuite.wire import read_json

_MONTHS: Final = (
    "SELECT * FROM ref_accountingperiod WHERE isposting = 'T' AND isyear = 'F' "
    "AND isquarter = 'F' AND isadjust = 'F' AND isinactive = 'F'"
)
_CONTAINING: Final = f"{_MONTHS} AND startdate <= ? AND enddate >= ?"


class Window:
    """Where a transaction may post.

    Args:
        connection: the account's memory.
        preferences: the account's preferences.
        role: who posts.
        account_types: the types of the accounts touched: locks concern payables or receivables.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        preferences: Mapping[str, Any],
        role: Role,
        account_types: frozenset[str],
    ) -> None:
        self._connection = connection
        self._preferences = preferences
        self._role = role
        self._account_types = account_types

    def place(self, wanted: str | None, dated: str) -> str:
        """The period that a transaction of this date posts to.

        Args:
            wanted: the period asked for; None leaves the choice to the account's preferences.
            dated: the transaction's date, ISO.

        Raises:
            Refused: 400, the period is not a month, closed, locked, or doesn't hold the date.
        """
        if wanted is None:
            return self._chosen(dated)
        period = find(self._connection, "accountingperiod", wanted)
        if period is None or period["isposting"] != "T" or period["isinactive"] == "T":
            raise Refused(400, [invalid_field(wanted, "postingPeriod", "postingPeriod")])
        if not period["startdate"] <= dated <= period["enddate"]:
            self._demand_freedom_of_dates()
        if period["closed"] == "T":
            raise Refused(400, [closed_period()])
        if self._locked(period):
            if self._preferences["lockedPeriodBehaviour"] == "error":
                raise Refused(400, [closed_period()])
            return self.first_open(str(period["startdate"]))
        return str(period["id"])

    def still(self, current: str) -> str:
        """The period of a transaction that is approved or edited later: it moves off a shut one."""
        period = find(self._connection, "accountingperiod", current)
        if period is not None and self.is_open(period):
            return current
        return self.first_open("" if period is None else str(period["startdate"]))

    def demand_open(self, current: str) -> None:
        """Refuse a change to a posted transaction whose period is shut.

        Raises:
            Refused: 400 "closed period".
        """
        period = find(self._connection, "accountingperiod", current)
        if period is None or not self.is_open(period):
            raise Refused(400, [closed_period()])

    def is_open(self, period: Row) -> bool:
        """Whether this role may post to the period."""
        return period["closed"] != "T" and not self._locked(period)

    def first_open(self, from_date: str) -> str:
        """The first open month that begins on or after a date.

        Raises:
            Refused: 400, there is none.
        """
        months = self._connection.execute(
            f"{_MONTHS} AND startdate >= ? ORDER BY startdate", (from_date,)
        )
        for period in months:
            if self.is_open(period):
                return str(period["id"])
        raise Refused(400, [closed_period()])

    def _chosen(self, dated: str) -> str:
        period = self._containing(dated)
        if period is None:
            text = f"The transaction date {dated} is not within an open accounting period."
            raise Refused(400, [business(text, "tranDate")])
        if self.is_open(period):
            return str(period["id"])
        self._demand_freedom_of_dates()
        current = self._containing(clock.now().date().isoformat())
        if self._preferences["defaultPeriodWhenClosed"] == "current" and current is not None:
            return self.place(str(current["id"]), current["startdate"])
        return self.first_open("")

    def _containing(self, dated: str) -> Row | None:
        found: Row | None = self._connection.execute(_CONTAINING, (dated, dated)).fetchone()
        return found

    def _demand_freedom_of_dates(self) -> None:
        if self._preferences["allowDateOutsidePeriod"] == "disallow":
            raise Refused(400, [outside_period()])

    def _locked(self, period: Row) -> bool:
        if self._role.may(OVERRIDE):
            return False
        return (
            period["alllocked"] == "T"
            or (period["aplocked"] == "T" and "AcctPay" in self._account_types)
            or (period["arlocked"] == "T" and "AcctRec" in self._account_types)
        )


def read_period(connection: sqlite3.Connection, period_id: str, base: str) -> dict[str, Any]:
    """`GET /accountingPeriod/{id}`.

    Raises:
        Refused: 404.
    """
    period = find(connection, "accountingperiod", period_id)
    if period is None:
        raise nonexistent()
    address = f"{base}/services/rest/record/v1/accountingPeriod/{period_id}"
    shown: dict[str, Any] = {
        "links": [{"rel": "self", "href": address}],
        "id": period_id,
        "periodName": period["periodname"],
        "startDate": period["startdate"],
        "endDate": period["enddate"],
    }
    if period["parent"]:
        shown["parent"] = {"links": [], "id": period["parent"]}
    if period["closedondate"]:
        shown["closedOnDate"] = period["closedondate"]
    flags = {name: period[column] == "T" for name, column in PERIOD_BOOLEANS.items()}
    return shown | flags


def change_period(connection: sqlite3.Connection, period_id: str, content: bytes) -> None:
    """`PATCH /accountingPeriod/{id}`: close, reopen, lock, unlock.

    Raises:
        Refused: 404 unknown, 400 for what can't be set or an unlock of a closed period.
    """
    try:
        sent = read_json(content)
    except ValueError as error:
        raise Refused(400, [Detail(str(error), "INVALID_CONTENT")]) from error
    known = {name.lower(): name for name in PERIOD_BOOLEANS}
    changes: dict[str, bool] = {}
    for name, value in sent.items():
        stated = known.get(name.lower())
        if stated not in PERIOD_SWITCHES or not isinstance(value, bool):
            raise Refused(400, [not_permitted_element(name, name)])
        changes[stated] = value
    set_period(connection, period_id, changes)


def set_period(connection: sqlite3.Connection, period_id: str, changes: Mapping[str, bool]) -> None:
    """Set switches of a period.

    Raises:
        Refused: 404 unknown, 400 when a closed period would be unlocked before it is reopened.
    """
    period = find(connection, "accountingperiod", period_id)
    if period is None:
        raise nonexistent()
    remains_closed = changes.get("closed", period["closed"] == "T")
    if remains_closed and changes.get("allLocked") is False and period["closed"] == "T":
        raise Refused(400, [business("You must reopen a closed period before you unlock it.")])
    columns = {PERIOD_BOOLEANS[name]: "T" if value else "F" for name, value in changes.items()}
    now = clock.now()
    if "closed" in changes:
        columns["closedondate"] = now.date().isoformat() if changes["closed"] else ""
    columns["lastmodifieddate"] = now.strftime("%Y-%m-%d %H:%M:%S")
    assignments = ", ".join(f"{column} = NULLIF(?, '')" for column in columns)
    statement = f"UPDATE ref_accountingperiod SET {assignments} WHERE id = ?"  # noqa: S608
    connection.execute(statement, (*columns.values(), period_id))
