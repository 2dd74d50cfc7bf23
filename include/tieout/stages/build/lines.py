"""Bring the amounts of built rows to journal lines, and keep which rows stand behind each.

All entities of a unit are summarised at once, on numbers: a leg is a line, a document, a source
line, a person and an amount. Names are looked up for the few thousand lines that come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from tieout.contracts.staged import grouped
from tieout.stages.build.places import LINE, legs_of
from tieout.stages.build.splits import split_parts

#: A line and a document leave room for a source line beside them in 64 bits.
_ROOM: Final = 2**31
#: Nobody: rows without an employee.
_NOBODY: Final = 0


@dataclass(frozen=True)
class Lines:
    """The lines of all journals of a unit.

    Attributes:
        lines: `entity`, `line_number`, `account`, `cost_center`, `project`, `component_class`,
            `amount_minor`, `people_count`, by entity and number.
        links: `entity`, `line_number` and the columns of `Built.lineage` but for the external id.
        legs: `entity`, `line_number`, `document`, `line_no`, `leg_minor`: what each source line
            gives to each journal line; None unless it was asked for.
        class_totals: entity → class → sum of its legs as the source states them, before any split.
    """

    lines: pl.DataFrame
    links: pl.DataFrame
    class_totals: Mapping[str, Mapping[str, int]]
    legs: pl.DataFrame | None = None


def summarise(
    kind: str, rows: pl.DataFrame, places: pl.DataFrame, used: pl.Series, *, keep_legs: bool = False
) -> Lines:
    """Summarise the built rows.

    Args:
        kind: `pay_line` or `expense_line`.
        rows: `document` (number), `line_no`, `employee_ref`, `amount_minor`, `place`.
        places: all places, with their number `place`.
        used: the numbers of those that built rows have.
        keep_legs: whether to answer `legs`.
    """
    legs = legs_of(kind, places.filter(pl.col("place").is_in(used.implode())))
    labels = legs.group_by("entity", "account").agg(
        component_class=pl.col("component_class").unique().sort().str.join("+")
    )
    bases, base = grouped(legs, LINE)
    legs = legs.with_columns(base.alias("base"))
    booked = _booked(rows, legs)
    lines, number = _numbered(bases, booked)
    booked = _in_order(booked.with_columns(line=number.gather(booked["line"])))
    lines = lines.join(labels, on=["entity", "account"], how="left", maintain_order="left")
    lines = lines.join(_people(booked), on="line", how="left", maintain_order="left")
    links = _links(booked)
    links = links.with_columns(
        lines.select(pl.col("entity", "line_number").gather(links["line"])).get_columns()
    )
    kept = None
    if keep_legs:
        kept = booked.select("line", "document", "line_no", "leg_minor")
        names = lines.select(pl.col("entity", "line_number").gather(kept["line"]))
        kept = kept.drop("line").with_columns(names.get_columns())
    return Lines(lines, links, _class_totals(rows, legs, labels), kept)


def _in_order(booked: pl.DataFrame) -> pl.DataFrame:
    """The legs by line, document and source line; as one number, since that sorts faster."""
    line, document = pl.col("line").cast(pl.UInt64), pl.col("document").cast(pl.UInt64)
    documents, most = booked.select(
        pl.col("document").max().fill_null(0) + 1, pl.col("line").max().fill_null(0) + 1
    ).row(0)
    if documents * most >= _ROOM:
        return booked.sort("line", "document", "line_no")
    key = (line * documents + document) * 2**32 + pl.col("line_no").cast(pl.UInt64)
    return booked.sort(key)


def _booked(rows: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """The legs of the rows: `line` (three for each base: credit, any, debit side) and amounts."""
    people, person = grouped(rows, ["employee_ref"])
    nobody = people.select(pl.col("employee_ref").fill_null("") == "").to_series()
    numbered = (
        pl.select(pl.when(nobody).then(_NOBODY).otherwise(pl.int_range(1, people.height + 1)))
        .to_series()
        .cast(pl.UInt32)
    )
    rows = rows.select(
        "document",
        pl.col("line_no").cast(pl.Int32),
        numbered.gather(person).alias("person"),
        "amount_minor",
        "place",
    )
    whole = rows.join(
        legs.filter(pl.col("part").is_null()).select("place", "sign", "base"), on="place"
    ).with_columns(leg_minor=pl.col("amount_minor") * pl.col("sign"))
    columns = ["base", "document", "line_no", "person", "amount_minor", "leg_minor"]
    split = [
        _split(rows, legs.filter(pl.col("part_count") == count), count).select(columns)
        for count in legs["part_count"].drop_nulls().unique().sort()
    ]
    every = pl.concat([whole.select(columns), *split]).filter(pl.col("leg_minor") != 0)
    return _sided(every)


def _split(rows: pl.DataFrame, legs: pl.DataFrame, count: int) -> pl.DataFrame:
    """The legs of the rows whose place is split into `count` parts."""
    parts = legs.group_by("place", "sign", "whole").agg(
        *(pl.col("weight").sort_by("part").get(n).alias(f"weight_{n}") for n in range(count)),
        *(pl.col("base").sort_by("part").get(n).alias(f"base_{n}") for n in range(count)),
    )
    wide = rows.join(parts, on="place")
    amounts = wide.select(pl.col("amount_minor") * pl.col("sign")).to_series()
    shares = split_parts(amounts, [wide[f"weight_{n}"] for n in range(count)], wide["whole"])
    return pl.concat(
        [
            wide.select(
                "document", "line_no", "person", "amount_minor",
                pl.col(f"base_{n}").alias("base"), shares[str(n)].alias("leg_minor"),
            )
            for n in range(count)
        ]
    )  # fmt: skip


def _sided(legs: pl.DataFrame) -> pl.DataFrame:
    """Groups that net to zero keep a debit and a credit line, so that no source line vanishes."""
    nets = legs.group_by("base").agg(pl.col("leg_minor").sum())
    zero = nets.filter(pl.col("leg_minor") == 0)["base"]
    side = pl.lit(1, dtype=pl.UInt32)
    if zero.len():
        sign = (pl.col("leg_minor").sign() + 1).cast(pl.UInt32)
        side = pl.when(pl.col("base").is_in(zero.implode())).then(sign).otherwise(side)
    return legs.with_columns(line=pl.col("base") * 3 + side).drop("base")


def _numbered(bases: pl.DataFrame, booked: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The lines in the order of their names, and the place of each `line` in that order."""
    sums = booked.group_by("line").agg(amount_minor=pl.col("leg_minor").sum())
    lines = (
        sums.with_columns(bases[name].gather(sums["line"] // 3) for name in LINE)
        .with_columns(_side=pl.col("line") % 3)
        .sort(*LINE, "_side")
    )
    number = pl.zeros(3 * bases.height, dtype=pl.UInt32, eager=True).scatter(
        lines["line"], pl.int_range(lines.height, dtype=pl.UInt32, eager=True)
    )
    of_entity = lines["entity"].rle().struct.field("len")
    numbers = [pl.int_range(1, n + 1, dtype=pl.Int32, eager=True) for n in of_entity]
    told = pl.concat(numbers) if numbers else pl.Series(dtype=pl.Int32)
    lines = lines.drop("line", "_side").with_row_index("line")
    return lines.with_columns(told.alias("line_number")), number


def _people(booked: pl.DataFrame) -> pl.DataFrame:
    """The number of different employees behind each line."""
    somebody = pl.col("person").filter(pl.col("person") != _NOBODY)
    return booked.group_by("line").agg(people_count=somebody.n_unique().cast(pl.Int64))


def _links(booked: pl.DataFrame) -> pl.DataFrame:
    """Which source lines of one document stand behind a line, and with what share.

    `shares` has an element for each source line: its share where that is not its whole amount,
    else null; it is null as a whole where every line stands with its whole amount.
    """
    key = ["line", "document", "line_no"]
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in key)
    if booked.select(same.any()).item():
        # Two legs of one source line meet in one journal line.
        booked = booked.group_by(key, maintain_order=True).agg(
            pl.col("amount_minor").first(), pl.col("leg_minor").sum()
        )
    share = pl.when(pl.col("leg_minor").abs() != pl.col("amount_minor").abs()).then("leg_minor")
    return (
        booked.with_columns(share=share)
        .group_by("line", "document", maintain_order=True)
        .agg(
            source_lines=pl.col("line_no"),
            amount_minor=pl.col("leg_minor").sum(),
            shares=pl.col("share"),
            _parts=pl.col("share").is_not_null().any(),
        )
        .with_columns(shares=pl.when("_parts").then("shares"))
        .drop("_parts")
    )


def _class_totals(
    rows: pl.DataFrame, legs: pl.DataFrame, labels: pl.DataFrame
) -> dict[str, dict[str, int]]:
    """Sum per entity and class of the legs as the source states them."""
    amounts = rows.group_by("place").agg(pl.col("amount_minor").sum())
    once = legs.filter(pl.col("part").fill_null(0) == 0).select(
        "place", "sign", "entity", "account"
    )
    grouped_totals = (
        once.join(amounts, on="place")
        .join(labels, on=["entity", "account"])
        .group_by("entity", "component_class")
        .agg(total=(pl.col("amount_minor") * pl.col("sign")).sum())
        .sort("entity", "component_class")
    )
    totals: dict[str, dict[str, int]] = {}
    for entity, label, total in grouped_totals.iter_rows():
        totals.setdefault(entity, {})[label] = int(total)
    return totals
