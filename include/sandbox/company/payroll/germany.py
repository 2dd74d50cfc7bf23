"""Pay in Germany: a bureau that hands over a DATEV booking batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandbox.company.amounts import draws, rounded, share
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
class Booking:
    """How a component is booked: voucher, SKR04 account, side (S or H), caption, cost centers."""

    voucher: str
    account: str
    side: str
    caption: str
    by_cost_center: bool = False


#: The wage clearing account of SKR04, the other side of every row.
CLEARING: Final = "3790"
_PAY, _SOCIAL, _PENSION = "LG-2610-1", "LG-2610-2", "LG-2610-3"
#: Component to rows; an employer's cost has a cost row and a liability row.
BOOKINGS: Final = {
    "GEHALT": (Booking(_PAY, "6020", "S", "Gehälter", by_cost_center=True),),
    "UEBERSTD": (Booking(_PAY, "6026", "S", "Mehrarbeit", by_cost_center=True),),
    "BONUS": (Booking(_PAY, "6028", "S", "Boni", by_cost_center=True),),
    "NACHZ": (Booking(_PAY, "6029", "S", "Nachberechnung Vormonat", by_cost_center=True),),
    "REISE_FREI": (Booking(_PAY, "1371", "S", "Erstattung Auslagen steuerfrei"),),
    "REISE_STPFL": (Booking(_PAY, "1372", "S", "Erstattung Auslagen steuerpflichtig"),),
    "STEUER": (Booking(_PAY, "3730", "H", "Lohn- und Kirchensteuer"),),
    "SV_AN": (Booking(_PAY, "3740", "H", "Sozialversicherung Arbeitnehmer"),),
    "BAV_AN": (Booking(_PAY, "3755", "H", "Entgeltumwandlung"),),
    "VL": (Booking(_PAY, "3770", "H", "Vermögensbildung"),),
    "PFAENDUNG": (Booking(_PAY, "3725", "H", "Pfändung"),),
    "NETTO": (Booking(_PAY, "3720", "H", "Verbindlichkeiten aus Gehalt"),),
    "KFZ": (Booking(_PAY, "6072", "S", "Sachbezug Kfz", by_cost_center=True),),
    "KFZ_ERLOES": (Booking(_PAY, "4947", "H", "Verrechnete Sachbezüge Kfz"),),
    "KFZ_UST": (Booking(_PAY, "3806", "H", "Umsatzsteuer 19 %"),),
    "SV_AG": (
        Booking(_SOCIAL, "6110", "S", "Gesetzl. soziale Aufwendungen", by_cost_center=True),
        Booking(_SOCIAL, "3740", "H", "Sozialversicherung Arbeitgeber"),
    ),
    "BG": (
        Booking(_SOCIAL, "6120", "S", "Berufsgenossenschaft", by_cost_center=True),
        Booking(_SOCIAL, "3745", "H", "Beiträge zur Berufsgenossenschaft"),
    ),
    "BAV_AG": (
        Booking(_PENSION, "6140", "S", "Altersversorgung", by_cost_center=True),
        Booking(_PENSION, "3755", "H", "Altersversorgung Arbeitgeber"),
    ),
}
_EARNINGS: Final = ("GEHALT", "UEBERSTD", "BONUS", "NACHZ")
_TAX: Final = ((103000, "16"), (280000, "31"), (560000, "42"))
_CEILING: Final = money(8050)
_VAT_FACTOR: Final = Decimal("1.19")


def germany(
    people: Sequence[Person], refunds: Mapping[str, tuple[int, int]], seed: int
) -> list[PayLine]:
    """The lines of one monthly run, before they are summed into bookings."""
    rng, lines = draws(seed, "payroll", "DE01"), list[PayLine]()
    garnished = set(rng.sample(range(len(people)), 2))
    for n, person in enumerate(people):
        salary = person.annual_pay // 12
        free, pay = refunds.get(person.number, (0, 0))
        own = spread(person, "GEHALT", salary)
        if rng.randrange(100) < 15:
            own += spread(person, "UEBERSTD", share(salary, str(rng.randint(2, 6))))
        if rng.randrange(100) < 9:
            own += spread(person, "BONUS", share(person.annual_pay, str(rng.randint(2, 8))))
        if rng.randrange(100) < 5:
            retro = share(salary, rng.choice(("3", "2", "-1.5")))
            own += spread(person, "NACHZ", retro, earned_for=PERIOD_BEFORE_ENDS)
        gross = total(own, _EARNINGS)
        car = money(rng.randint(310, 720)) if rng.randrange(100) < 11 else 0
        base = gross + pay + car
        capped = min(base, _CEILING)
        withheld = {
            "STEUER": banded(base, _TAX),
            "SV_AN": share(capped, "20.55"),
            "BAV_AN": money(100) if rng.randrange(100) < 40 else 0,
            "VL": money(40) if rng.randrange(100) < 25 else 0,
            "PFAENDUNG": money(210) if n in garnished else 0,
        }
        own += spread(person, "KFZ", car)
        own += spread(person, "SV_AG", share(capped, "20.95"))
        own += spread(person, "BG", share(gross, "0.8"))
        own += spread(person, "BAV_AG", share(withheld["BAV_AN"], "15") + money(50))
        vat = car - rounded(car / _VAT_FACTOR) if car else 0
        own += at_home(person, {"KFZ_ERLOES": car - vat, "KFZ_UST": vat})
        own += at_home(person, {"REISE_FREI": free, "REISE_STPFL": pay} | withheld)
        net = gross + free + pay - sum(withheld.values())
        lines += own + at_home(person, {"NETTO": net})
    return lines
