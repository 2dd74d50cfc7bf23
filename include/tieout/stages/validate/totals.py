"""validate: what the rows of each document sum to, beside what it must sum to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


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
