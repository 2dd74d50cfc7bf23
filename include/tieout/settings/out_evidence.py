"""Read back who stands behind the journals of a build, and which lines it carried over."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.finance.journal_sides import Behind, Evidence, LineKey, Owner
from tieout.finance.journals import Journal
from tieout.settings.out_folder import line_numbers, read_table, unusable

if TYPE_CHECKING:
    import polars as pl


def carried_lines(out: Path) -> dict[str, frozenset[int]]:
    """Document (SHA-256) → its lines that were carried over to another period.

    Raises:
        ResultUnusableError: dispositions.csv is broken.
    """
    path = out / "dispositions.csv"
    if not path.exists():
        return {}
    carried: dict[str, frozenset[int]] = {}
    try:
        for row in read_table(path):
            if row["state"] == "carried_over":
                lines = frozenset(line_numbers(row["source_lines"]))
                carried[row["document"]] = carried.get(row["document"], frozenset()) | lines
    except (csv.Error, KeyError, ValueError) as error:
        raise unusable(path, "is no list of dispositions of a build") from error
    return carried


def evidence_of(out: Path, journals: Sequence[Journal]) -> Evidence:
    """Who stands behind the lines of these journals; empty when the build kept no evidence.

    Raises:
        ResultUnusableError: evidence.parquet is broken.
    """
    import polars as pl

    path = out / "evidence.parquet"
    if not path.exists():
        return {}
    try:
        return evidence_in(pl.read_parquet(path), journals)
    except (pl.exceptions.PolarsError, KeyError, OSError) as error:
        raise unusable(path, "is no evidence of a build") from error


def evidence_in(rows: pl.DataFrame, journals: Sequence[Journal]) -> Evidence:
    """The evidence of these journals in the rows of a build."""
    import polars as pl

    wanted = [journal.external_id for journal in journals]
    return _by_document(rows.filter(pl.col("external_id").is_in(wanted)), _keys(journals))


def _keys(journals: Sequence[Journal]) -> Mapping[tuple[str, int], LineKey]:
    return {
        (journal.external_id, line.number): (line.account, line.cost_center, line.project)
        for journal in journals
        for line in journal.lines
    }


def _by_document(rows: pl.DataFrame, keys: Mapping[tuple[str, int], LineKey]) -> Evidence:
    found: dict[str, dict[LineKey, dict[Owner, Behind]]] = {}
    columns = ("external_id", "line", "document", "owner", "spend", "rate", "amount_minor")
    for external_id, line, document, owner, spend, rate, amount in rows.select(columns).iter_rows():
        owners = found.setdefault(document, {}).setdefault(keys[external_id, line], {})
        before = owners.get(owner)
        # The debit and the credit line of a group that nets to zero share one key.
        total = amount + (before.amount_minor if before else 0)
        owners[owner] = Behind(total, spend or "", rate or "")
    return found
