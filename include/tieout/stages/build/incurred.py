"""build: expenses that were incurred by a day and that no journal of the period books."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

import polars as pl

from tieout.finance.money import split_largest_remainder
from tieout.stages.build.accruals import Incurred
from tieout.stages.build.entries import Entry

#: Parts of an expense that are cost; input tax is not claimed before its document is booked.
COST_PARTS = ("cost", "tax_cost")


def incurred_expenses(
    frame: pl.DataFrame,
    entity: str,
    until: date,
    liability_account: str,
    waiting: Collection[tuple[str, int]] | None,
) -> list[Incurred]:
    """Costs of a routed unit that an accrual must carry.

    Args:
        frame: reconciled and routed expense rows.
        entity: whose costs.
        until: the last day of the period; what was spent later is not incurred yet.
        liability_account: where policy keeps what is owed for them.
        waiting: document and line of those that count; none stated: all, since their unit is of
            a later period.

    A row without an account, or without a cost center where its account wants one, can't be
    accrued: nothing is guessed. It stands as an open exception.
    """
    rows = frame.filter(
        (pl.col("entity") == entity)
        & pl.col("part").is_in(COST_PARTS)
        & (pl.col("is_test") != "yes")
        & (pl.col("spend_date") <= until)
        & (pl.col("debit_account").cast(pl.String).fill_null("") != "")
        & (pl.col("amount_minor") != 0)
    )
    found: list[Incurred] = []
    for row in rows.sort("document", "line_no").iter_rows(named=True):
        if waiting is not None and (row["document"], row["line_no"]) not in waiting:
            continue
        centers = _centers(row)
        if not centers:
            continue
        parts = split_largest_remainder(row["amount_minor"], [share for _, share in centers])
        found += [
            Incurred(
                Entry(
                    row["debit_account"], amount, row["component_class"] or "expense_cost", center,
                    "" if row["summarise"] == "entity" else row["project"] or "",
                    (row["document"], (row["line_no"],)),
                ),
                liability_account,
            )
            for (center, _), amount in zip(centers, parts, strict=True)
            if amount
        ]  # fmt: skip
    return found


def _centers(row: Mapping[str, object]) -> list[tuple[str, Decimal]]:
    """The cost centers of a row with their shares; empty where one is wanted and none is known."""
    if row["summarise"] == "entity" or "cost_center" not in str(row["dimensions"] or ""):
        return [("", Decimal(1))]
    if row["split"]:
        stated = (line.partition(" ") for line in str(row["split"]).split("\n"))
        return [(center, Decimal(percent)) for percent, _, center in stated]
    return [(str(row["cost_center"]), Decimal(1))] if row["cost_center"] else []
