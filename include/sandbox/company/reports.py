"""Expense reports as values: entries, allocations, taxes, advances; amounts in minor units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sandbox.company.people import Person
from sandbox.company.plan import ExpenseTypePlan

CASH, CARD = "CASH", "CBCP"


@dataclass(frozen=True, slots=True)
class Tax:
    """Input tax inside an allocation; `reclaim` is the part that the authority gives back."""

    authority: str
    code: str
    amount: int
    reclaim: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """A share of an entry; `gross` in the report's currency, signed as the entry."""

    percent: Decimal
    cost_center: str
    project: str
    gross: int
    taxes: tuple[Tax, ...] = ()

    @property
    def tax(self) -> int:
        """All input tax in the share."""
        return sum(tax.amount for tax in self.taxes)

    @property
    def reclaim(self) -> int:
        """What of the tax is given back."""
        return sum(tax.reclaim for tax in self.taxes)


@dataclass(frozen=True, slots=True)
class Entry:
    """One expense; a personal one was paid by the company's card and is owed by the employee.

    `approved` is in the report's currency, 0 for a personal entry whose `charged` says what the
    card paid. `rate` converts spend to report currency in `direction` M (times) or D (divided by).
    """

    kind: ExpenseTypePlan
    day: date
    country: str
    spend: int
    spend_currency: str
    rate: Decimal
    direction: str
    approved: int
    paid_by: str
    personal: bool
    charged: int
    receipt: str
    note: str
    distance: int
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An approved expense report; `advances` are amounts of cash advances used up by it."""

    report_id: str
    number: str
    name: str
    person: Person
    currency: str
    places: int
    submitted_at: datetime
    approved_at: datetime
    approver: Person
    entries: tuple[Entry, ...]
    advances: tuple[int, ...]

    @property
    def approved_total(self) -> int:
        """Sum of the approved entries, personal ones excluded."""
        return sum(entry.approved for entry in self.entries)

    def owed(self, country: str) -> tuple[int, int]:
        """What the employee is owed: (not pay, pay), net of personal charges and advances."""
        cash = [entry for entry in self.entries if entry.paid_by == CASH]
        pay = sum(entry.approved for entry in cash if entry.kind.taxable_in(country))
        offsets = sum(e.charged for e in self.entries if e.personal) + sum(self.advances)
        return sum(entry.approved for entry in cash) - pay - offsets, pay


def refunds_of(
    reports: Iterable[Report], country: str, *, route: str, cutoff_at: datetime
) -> dict[str, tuple[int, int]]:
    """What the month's pay run repays per employee: (not pay, pay).

    Reports approved after the cutoff wait for the next run; what is not pay is left to accounts
    payable when `route` says so.
    """
    sums: dict[str, tuple[int, int]] = {}
    for report in reports:
        if report.approved_at > cutoff_at:
            continue
        free, pay = report.owed(country)
        before = sums.get(report.person.number, (0, 0))
        sums[report.person.number] = (
            before[0] + (free if route == "payroll" else 0),
            before[1] + pay,
        )
    return {number: pair for number, pair in sums.items() if pair != (0, 0)}
