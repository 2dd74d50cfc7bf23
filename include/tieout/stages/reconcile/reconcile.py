"""reconcile: every row gets its ERP accounts and dimensions, or a hold that says why not."""

from __future__ import annotations

from datetime import date

import polars as pl

from tieout.contracts.staged import ReferenceView, held
from tieout.finance.mappings import MappingSet
from tieout.stages.reconcile.accounts import map_accounts
from tieout.stages.reconcile.dimensions import map_cost_centers, map_projects


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
        period_ends: the date at which rules must be valid unless a row says otherwise.
    """
    mapped = map_accounts(kind, frame, provider, mapping, reference, period_ends)
    mapped = map_cost_centers(mapped, provider, mapping, reference, period_ends)
    mapped = map_projects(mapped, provider, mapping, reference, period_ends)
    return held(mapped, "account", "cost_center", "project")
