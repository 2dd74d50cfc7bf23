"""Writes the Japanese run as a comma file in cp932: one row per employee and component, whole yen.

Amounts are in the component's own sense; a retro difference may be negative.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from sandbox.company.amounts import text
from sandbox.company.files import PayrollFile, Totals, payroll_file
from sandbox.company.payroll.japan import COMPONENTS
from sandbox.company.payroll.lines import PayLine
from sandbox.company.plan import EntityPlan, Plan

HEADER: Final = (
    "会社コード",
    "給与グループ",
    "対象年月",
    "支給日",
    "社員番号",
    "氏名",
    "部門コード",
    "部門名",
    "プロジェクト",
    "区分",
    "項目コード",
    "項目名",
    "金額",
    "対応年月",
)
#: So many rows are missing at the end of a cut file.
_CUT_ROWS: Final = 37


def bureau_cost_center(cost_center: str) -> str:
    """The bureau's own code of a cost center: `5110` is `J5110`."""
    return f"J{cost_center}"


def _row(plan: Plan, entity: EntityPlan, line: PayLine) -> list[str]:
    section, name = COMPONENTS[line.component]
    return [
        plan.bureaus[entity.code]["company"],
        "月給",
        f"{plan.period_ends:%Y/%m}",
        f"{entity.payment_date:%Y/%m/%d}",
        line.person.number,
        line.person.local_name,
        bureau_cost_center(line.cost_center),
        plan.functions[line.cost_center[1:]]["name"],
        line.person.project if line.component.startswith("A") else "",
        section,
        line.component,
        name,
        text(line.amount, entity.places),
        f"{line.earned_for or plan.period_ends:%Y/%m}",
    ]


def write_delimited(plan: Plan, entity: EntityPlan, lines: Sequence[PayLine]) -> PayrollFile:
    """The run's file; the cut one ends early at the end of a row."""
    ordered = sorted(lines, key=lambda line: (line.person.number, line.component))
    rows = [_row(plan, entity, line) for line in ordered]
    name = f"kyuyo_{plan.bureaus[entity.code]['company']}_{plan.period_ends:%Y%m}_01.csv"
    totals = Totals.of([line.amount for line in ordered])
    written = name, _encoded(rows), _encoded(rows[:-_CUT_ROWS]), totals
    return payroll_file(plan, entity, ordered, "N010", written)


def _encoded(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return out.getvalue().encode("cp932")
