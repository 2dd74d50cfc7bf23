"""validate: what the rows of each document sum to, beside what it must sum to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from tieout.finance.certificates import Sums


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """Counts and sums of one document in minor units; `stated_…` from its control totals."""

    document: str
    line_count: int
    debit: int
    credit: int
    repeated_lines: int
    entity_count: int
    stated_line_count: int
    stated_debit: int
    stated_credit: int
    origin: str
    drift_percent: int = 0


def document_totals(
    frame: pl.DataFrame, stated: Mapping[str, tuple[str, int, int, int]]
) -> list[DocumentTotals]:
    """Totals per document.

    Args:
        frame: typed rows.
        stated: document → (origin, line count, debit, credit); a document without control totals
            is compared with itself and its origin is `none`.
    """
    grouped = frame.group_by("document").agg(
        line_count=pl.len(),
        debit=pl.col("amount_minor").clip(lower_bound=0).sum(),
        credit=(-pl.col("amount_minor")).clip(lower_bound=0).sum(),
        repeated_lines=pl.len() - pl.col("line_no").n_unique(),
        entity_count=pl.col("entity").n_unique(),
    )
    totals = []
    for row in grouped.sort("document").iter_rows(named=True):
        read = (int(row["line_count"]), int(row["debit"]), int(row["credit"]))
        origin, count, debit, credit = stated.get(row["document"], ("none", *read))
        totals.append(
            DocumentTotals(
                document=row["document"],
                line_count=read[0],
                debit=read[1],
                credit=read[2],
                repeated_lines=int(row["repeated_lines"]),
                entity_count=int(row["entity_count"]),
                stated_line_count=count,
                stated_debit=debit,
                stated_credit=credit,
                origin=origin,
            )
        )
    return totals


def passed_on(frame: pl.DataFrame) -> dict[str, Sums]:
    """Lines and sums per currency of a typed frame: what a stage passes on."""
    amount = pl.col("amount_minor")
    grouped = frame.group_by("currency").agg(
        line_count=pl.len(),
        debit=amount.clip(lower_bound=0).sum(),
        credit=(-amount).clip(lower_bound=0).sum(),
    )
    return {
        currency or "": Sums(int(count), int(debit), int(credit))
        for currency, count, debit, credit in grouped.iter_rows()
    }


#: What a line is, whatever the stages add to it: they pass these columns on as they came.
UNTOUCHED: Final = (
    "document", "line_no", "entity", "currency", "amount", "amount_minor", "coding",
    "component_code", "voucher_key", "source_account", "employee_ref", "cost_center_code",
    "project_code", "entry_ref", "part", "expense_type", "tax_code", "payee",
)  # fmt: skip


def what_changed(before: pl.DataFrame, after: pl.DataFrame) -> str:
    """How many lines a stage lost, made or altered that it had to pass on; empty for none.

    Frames are compared by a hash over their lines first: order does not count, values do.
    """
    columns = [name for name in UNTOUCHED if name in before.columns and name in after.columns]
    came, went = before.select(columns), after.select(columns)
    if came.height == went.height and _fingerprint(came) == _fingerprint(went):
        return ""
    lost = came.join(went, on=columns, how="anti", nulls_equal=True).height
    made = went.join(came, on=columns, how="anti", nulls_equal=True).height
    return f"{came.height} lines came, {went.height} went on, {lost} lost or altered, {made} new"


def _fingerprint(frame: pl.DataFrame) -> int:
    """A sum over the lines' hashes, within one process; it does not depend on their order."""
    return int(frame.hash_rows(seed=7).cast(pl.Int128).sum())
