"""extract: the documents of a unit as one frame, with what their readers found attached.

A finding that names lines holds those lines; a critical one that names none, or a place where no
row stands (a header, a trailer, a line that gave no row), holds its document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tieout.errors import Finding, Severity

EMPTY = pl.lit([], dtype=pl.List(pl.String))


@dataclass(frozen=True)
class ReadDocument:
    """A document's canonical frame and the findings of its reading."""

    sha256: str
    name: str
    frame: pl.DataFrame
    findings: Sequence[Finding]


def unit_frame(documents: Sequence[ReadDocument]) -> pl.DataFrame:
    """All rows, with `document`, `holds` and `document_holds` (lists of `code|cause`)."""
    return pl.concat([_with_holds(document) for document in documents])


def _with_holds(document: ReadDocument) -> pl.DataFrame:
    critical = [f for f in document.findings if f.severity is Severity.CRITICAL]
    by_line: dict[int, list[str]] = {}
    by_file_line: dict[int, list[str]] = {}
    whole: list[str] = []
    numbers = set(document.frame["line_no"].to_list())
    places = set(document.frame["file_line"].to_list())
    for told in critical:
        entry = f"{told.code}|{told.where.field or document.name}"
        if told.lines and numbers.issuperset(told.lines):
            for line in told.lines:
                by_line.setdefault(line, []).append(entry)
        elif not told.lines and told.where.line in places:
            by_file_line.setdefault(told.where.line or 0, []).append(entry)
        else:
            whole.append(f"{told.code}|{document.name}")
    frame = document.frame.with_columns(
        pl.col("line_no").cast(pl.Int64),
        pl.col("file_line").cast(pl.Int64),
        document=pl.lit(document.sha256),
        document_holds=pl.lit(sorted(set(whole)), dtype=pl.List(pl.String)),
    )
    frame = _join(frame, "line_no", by_line, "_by_line")
    frame = _join(frame, "file_line", by_file_line, "_by_file_line")
    return frame.with_columns(
        holds=pl.col("_by_line")
        .fill_null(EMPTY)
        .list.concat(pl.col("_by_file_line").fill_null(EMPTY))
        .list.unique(maintain_order=True)
    ).drop("_by_line", "_by_file_line")


def _join(frame: pl.DataFrame, key: str, holds: dict[int, list[str]], column: str) -> pl.DataFrame:
    table = pl.DataFrame(
        {key: list(holds), column: list(holds.values())},
        schema={key: pl.Int64, column: pl.List(pl.String)},
    )
    return frame.join(table, on=key, how="left", maintain_order="left")
