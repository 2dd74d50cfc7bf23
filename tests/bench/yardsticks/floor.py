"""The least that any honest job does: read the columns, hash, compress and keep, COPY the result.

Nothing is checked, mapped or built: the rows to store were made by another contestant before.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl
import psycopg
import zstandard

TABLES = {
    "journal": "external_id text, entity text, kind text, period text, accounting_date date,"
    " currency text",
    "journal_line": "external_id text, number bigint, account text, cost_center text, project text,"
    " component_class text, amount_minor bigint, people_count bigint",
    "lineage": "external_id text, number bigint, document text, source_lines integer[]",
    "disposition": "document text, state text, reason text, source_lines integer[]",
}
#: What is kept of another contestant's result, in the order of the tables.
QUERIES = {
    "journal": "SELECT external_id, entity, kind, period, accounting_date, currency FROM journal",
    "journal_line": "SELECT external_id, number, account, cost_center, project, component_class,"
    " amount_minor, people_count FROM journal_line",
    "lineage": "SELECT external_id, number, document, array_agg(line_no ORDER BY line_no)"
    " FROM link GROUP BY external_id, number, document",
    "disposition": "SELECT document, state, reason, array_agg(line_no ORDER BY line_no)"
    " FROM source_line GROUP BY document, state, reason",
}


def keep_result(url: str, folder: Path) -> None:
    """Write the rows that must be kept, from the database of the SQL yardstick."""
    folder.mkdir(parents=True, exist_ok=True)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for name, query in QUERIES.items():
            with (
                (folder / name).open("wb") as stream,
                connection.cursor() as cursor,
                cursor.copy(f"COPY ({query}) TO STDOUT") as copy,
            ):
                for piece in copy:
                    stream.write(piece)


def load_month(inputs: Path, result: Path, url: str, objects: Path) -> int:
    """Read, hash, compress and keep all documents, COPY the kept rows; answers the rows read."""
    height = 0
    objects.mkdir(parents=True, exist_ok=True)
    for path in sorted((inputs / "documents").glob("*/*.csv")):
        content = path.read_bytes()
        height += _parsed(content).height
        name = hashlib.sha256(content).hexdigest()
        with (objects / name).open("wb") as stream:
            stream.write(zstandard.compress(content))
            stream.flush()
            os.fsync(stream.fileno())
    folder = os.open(objects, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
            with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
                copy.write((result / name).read_bytes())
    return height


def _parsed(content: bytes) -> pl.DataFrame:
    """All columns as text."""
    separator = ";" if b";" in content[:200] else ","
    return pl.read_csv(content, separator=separator, infer_schema=False, truncate_ragged_lines=True)
