"""Whether a tax that the platform calls reclaimable is reclaimed, or is cost.

By policy a tax is reclaimed always, never, or only with a tax receipt. What is not reclaimed is
booked with the cost of its expense: it is no claim that the tax office would grant. A policy that
says nothing leaves the platform's own answer.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tieout.contracts.staged import Schema, answered, grouped
from tieout.finance.mappings import MappingSet

ANSWER: Final[Schema] = {"_as_cost": pl.Boolean}
#: What `receipt` says of a receipt that states the tax.
TAX_RECEIPT: Final = "tax"


def with_reclaim(frame: pl.DataFrame, mapping: MappingSet) -> pl.DataFrame:
    """Add `_as_cost`: whether a reclaimable tax part is booked as cost; rules of the day `_on`."""
    stated = {row["vat_reclaim"] for row in mapping.table("tax_treatment")}
    if not stated & {"no", "with_receipt"}:
        return frame.with_columns(_as_cost=pl.lit(value=False))
    keyed = frame.with_columns(_tax=pl.col("part") == "tax_reclaimable")
    columns = ["entity", "expense_type", "country", "receipt", "_on", "_tax"]
    distinct, place = grouped(keyed, columns)
    answers = []
    for entity, kind, country, receipt, on, is_tax in distinct.iter_rows():
        row = None
        if is_tax:
            row = mapping.best(
                "tax_treatment", entity, on, expense_type=kind or "", spend_country=country or ""
            )
        reclaim = "" if row is None else row["vat_reclaim"]
        lacks = reclaim == "with_receipt" and receipt != TAX_RECEIPT
        answers.append({"_as_cost": reclaim == "no" or lacks})
    return answered(keyed, place, answers, ANSWER).drop("_tax")
