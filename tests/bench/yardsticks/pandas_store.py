"""Stores the result in PostgreSQL with `to_sql`, by rows or by COPY."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import types

TEXT, WHOLE = types.Text(), types.BigInteger()
CHUNK = 20_000


def store(
    engine: sa.Engine,
    links: pd.DataFrame,
    journals: pd.DataFrame,
    journal_lines: pd.DataFrame,
    form: str,
) -> None:
    """All three tables in one transaction; then the indexes that a look-up needs."""
    lines = journal_lines.rename(columns={"erp_center": "cost_center", "erp_project": "project"})
    kept = [
        "external_id", "number", "account", "cost_center", "project", "component_class",
        "amount_minor", "people_count",
    ]  # fmt: skip
    links = links.astype({"number": "Int64", "leg_minor": "Int64"})
    with engine.begin() as connection:
        for name, frame in (
            ("journal", journals), ("journal_line", lines[kept]), ("source_line", links),
        ):  # fmt: skip
            whole = {"number", "amount_minor", "people_count", "leg_minor", "line_no"}
            frame.to_sql(
                name,
                connection,
                index=False,
                if_exists="append",
                chunksize=CHUNK,
                method=copy_rows if form == "copy" else None,
                dtype={column: WHOLE if column in whole else TEXT for column in frame.columns},
            )
        for name, columns in (
            ("journal", "external_id"), ("journal_line", "external_id, number"),
            ("source_line", "document, line_no"), ("source_line", "external_id, number"),
        ):  # fmt: skip
            connection.execute(sa.text(f"CREATE INDEX ON {name} ({columns})"))


def copy_rows(
    table: Any, connection: sa.Connection, keys: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """The callable for `to_sql(method=…)` that writes a chunk with COPY."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    columns = ", ".join(f'"{key}"' for key in keys)
    # An empty text is a value; only numbers may be missing.
    texts = ", ".join(f'"{key}"' for key in keys if isinstance(table.table.c[key].type, types.Text))
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(
            f"COPY {table.name} ({columns}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({texts}))"
        ) as copy,
    ):
        copy.write(text.getvalue())
