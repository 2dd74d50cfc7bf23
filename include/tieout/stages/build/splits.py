"""Split amounts by largest remainder, a column at a time, as `split_largest_remainder` does.

The magnitude is split, each part is floored, and the missing units go to the largest remainders,
ties to the earlier part. An amount `a` is taken as `q` wholes and a rest `r`, so that a part is
`q * weight + r * weight // whole`: no product leaves 64 bits while the weights sum to less than
three billion.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from tieout.finance.money import split_largest_remainder

#: Below it `whole * whole` fits 64 bits.
_LARGEST_WHOLE: Final = 3_000_000_000


def split_parts(amounts: pl.Series, weights: Sequence[pl.Series], whole: pl.Series) -> pl.DataFrame:
    """The parts of each amount, a column `0`, `1`, … for each part.

    Args:
        amounts: minor units, of any sign.
        weights: for each part, its weight in each row (integers, not negative).
        whole: the sum of a row's weights, positive.
    """
    names = [str(number) for number in range(len(weights))]
    if whole.len() and int(whole.max()) > _LARGEST_WHOLE:  # type: ignore[arg-type]  # not empty
        return _one_by_one(amounts, weights, names)
    frame = pl.DataFrame([column.alias(name) for name, column in zip(names, weights, strict=True)])
    magnitude = pl.col("_amount").abs()
    wholes, rest = magnitude // pl.col("_whole"), magnitude % pl.col("_whole")
    floored = frame.with_columns(amounts.alias("_amount"), whole.alias("_whole")).select(
        "_amount",
        *((wholes * pl.col(n) + rest * pl.col(n) // pl.col("_whole")).alias(n) for n in names),
        *((rest * pl.col(n) % pl.col("_whole")).alias(f"_rest_{n}") for n in names),
    )
    missing = magnitude - pl.sum_horizontal(names)
    return floored.select(
        (pl.col("_amount").sign() * (pl.col(n) + (_rank(n, names) < missing).cast(pl.Int64))).alias(
            n
        )
        for n in names
    )


def _rank(name: str, names: Sequence[str]) -> pl.Expr:
    """How many parts come before this one when the missing units are given out."""
    own = pl.col(f"_rest_{name}")
    before = [
        pl.col(f"_rest_{other}") >= own
        if int(other) < int(name)
        else pl.col(f"_rest_{other}") > own
        for other in names
        if other != name
    ]
    return pl.sum_horizontal(before).cast(pl.Int64) if before else pl.lit(0, dtype=pl.Int64)


def _one_by_one(
    amounts: pl.Series, weights: Sequence[pl.Series], names: Sequence[str]
) -> pl.DataFrame:
    """Percents with very many decimals: exact fractions, row by row."""
    parts = [
        split_largest_remainder(amount, [Decimal(weight) for weight in row])
        for amount, *row in zip(amounts, *weights, strict=True)
    ]
    return pl.DataFrame(parts, schema=dict.fromkeys(names, pl.Int64), orient="row")
