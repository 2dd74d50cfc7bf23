"""Writes the Swedish run as SIE 4I vouchers in code page 437: debit positive, each voucher zero.

Dimension 1 is the cost center, 6 the project, 7 a person: bonus lines name one, as bureaus do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sandbox.company.amounts import text
from sandbox.company.files import PayrollFile, Totals, payroll_file
from sandbox.company.payroll.lines import PayLine
from sandbox.company.payroll.sweden import LEGS
from sandbox.company.plan import EntityPlan, Plan

ACCOUNTS: Final = {
    "1681": "Utlägg anställda, skattefria",
    "1682": "Utlägg anställda, skattepliktiga",
    "2710": "Personalens källskatt",
    "2731": "Avräkning sociala avgifter",
    "2750": "Utmätning i lön m.m.",
    "2821": "Löneskulder",
    "2920": "Upplupna semesterlöner",
    "2941": "Upplupna sociala avgifter på semester",
    "2943": "Beräknad särskild löneskatt",
    "2950": "Upplupna avtalade sociala avgifter",
    "3740": "Öres- och kronutjämning",
    "7210": "Löner tjänstemän",
    "7214": "Övertid tjänstemän",
    "7218": "Bonus tjänstemän",
    "7219": "Retroaktiv lön",
    "7290": "Förändring semesterlöneskuld",
    "7385": "Kostnader för fri bil",
    "7399": "Motkontering av förmån",
    "7411": "Premier kollektiva pensionsförsäkringar",
    "7510": "Arbetsgivaravgifter",
    "7519": "Sociala avgifter på semester",
    "7533": "Särskild löneskatt pension",
}
_TEXTS: Final = {
    1: "Lönekörning oktober 2026",
    2: "Avgifter och pension oktober 2026",
    3: "Semesterlöneskuld oktober 2026",
}

#: Voucher, account, cost center, project, person: what is summed into one line.
_Row = tuple[int, str, str, str, str]


def bureau_cost_center(cost_center: str) -> str:
    """The bureau's own object number of a cost center: `3110` is `0110`."""
    return f"0{cost_center[1:]}"


def _rows(lines: Sequence[PayLine]) -> dict[_Row, int]:
    sums: dict[_Row, int] = defaultdict(int)
    for line in lines:
        for leg in LEGS[line.component]:
            center = bureau_cost_center(line.cost_center) if leg.by_cost_center else ""
            project = line.project if leg.by_cost_center else ""
            person = line.person.number if leg.by_person else ""
            sums[leg.voucher, leg.account, center, project, person] += leg.sign * line.amount
    return {key: sums[key] for key in sorted(sums) if sums[key]}


def _transaction(key: _Row, amount: int) -> str:
    _, account, center, project, person = key
    objects = [f'1 "{center}"'] if center else []
    objects += [f'6 "P{project}"'] if project else []
    objects += [f'7 "{person}"'] if person else []
    return f"   #TRANS {account} {{{' '.join(objects)}}} {text(amount, 2)}"


def _vouchers(plan: Plan, entity: EntityPlan, rows: dict[_Row, int], wanted: set[int]) -> list[str]:
    written = []
    for voucher in sorted(wanted):
        day = f"{entity.payment_date:%Y%m%d}"
        written.append(f'#VER "L" "" {day} "{_TEXTS[voucher]}" {plan.period_ends:%Y%m}21')
        written.append("{")
        written += [_transaction(key, amount) for key, amount in rows.items() if key[0] == voucher]
        written.append("}")
    return written


def _head(
    plan: Plan, entity: EntityPlan, lines: Sequence[PayLine], rows: dict[_Row, int]
) -> list[str]:
    bureau, year = plan.bureaus[entity.code], plan.period_ends.year
    persons = {line.person.number: line.person for line in lines}
    centers = {bureau_cost_center(c): c for c in plan.cost_centers(entity.code)}
    head = [
        "#FLAGGA 0",
        f'#PROGRAM "{bureau["program"]}" 26.2',
        "#FORMAT PC8",
        f'#GEN {plan.period_ends:%Y%m}21 "LB"',
        "#SIETYP 4",
        f"#ORGNR {bureau['organisation']}",
        f'#FNAMN "{entity.name}"',
        f"#RAR 0 {year}0101 {year}1231",
        "#VALUTA SEK",
        '#DIM 1 "Kostnadsställe"',
        '#DIM 6 "Projekt"',
        '#DIM 7 "Anställd"',
    ]
    head += [f'#OBJEKT 1 "{own}" "{plan.functions[c[1:]]["name"]}"' for own, c in centers.items()]
    named = sorted({person for *_, person in rows if person})
    head += [f'#OBJEKT 7 "{n}" "{persons[n].given} {persons[n].family}"' for n in named]
    used = {account for _, account, *_ in rows}
    return head + [f'#KONTO {account} "{ACCOUNTS[account]}"' for account in sorted(used)]


def write_sie(plan: Plan, entity: EntityPlan, lines: Sequence[PayLine]) -> PayrollFile:
    """The run's file; the cut one lacks its last voucher, so it balances and still is not whole."""
    rows = _rows(lines)
    head = _head(plan, entity, lines, rows)
    whole = head + _vouchers(plan, entity, rows, {1, 2, 3})
    short = head + _vouchers(plan, entity, rows, {1, 2})
    number = plan.bureaus[entity.code]["organisation"].replace("-", "")
    name = f"LON_{number}_{plan.period_ends:%Y%m}_01.si"
    written = name, _encoded(whole), _encoded(short), Totals.of(list(rows.values()))
    return payroll_file(plan, entity, lines, "NETTO", written)


def _encoded(rows: Sequence[str]) -> bytes:
    return "".join(f"{row}\r\n" for row in rows).encode("cp437")
