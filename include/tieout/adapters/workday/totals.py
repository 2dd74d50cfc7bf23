"""What a run was said to contain against what was read, in the report's own debit and credit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tieout.adapters.workday.runs import PayRun
from tieout.errors import Finding, Place
from tieout.finance.documents import ControlOrigin, ControlTotals
from tieout.finance.money import AmountUnreadableError, CurrencyUnknownError, to_minor, to_text
from tieout.finance.words import finding


@dataclass
class Totals:
    """Sums over the rows read, in minor units of the run's currency.

    `own_…` are the same rows in their components' own sense, as the canonical frame states them.
    """

    line_count: int = 0
    debit_minor: int = 0
    credit_minor: int = 0
    net_pay_minor: int = 0
    own_debit_minor: int = 0
    own_credit_minor: int = 0
    employees: set[str] = field(default_factory=set)

    def count(self, employee: str) -> None:
        """Count one row, whether its amounts can be read or not."""
        self.line_count += 1
        if employee:
            self.employees.add(employee)

    def add(self, debit: int, credit: int, own: int, net_pay: int) -> None:
        """Add the amounts of a counted row; `own` is its amount in its component's sense."""
        self.debit_minor += debit
        self.credit_minor += credit
        self.own_debit_minor += max(own, 0)
        self.own_credit_minor += max(-own, 0)
        self.net_pay_minor += net_pay


def control_of(run: PayRun, totals: Totals) -> ControlTotals | None:
    """What the controls report states, or what we counted where it states nothing.

    The report states the sums of its two columns; the canonical frame states components in their
    own sense. The totals are translated by what was read, so a stated sum that the columns miss by
    an amount is missed by the same amount here.
    """
    try:
        stated = {column: _minor(run, column) for column in ("Total_Debit", "Total_Credit")}
        net_pay = _minor(run, "Net_Pay_Total")
    except (AmountUnreadableError, CurrencyUnknownError):
        return None
    debit, credit = stated["Total_Debit"], stated["Total_Credit"]
    line_count = _count(run, "Line_Count")
    if debit is None or credit is None or line_count is None:
        return ControlTotals(
            ControlOrigin.DERIVED,
            run["Currency"],
            totals.line_count,
            totals.own_debit_minor,
            totals.own_credit_minor,
        )
    return ControlTotals(
        ControlOrigin.STATED,
        run["Currency"],
        line_count,
        max(totals.own_debit_minor + debit - totals.debit_minor, 0),
        max(totals.own_credit_minor + credit - totals.credit_minor, 0),
        headcount=_count(run, "Headcount"),
        net_pay_minor=net_pay,
    )


def totals_findings(run: PayRun, totals: Totals, document: str) -> Iterator[Finding]:
    """Each total that differs, with both numbers; one that can't be read is told as such."""
    counts = {
        "Line_Count": totals.line_count,
        "Headcount": len(totals.employees),
    }
    for column, read in counts.items():
        stated = _count(run, column)
        if stated is None and run[column]:
            yield _unreadable(run, column, "whole number", document)
        elif stated is not None and stated != read:
            yield _mismatch(document, column, str(stated), str(read))
    amounts = {
        "Total_Debit": totals.debit_minor,
        "Total_Credit": totals.credit_minor,
        "Net_Pay_Total": totals.net_pay_minor,
    }
    for column, read in amounts.items():
        try:
            stated = _minor(run, column)
        except (AmountUnreadableError, CurrencyUnknownError):
            yield _unreadable(
                run, column, f"amount of {run['Currency'] or 'no currency'}", document
            )
            continue
        if stated is not None and stated != read:
            currency = run["Currency"]
            yield _mismatch(document, column, to_text(stated, currency), to_text(read, currency))


def _minor(run: PayRun, column: str) -> int | None:
    return to_minor(run[column], run["Currency"]) if run[column] else None


def _count(run: PayRun, column: str) -> int | None:
    return int(run[column]) if run[column].isdecimal() else None


def _mismatch(document: str, column: str, stated: str, read: str) -> Finding:
    return finding(
        "control_total_mismatch",
        where=Place(document, None, column),
        found=f"stated {stated}, read {read}",
        stated=f"{stated} ({column})",
        read=read,
    )


def _unreadable(run: PayRun, column: str, kind: str, document: str) -> Finding:
    return finding(
        "value_unreadable",
        where=Place(document, None, column),
        found=run[column][:40],
        blocks="run",
        line="of the run's controls",
        field=column,
        type=kind,
    )
