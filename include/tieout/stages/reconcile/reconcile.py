"""reconcile: every row gets its ERP accounts and dimensions, or a hold that says why not."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.staged import ReferenceView, held
from tieout.finance.mappings import MappingSet
from tieout.stages.reconcile.accounts import map_accounts
from tieout.stages.reconcile.dimensions import map_cost_centers, map_projects
from tieout.stages.reconcile.source_classes import check_source_classes

#: The journal kind whose policy speaks for a frame.
JOURNALS: Final = {"pay_line": "payroll", "expense_line": "expense"}


def reconcile(
    kind: str,
    frame: pl.DataFrame,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    period_ends: date,
) -> pl.DataFrame:
    """Map accounts, cost centers and projects of a validated frame.

    Args:
        kind: `pay_line` or `expense_line`.
        frame: typed rows with `holds`.
        provider: whose codes these are.
        mapping: finance's rules as known.
        reference: the ERP's master data as known.
        period_ends: the day that stands for rows which do not say when they were earned.
    """
    dated = frame.with_columns(_on=_lookup_date(kind, frame, mapping, period_ends))
    mapped = map_accounts(kind, dated, provider, mapping, reference)
    mapped = map_cost_centers(mapped, provider, mapping, reference, period_ends)
    mapped = map_projects(mapped, provider, mapping, reference)
    looked_up = ["account", "cost_center", "project"]
    if kind == "pay_line" and (mapped["coding"] == "account").any():
        mapped = check_source_classes(mapped, provider, mapping, period_ends)
        looked_up.insert(1, "source_class")
    return held(mapped, *looked_up).drop("_on")


def _lookup_date(kind: str, frame: pl.DataFrame, mapping: MappingSet, period_ends: date) -> pl.Expr:
    """The day at which a row's rules are looked up: when it was earned, else the period's end.

    By policy (`dimensions_on`) an entity looks everything up at the period's end.
    """
    end = pl.lit(period_ends)
    if "earned_for" not in frame.columns:
        return end
    current = []
    for entity in frame["entity"].unique().sort():
        row = mapping.best("dates_and_rates", entity, period_ends, journal_kind=JOURNALS[kind])
        if row is not None and row["dimensions_on"] == "current":
            current.append(entity)
    earned = pl.col("earned_for").fill_null(end)
    return (
        pl.when(pl.col("entity").is_in(current)).then(end).otherwise(earned) if current else earned
    )
