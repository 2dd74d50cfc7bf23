"""Pay in Sweden: a bureau that hands over SIE 4 vouchers on BAS accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.company.amounts import draws, share
from sandbox.company.payroll.lines import (
    PERIOD_BEFORE_ENDS,
    PayLine,
    at_home,
    banded,
    money,
    spread,
    total,
)
from sandbox.company.people import Person


@dataclass(frozen=True, slots=True)
class Leg:
    """How a component is booked: voucher, BAS account, sign (+ debit), what it is kept apart by."""

    voucher: int
    account: str
    sign: int
    by_cost_center: bool = False
    by_person: bool = False


#: Component to legs; an employer's cost and an accrual have two.
LEGS: Final = {
    "LON": (Leg(1, "7210", 1, by_cost_center=True),),
    "OVERTID": (Leg(1, "7214", 1, by_cost_center=True),),
    "BONUS": (Leg(1, "7218", 1, by_cost_center=True, by_person=True),),
    "RETRO": (Leg(1, "7219", 1, by_cost_center=True),),
    "UTLAGG_FRI": (Leg(1, "1681", 1),),
    "UTLAGG_SKPL": (Leg(1, "1682", 1),),
    "SKATT": (Leg(1, "2710", -1),),
    "UTMATNING": (Leg(1, "2750", -1),),
    "NETTO": (Leg(1, "2821", -1),),
    "AVRUND": (Leg(1, "3740", 1),),
    "BIL": (Leg(1, "7385", 1, by_cost_center=True), Leg(1, "7399", -1)),
    "AVGIFT": (Leg(2, "7510", 1, by_cost_center=True), Leg(2, "2731", -1)),
    "PENSION": (Leg(2, "7411", 1, by_cost_center=True), Leg(2, "2950", -1)),
    "LONESKATT": (Leg(2, "7533", 1, by_cost_center=True), Leg(2, "2943", -1)),
    "SEMESTER": (Leg(3, "7290", 1, by_cost_center=True), Leg(3, "2920", -1)),
    "SEM_AVGIFT": (Leg(3, "7519", 1, by_cost_center=True), Leg(3, "2941", -1)),
}
_EARNINGS: Final = ("LON", "OVERTID", "BONUS", "RETRO")
_TAX: Final = ((money(1900), "32"), (money(54000), "52"))


def sweden(
    people: Sequence[Person], refunds: Mapping[str, tuple[int, int]], seed: int
) -> list[PayLine]:
    """The lines of one monthly run, before they are summed into vouchers."""
    rng, lines = draws(seed, "payroll", "SE01"), list[PayLine]()
    seized = rng.randrange(len(people))
    for n, person in enumerate(people):
        salary = person.annual_pay // 12
        free, pay = refunds.get(person.number, (0, 0))
        own = spread(person, "LON", salary)
        if rng.randrange(100) < 14:
            own += spread(person, "OVERTID", share(salary, str(rng.randint(2, 5))))
        if rng.randrange(100) < 6:
            own += spread(person, "BONUS", share(person.annual_pay, str(rng.randint(2, 6))))
        if rng.randrange(100) < 5:
            retro = share(salary, rng.choice(("2.5", "2", "-1")))
            own += spread(person, "RETRO", retro, earned_for=PERIOD_BEFORE_ENDS)
        gross = total(own, _EARNINGS)
        car = money(rng.randint(2900, 6100)) if rng.randrange(100) < 9 else 0
        base = gross + pay + car
        withheld = {
            "SKATT": banded(base, _TAX) // 100 * 100,
            "UTMATNING": money(1850) if n == seized else 0,
        }
        pension, vacation = share(gross, "5.1"), share(salary, "6.2")
        own += spread(person, "BIL", car)
        own += spread(person, "AVGIFT", share(base, "31.42"))
        own += spread(person, "PENSION", pension)
        own += spread(person, "LONESKATT", share(pension, "24.26"))
        own += spread(person, "SEMESTER", vacation)
        own += spread(person, "SEM_AVGIFT", share(vacation, "31.42"))
        own += at_home(person, {"UTLAGG_FRI": free, "UTLAGG_SKPL": pay} | withheld)
        exact = gross + free + pay - sum(withheld.values())
        net = (exact + 50) // 100 * 100
        lines += own + at_home(person, {"NETTO": net, "AVRUND": net - exact})
    return lines
