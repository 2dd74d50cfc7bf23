"""Expand rows into accounting legs, split over cost centers, and summarise them into lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from tieout.finance.journals import JournalLine
from tieout.finance.money import split_largest_remainder

#: What one summarised line is made of.
LINE_KEY = ("account", "cost_center", "project", "_side")


def expand_legs(kind: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Debit and credit legs of built rows, before splitting.

    The debit leg carries the dimensions; the credit leg of a row with two legs stands on the
    balance sheet and carries none.
    """
    debit = rows.filter(pl.col("debit_account") != "").with_columns(
        account=pl.col("debit_account"), leg_minor=pl.col("amount_minor")
    )
    two_legs = pl.col("debit_account") != ""
    credit = rows.filter(pl.col("credit_account") != "").with_columns(
        account=pl.col("credit_account"),
        leg_minor=-pl.col("amount_minor"),
        component_class=_credit_class(kind, two_legs),
        cost_centers=pl.when(two_legs)
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise(pl.col("cost_centers")),
        project=pl.when(two_legs).then(pl.lit("")).otherwise(pl.col("project")),
    )
    columns = [
        "document", "line_no", "entity", "employee_ref", "account", "leg_minor",
        "component_class", "cost_centers", "percents", "project", "summarise",
    ]  # fmt: skip
    return pl.concat([debit.select(columns), credit.select(columns)]).filter(
        pl.col("leg_minor") != 0
    )


def _credit_class(kind: str, two_legs: pl.Expr) -> pl.Expr:
    if kind == "expense_line":
        return pl.concat_str(pl.lit("clearing_"), pl.col("route"))
    return (
        pl.when(two_legs)
        .then(pl.concat_str(pl.col("component_class"), pl.lit("_liability")))
        .otherwise(pl.col("component_class"))
    )


def label_classes(legs: pl.DataFrame) -> pl.DataFrame:
    """Give each leg the classes of its account in this journal, as tie-out compares them.

    Employee and employer shares of one payable meet in one line; its class names both.
    """
    labels = legs.group_by("account").agg(
        component_class=pl.col("component_class").unique().sort().str.join("+")
    )
    return legs.drop("component_class").join(labels, on="account", how="left")


def split_legs(legs: pl.DataFrame) -> pl.DataFrame:
    """One leg per cost center; parts of a split sum to the leg exactly."""
    by_entity = pl.col("summarise") == "entity"
    single = legs.filter(by_entity | (pl.col("cost_centers").list.len() <= 1)).with_columns(
        cost_center=pl.when(by_entity)
        .then(pl.lit(""))
        .otherwise(pl.col("cost_centers").list.first().fill_null("")),
        project=pl.when(by_entity).then(pl.lit("")).otherwise(pl.col("project")),
    )
    several = legs.filter(~by_entity & (pl.col("cost_centers").list.len() > 1))
    if several.height == 0:
        return single.drop("cost_centers", "percents")
    parts = [
        split_largest_remainder(amount, [Decimal(p) for p in percents])
        for amount, percents in several.select("leg_minor", "percents").iter_rows()
    ]
    spread = (
        several.with_columns(leg_minor=pl.Series(parts, dtype=pl.List(pl.Int64)))
        .rename({"cost_centers": "cost_center"})
        .drop("percents")
        .explode("leg_minor", "cost_center")
        .filter(pl.col("leg_minor") != 0)
    )
    kept = single.drop("cost_centers", "percents")
    return pl.concat([kept, spread.select(kept.columns)])


def summarise(legs: pl.DataFrame) -> pl.DataFrame:
    """Legs with the number of the journal line they belong to (`line_number`), one entity's.

    Groups that net to zero keep a debit and a credit line, so that no source line vanishes.
    """
    base = list(LINE_KEY[:-1])
    nets = legs.group_by(base).agg(_net=pl.col("leg_minor").sum())
    sided = legs.join(nets, on=base, how="left").with_columns(
        _side=pl.when(pl.col("_net") == 0).then(pl.col("leg_minor").sign()).otherwise(0)
    )
    numbered = (
        sided.select(LINE_KEY).unique().sort(LINE_KEY).with_row_index("line_number", offset=1)
    )
    return sided.join(numbered, on=list(LINE_KEY), how="left").drop("_net")


def journal_lines(numbered: pl.DataFrame, period: str) -> tuple[JournalLine, ...]:
    """The summarised lines in number order."""
    grouped = (
        numbered.group_by("line_number", *LINE_KEY)
        .agg(
            amount_minor=pl.col("leg_minor").sum(),
            component_class=pl.col("component_class").first(),
            people=pl.col("employee_ref").filter(pl.col("employee_ref") != "").n_unique(),
        )
        .sort("line_number")
    )
    return tuple(
        JournalLine(
            number=int(row["line_number"]),
            account=row["account"],
            amount_minor=int(row["amount_minor"]),
            cost_center=row["cost_center"],
            project=row["project"],
            component_class=row["component_class"],
            description=_description(row["component_class"], period),
            people_count=int(row["people"]),
        )
        for row in grouped.iter_rows(named=True)
    )


def _description(component_class: str, period: str) -> str:
    words = component_class.replace("_", " ").replace("+", ", ")
    return f"{words.capitalize()} {period}"[:100]


def class_totals(legs: pl.DataFrame) -> Mapping[str, int]:
    """Sum per class of the legs as the source states them, before any split or summary."""
    grouped = legs.group_by("component_class").agg(total=pl.col("leg_minor").sum())
    return {name: int(total) for name, total in grouped.sort("component_class").iter_rows()}
