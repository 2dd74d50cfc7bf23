"""Builds the canonical `pay_line` frame of one document and counts what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from tieout.contracts.columns import PAY_LINE
from tieout.finance.documents import ControlOrigin, ControlTotals
from tieout.finance.money import AmountUnreadableError, CurrencyUnknownError, to_minor

_SCHEMA: Final = {
    "line_no": pl.Int64,
    "file_line": pl.Int64,
    **dict.fromkeys(PAY_LINE, pl.String),
}


class PayLines:
    """Rows in the order of the document; `line_no` counts them from 1."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, file_line: int, values: Mapping[str, str]) -> int:
        """Add one leg or component row; columns that are not named stay empty."""
        number = len(self._rows) + 1
        self._rows.append((number, file_line, *map(values.get, PAY_LINE)))
        return number

    def frame(self) -> pl.DataFrame:
        """The canonical frame."""
        frame = pl.DataFrame(self._rows, schema=_SCHEMA, orient="row")
        return frame.with_columns(pl.col(PAY_LINE).fill_null(""))


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Lines given in the order of the document as the canonical frame: `line_no` counts from 1."""
    counted = frame.with_columns(line_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return counted.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items())


def _amounts(frame: pl.DataFrame) -> pl.DataFrame:
    exact = pl.col("amount").str.to_decimal(scale=6)
    return frame.with_columns(
        _debit=pl.when(exact > 0).then(exact).otherwise(0),
        _credit=pl.when(exact < 0).then(-exact).otherwise(0),
    )


def readable(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines with an amount of nothing where theirs can't be read: such a line is told and held.

    Expense lines stay with what was found; a pay line that can't be read makes no line at all.
    """
    plain = pl.col("amount").str.contains(r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$")
    return frame.with_columns(amount=pl.when(plain).then(pl.col("amount")).otherwise(pl.lit("0")))


def totals(frame: pl.DataFrame) -> tuple[Decimal, Decimal]:
    """Sums of the positive amounts and of the magnitudes of the negative ones, exact."""
    exact = frame["amount"].str.to_decimal(scale=6)
    debit, balance = Decimal(exact.filter(exact > 0).sum()), Decimal(exact.sum())
    return _plain(debit), _plain(debit - balance)


def totals_by(frame: pl.DataFrame, column: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Both sums per value of `column`, in the order of the values."""
    grouped = (
        _amounts(frame)
        .group_by(column)
        .agg(pl.col("_debit").sum(), pl.col("_credit").sum())
        .sort(column)
    )
    return {name: (_plain(debit), _plain(credit)) for name, debit, credit in grouped.iter_rows()}


def derived_control(
    frame: pl.DataFrame,
    currency: str,
    summed: tuple[Decimal, Decimal] | None = None,
    origin: ControlOrigin = ControlOrigin.DERIVED,
) -> ControlTotals | None:
    """What we counted ourselves; proves nothing about completeness.

    Args:
        frame: the pay lines.
        currency: the currency of all of them.
        summed: their `totals`, where they are known already.
        origin: who else says so.

    None when the currency is unknown or its minor units can't hold the amounts: then a finding
    stands at their lines.
    """
    debit, credit = summed or totals(frame)
    try:
        return ControlTotals(
            origin=origin,
            currency=currency,
            line_count=frame.height,
            debit_minor=to_minor(str(debit), currency),
            credit_minor=to_minor(str(credit), currency),
        )
    except (CurrencyUnknownError, AmountUnreadableError):
        return None


def _plain(value: Decimal | None) -> Decimal:
    """At least two decimals are shown, further ones only when they carry something."""
    exact = value or Decimal(0)
    shown = exact.quantize(Decimal("0.01"))
    return shown if shown == exact else Decimal(f"{exact:f}".rstrip("0"))
