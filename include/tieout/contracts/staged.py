"""What passes between the stages: a typed frame whose rows say why they wait and what shaped them.

`holds` is a list of `code|cause` texts: why a row may not be booked yet; empty means sound. Nearly
all rows are sound, so a stage collects holds beside the rows (`Holds`) and writes the column once.
The columns of `RULES` name the mapping rows that shaped a row, `table:key@version`, several of one
look-up on lines of their own. Look-ups are answered once per distinct key (`grouped`, `answered`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from tieout.finance.mappings import MappingRow

#: The rules behind a row, a column for each look-up; empty where it needed none.
RULES: Final = (
    "account_rule", "class_rule", "cost_center_rules", "project_rule", "tax_rule", "route_rule",
)  # fmt: skip
#: Names and types of columns.
Schema = Mapping[str, pl.DataType | type[pl.DataType]]
#: Codes and rule names repeat over many rows: kept as categories, a few bytes a row.
CODE: Final = pl.Categorical()
HOLDS: Final = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """The ERP's master data as known: code → active, for accounts, cost centers, projects."""

    accounts: Mapping[str, bool]
    cost_centers: Mapping[str, bool]
    projects: Mapping[str, bool]


class Holds:
    """Collects why rows wait, in the order of telling, without touching the rows."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._told: list[pl.DataFrame] = []

    def where(self, *told: tuple[pl.Expr, str, pl.Expr]) -> None:
        """Hold the rows where a condition is true or unknown: (condition, code, cause)."""
        names = [f"_hold_{number}" for number in range(len(told))]
        marks = (
            self._frame.lazy()
            .with_columns(
                condition.fill_null(value=True).alias(name)
                for name, (condition, _, _) in zip(names, told, strict=True)
            )
            .select(names)
            .collect()
        )
        for name, (_, code, cause) in zip(names, told, strict=True):
            if marks[name].any():
                self.rows(marks[name].arg_true(), code, cause)

    def rows(self, positions: pl.Series, code: str, cause: pl.Expr) -> None:
        """Hold the rows at these positions."""
        entry = pl.concat_str(pl.lit(f"{code}|"), cause.cast(pl.String).fill_null(""))
        needed = cause.meta.root_names() or self._frame.columns[:1]
        told = (
            self._frame.lazy()
            .select(pl.col(needed).gather(positions))
            .with_columns(_entry=entry)
            .collect()
        )
        self.entries(positions, told["_entry"])

    def entries(self, positions: pl.Series, entries: pl.Series) -> None:
        """Hold the rows at these positions, each with its own `code|cause`."""
        self._told.append(
            pl.DataFrame({"_row": positions.cast(pl.UInt32), "holds": entries.alias("holds")})
        )

    def written(self) -> pl.DataFrame:
        """The frame with all that was told added to its `holds`."""
        if not self._told:
            return self._frame
        return self._frame.with_columns(
            holds=lists_at(pl.concat([held_rows(self._frame), *self._told]), self._frame.height)
        )


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows by document and line; a frame that is so already stays as it is."""
    document, line = pl.col("document"), pl.col("line_no")
    before = document.shift()
    ordered = (before < document) | ((before == document) & (line.shift() <= line))
    if frame.select(ordered.fill_null(value=True).all()).item():
        return frame
    return frame.sort("document", "line_no", maintain_order=True)


def held_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per hold: the position `_row` of the held row, and the text of `holds`."""
    return (
        frame.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"), "holds")
        .filter(pl.col("holds").list.len() > 0)
        .explode("holds")
    )


def lists_at(told: pl.DataFrame, height: int) -> pl.Series:
    """Lists of the texts in `holds` at the positions `_row`, in their order; empty elsewhere."""
    rows = pl.LazyFrame({"_row": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    lists = told.lazy().group_by("_row", maintain_order=True).agg("holds")
    return (
        rows.join(lists, on="_row", how="left", maintain_order="left")
        .select(pl.col("holds").fill_null(pl.lit([], dtype=HOLDS)))
        .collect()
        .to_series()
    )


def grouped(frame: pl.DataFrame, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct values of `keys`, in any order, and for each row the position of its values."""
    groups = (
        frame.lazy()
        .select(*keys, pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"))
        .group_by(keys)
        .agg("_row")
        .with_row_index("_group")
        .collect()
    )
    place = pl.zeros(frame.height, dtype=pl.UInt32, eager=True)
    if groups.height:
        members = groups.lazy().select("_group", "_row").explode("_row").collect()
        place = place.scatter(members["_row"], members["_group"])
    return groups.drop("_row", "_group"), place


def answered(
    frame: pl.DataFrame,
    place: pl.Series,
    answers: Sequence[Mapping[str, object]],
    schema: Schema,
    looked_up: str = "",
) -> pl.DataFrame:
    """Give each row the answer at its `place` (see `grouped`).

    What an answer waits for (`waits`) goes to the columns that `held` reads for `looked_up`.
    """
    table = pl.DataFrame(
        [[answer[name] for name in schema] for answer in answers],
        schema=dict(schema),
        orient="row",
    )
    if looked_up:
        table = table.rename({"_hold": f"_hold_{looked_up}", "_cause": f"_cause_{looked_up}"})
    return frame.with_columns(table.select(pl.all().gather(place)).get_columns())


def waits(code: str, cause: str = "") -> dict[str, object]:
    """The part of an answer that holds its rows; see `held`."""
    return {"_hold": code, "_cause": cause}


def held(frame: pl.DataFrame, *looked_up: str) -> pl.DataFrame:
    """Turn what the answers to some look-ups wait for into holds, in their order, and drop it.

    Args:
        frame: rows with `_hold_…` (a code, empty for none) and `_cause_…` for each look-up.
        looked_up: the names of the look-ups.
    """
    holds = Holds(frame)
    for name in looked_up:
        code, cause = pl.col(f"_hold_{name}"), pl.col(f"_cause_{name}")
        hit = frame.select(code != "").to_series()
        if hit.any():
            at = hit.arg_true()
            told = frame.select(code.gather(at), cause.gather(at)).select(
                pl.concat_str(code, pl.lit("|"), cause.fill_null("")).alias("holds")
            )
            holds.entries(at, told["holds"])
    return holds.written().drop(
        column for name in looked_up for column in (f"_hold_{name}", f"_cause_{name}")
    )


def named(row: MappingRow | None) -> str:
    """`table:key@version` of a row, empty for none."""
    return "" if row is None else row.name
