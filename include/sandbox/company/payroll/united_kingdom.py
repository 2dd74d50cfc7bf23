"""Pay in the United Kingdom: Workday's own payroll, monthly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

#: Workday's component codes and the type its report prints.
COMPONENTS: Final = {
    "BASIC": "Earning",
    "OVERTIME": "Earning",
    "BONUS_GB": "Earning",
    "SMP": "Earning",
    "BACKPAY": "Earning",
    "EXP_TAXED": "Taxable Reimbursement",
    "CAR_BIK": "Imputed Income",
    "PAYE": "Employee Tax",
    "NIC_EE": "Employee Tax",
    "PENS_EE": "Deduction",
    "STUD_LOAN": "Deduction",
    "AEO": "Deduction",
    "NIC_ER": "Employer Tax",
    "APP_LEVY": "Employer Tax",
    "PENS_ER": "Employer Contribution",
    "HOL_ACCR": "Accrual",
    "NET_PAY": "Net Pay",
    "TAXABLE_GB": "Information",
}
_EARNINGS: Final = ("BASIC", "OVERTIME", "BONUS_GB", "SMP", "BACKPAY")
_PAYE: Final = ((104750, "20"), (418900, "40"))
_NIC: Final = ((104800, "8"), (418900, "2"))


def united_kingdom(
    people: Sequence[Person], refunds: Mapping[str, tuple[int, int]], seed: int
) -> list[PayLine]:
    """The lines of one monthly run; what is not pay is repaid by accounts payable here."""
    rng, lines = draws(seed, "payroll", "UK01"), list[PayLine]()
    attached, on_leave = set(rng.sample(range(len(people)), 2)), rng.randrange(len(people))
    for n, person in enumerate(people):
        basic = person.annual_pay // 12
        _, pay = refunds.get(person.number, (0, 0))
        own = spread(person, "BASIC", basic if n != on_leave else basic // 4)
        own += spread(person, "SMP", 81390 if n == on_leave else 0)
        if rng.randrange(100) < 18:
            own += spread(person, "OVERTIME", share(basic, str(rng.randint(2, 6))))
        if rng.randrange(100) < 10:
            own += spread(person, "BONUS_GB", share(person.annual_pay, str(rng.randint(2, 7))))
        if rng.randrange(100) < 5:
            retro = share(basic, rng.choice(("3", "2.5", "-1.5")))
            own += spread(person, "BACKPAY", retro, earned_for=PERIOD_BEFORE_ENDS)
        gross = total(own, _EARNINGS)
        car = money(rng.randint(180, 460)) if rng.randrange(100) < 8 else 0
        pension = share(basic, "5")
        taxable = gross + pay + car - pension
        loan = rng.randrange(100) < 24
        withheld = {
            "PAYE": banded(taxable, _PAYE),
            "NIC_EE": banded(gross + pay, _NIC),
            "PENS_EE": pension,
            "STUD_LOAN": max(share(gross + pay - 227400, "9"), 0) if loan else 0,
            "AEO": money(145) if n in attached else 0,
        }
        own += spread(person, "CAR_BIK", car)
        own += spread(person, "NIC_ER", max(share(gross + pay - 41700, "15"), 0))
        own += spread(person, "APP_LEVY", share(gross + pay, "0.5"))
        own += spread(person, "PENS_ER", share(basic, "8"))
        own += spread(person, "HOL_ACCR", share(basic, "2.1"))
        own += at_home(person, {"EXP_TAXED": pay} | withheld)
        net = gross + pay - sum(withheld.values())
        lines += own + at_home(person, {"NET_PAY": net, "TAXABLE_GB": taxable})
    return lines
