"""Approved expense reports for tests, in finance's words.

report = an_expense_report("DE01").cost("e1", "MEALS", "100.00", cost_center="410")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import polars as pl

from tests.builders.pay_runs import sha256_of
from tieout.contracts.columns import EXPENSE_LINE

SCHEMA = {
    "line_no": pl.Int64,
    "file_line": pl.Int64,
    **dict.fromkeys(EXPENSE_LINE, pl.String),
}


@dataclass
class ExpenseReport:
    """One financial document of the platform; parts are numbered as they are added."""

    entity: str
    currency: str = "EUR"
    name: str = "REP-1"
    approved_at: str = "2026-10-15T09:00:00+00:00"
    is_test: str = "no"
    _rows: list[dict[str, object]] = field(default_factory=list)

    @property
    def document(self) -> str:
        """The hash of its bytes."""
        return sha256_of(self.name)

    def cost(self, entry: str, expense_type: str, amount: str, **more: str) -> Self:
        """The cost of an entry, to the employee unless said."""
        return self.part("cost", entry, expense_type, amount, **more)

    def tax(self, entry: str, expense_type: str, amount: str, code: str, **more: str) -> Self:
        """Input tax that is reclaimed."""
        return self.part("tax_reclaimable", entry, expense_type, amount, tax_code=code, **more)

    def part(self, part: str, entry: str, expense_type: str, amount: str, **more: str) -> Self:
        """Any accounting part."""
        number = len(self._rows) + 1
        stated: dict[str, object] = {
            **dict.fromkeys(EXPENSE_LINE, ""),
            "line_no": number,
            "file_line": number,
            "report_key": self.name,
            "report_ref": self.name,
            "revision": "1",
            "document_ref": f"{self.name}-D1",
            "entity": self.entity,
            "employee_ref": "E-1001",
            "approved_at": self.approved_at,
            "entry_ref": entry,
            "part": part,
            "expense_type": expense_type,
            "spend_date": "2026-10-10",
            "country": "DE",
            "spend_amount": amount,
            "spend_currency": self.currency,
            "amount": amount,
            "currency": self.currency,
            "payee": "employee",
            "receipt": "yes",
            "is_test": self.is_test,
        }
        self._rows.append(stated | more)
        return self

    def frame(self) -> pl.DataFrame:
        """The rows with document and holds, as the extract stage leaves them."""
        nothing = pl.lit([], dtype=pl.List(pl.String))
        return pl.DataFrame(self._rows, schema=SCHEMA).with_columns(
            document=pl.lit(self.document), holds=nothing, document_holds=nothing
        )


def an_expense_report(
    entity: str = "DE01",
    currency: str = "EUR",
    name: str = "REP-1",
    approved_at: str = "2026-10-15T09:00:00+00:00",
    is_test: str = "no",
) -> ExpenseReport:
    """An empty report."""
    return ExpenseReport(entity, currency, name, approved_at, is_test)
