"""build: accruals with their reversal, as one pair.

An accrual books what was incurred in a period and stands in no posted journal of it; its reversal
takes it back on the next period's first day, when the real journal comes. What is already booked is
a liability and is never accrued; what a provider's voucher accrues is not accrued again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from tieout.finance.journals import JournalKey, JournalTies
from tieout.finance.money import round_half_away
from tieout.finance.periods import AccountingPeriod
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.entries import Entry, Heading, LineFace, journal_of
from tieout.stages.build.opposites import opposite, opposite_with_sources

_SATURDAY = 5


class AccrualBasis(StrEnum):
    """How the part of a pay period that lies in an accounting period is measured."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class PayPeriod:
    """The days that a pay run pays for, both inclusive."""

    starts: date
    ends: date

    def days(self) -> list[date]:
        """Every day of it."""
        count = (self.ends - self.starts).days + 1
        return [self.starts + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Incurred:
    """A cost of the period that no posted journal of it carries.

    `liability_account` is where policy keeps what is owed for it; `cost` is the debit.
    """

    cost: Entry
    liability_account: str


@dataclass(frozen=True, slots=True)
class AccrualPair:
    """An accrual and its reversal: built, approved and numbered together."""

    accrual: BuiltJournal
    reversal: BuiltJournal

    @property
    def journals(self) -> tuple[BuiltJournal, BuiltJournal]:
        """Both, the accrual first."""
        return self.accrual, self.reversal


def share_in_period(
    pay: PayPeriod,
    period: AccountingPeriod,
    basis: AccrualBasis,
    holidays: Collection[date] = (),
    hours: Sequence[tuple[date, Fraction]] = (),
) -> Fraction:
    """How much of a pay period's cost belongs to the accounting period, from 0 to 1.

    Args:
        pay: the days paid for.
        period: the accounting period that closes.
        basis: policy of the pay group. Working days are Monday to Friday without `holidays`.
        holidays: public holidays of the entity's country.
        hours: worked or planned hours by day, for the basis `hours`.

    Raises:
        ValueError: the basis measures nothing in the whole pay period.
    """
    if basis is AccrualBasis.HOURS:
        weights = [(day, amount) for day, amount in hours if pay.starts <= day <= pay.ends]
    else:
        working = basis is AccrualBasis.WORKING_DAYS
        weights = [
            (day, Fraction(1))
            for day in pay.days()
            if not working or (day.weekday() < _SATURDAY and day not in holidays)
        ]
    whole = sum((weight for _, weight in weights), Fraction(0))
    if whole <= 0:
        message = f"{basis} measures nothing between {pay.starts} and {pay.ends}"
        raise ValueError(message)
    return sum((weight for day, weight in weights if day in period), Fraction(0)) / whole


def part_of(costs: Iterable[Incurred], share: Fraction) -> list[Incurred]:
    """The share of each cost, rounded half away from zero per cost, before anything is summed."""
    parts = [
        replace(
            item,
            cost=replace(item.cost, amount_minor=round_half_away(item.cost.amount_minor * share)),
        )
        for item in costs
    ]
    return [item for item in parts if item.cost.amount_minor]


def not_accrued_by_vouchers(
    costs: Iterable[Incurred], accrued: Collection[LineFace]
) -> list[Incurred]:
    """The costs on accounts and dimensions that no voucher of the provider accrues by itself."""
    return [item for item in costs if item.cost.face not in accrued]


def not_yet_accrued(
    costs: Iterable[Incurred], accrued: Iterable[BuiltJournal], liability_accounts: Collection[str]
) -> list[Incurred]:
    """What is still to accrue when earlier accruals of the period are in the ledger already.

    Their lines are taken off per account and dimensions. What was accrued and is booked by now
    comes back with a minus, so that ledger and reality meet without an edit.
    """
    wanted: dict[tuple[LineFace, str], list[Incurred]] = defaultdict(list)
    for item in costs:
        wanted[item.cost.face, item.cost.source[0]].append(item)
    default = min(liability_accounts, default="")
    for journal in accrued:
        lines = {line.number: line for line in journal.journal.lines}
        for link in journal.lineage:
            line = lines[link.line_number]
            if line.account in liability_accounts:
                continue
            cost = Entry(
                line.account, -link.amount_minor, line.component_class, line.cost_center,
                line.project, (link.document, link.source_lines), min(line.people_count, 1),
            )  # fmt: skip
            same = wanted[cost.face, link.document]
            liability = same[0].liability_account if same else default
            same.append(Incurred(cost, liability))
    return [
        item
        for found in wanted.values()
        if sum(one.cost.amount_minor for one in found)
        for item in found
    ]


def accrual_pair(
    heading: Heading, incurred: Iterable[Incurred], following: AccountingPeriod
) -> AccrualPair | None:
    """The accrual and its reversal on the first day of `following`; none when nothing is incurred.

    Args:
        heading: the accrual's own; its ties are set here.
        incurred: see `Incurred`; each becomes a debit and its liability.
        following: the period after the one that closes.
    """
    entries = [
        entry
        for item in incurred
        for entry in (
            item.cost,
            item.cost.against(item.liability_account, f"{heading.key.kind.value}_liability"),
        )
    ]
    pair = heading.key.external_id()
    accrual = journal_of(replace(heading, ties=JournalTies(pair=pair)), entries)
    if accrual is None:
        return None
    key = reversal_key(heading.key, following)
    taken_back = opposite(
        accrual.journal, key, following.starts, pair=pair, memo=f"Reversal of {heading.memo}"
    )
    return AccrualPair(accrual, opposite_with_sources(accrual, taken_back))


def reversal_key(accrual: JournalKey, following: AccountingPeriod) -> JournalKey:
    """The identity of an accrual's reversal: the same batch and kind, in the next period."""
    return replace(accrual, period=following.code)
