"""What passes between the stages: a typed frame whose rows carry holds and the rules used.

`holds` is a list of `code|cause` texts: why a row may not be booked yet; empty means sound.
`used` is a list of `table:key@version` texts: the mapping rows that shaped it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tieout.finance.mappings import MappingRow


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """The ERP's master data as known: code → active, for accounts, cost centers, projects."""

    accounts: Mapping[str, bool]
    cost_centers: Mapping[str, bool]
    projects: Mapping[str, bool]


def add_hold(condition: pl.Expr, code: str, cause: pl.Expr) -> pl.Expr:
    """Add `code|cause` to the holds of the rows where `condition` is true or unknown."""
    entry = pl.concat_list(pl.concat_str(pl.lit(f"{code}|"), cause.fill_null("")))
    return (
        pl.when(condition.fill_null(value=True))
        .then(pl.col("holds").list.concat(entry))
        .otherwise(pl.col("holds"))
        .alias("holds")
    )


def add_used(column: str) -> pl.Expr:
    """Append the text of `column` to `used` where it is not empty."""
    entry = pl.concat_list(pl.col(column).fill_null(""))
    return (
        pl.when(pl.col(column).fill_null("") != "")
        .then(pl.col("used").list.concat(entry))
        .otherwise(pl.col("used"))
        .alias("used")
    )


def named(row: MappingRow | None) -> str:
    """`table:key@version` of a row, empty for none."""
    return "" if row is None else row.name


def join_answers(
    frame: pl.DataFrame,
    keys: Sequence[str],
    answers: Sequence[Mapping[str, object]],
    schema: Mapping[str, pl.DataType | type[pl.DataType]],
) -> pl.DataFrame:
    """Join one answer per distinct key to the rows, keeping their order."""
    table = pl.DataFrame(
        [[answer[name] for name in schema] for answer in answers],
        schema=dict(schema),
        orient="row",
    )
    return frame.join(table, on=list(keys), how="left", nulls_equal=True, maintain_order="left")
