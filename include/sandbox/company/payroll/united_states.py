"""Pay in the United States: Workday's own payroll, monthly."""

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
    "SAL_REG": "Earning",
    "OT_PAY": "Earning",
    "BONUS": "Earning",
    "RETRO_SAL": "Earning",
    "REIMB_NT": "Reimbursement",
    "REIMB_TX": "Taxable Reimbursement",
    "GTL_IMP": "Imputed Income",
    "FIT_EE": "Employee Tax",
    "SIT_EE": "Employee Tax",
    "OASDI_EE": "Employee Tax",
    "MED_EE": "Employee Tax",
    "401K_EE": "Deduction",
    "MEDPLAN_EE": "Deduction",
    "GARN_CS": "Deduction",
    "OASDI_ER": "Employer Tax",
    "MED_ER": "Employer Tax",
    "SUTA_ER": "Employer Tax",
    "401K_ER": "Employer Contribution",
    "MEDPLAN_ER": "Employer Contribution",
    "PTO_ACCR": "Accrual",
    "NET_PAY": "Net Pay",
    "TAXABLE_FED": "Information",
}
_FEDERAL: Final = (
    (money(1200), "10"),
    (money(2200), "12"),
    (money(5300), "22"),
    (money(9800), "24"),
)


def united_states(
    people: Sequence[Person], refunds: Mapping[str, tuple[int, int]], seed: int
) -> list[PayLine]:
    """The lines of one monthly run."""
    rng, lines = draws(seed, "payroll", "US01"), list[PayLine]()
    garnished = set(rng.sample(range(len(people)), 3))
    for n, person in enumerate(people):
        salary = person.annual_pay // 12
        free, pay = refunds.get(person.number, (0, 0))
        own = spread(person, "SAL_REG", salary)
        if rng.randrange(100) < 16:
            own += spread(person, "OT_PAY", share(salary, str(rng.randint(2, 7))))
        if rng.randrange(100) < 14:
            own += spread(person, "BONUS", share(person.annual_pay, str(rng.randint(3, 9))))
        if rng.randrange(100) < 5:
            retro = share(salary, rng.choice(("4", "3", "-2")))
            own += spread(person, "RETRO_SAL", retro, earned_for=PERIOD_BEFORE_ENDS)
        gross = total(own, ("SAL_REG", "OT_PAY", "BONUS", "RETRO_SAL"))
        imputed = money(rng.randint(14, 95)) if rng.randrange(100) < 30 else 0
        pension = share(salary, "5") if rng.randrange(100) < 72 else 0
        health = money(185) if rng.randrange(100) < 86 else 0
        base = gross + pay + imputed - health
        withheld = {
            "FIT_EE": banded(base - pension, _FEDERAL),
            "SIT_EE": share(base - pension, "5"),
            "OASDI_EE": share(base, "6.2"),
            "MED_EE": share(base, "1.45"),
            "401K_EE": pension,
            "MEDPLAN_EE": health,
            "GARN_CS": money(320) if n in garnished else 0,
        }
        own += spread(person, "GTL_IMP", imputed)
        own += spread(person, "OASDI_ER", share(base, "6.2"))
        own += spread(person, "MED_ER", share(base, "1.45"))
        own += spread(person, "SUTA_ER", money(11) if rng.randrange(100) < 12 else 0)
        own += spread(person, "401K_ER", share(pension, "50"))
        own += spread(person, "MEDPLAN_ER", money(640) if health else 0)
        own += spread(person, "PTO_ACCR", share(salary, "3.85"))
        own += at_home(person, {"REIMB_NT": free, "REIMB_TX": pay} | withheld)
        net = gross + free + pay - sum(withheld.values())
        lines += own + at_home(person, {"NET_PAY": net, "TAXABLE_FED": base - pension})
    return lines
