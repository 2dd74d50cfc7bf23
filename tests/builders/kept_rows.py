"""The rows that a store keeps, in the form of the contracts that describe them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from tieout.contracts.kept import Kept
from tieout.contracts.meaning import FieldType
from tieout.contracts.row_fields import CONTRACTS
from tieout.contracts.rows import DTYPES

Asks = Callable[..., Sequence[Mapping[str, Any]]]


def kept_frame(kept: Kept, rows: Asks) -> pl.DataFrame:
    """The typed frame of everything that the store keeps under a contract.

    Args:
        kept: the contract's place.
        rows: asks the store; answers rows by column.
    """
    contract = CONTRACTS[kept.contract]
    wanted = " AND ".join(f"{_place(*name.partition('.'))} = %s" for name in kept.only) or "TRUE"
    columns = ", ".join(sorted({kept.place(field.name)[0] for field in contract.fields}))
    # Names are the contracts' own; values go as parameters.
    found = rows(f"SELECT {columns} FROM {kept.table} WHERE {wanted}", *kept.only.values())  # noqa: S608
    return pl.DataFrame(
        {
            field.name: [_value(row, kept.place(field.name), field.type) for row in found]
            for field in contract.fields
        },
        schema={field.name: DTYPES[field.type] for field in contract.fields},
        strict=True,
    )


def _place(column: str, _dot: str, inner: str) -> str:
    return f"{column} ->> '{inner}'" if inner else column


def _value(row: Mapping[str, Any], place: tuple[str, str], kind: FieldType) -> Any:
    column, inner = place
    value = row[column].get(inner) if inner else row[column]
    if kind in {FieldType.TEXT, FieldType.DECIMAL}:
        return "" if value is None else str(value)
    if kind is FieldType.DATE and isinstance(value, str):
        return pl.Series([value]).str.to_date().item() if value else None
    return value
