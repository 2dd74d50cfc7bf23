"""Pay in Japan: a bureau that hands over one row per employee and component, in whole yen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sandbox.company.amounts import draws, share
from sandbox.company.payroll.lines import (
    PERIOD_BEFORE_ENDS,
    PayLine,
    at_home,
    banded,
    total,
)
from sandbox.company.people import Person

#: Component codes of the bureau: section (支給 paid, 控除 withheld, 会社 employer, 情報) and name.
COMPONENTS: Final = {
    "A001": ("支給", "基本給"),
    "A010": ("支給", "役職手当"),
    "A020": ("支給", "時間外手当"),
    "A030": ("支給", "通勤手当（非課税）"),
    "A040": ("支給", "賞与"),
    "A090": ("支給", "前月差額"),
    "R010": ("支給", "立替精算（課税）"),
    "B010": ("支給", "現物給与（社宅）"),
    "D010": ("控除", "健康保険"),
    "D020": ("控除", "厚生年金"),
    "D030": ("控除", "雇用保険"),
    "D040": ("控除", "所得税"),
    "D050": ("控除", "住民税"),
    "D060": ("控除", "財形貯蓄"),
    "D090": ("控除", "差押控除"),
    "E010": ("会社", "健康保険（会社負担）"),
    "E020": ("会社", "厚生年金（会社負担）"),
    "E030": ("会社", "労働保険（会社負担）"),
    "E040": ("会社", "賞与引当"),
    "N010": ("支給", "差引支給額"),
    "I010": ("情報", "課税対象額"),
}
_EARNINGS: Final = ("A001", "A010", "A020", "A030", "A040", "A090")
_TAX: Final = ((88_000, "5.1"), (250_000, "10.2"), (580_000, "20.4"))


def japan(
    people: Sequence[Person], refunds: Mapping[str, tuple[int, int]], seed: int
) -> list[PayLine]:
    """The lines of one monthly run; all of a person's lines stand on the home cost center."""
    rng, lines = draws(seed, "payroll", "JP01"), list[PayLine]()
    seized = rng.randrange(len(people))
    for n, person in enumerate(people):
        basic = person.annual_pay // 14
        _, pay = refunds.get(person.number, (0, 0))
        retro = share(basic, rng.choice(("3", "2", "-1"))) if rng.randrange(100) < 5 else 0
        commuting = rng.randint(6, 32) * 1_000
        paid = {
            "A001": basic,
            "A010": rng.randint(2, 9) * 10_000 if rng.randrange(100) < 20 else 0,
            "A020": share(basic, str(rng.randint(3, 14))) if rng.randrange(100) < 55 else 0,
            "A030": commuting,
            "A040": basic if rng.randrange(100) < 6 else 0,
        }
        own = at_home(person, paid)
        own += [
            PayLine(
                line.person, "A090", line.amount, line.cost_center, earned_for=PERIOD_BEFORE_ENDS
            )
            for line in at_home(person, {"A090": retro})
        ]
        gross = total(own, _EARNINGS)
        housing = rng.randint(8, 30) * 1_000 if rng.randrange(100) < 10 else 0
        base, taxed = gross + pay, gross + pay + housing - commuting
        insurance = {"D010": share(base, "4.99"), "D020": share(min(base, 650_000), "9.15")}
        insurance["D030"] = share(base, "0.55")
        withheld = insurance | {
            "D040": banded(taxed - sum(insurance.values()), _TAX),
            "D050": share(basic, "6") // 100 * 100,
            "D060": 20_000 if rng.randrange(100) < 18 else 0,
            "D090": 30_000 if n == seized else 0,
        }
        employer = {
            "E010": insurance["D010"],
            "E020": insurance["D020"],
            "E030": share(base, "1.2"),
            "E040": share(basic, "16"),
        }
        net = gross + pay - sum(withheld.values())
        rest = {"R010": pay, "B010": housing} | withheld | employer | {"N010": net, "I010": taxed}
        lines += own + at_home(person, rest)
    return lines
