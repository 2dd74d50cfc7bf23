"""The people of each entity: number, names, place in the organisation, pay."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sandbox.company.amounts import draws
from sandbox.company.plan import EntityPlan, Plan

_ASCII: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa"})
_SPLITS: Final = (("60", "40"), ("70", "30"), ("50", "50"), ("33.33", "66.67"))


@dataclass(frozen=True, slots=True)
class Person:
    """An employee; `shares` are cost centers with percents of pay, the home cost center first.

    `annual_pay` is gross pay a year in minor units. `local_name` is what the payroll bureau prints.
    """

    number: str
    entity: str
    given: str
    family: str
    local_name: str
    email: str
    shares: tuple[tuple[str, Decimal], ...]
    project: str
    hired: date
    left: date | None
    status: str
    annual_pay: int

    @property
    def cost_center(self) -> str:
        """The home cost center, four digits."""
        return self.shares[0][0]


def _names(plan: Plan, entity: EntityPlan, rng: random.Random) -> tuple[str, str, str]:
    lists = plan.names[entity.country]
    given, family = rng.choice(lists["given"]), rng.choice(lists["family"])
    if isinstance(given, list):
        return given[0], family[0], f"{family[1]} {given[1]}"
    return given, family, f"{given} {family}"


def _mailbox(given: str, family: str, taken: set[str]) -> str:
    plain = f"{given}.{family}".lower().translate(_ASCII)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    name, n = plain, 2
    while name in taken:
        name, n = f"{plain}{n}", n + 1
    taken.add(name)
    return f"{name}@example.test"


def _shares(home: str, centers: list[str], rng: random.Random) -> tuple[tuple[str, Decimal], ...]:
    if rng.randrange(100) >= 7:
        return ((home, Decimal(100)),)
    other = rng.choice([center for center in centers if center != home])
    first, second = rng.choice(_SPLITS)
    return ((home, Decimal(first)), (other, Decimal(second)))


def _homes(plan: Plan, entity: EntityPlan, rng: random.Random) -> list[str]:
    """A home for everybody; nobody's cost center is empty or has a single person."""
    centers = plan.cost_centers(entity.code)
    weights = [int(plan.functions[center[1:]]["weight"]) for center in centers]
    homes = [center for center in centers for _ in range(3)]
    homes += rng.choices(centers, weights, k=entity.headcount - len(homes))
    rng.shuffle(homes)
    return homes


def people_of(plan: Plan, entity: EntityPlan, seed: int) -> list[Person]:
    """Everybody whom the entity pays in the month, by number."""
    rng, taken = draws(seed, "people", entity.code), set[str]()
    centers, people = plan.cost_centers(entity.code), list[Person]()
    leavers = set(rng.sample(range(entity.headcount), 3))
    absent = set(rng.sample(range(entity.headcount), 2)) - leavers
    for n, home in enumerate(_homes(plan, entity, rng)):
        given, family, local_name = _names(plan, entity, rng)
        low, high = entity.annual_pay
        spread = rng.randint(low, low + (high - low) * rng.randint(15, 100) // 100)
        status = "Terminated" if n in leavers else "On Leave" if n in absent else "Active"
        people.append(
            Person(
                number=str(entity.people_from + n),
                entity=entity.code,
                given=given,
                family=family,
                local_name=local_name,
                email=_mailbox(given, family, taken).replace("@", f".{entity.country.lower()}@"),
                shares=_shares(home, centers, rng),
                project=rng.choice(list(plan.projects)) if rng.randrange(100) < 22 else "",
                hired=date(2012, 1, 1) + timedelta(days=rng.randrange(5300)),
                left=plan.period_ends if n in leavers else None,
                status=status,
                annual_pay=(spread // 100 * 100) * 10**entity.places,
            )
        )
    return people
