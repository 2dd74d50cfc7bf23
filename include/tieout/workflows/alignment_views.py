"""Read what each system says of an employee, translated into the ERP's codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.alignment import Centers, Person, System, View
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import AccountingPeriod
from tieout.finance.reference import Known
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office
from tieout.workflows.payroll_people import JOIN
from tieout.workflows.reference import (
    EXPENSE_SOURCE,
    HR_SOURCE,
    LEDGER_SOURCE,
    PAYROLL_SOURCE,
    current_objects,
)

#: Before anybody was hired or paid.
_NEVER: Final = "0000-00"

Employees = Mapping[str, Known]


@dataclass
class Translation:
    """Codes of the systems as ERP cost centers, by finance's rules on a day.

    `usable`: ERP cost center → whether it takes postings.
    """

    mapping: MappingSet
    usable: Mapping[str, bool]
    on: date
    _known: dict[tuple[str, str, str], Centers] = field(default_factory=dict)

    def of_code(self, provider: str, entity: str, code: str) -> Centers:
        """A provider's code; empty for no code."""
        key = (provider, entity, code)
        if key not in self._known:
            self._known[key] = self._translated(*key)
        return self._known[key]

    def of_centers(self, entity: str, centers: Iterable[str]) -> Centers:
        """Cost centers that are the ERP's own."""
        open_: list[str] = []
        closed: list[str] = []
        stated = sorted({center for center in centers if center})
        for center in stated:
            followed = self._followed(entity, center)
            (open_ if followed else closed).append(followed or center)
        return Centers(tuple(sorted(set(open_))), tuple(stated), tuple(closed))

    def _translated(self, provider: str, entity: str, code: str) -> Centers:
        if not code:
            return Centers()
        shares = self.mapping.cost_center_shares(provider, entity, code, self.on)
        if not shares:
            return Centers(unmapped=code)
        return self.of_centers(entity, (share.cost_center for share in shares))

    def _followed(self, entity: str, center: str) -> str:
        if self.usable.get(center, False):
            return center
        try:
            row = self.mapping.successor(entity, center)
        except ConfigurationError:
            # Two rules name different successors: reconcile holds what stands there, so do we.
            return ""
        successor = "" if row is None else row["successor"]
        return successor if self.usable.get(successor, False) else ""

    def department(self, provider: str, entity: str, code: str) -> str:
        """The ERP's department of HR's; empty where no rule, or no single one, names it."""
        if not code:
            return ""
        try:
            row = self.mapping.department(provider, entity, code, self.on)
        except ConfigurationError:
            return ""
        return "" if row is None else row["department"]


def merged(parts: Sequence[Centers]) -> Centers:
    """Several codes of one employee."""
    return Centers(
        tuple(sorted({center for part in parts for center in part.open})),
        tuple(sorted({center for part in parts for center in part.stated})),
        tuple(sorted({center for part in parts for center in part.closed})),
        next((part.unmapped for part in parts if part.unmapped), ""),
    )


@dataclass(frozen=True)
class Everybody:
    """Employees as each system knows them; `centers` are the costs of the last runs."""

    hr: Employees
    payroll: Employees
    expense: Mapping[str, Employees]
    ledger: Employees
    centers: Sequence[Row]
    translation: Translation

    @property
    def paid_until(self) -> Mapping[str, str]:
        """Entity → period of its last regular run that names employees."""
        naming = {entity for one in self.payroll.values() for entity in one.item.entities}
        return {row["entity"]: row["period"] for row in self.centers if row["entity"] in naming}


def read_everybody(
    work: Work, mapping: MappingSet, period: AccountingPeriod, expense_providers: Sequence[str]
) -> Everybody:
    """What is known last of all employees in all systems."""
    usable = {
        one.item.code: one.item.active and not one.missing
        for one in current_objects(work, LEDGER_SOURCE, "cost_center")
    }
    return Everybody(
        hr=_employees(work, HR_SOURCE),
        payroll=_employees(work, PAYROLL_SOURCE),
        expense={
            provider: _employees(work, f"{EXPENSE_SOURCE}:{provider}")
            for provider in expense_providers
        },
        ledger=_employees(work, LEDGER_SOURCE),
        centers=work.rows("reconcile", "last_payroll_centers"),
        translation=Translation(mapping, usable, period.ends),
    )


def _employees(work: Work, source: str) -> Employees:
    return {one.item.code: one for one in current_objects(work, source, "employee")}


def people_provider(office: Office) -> str:
    """HR's provider, whose codes its employees carry; empty where there is none."""
    return next(
        (code for code, one in sorted(office.company.providers.items()) if one.people_only), ""
    )


def persons(everybody: Everybody, hr_provider: str, entity: str = "") -> list[Person]:
    """The active employees of one entity or all, with everybody's view of them."""
    paid_until = everybody.paid_until
    return [
        _person(everybody, hr_provider, one, paid_until)
        for _, one in sorted(everybody.hr.items())
        if one.item.active and (not entity or _entity(one) == entity)
    ]


def _entity(known: Known) -> str:
    return known.item.entities[0] if known.item.entities else ""


def _person(
    everybody: Everybody, hr_provider: str, known: Known, paid_until: Mapping[str, str]
) -> Person:
    item, entity = known.item, _entity(known)
    code = item.fields.get("cost_center_code", "")
    hr = View(
        entity=entity,
        centers=everybody.translation.of_code(hr_provider, entity, code),
        department=everybody.translation.department(
            hr_provider, entity, item.fields.get("department", "")
        ),
    )
    return Person(
        item.code,
        hr,
        _views(everybody, item.code, entity),
        _expected(everybody, known, entity, paid_until),
        in_extract=not known.missing,
    )


def _expected(
    everybody: Everybody, known: Known, entity: str, paid_until: Mapping[str, str]
) -> frozenset[System]:
    """Who has to know an employee: a system that states its people, and that HR points to."""
    fields = known.item.fields
    found = set()
    if everybody.ledger:
        found.add(System.ERP)
    if any(everybody.expense.values()) and fields.get("expense_ref"):
        found.add(System.EXPENSE)
    hired = (fields.get("hire_date") or _NEVER)[:7]
    if fields.get("status", "active") == "active" and hired <= paid_until.get(entity, ""):
        found.add(System.PAYROLL)
    return frozenset(found)


def _views(everybody: Everybody, code: str, entity: str) -> dict[System, View]:
    views: dict[System, View] = {}
    paid = _there(everybody.payroll, code)
    if paid is not None:
        views[System.PAYROLL] = _payroll_view(everybody.translation, paid, entity)
    grouped = defaultdict(list)
    for provider, known in sorted(everybody.expense.items()):
        found = _there(known, code)
        if found is not None:
            grouped[found.item.active].append(
                everybody.translation.of_code(
                    provider, entity, found.item.fields.get("cost_center_code", "")
                )
            )
    if grouped:
        active = True in grouped
        views[System.EXPENSE] = View(centers=merged(grouped[active]), active=active)
    booked = _there(everybody.ledger, code)
    if booked is not None:
        views[System.ERP] = View(
            entity=_entity(booked),
            centers=everybody.translation.of_centers(
                entity, [booked.item.fields.get("cost_center", "")]
            ),
            department=booked.item.fields.get("department", ""),
            active=booked.item.active,
        )
    return views


def _there(employees: Employees, code: str) -> Known | None:
    found = employees.get(code)
    return None if found is None or found.missing else found


def _payroll_view(translation: Translation, paid: Known, entity: str) -> View:
    provider = paid.item.fields["provider"]
    codes = [code for code in paid.item.fields["cost_center_codes"].split(JOIN) if code]
    where = entity if entity in paid.item.entities else _entity(paid)
    return View(
        entity=where,
        centers=merged([translation.of_code(provider, where, code) for code in codes]),
    )
