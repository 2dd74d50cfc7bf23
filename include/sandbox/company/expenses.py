"""Draws the month's expense reports of one entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from sandbox.company.amounts import draws, hex_id, letters_id, rounded, share, split
from sandbox.company.people import Person
from sandbox.company.plan import EntityPlan, ExpenseTypePlan, Plan
from sandbox.company.rates import cross_rate, euro_rate
from sandbox.company.reports import CARD, CASH, Allocation, Entry, Report, Tax
from sandbox.company.troubles import Troubles

_TRIP: Final = ("AIRFR", "LODNG", "TAXIX", "MEALS", "PERDM", "BUSML", "RAILX", "CARRT")
_HOME: Final = ("RAILX", "TAXIX", "MEALS", "OFFIC", "PARKG", "MILEG", "BUSML", "LODNG", "CELPH")
_STUDY: Final = ("COURS", "CONFR", "LODNG", "RAILX", "MEALS")
_PERKS: Final = ("HINET", "WELLN", "CELPH", "HINET", "WELLN")
_KINDS: Final = ("trip", "trip", "home", "home", "home", "study", "perks")
_THIRDS: Final = (Decimal("33.33"), Decimal("33.33"), Decimal("33.34"))
_SPLITS: Final = ((Decimal(60), Decimal(40)), (Decimal(50), Decimal(50)), _THIRDS, _THIRDS)
_TITLES: Final = {
    "trip": "Client visit abroad",
    "home": "Local expenses",
    "study": "Training days",
    "perks": "Monthly allowances",
}


class ReportDraws:
    """Draws reports of one entity from one seeded stream."""

    def __init__(
        self,
        plan: Plan,
        entity: EntityPlan,
        people: Sequence[Person],
        seed: int,
        troubles: Troubles,
    ) -> None:
        """Prepare the stream; leavers hand in nothing."""
        self.plan, self.entity, self.seed, self.troubles = plan, entity, seed, troubles
        self.people = [person for person in people if person.status == "Active"]
        self.rng = draws(seed, "expenses", entity.code)
        self.centers = plan.cost_centers(entity.code)

    def reports(self) -> list[Report]:
        """All reports of the month, in the order in which they were approved."""
        count = self.entity.report_count
        late = set(self.rng.sample(range(count), count // 9))
        new_type = set(self.rng.sample(range(count), 4))
        drawn = [self._report(n, late=n in late, new_type=n in new_type) for n in range(count)]
        return sorted(drawn, key=lambda report: (report.approved_at, report.number))

    def _report(self, n: int, *, late: bool, new_type: bool) -> Report:
        rng, plan = self.rng, self.plan
        person, approver = rng.sample(self.people, 2)
        approved_at = self._approval(late=late)
        submitted_at = approved_at - timedelta(hours=rng.randint(3, 90))
        kind = rng.choice(_KINDS)
        last = submitted_at.date() - timedelta(days=1)
        entries = self._entries(kind, person, last)
        if new_type and self.entity.code == self.troubles.new_type_entity:
            entries.append(
                self._entry(plan.new_expense_types[self.troubles.new_type], person, last)
            )
        report = Report(
            report_id=hex_id(20, self.seed, "report", self.entity.code, n).upper(),
            number=letters_id(6, self.seed, "number", self.entity.code, n),
            name=_TITLES[kind],
            person=person,
            currency=self.entity.currency,
            places=self.entity.places,
            submitted_at=submitted_at,
            approved_at=approved_at,
            approver=approver,
            entries=tuple(entries),
            advances=(),
        )
        return self._with_offsets(report, last)

    def _approval(self, *, late: bool) -> datetime:
        """A working moment in the entity's zone, before the cutoff or after it."""
        first, last = (21, 30) if late else (1, 19)
        day = date(2026, 10, self.rng.randint(first, last))
        day -= timedelta(days=max(0, day.weekday() - 4))
        day = max(day, date(2026, 10, first))
        at = time(self.rng.randint(9, 17), self.rng.randint(0, 59), self.rng.randint(0, 59))
        return datetime.combine(day, at, tzinfo=self.entity.zone).astimezone(UTC)

    def _entries(self, kind: str, person: Person, last: date) -> list[Entry]:
        rng, types = self.rng, self.plan.expense_types
        count = 1 + rng.randrange(3) + rng.randrange(2)
        if kind == "perks":
            return [
                self._entry(types[rng.choice(_PERKS)], person, last) for _ in range(1 + count // 3)
            ]
        pool = {"trip": _TRIP, "home": _HOME, "study": _STUDY}[kind]
        abroad = rng.choice(self.plan.destinations[self.entity.code]) if kind == "trip" else None
        entries = [self._entry(types[rng.choice(pool)], person, last, abroad) for _ in range(count)]
        if entries[-1].kind.vat != "none" and rng.randrange(100) < 8:
            entries.append(self._refund(entries[-1]))
        if kind == "home" and rng.randrange(100) < 6:
            entries.append(self._entry(types["RELOC"], person, last))
        return entries

    def _entry(
        self, kind: ExpenseTypePlan, person: Person, last: date, abroad: list[str] | None = None
    ) -> Entry:
        rng, entity = self.rng, self.entity
        day = last - timedelta(days=rng.randrange(12))
        currency, country = abroad or [entity.currency, entity.country]
        if kind.code in {"MILEG", "PERDM", "AIRFR", "CARRT"}:
            currency, country = entity.currency, entity.country
        euros = Decimal(rng.randint(kind.price[0] * 100, kind.price[1] * 100)) / 100
        spend = self._spend(euros, currency, day)
        rate, direction, approved = self._converted(spend, currency, day)
        paid_by = CARD if kind.paid == "card" else CASH
        if kind.paid == "any":
            paid_by = rng.choice((CASH, CASH, CARD))
        taxed = currency == entity.currency and kind.vat != "none"
        return Entry(
            kind=kind,
            day=day,
            country=country,
            spend=spend,
            spend_currency=currency,
            rate=rate,
            direction=direction,
            approved=approved,
            paid_by=paid_by,
            personal=False,
            charged=approved,
            receipt="T" if taxed else "N" if kind.code in {"MILEG", "PERDM"} else "R",
            note=kind.name,
            distance=rng.randint(20, 320) if kind.code == "MILEG" else 0,
            allocations=self._allocations(kind, self._home(person, paid_by), approved, taxed=taxed),
        )

    def _spend(self, euros: Decimal, currency: str, day: date) -> int:
        units = euros * euro_rate(currency, day)
        if currency in {"JPY", "KRW"}:
            return max(rounded(units / 10) * 10, 10)
        return max(rounded(units * 20) * 5, 5)

    def _converted(self, spend: int, currency: str, day: date) -> tuple[Decimal, str, int]:
        """Rate, its direction, and the approved amount, half away from zero."""
        home, places = self.entity.currency, self.plan.places(currency)
        if currency == home:
            return Decimal(1), "M", spend
        scale = Decimal(10) ** (self.entity.places - places)
        if self.rng.randrange(4) == 0:
            rate = cross_rate(home, currency, day)
            return rate, "D", rounded(Decimal(spend) / rate * scale)
        rate = cross_rate(currency, home, day)
        return rate, "M", rounded(Decimal(spend) * rate * scale)

    def _home(self, person: Person, paid_by: str) -> str:
        """The cost center an entry is charged to first.

        Nobody waits for their own money because a cost center was closed: what the employee paid
        goes to the successor already, what the card paid still to the closed one.
        """
        closed = self.troubles.closed_cost_center
        if paid_by == CASH and person.cost_center == closed:
            return self.troubles.successor
        return person.cost_center

    def _allocations(
        self, kind: ExpenseTypePlan, home: str, approved: int, *, taxed: bool
    ) -> tuple[Allocation, ...]:
        rng = self.rng
        percents: tuple[Decimal, ...] = (Decimal(100),)
        if rng.randrange(100) < 17:
            percents = rng.choice(_SPLITS)
        closed = self.troubles.closed_cost_center
        others = rng.sample([c for c in self.centers if c not in {home, closed}], 2)
        project = rng.choice(list(self.plan.projects)) if rng.randrange(100) < 30 else ""
        return tuple(
            Allocation(percent, center, project, gross, self._taxes(kind, gross) if taxed else ())
            for percent, center, gross in zip(
                percents, [home, *others], split(approved, percents), strict=False
            )
        )

    def _taxes(self, kind: ExpenseTypePlan, gross: int) -> tuple[Tax, ...]:
        """Tax inside `gross`, rounded per allocation; half of it reclaimed rounds on its own."""
        rule = self.plan.sales_tax[self.entity.country]
        percent, full, half = rule["reduced" if kind.reduced else "standard"]
        amount = rounded(Decimal(gross) * Decimal(percent) / (100 + Decimal(percent)))
        if not amount:
            return ()
        if not rule.get("reclaim", True):
            return (Tax(rule["authority"], full, amount, 0),)
        reclaim = share(amount, "50") if kind.vat == "half" else amount
        return (Tax(rule["authority"], half if kind.vat == "half" else full, amount, reclaim),)

    def _refund(self, entry: Entry) -> Entry:
        """The vendor gave some of it back: a negative entry of the same kind."""
        part = max(entry.spend // 5, 1)
        scale = Decimal(10) ** (self.entity.places - self.plan.places(entry.spend_currency))
        by = entry.rate if entry.direction == "M" else None
        gross = -rounded((Decimal(part) * by if by else Decimal(part) / entry.rate) * scale)
        whole = Allocation(Decimal(100), entry.allocations[0].cost_center, "", gross)
        return replace(
            entry,
            spend=-part,
            approved=gross,
            charged=gross,
            receipt="R",
            note=f"{entry.kind.name}, refund",
            allocations=(whole,),
        )

    def _with_offsets(self, report: Report, last: date) -> Report:
        """Personal card charges and used-up advances, never more than the report repays."""
        rng, country = self.rng, self.entity.country
        free, _ = report.owed(country)
        unit = rounded(euro_rate(self.entity.currency, last)) * 10**self.entity.places
        if free > 60 * unit and rng.randrange(100) < 34:
            charge = rng.randint(5, 40) * unit
            report = replace(
                report, entries=(*report.entries, self._personal(report.person, charge, last))
            )
            free -= charge
        if free > 80 * unit and rng.randrange(100) < 16:
            advance = rng.choice((20, 40, 60)) * unit
            first = advance // 3
            report = replace(report, advances=rng.choice(((advance,), (first, advance - first))))
            free -= advance
        return report

    def _personal(self, person: Person, charge: int, last: date) -> Entry:
        nothing = Allocation(Decimal(100), person.cost_center, "", charge)
        return Entry(
            kind=self.plan.expense_types["MEALS"],
            day=last,
            country=self.entity.country,
            spend=charge,
            spend_currency=self.entity.currency,
            rate=Decimal(1),
            direction="M",
            approved=0,
            paid_by=CARD,
            personal=True,
            charged=charge,
            receipt="R",
            note="Minibar, private",
            distance=0,
            allocations=(nothing,),
        )
