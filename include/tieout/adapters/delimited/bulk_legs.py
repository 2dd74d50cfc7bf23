"""The legs of many rows at once, by the profile's sign rule and shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tieout.adapters.delimited.bulk import Bulk
from tieout.adapters.delimited.bulk_amounts import canonical_amounts, is_filled, negated
from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.rows import Basis


@dataclass(frozen=True)
class LegColumns:
    """One leg of every row.

    Attributes:
        amounts: canonical signed amounts.
        stands: rows that have this leg.
        trouble: rows that must be read alone because of it.
        codes: codes of the leg that differ from the row's.
    """

    amounts: pl.Series
    stands: pl.Series
    trouble: pl.Series
    codes: Mapping[str, pl.Series] = field(default_factory=dict)


def leg_columns(bulk: Bulk, basis: Basis, legs: Legs) -> list[LegColumns]:
    """The legs in the order in which a row gives them."""
    reader = _LegReader(bulk, basis, legs)
    if basis.profile.shape.kind == "wide":
        return reader.wide()
    match basis.profile.sign.rule:
        case "two_columns":
            return [reader.two_columns()]
        case "dc_column" | "type_sign":
            return [reader.by_side()]
        case "both_sides_one_row":
            return [reader.side("debit"), reader.side("credit")]
        case _:
            amounts = reader.amounts("amount")
            return [LegColumns(amounts, reader.all_rows, amounts.is_null())]


class _LegReader:
    def __init__(self, bulk: Bulk, basis: Basis, legs: Legs) -> None:
        self._bulk = bulk
        self._basis = basis
        self._legs = legs
        self.all_rows = pl.repeat(value=True, n=bulk.height, eager=True)

    def text(self, name: str) -> pl.Series:
        """The text of a field, empty when the profile does not place it."""
        cut = self._basis.layout.fields.get(name)
        if cut is None:
            return pl.repeat("", self._bulk.height, eager=True)
        if self._basis.profile.values.trim:
            return self._bulk.texts(cut)
        return self._bulk.cells.select(cut.column().alias("text")).to_series()

    def parse(self, texts: pl.Series, empty: str | None) -> pl.Series:
        """Canonical amounts; `empty` is what no text means."""
        form = self._basis.profile.number_form
        amounts = canonical_amounts(texts, form, self._legs.most_decimals)
        if empty is None:
            return amounts
        frame = pl.DataFrame({"text": texts, "amount": amounts})
        filled = pl.when(pl.col("text") == "").then(pl.lit(empty)).otherwise(pl.col("amount"))
        return frame.select(amount=filled).to_series()

    def amounts(self, name: str) -> pl.Series:
        """Canonical amounts of a field, null where they must be read alone."""
        blank = "0" if self._basis.profile.values.blank_is == "zero" else None
        return self.parse(self.text(name), blank)

    def wide(self) -> list[LegColumns]:
        """A leg per component column that is filled."""
        found = []
        for name, column in self._basis.profile.shape.components.items():
            texts = self._bulk.texts(self._basis.layout.cell(name))
            stands = texts != ""
            amounts = self.parse(texts, "0")
            frame = pl.DataFrame({"amount": amounts})
            if column.sign == "-":
                frame = frame.select(amount=negated(pl.col("amount")))
            code = pl.repeat(column.code, self._bulk.height, eager=True)
            trouble = amounts.is_null()
            found.append(LegColumns(frame["amount"], stands, trouble, {"component_code": code}))
        return found

    def two_columns(self) -> LegColumns:
        """Debit is positive; a row with both or none is read alone."""
        texts = {name: self.text(name) for name in ("debit", "credit")}
        frame = pl.DataFrame({name: self.parse(text, "0") for name, text in texts.items()})
        debit, credit = pl.col("debit"), pl.col("credit")
        legs = frame.select(
            amount=pl.when(is_filled(credit)).then(negated(credit)).otherwise(debit),
            trouble=debit.is_null() | credit.is_null() | (is_filled(debit) & is_filled(credit)),
        )
        empty = (texts["debit"] == "") & (texts["credit"] == "")
        trouble = legs["trouble"].fill_null(value=True) | empty
        return LegColumns(legs["amount"], self.all_rows, trouble)

    def by_side(self) -> LegColumns:
        """A side in a column turns the sign."""
        sign = self._basis.profile.sign
        frame = pl.DataFrame({"side": self.text("side"), "amount": self.amounts("amount")})
        side, amount = pl.col("side"), pl.col("amount")
        legs = frame.select(
            amount=pl.when(side.is_in(list(sign.debit))).then(amount).otherwise(negated(amount)),
            trouble=amount.is_null() | ~side.is_in([*sign.debit, *sign.credit]),
        )
        return LegColumns(legs["amount"], self.all_rows, legs["trouble"])

    def side(self, side: str) -> LegColumns:
        """One side of a row that holds both; without account and without amount it is no side."""
        frame = pl.DataFrame(
            {
                "account": self.text(f"{side}_account"),
                "amount": self.parse(self.text(f"{side}_amount"), "0"),
                "own": self.text(f"{side}_cost_center_code"),
                "center": self.text("cost_center_code"),
            }
        )
        account, amount = pl.col("account"), pl.col("amount")
        legs = frame.select(
            "account",
            amount=amount if side == "debit" else negated(amount),
            stands=(account != "") | is_filled(amount),
            trouble=amount.is_null() | ((account == "") & is_filled(amount)),
            center=pl.when(pl.col("own") == "").then(pl.col("center")).otherwise(pl.col("own")),
        )
        codes = {"source_account": legs["account"], "cost_center_code": legs["center"]}
        return LegColumns(
            legs["amount"],
            legs["stands"].fill_null(value=True),
            legs["trouble"].fill_null(value=True),
            codes,
        )
