"""Splitting a whole column of amounts is splitting them one by one."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tieout.finance.money import LARGEST_MINOR, split_largest_remainder
from tieout.stages.build.splits import split_parts

AMOUNTS = st.integers(-LARGEST_MINOR, LARGEST_MINOR) | st.integers(-100, 100)
#: Percents of two decimals and of ten: the second leave no room for products in 64 bits.
WEIGHTS = st.integers(0, 10_000) | st.integers(0, 10**12)


@st.composite
def columns(draw: st.DrawFn) -> list[tuple[int, list[int]]]:
    """Rows of an amount and the weights of its parts, equally many in all rows."""
    count = draw(st.integers(1, 8))
    weights = st.lists(WEIGHTS, min_size=count, max_size=count).filter(any)
    return draw(st.lists(st.tuples(AMOUNTS, weights), max_size=12))


@given(rows=columns())
def test_a_column_is_split_to_the_unit_as_each_of_its_amounts(
    rows: list[tuple[int, list[int]]],
) -> None:
    """The controller relies on it: the same cents on the same cost centers, whatever the speed."""
    count = len(rows[0][1]) if rows else 1
    parts = split_parts(
        pl.Series([amount for amount, _ in rows], dtype=pl.Int64),
        [pl.Series([w[n] for _, w in rows], dtype=pl.Int64) for n in range(count)],
        pl.Series([sum(w) for _, w in rows], dtype=pl.Int64),
    )
    assert parts.rows() == [
        tuple(split_largest_remainder(amount, [Decimal(one) for one in weights]))
        for amount, weights in rows
    ]
