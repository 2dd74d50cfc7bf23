"""A payroll bureau's file as bytes, with what its manifest states."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.company.amounts import text
from sandbox.company.payroll.lines import PayLine
from sandbox.company.plan import EntityPlan, Plan


@dataclass(frozen=True, slots=True)
class PayrollFile:
    """One run's file; `cut` is the same file as a broken transfer leaves it, still readable."""

    entity: str
    provider: str
    name: str
    content: bytes
    cut: bytes
    manifest: dict[str, Any] = field(hash=False)

    def renamed(self, mark: str) -> str:
        """The file's name with `mark` before its suffix."""
        stem, suffix = self.name.rsplit(".", 1)
        return f"{stem}_{mark}.{suffix}"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a file holds: accounting legs or component rows, and sums of both signs."""

    line_count: int
    debit: int
    credit: int

    @classmethod
    def of(cls, amounts: Sequence[int]) -> Totals:
        """Totals of signed amounts."""
        return cls(
            line_count=len(amounts),
            debit=sum(amount for amount in amounts if amount > 0),
            credit=-sum(amount for amount in amounts if amount < 0),
        )


def payroll_file(
    plan: Plan,
    entity: EntityPlan,
    lines: Sequence[PayLine],
    net_component: str,
    written: tuple[str, bytes, bytes, Totals],
) -> PayrollFile:
    """Describe a written file (name, whole bytes, cut bytes, totals of the whole)."""
    name, content, cut, totals = written
    net_pay = sum(line.amount for line in lines if line.component == net_component)
    return PayrollFile(
        entity=entity.code,
        provider=entity.provider,
        name=name,
        content=content,
        cut=cut,
        manifest={
            "sha256": hashlib.sha256(content).hexdigest(),
            "provider": entity.provider,
            "entity": entity.code,
            "pay_group": entity.pay_group,
            "period": plan.period_code,
            "run_id": f"{entity.pay_group}-{plan.period_code.replace('-', '')}-01",
            "sequence": 1,
            "kind": "regular",
            "currency": entity.currency,
            "line_count": totals.line_count,
            "debit": text(totals.debit, entity.places),
            "credit": text(totals.credit, entity.places),
            "headcount": len({line.person.number for line in lines}),
            "net_pay": text(net_pay, entity.places),
        },
    )
