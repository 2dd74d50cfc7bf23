"""Alignment: what HR, payroll, expense platform and ERP say of each active employee, compared.

Every active employee of HR ends in exactly one state, so the states sum to the headcount. Codes are
compared in the ERP's words: each system's code goes through finance's own mapping first, so a code
that only *looks* different is no difference. What a system does not state is not compared, and
whom a system need not know (no expense profile, hired after the last run, on leave) is not missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final


class System(StrEnum):
    """Who says something of an employee."""

    HR = "HR"
    PAYROLL = "payroll"
    EXPENSE = "expense"
    ERP = "ERP"


class Standing(StrEnum):
    """How an employee stands; missing weighs more than differing."""

    ALIGNED = "aligned"
    DIFFERS = "differs"
    MISSING = "missing"


class Field(StrEnum):
    """What may differ."""

    ENTITY = "entity"
    COST_CENTER = "cost center"
    DEPARTMENT = "department"
    STATUS = "status"
    CLOSED = "cost center closed"
    UNMAPPED = "cost center unmapped"


#: Differences that can keep a person's lines out of a journal, or in a wrong place of it.
MOVES_MONEY: Final = frozenset({Field.ENTITY, Field.COST_CENTER, Field.CLOSED, Field.UNMAPPED})


@dataclass(frozen=True, slots=True)
class Centers:
    """A code in the ERP's words.

    Attributes:
        open: cost centers that take postings, a closed one replaced by its successor.
        stated: the same before any successor: where money of the code stands today.
        closed: cost centers without a successor that the ERP has closed or no longer names.
        unmapped: the code itself where no rule maps it.
    """

    open: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    unmapped: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What one system says of an employee; empty means that it does not say."""

    entity: str = ""
    centers: Centers = Centers()
    department: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """An active employee with everybody's view.

    Attributes:
        views: the other systems' views, of those that know the employee.
        expected: systems that have to know the employee.
        in_extract: whether HR's last extract still had the employee.
    """

    employee_ref: str
    hr: View
    views: Mapping[System, View]
    expected: frozenset[System]
    in_extract: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement: which field, which system, and both sides in the ERP's codes."""

    field: Field
    system: System
    ours: str
    theirs: str

    def __str__(self) -> str:
        if self.field in {Field.CLOSED, Field.UNMAPPED}:
            return f"{self.field}: {self.theirs} ({self.system})"
        return f"{self.field}: HR {self.ours or 'nothing'}, {self.system} {self.theirs}"


@dataclass(frozen=True, slots=True)
class Alignment:
    """How one active employee stands; no pay, no name."""

    employee_ref: str
    entity: str
    missing_in: tuple[System, ...] = ()
    differences: tuple[Difference, ...] = ()
    centers: tuple[str, ...] = ()

    @property
    def standing(self) -> Standing:
        """Exactly one for everybody."""
        if self.missing_in:
            return Standing.MISSING
        return Standing.DIFFERS if self.differences else Standing.ALIGNED

    @property
    def moves_money(self) -> bool:
        """Whether pay or expenses could be held, or land elsewhere."""
        return any(one.field in MOVES_MONEY for one in self.differences)

    @property
    def closed_centers(self) -> tuple[str, ...]:
        """Cost centers of the employee that the ERP has closed without a successor."""
        return tuple(sorted({one.theirs for one in self.differences if one.field is Field.CLOSED}))


def align(person: Person) -> Alignment:
    """Compare everybody's view of one employee with HR's."""
    missing = [] if person.in_extract else [System.HR]
    missing += [
        system for system in System if system in person.expected and system not in person.views
    ]
    differences = list(_codes(System.HR, person.hr))
    for system in System:
        view = person.views.get(system)
        if view is not None:
            differences += _differences(system, person.hr, view)
            differences += [
                one for one in _codes(system, view) if not _told_by_hr(one, differences)
            ]
    stated = {
        center for view in (person.hr, *person.views.values()) for center in view.centers.stated
    }
    return Alignment(
        person.employee_ref, person.hr.entity, tuple(missing), tuple(differences),
        tuple(sorted(stated)),
    )  # fmt: skip


def _codes(system: System, view: View) -> Iterable[Difference]:
    """Codes of a system that lead nowhere in the ERP."""
    for center in view.centers.closed:
        yield Difference(Field.CLOSED, system, "", center)
    if view.centers.unmapped:
        yield Difference(Field.UNMAPPED, system, "", view.centers.unmapped)


def _told_by_hr(one: Difference, told: Sequence[Difference]) -> bool:
    """A center that is closed is one cause, whoever names it."""
    return one.field is Field.CLOSED and any(
        other.field is Field.CLOSED and other.theirs == one.theirs for other in told
    )


def _differences(system: System, hr: View, view: View) -> Iterable[Difference]:
    if not view.active:
        yield Difference(Field.STATUS, system, "active", "inactive")
    if view.entity and view.entity != hr.entity:
        yield Difference(Field.ENTITY, system, hr.entity, view.entity)
    # A closed or unmapped home is its own cause; then the other side is not a second one.
    sound = not hr.centers.closed and not hr.centers.unmapped
    if sound and view.centers.open and not set(view.centers.open) & set(hr.centers.open):
        yield Difference(
            Field.COST_CENTER, system, "+".join(hr.centers.open), "+".join(view.centers.open)
        )
    if view.department and hr.department and view.department != hr.department:
        yield Difference(Field.DEPARTMENT, system, hr.department, view.department)


@dataclass(frozen=True)
class EntityAlignment:
    """An entity's employees by how they stand."""

    entity: str
    rows: Sequence[Alignment]
    counts: Mapping[Standing, int] = field(init=False)

    def __post_init__(self) -> None:
        counts = dict.fromkeys(Standing, 0)
        for row in self.rows:
            counts[row.standing] += 1
        object.__setattr__(self, "counts", counts)

    @property
    def headcount(self) -> int:
        """Active employees, each counted once."""
        return len(self.rows)

    @property
    def aligned(self) -> int:
        """Employees about whom all systems agree."""
        return self.counts[Standing.ALIGNED]

    @property
    def reasons(self) -> Mapping[str, int]:
        """Each kind of disagreement with the number of people, the most frequent first."""
        found: dict[str, int] = {}
        for row in self.rows:
            names = {f"missing in {system}" for system in row.missing_in}
            names |= {str(one.field) for one in row.differences}
            for name in names:
                found[name] = found.get(name, 0) + 1
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def percent_of(aligned: int, headcount: int) -> Decimal:
    """A share in percent, rounded down to one digit, so that 100 means everybody."""
    return Decimal(aligned * 1000 // headcount) / 10 if headcount else Decimal(0)


def by_entity(rows: Iterable[Alignment]) -> list[EntityAlignment]:
    """The rows per entity, sorted by entity and employee."""
    found: dict[str, list[Alignment]] = {}
    for row in rows:
        found.setdefault(row.entity, []).append(row)
    return [
        EntityAlignment(entity, sorted(found[entity], key=lambda row: row.employee_ref))
        for entity in sorted(found)
    ]
