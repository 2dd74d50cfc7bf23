"""What payroll would have been handed over from a unit's expenses, known at an instant.

The same rule as the batches of the store: parts on payroll's route, netted per employee and report,
ride in the batch of the first cutoff at or after their approval; a batch is handed over once its
cutoff has passed. An employee who owes us is paid nothing.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tieout.finance.company import Company
from tieout.finance.mappings import MappingSet

if TYPE_CHECKING:
    import polars as pl

#: Entity and period of a payroll → minor units that it was given.
HandedOver = dict[tuple[str, str], int]


def handed_over(
    routed: pl.DataFrame, company: Company, mapping: MappingSet, known_at: datetime
) -> HandedOver:
    """Sums per entity and payroll period of a routed expense frame."""
    given: HandedOver = defaultdict(int)
    parts = list(_netted(routed))
    owed: dict[tuple[str, str, str], int] = defaultdict(int)
    for entity, employee, report, _, amount in parts:
        owed[entity, employee, report] += amount
    for entity, employee, report, approved_at, amount in parts:
        if owed[entity, employee, report] <= 0 or entity not in company.entities:
            continue
        reached = [cut for cut in _cutoffs(company, mapping, entity) if approved_at <= cut[0]]
        if reached and reached[0][0] <= known_at:
            given[entity, reached[0][1]] += amount
    return dict(given)


def _netted(routed: pl.DataFrame) -> list[tuple[str, str, str, datetime, int]]:
    """Entity, employee, report, approval, amount of what an employee gets through payroll."""
    import polars as pl

    payable = routed.filter(
        (pl.col("route") == "payroll")
        & (pl.col("payee") == "employee")
        & (pl.col("document_holds").list.len() == 0)
        & (pl.col("is_test") != "yes")
        & pl.col("approved_at").is_not_null()
    )
    keys = ["entity", "employee_ref", "report_key", "report_ref", "pay_code", "currency"]
    netted = (
        payable.group_by(keys)
        .agg(pl.col("approved_at").max(), pl.col("amount_minor").sum())
        .sort(keys)
    )
    columns = ["entity", "employee_ref", "report_key", "approved_at", "amount_minor"]
    return netted.select(columns).rows()


def _cutoffs(company: Company, mapping: MappingSet, entity: str) -> list[tuple[datetime, str]]:
    zone = ZoneInfo(company.entity(entity).timezone)
    return sorted(
        (datetime.fromisoformat(row["payroll_cutoff"]).replace(tzinfo=zone), row["period"])
        for row in mapping.table("cutoffs")
        if row["entity"] == entity
    )
