"""Workday's side: workers of all entities, and pay lines and controls of the two it pays itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.company.amounts import draws, hex_id, text
from sandbox.company.payroll import united_kingdom, united_states
from sandbox.company.payroll.lines import PayLine
from sandbox.company.people import Person
from sandbox.company.plan import EntityPlan, Plan

#: Component types whose amount stands in the credit column; all others stand in the debit column.
_CREDIT_TYPES: Final = frozenset({"Employee Tax", "Deduction", "Net Pay"})
_TYPES: Final = united_states.COMPONENTS | united_kingdom.COMPONENTS


@dataclass(frozen=True, slots=True)
class Run:
    """The pay run of one entity that Workday pays."""

    entity: EntityPlan
    lines: Sequence[PayLine]


def cost_center_id(cost_center: str) -> str:
    """Workday's reference id of a cost center: `1110` is `CC-1110`."""
    return f"CC-{cost_center}"


def worker_rows(plan: Plan, people: Mapping[str, Sequence[Person]]) -> list[dict[str, str]]:
    """Rows of the workers report; no name, no pay."""
    return [
        {
            "Worker_ID": person.number,
            "Company_ID": entity.workday_company,
            "Cost_Center_ID": cost_center_id(person.cost_center),
            "Department": plan.functions[person.cost_center[1:]]["name"],
            "Project_ID": f"PRJ-{person.project}" if person.project else "",
            "Pay_Group_ID": entity.pay_group,
            "Payroll_Provider": entity.provider,
            "Expense_Login": person.email,
            "Email_Work": person.email,
            "Hire_Date": person.hired.isoformat(),
            "Termination_Date": person.left.isoformat() if person.left else "",
            "Worker_Status": person.status,
            "Country": entity.country,
        }
        for entity in plan.entities.values()
        for person in people[entity.code]
    ]


def line_rows(plan: Plan, run: Run, seed: int) -> list[dict[str, str]]:
    """Rows of the pay lines report; a negative amount stands positive on the other side."""
    entity, clock = run.entity, draws(seed, "completed", run.entity.code)
    completed = {
        line.person.number: f"2026-10-26T{clock.randint(10, 15)}:{clock.randint(10, 59)}:12.115Z"
        for line in run.lines
    }
    return [
        {
            "Company_ID": entity.workday_company,
            "Pay_Group_ID": entity.pay_group,
            "Period_Start": plan.period_starts.isoformat(),
            "Period_End": plan.period_ends.isoformat(),
            "Payment_Date": entity.payment_date.isoformat(),
            "Run_Type": "ON_CYCLE",
            "Result_ID": hex_id(32, seed, "result", line.person.number),
            "Result_Status": "Complete",
            "Worker_ID": line.person.number,
            "Pay_Component_Code": line.component,
            "Component_Type": _TYPES[line.component],
            "Cost_Center_ID": cost_center_id(line.cost_center),
            "Project_ID": f"PRJ-{line.project}" if line.project else "",
            "Debit_Amount": text(debit, entity.places) if debit else "0",
            "Credit_Amount": text(credit, entity.places) if credit else "0",
            "Currency": entity.currency,
            "Retro_For_Period_End": line.earned_for.isoformat() if line.earned_for else "",
            "Completed_Moment": completed[line.person.number],
        }
        for line in run.lines
        for debit, credit in (_sides(line),)
    ]


def _sides(line: PayLine) -> tuple[int, int]:
    on_credit = (_TYPES[line.component] in _CREDIT_TYPES) == (line.amount > 0)
    return (0, abs(line.amount)) if on_credit else (abs(line.amount), 0)


def control_row(plan: Plan, run: Run) -> dict[str, str]:
    """The row of the controls report: what the lines report must add up to, column by column."""
    entity, places = run.entity, run.entity.places
    sides = [_sides(line) for line in run.lines]
    net = sum(line.amount for line in run.lines if line.component == "NET_PAY")
    return {
        "Company_ID": entity.workday_company,
        "Pay_Group_ID": entity.pay_group,
        "Period_Start": plan.period_starts.isoformat(),
        "Period_End": plan.period_ends.isoformat(),
        "Payment_Date": entity.payment_date.isoformat(),
        "Run_Type": "ON_CYCLE",
        "Result_Status": "Complete",
        "Run_ID": f"{entity.pay_group}-{plan.period_code.replace('-', '')}-01",
        "Sequence": "1",
        "Line_Count": str(len(run.lines)),
        "Total_Debit": text(sum(debit for debit, _ in sides), places),
        "Total_Credit": text(sum(credit for _, credit in sides), places),
        "Headcount": str(len({line.person.number for line in run.lines})),
        "Net_Pay_Total": text(net, places),
        "Currency": entity.currency,
    }


def workday_seed(
    plan: Plan, people: Mapping[str, Sequence[Person]], runs: Iterable[Run], seed: int
) -> dict[str, Any]:
    """The reports as Workday holds them, without users."""
    runs = list(runs)
    by_period = ["Company", "Period_End_Date"]
    return {
        "tenant": plan.group["workday_tenant"],
        "report_owner": plan.group["workday_report_owner"],
        "reports": {
            "Tieout_Workers": {"prompts": ["Company"], "rows": worker_rows(plan, people)},
            "Tieout_Payroll_Lines": {
                "prompts": by_period,
                "rows": [row for run in runs for row in line_rows(plan, run, seed)],
            },
            "Tieout_Payroll_Controls": {
                "prompts": by_period,
                "rows": [control_row(plan, run) for run in runs],
            },
        },
    }
