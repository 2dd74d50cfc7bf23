"""Who stands behind each journal line of a build: what explains a difference to another month.

People are pseudonyms: the same person has the same one in every build of a tenant, and it names
nobody. Rows still show single persons' pay, so the file is guarded like a payroll document.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import BuiltJournal

#: Of a row; `owner` is a person's pseudonym or an expense's reference, empty for nobody.
COLUMNS: Final = ("external_id", "line", "document", "owner", "spend", "rate", "amount_minor")
_LETTERS: Final = 16


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

    owners = typed.select("document", pl.col("line_no").cast(pl.Int32), *_owner(frame_kind))
    if frame_kind == "pay_line":
        people = owners["owner"].unique()
        names = [pseudonym(tenant, person or "") for person in people]
        owners = owners.with_columns(pl.col("owner").replace_strict(people, names))
    keys = [name for name in COLUMNS if name != "amount_minor"]
    found = [
        item.legs.join(owners, on=["document", "line_no"], how="left")
        .select(
            pl.lit(item.journal.external_id).alias("external_id"),
            pl.col("line_number").cast(pl.Int32).alias("line"),
            "document", "owner", "spend", "rate", "leg_minor",
        )
        .group_by(keys)
        .agg(amount_minor=pl.col("leg_minor").sum())
        for item in journals
        if item.legs is not None
    ]  # fmt: skip
    return pl.concat([_empty(), *found]).sort(keys)


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

    kinds = {"line": pl.Int32, "amount_minor": pl.Int64}
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in COLUMNS})


def evidence_file(units: Iterable[pl.DataFrame | None]) -> bytes:
    """All units' rows as Parquet: the same bytes for the same rows."""
    import polars as pl

    kept = pl.concat([_empty(), *(frame for frame in units if frame is not None)])
    buffer = io.BytesIO()
    kept.sort(COLUMNS).write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()
