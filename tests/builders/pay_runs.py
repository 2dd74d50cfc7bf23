"""Pay runs for tests, in finance's words.

    run = (
        a_pay_run("DE01", "2026-10")
        .component("GROSS", "60000.00", cost_center="410")
        .component("TAX", "21000.00")
    )

Amounts are text, as a provider states them: an unreadable one is a test case, not an accident.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import polars as pl

from tieout.contracts.pay_lines import PayLines
from tieout.errors import Finding
from tieout.stages.extract.unit_frame import ReadDocument, unit_frame


def sha256_of(name: str) -> str:
    """The hash that stands for a document of that name."""
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass
class PayRun:
    """One document of a run; lines are numbered as they are added."""

    entity: str
    period: str
    currency: str = "EUR"
    name: str = "run-88"
    findings: list[Finding] = field(default_factory=list)
    _lines: PayLines = field(default_factory=PayLines)

    @property
    def document(self) -> str:
        """The hash of its bytes."""
        return sha256_of(self.name)

    def component(
        self,
        code: str,
        amount: str,
        *,
        cost_center: str = "",
        project: str = "",
        employee: str = "",
        earned_for: str = "",
        currency: str = "",
        entity: str = "",
    ) -> Self:
        """A component-coded line, in the component's own sense."""
        return self._add(
            coding="component",
            component_code=code,
            amount=amount,
            cost_center_code=cost_center,
            project_code=project,
            employee_ref=employee,
            earned_for=earned_for,
            currency=currency or self.currency,
            entity=entity or self.entity,
        )

    def voucher_line(
        self, voucher: str, account: str, amount: str, *, cost_center: str = ""
    ) -> Self:
        """An account-coded line; debit positive."""
        return self._add(
            coding="account",
            voucher_key=voucher,
            source_account=account,
            amount=amount,
            cost_center_code=cost_center,
            currency=self.currency,
            entity=self.entity,
        )

    def found(self, finding: Finding) -> Self:
        """Something that the reader of the document found."""
        self.findings.append(finding)
        return self

    def frame(self) -> pl.DataFrame:
        """The rows with document and holds, as the extract stage leaves them."""
        return frame_of([self])

    def _add(self, **values: str) -> Self:
        self._lines.add(len(self._lines) + 2, values)
        return self

    def read(self) -> ReadDocument:
        """What its reader hands over."""
        return ReadDocument(self.document, self.name, self._lines.frame(), self.findings)


def a_pay_run(
    entity: str = "DE01",
    period: str = "2026-10",
    currency: str = "EUR",
    name: str = "run-88",
) -> PayRun:
    """An empty run document."""
    return PayRun(entity, period, currency, name)


def frame_of(runs: Sequence[PayRun]) -> pl.DataFrame:
    """The rows of several documents of one unit."""
    return unit_frame([run.read() for run in runs])
