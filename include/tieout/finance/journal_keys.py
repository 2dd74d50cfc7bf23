"""What a journal books and which one it is: its kind, and the key that its external id is made of.

The external id is a readable prefix plus 16 base32 characters of the SHA-256 of the full key; it
never depends on content, clock or order.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class JournalKind(StrEnum):
    """What a journal books."""

    PAYROLL = "payroll"
    PAYROLL_ACCRUAL = "payroll_accrual"
    PROVISION = "provision"
    PROVISION_USE = "provision_use"
    EXPENSE = "expense"
    EXPENSE_ACCRUAL = "expense_accrual"
    EMPLOYEE_BILL = "employee_bill"
    COMPANY_CARD = "company_card"
    CASH_ADVANCE = "cash_advance"
    INTERCOMPANY = "intercompany"
    FX_DIFFERENCE = "fx_difference"
    CORRECTION = "correction"


#: Kinds whose lines may show what single people are paid.
HOLD_PAY: frozenset[JournalKind] = frozenset(
    {
        JournalKind.PAYROLL,
        JournalKind.PAYROLL_ACCRUAL,
        JournalKind.PROVISION,
        JournalKind.PROVISION_USE,
        JournalKind.INTERCOMPANY,
        JournalKind.CORRECTION,
    }
)

#: Short names inside the external id, by kind; a name is never given twice or changed.
KIND_PREFIX: Mapping[JournalKind, str] = {
    JournalKind.PAYROLL: "PAY",
    JournalKind.PAYROLL_ACCRUAL: "PAC",
    JournalKind.PROVISION: "PRV",
    JournalKind.PROVISION_USE: "PRU",
    JournalKind.EXPENSE: "EXP",
    JournalKind.EXPENSE_ACCRUAL: "XAC",
    JournalKind.EMPLOYEE_BILL: "BIL",
    JournalKind.COMPANY_CARD: "CRD",
    JournalKind.CASH_ADVANCE: "ADV",
    JournalKind.INTERCOMPANY: "ICO",
    JournalKind.FX_DIFFERENCE: "FXD",
    JournalKind.CORRECTION: "COR",
}


@dataclass(frozen=True, slots=True)
class JournalKey:
    """The business identity of a journal; `batch` names the run or intake it books."""

    tenant: str
    entity: str
    kind: JournalKind
    period: str
    batch: str
    revision: int = 1
    part: int = 1

    def text(self) -> str:
        """The full key, stored beside the external id."""
        return "|".join(
            (
                self.tenant,
                self.entity,
                self.kind.value,
                self.period,
                self.batch,
                f"r{self.revision}",
                f"p{self.part}",
            )
        )

    def external_id(self) -> str:
        """Upper-case `[A-Z0-9_-]`, at most 40 characters, the same for ever."""
        digest = hashlib.sha256(self.text().encode()).digest()
        tail = base64.b32encode(digest).decode()[:16]
        prefix = f"{self.entity}-{KIND_PREFIX[self.kind]}-{self.period.replace('-', '')}"
        return f"{prefix}-{tail}".upper()
