"""The pay line every country draws, and the arithmetic they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sandbox.company.amounts import share, split
from sandbox.company.people import Person

#: The period before: what a retro difference was earned in.
PERIOD_BEFORE_ENDS = date(2026, 9, 30)


@dataclass(frozen=True, slots=True)
class PayLine:
    """One component of one person's pay on one cost center; amount in minor units."""

    person: Person
    component: str
    amount: int
    cost_center: str
    project: str = ""
    earned_for: date | None = None


def spread(
    person: Person, component: str, amount: int, *, earned_for: date | None = None
) -> list[PayLine]:
    """One line per cost center of the person; nothing for a share of zero.

    The project of a person stands on the home cost center's line.
    """
    parts = split(amount, [percent for _, percent in person.shares])
    return [
        PayLine(person, component, part, center, person.project if n == 0 else "", earned_for)
        for n, ((center, _), part) in enumerate(zip(person.shares, parts, strict=True))
        if part
    ]


def at_home(person: Person, components: dict[str, int]) -> list[PayLine]:
    """Lines that follow the person, not the cost distribution."""
    return [
        PayLine(person, component, amount, person.cost_center)
        for component, amount in components.items()
        if amount
    ]


def total(lines: Iterable[PayLine], components: Iterable[str]) -> int:
    """Sum of the amounts of `components`."""
    wanted = set(components)
    return sum(line.amount for line in lines if line.component in wanted)


def banded(amount: int, bands: Sequence[tuple[int, str]]) -> int:
    """A progressive charge: each band taxes what lies above its start, up to the next one's."""
    charge = 0
    for n, (start, percent) in enumerate(bands):
        end = bands[n + 1][0] if n + 1 < len(bands) else amount
        charge += share(max(min(amount, end) - start, 0), percent)
    return charge


def money(whole: int, places: int = 2) -> int:
    """Whole units of a currency in minor units."""
    return whole * int(10**places)
