"""Who stands behind each journal line of a build: what explains a difference to another month.

People are pseudonyms: the same person has the same one in every build of a tenant, and it names
nobody. Rows still show single persons' pay, so the file is guarded like a payroll document.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import BuiltJournal

#: Of a row; `owner` is a person's pseudonym or an expense's reference, empty for nobody.
COLUMNS: Final = ("external_id", "line", "document", "owner", "spend", "rate", "amount_minor")
_LETTERS: Final = 16
#: Where the higher of two joined numbers begins.
_LOW: Final = 2**32


def pseudonym(tenant: str, employee_ref: str) -> str:
    """What a person is called here; nobody stays nobody."""
    if not employee_ref:
        return ""
    return hashlib.sha256(f"{tenant}|{employee_ref}".encode()).hexdigest()[:_LETTERS]


def evidence_of(
    tenant: str, frame_kind: str, typed: pl.DataFrame, journals: Sequence[BuiltJournal]
) -> pl.DataFrame:
    """A row for each journal line, document and owner, with what the owner gives to it.

    Args:
        tenant: enters every pseudonym.
        frame_kind: `pay_line` or `expense_line`.
        typed: the unit's validated rows.
        journals: with their legs.
    """
    import polars as pl

    from tieout.contracts.staged import grouped

    owners = typed.select(*_owner(frame_kind))
    told, place = grouped(owners, owners.columns)
    if frame_kind == "pay_line":
        names = [pseudonym(tenant, person or "") for person in told["owner"]]
        told = told.with_columns(pl.Series("owner", names, dtype=pl.String))
    # Owners are numbered in the order of their names, so that rows are sorted as numbers.
    told = told.with_row_index("was").sort("owner", "spend", "rate")
    number = pl.zeros(told.height, dtype=pl.UInt32, eager=True).scatter(
        told["was"], pl.int_range(told.height, dtype=pl.UInt32, eager=True)
    )
    # The rows are in the order of their documents, so a run of one hash is one document.
    documents = typed["document"].rle().struct.field("value").cast(pl.Categorical)
    rows = typed.select(
        pl.col("document").rle_id().alias("_document"),
        "line_no",
        number.gather(place).alias("_owner"),
    ).select(_joined("_document", "line_no").alias("_row"), "_owner")
    told = told.select(pl.exclude("was").cast(pl.Categorical))
    found = [
        _of_journal(item.journal.external_id, item.legs, rows, told, documents)
        for item in journals
        if item.legs is not None
    ]
    return pl.concat([_empty(), *found])


def _joined(high: str, low: str) -> pl.Expr:
    """Two numbers as one, in the same order: one number is grouped, joined and sorted faster."""
    import polars as pl

    return pl.col(high).cast(pl.UInt64) * _LOW + pl.col(low).cast(pl.UInt64)


def _of_journal(
    external_id: str,
    legs: pl.DataFrame,
    rows: pl.DataFrame,
    told: pl.DataFrame,
    documents: pl.Series,
) -> pl.DataFrame:
    """A journal's rows, in the order of their columns."""
    import polars as pl

    numbers = pl.DataFrame({"document": documents}).with_row_index("_document")
    numbered = legs.join(numbers, on="document", how="left", maintain_order="left")
    line = numbered.select(_joined("line_number", "_document")).to_series()
    # Legs are in the order of their lines and documents.
    lines = line.rle().struct.field("value")
    behind = (
        numbered.select(
            _joined("_document", "line_no").alias("_row"),
            line.rle_id().alias("_line"),
            "leg_minor",
        )
        .join(rows, on="_row", how="left")
        .select(_joined("_line", "_owner").alias("_key"), "leg_minor")
        .group_by("_key")
        .agg(amount_minor=pl.col("leg_minor").sum())
        .sort("_key")
    )
    at = lines.gather(behind["_key"] // _LOW)
    owners = told.select(pl.all().gather(behind["_key"] % _LOW))
    return behind.select(
        pl.lit(external_id).cast(pl.Categorical).alias("external_id"),
        (at // _LOW).cast(pl.Int32).alias("line"),
        documents.gather(at % _LOW).alias("document"),
        *owners,
        "amount_minor",
    )


def _owner(frame_kind: str) -> list[pl.Expr]:
    import polars as pl

    nothing = pl.lit("")
    if frame_kind == "pay_line":
        return [pl.col("employee_ref").alias("owner"), nothing.alias("spend"),
                nothing.alias("rate")]  # fmt: skip
    told = pl.concat_str("spend_currency", "spend_amount", separator=" ")
    rate = pl.concat_str("exchange_rate", "rate_direction", separator=" ")
    return [pl.col("entry_ref").alias("owner"), told.alias("spend"), rate.alias("rate")]


def _empty() -> pl.DataFrame:
    import polars as pl

    # Names repeat over many rows: kept as categories until they are written.
    kinds = {"line": pl.Int32(), "amount_minor": pl.Int64()}
    return pl.DataFrame(schema={name: kinds.get(name, pl.Categorical()) for name in COLUMNS})


def evidence_file(units: Iterable[pl.DataFrame | None]) -> bytes:
    """All units' rows as Parquet: the same bytes for the same rows."""
    import polars as pl

    # A journal is of one unit, and its rows are in order: only journals are sorted.
    journals = sorted(
        (
            (str(name), rows)
            for frame in units
            if frame is not None
            for (name,), rows in frame.partition_by(
                "external_id", maintain_order=True, as_dict=True
            ).items()
        ),
        key=itemgetter(0),
    )
    kept = pl.concat([_empty(), *(rows for _, rows in journals)])
    buffer = io.BytesIO()
    kept.with_columns(pl.col(pl.Categorical).cast(pl.String)).write_parquet(
        buffer, compression="zstd", statistics=False
    )
    return buffer.getvalue()
