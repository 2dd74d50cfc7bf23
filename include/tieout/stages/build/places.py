"""What rows book and where, decided once for all rows that are alike.

A *place* is all that a row's journal lines depend on beside its amount: accounts, class, cost
center or split, project, and the rules that said so. A register of a million rows has some
thousands of places, so the legs are worked out on places, and rows only bring amounts to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import lcm
from typing import Final

import polars as pl

from tieout.contracts.staged import RULES, grouped

_KEY: Final = (
    "entity", "currency", "component_class", "debit_account", "credit_account", "summarise",
    "cost_center", "split", "project",
)  # fmt: skip
#: What one journal line is made of, beside the side of a group that nets to zero.
LINE: Final = ("entity", "account", "cost_center", "project")


def with_clearing(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """An expense part credits the clearing account of its route."""
    credit = "clearing_account" if kind == "expense_line" else "credit_account"
    return rows.with_columns(
        pl.col("debit_account").fill_null(""), credit_account=pl.col(credit).fill_null("")
    )


def places_of(kind: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct places, and the position of each row's place."""
    route = ["route"] if kind == "expense_line" else []
    rules = [name for name in RULES if name in rows.columns]
    places, place = grouped(rows, [*_KEY, *route, *rules])
    return places.with_columns(pl.col(pl.Categorical).cast(pl.String)), place


def legs_of(kind: str, places: pl.DataFrame) -> pl.DataFrame:
    """The legs of numbered places, several where a leg is split over cost centers.

    The debit leg carries the dimensions; the credit leg of a place with two legs stands on the
    balance sheet and carries none.

    Returns:
        `place`, `sign` (1 debit, -1 credit), the columns of `LINE`, `component_class` of the leg,
        and for the parts of a split `part` (from 0), `part_count`, `weight` of `whole` (integers).
    """
    two = pl.col("debit_account") != ""
    by_entity = pl.col("summarise") == "entity"
    numbered = places.with_columns(
        pl.when(~by_entity).then(name).otherwise(pl.lit("")).alias(name)
        for name in ("cost_center", "split", "project")
    )
    debit = numbered.filter(two).with_columns(
        account=pl.col("debit_account"), sign=pl.lit(1, dtype=pl.Int64)
    )
    credit = numbered.filter(pl.col("credit_account") != "").with_columns(
        pl.when(two).then(pl.lit("")).otherwise(name).alias(name)
        for name in ("cost_center", "split", "project")
    )
    credit = credit.with_columns(
        account=pl.col("credit_account"),
        sign=pl.lit(-1, dtype=pl.Int64),
        component_class=_credit_class(kind, two),
    )
    columns = ["place", "sign", *LINE, "component_class", "split"]
    legs = pl.concat([debit.select(columns), credit.select(columns)])
    return _spread(legs)


def _credit_class(kind: str, two: pl.Expr) -> pl.Expr:
    if kind == "expense_line":
        return pl.concat_str(pl.lit("clearing_"), pl.col("route"))
    liability = pl.concat_str(pl.col("component_class"), pl.lit("_liability"))
    return pl.when(two).then(liability).otherwise(pl.col("component_class"))


def _spread(legs: pl.DataFrame) -> pl.DataFrame:
    """One row per cost center of a split."""
    splits = legs["split"].unique()
    parts = pl.DataFrame(
        [row for split in splits.filter(splits != "").sort() for row in _parts(split)],
        schema={
            "split": pl.String,
            "part": pl.Int64,
            "part_count": pl.Int64,
            "weight": pl.Int64,
            "whole": pl.Int64,
            "_center": pl.String,
        },
        orient="row",
    )
    return (
        legs.join(parts, on="split", how="left")
        .with_columns(cost_center=pl.coalesce("_center", "cost_center"))
        .drop("split", "_center")
    )


def _parts(split: str) -> Iterator[tuple[str, int, int, int, int, str]]:
    """The parts of a split with whole numbers for percents: 33.3 and 66.7 are 333 and 667."""
    stated = [line.partition(" ") for line in split.split("\n")]
    percents = [Decimal(percent) for percent, _, _ in stated]
    scale = lcm(*(percent.as_integer_ratio()[1] for percent in percents))
    weights = [int(percent * scale) for percent in percents]
    for part, (weight, (_, _, center)) in enumerate(zip(weights, stated, strict=True)):
        yield split, part, len(weights), weight, sum(weights), center
