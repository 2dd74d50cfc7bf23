"""The platform's users as employees: number, whether active, cost center; no name, no address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tieout.adapters.concur.canonical import text_of
from tieout.adapters.concur.service import ENTERPRISE
from tieout.finance.ledger import ReferenceObject


def profiles_of(users: Sequence[Mapping[str, Any]]) -> list[ReferenceObject]:
    """One object per user that has an employee number; others are no employees of ours."""
    return [
        ReferenceObject(
            kind="employee",
            code=number,
            ref=text_of(user.get("id")),
            name="",
            active=user.get("active") is True,
            fields={"cost_center_code": text_of(enterprise.get("costCenter"))},
        )
        for user in users
        for enterprise in (_enterprise(user),)
        if (number := text_of(enterprise.get("employeeNumber")))
    ]


def _enterprise(user: Mapping[str, Any]) -> Mapping[str, Any]:
    found = user.get(ENTERPRISE)
    return found if isinstance(found, dict) else {}
