"""What the caller's role may do and see."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.netsuite.errors import insufficient_permission
from sandbox.netsuite.state import setting

#: Script names that stand for a permission's title.
_SCRIPT_NAMES: Final = {
    "tranjournal": "makejournalentry",
    "listaccount": "accounts",
    "tranvendbill": "bills",
    "tranexprept": "expensereport",
    "expensereports": "expensereport",
}
ADMINISTRATOR: Final = "Administrator"
APPROVAL: Final = "Journal Approval"
OVERRIDE: Final = "Override Period Restrictions"
PERIODS: Final = "Manage Accounting Periods"
SET_PERIOD: Final = "Posting Period on Transactions"
QUERIES: Final = "SuiteAnalytics Workbook"


def _folded(permission: str) -> str:
    bare = re.sub(r"[^a-z0-9]", "", permission.lower())
    return _SCRIPT_NAMES.get(bare, bare)


@dataclass(frozen=True, slots=True)
class Role:
    """A role.

    Attributes:
        role_id: its internal id.
        permissions: what it may do, folded; an administrator may do everything.
        subsidiaries: ids of what it may see; None means all.
        user: the internal id of who acts.
    """

    role_id: str
    permissions: frozenset[str]
    subsidiaries: frozenset[str] | None
    user: str = "-5"

    @classmethod
    def of(cls, stated: Mapping[str, Any]) -> Role:
        """The role as the seed states it."""
        seen = stated.get("subsidiaries")
        return cls(
            str(stated["id"]),
            frozenset(_folded(each) for each in stated["permissions"]),
            None if seen is None else frozenset(str(each) for each in seen),
        )

    def may(self, permission: str) -> bool:
        """Whether the role has a permission."""
        return not {_folded(permission), _folded(ADMINISTRATOR)}.isdisjoint(self.permissions)

    def sees(self, subsidiary: str) -> bool:
        """Whether the role may see a subsidiary."""
        return self.subsidiaries is None or subsidiary in self.subsidiaries

    def demand(self, permissions: Iterable[str]) -> None:
        """Refuse with 403 unless the role has all of them.

        Raises:
            Refused: it lacks one.
        """
        for permission in permissions:
            if not self.may(permission):
                raise insufficient_permission(permission)


#: The ERP's own clerk, who works in the vendor's user interface.
CLERK: Final = Role("3", frozenset({_folded(ADMINISTRATOR)}), None, "17")


def role_of(connection: sqlite3.Connection, role_id: str) -> Role:
    """The role with this id.

    Raises:
        LookupError: the account has no such role.
    """
    for stated in setting(connection, "roles"):
        if str(stated["id"]) == role_id:
            return Role.of(stated)
    raise LookupError(f"the account has no role {role_id}")
