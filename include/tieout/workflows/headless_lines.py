"""Source lines as text for the files of a build: ranges of numbers, and shares of split lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.workflows.unit_rules import shown

if TYPE_CHECKING:
    import polars as pl


def ranges_told(lists: pl.Series) -> list[str]:
    """Lists of ascending line numbers as ranges: `1-4 7`."""
    import polars as pl

    row, line = pl.col("row"), pl.col("line")
    follows = (row == row.shift()) & (line == line.shift() + 1)
    runs = (
        pl.DataFrame({"line": lists})
        .with_row_index("row")
        .explode("line")
        .drop_nulls("line")
        .with_columns(run=(~follows).fill_null(value=True).cum_sum())
        .group_by("run", maintain_order=True)
        .agg(pl.col("row").first(), low=pl.col("line").first(), high=pl.col("line").last())
        .with_columns(
            text=pl.when(pl.col("low") == pl.col("high"))
            .then(pl.col("low").cast(pl.String))
            .otherwise(pl.format("{}-{}", "low", "high"))
        )
        .group_by("row", maintain_order=True)
        .agg(pl.col("text").str.join(" "))
    )
    told = dict(runs.iter_rows())
    return [told.get(number, "") for number in range(lists.len())]


def shares_told(links: pl.DataFrame, currency: str) -> list[str]:
    """Of each link, the lines that stand with a part of their amount: `7:33.33 9:12.10`.

    Args:
        links: see `Built.lineage`.
        currency: of their journal.
    """
    return [
        " ".join(
            f"{line}:{shown(share, currency)}"
            for line, share in zip(lines, shares or (), strict=False)
            if share is not None
        )
        for lines, shares in links.select("source_lines", "shares").iter_rows()
    ]
