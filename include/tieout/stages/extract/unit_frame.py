"""extract: the documents of a unit as one frame, with what their readers found attached.

A finding that names lines holds those lines; a critical one that names none, or a place where no
row stands (a header, a trailer, a line that gave no row), holds its document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from tieout.contracts.staged import HOLDS, lists_at
from tieout.errors import Finding, Severity


@dataclass(frozen=True)
class ReadDocument:
    """A document's canonical frame and the findings of its reading."""

    sha256: str
    name: str
    frame: pl.DataFrame
    findings: Sequence[Finding]


@dataclass
class _Told:
    """What holds a document and its rows: `code|cause` by what they are told of."""

    by_line: list[tuple[int, str]] = field(default_factory=list)
    by_file_line: list[tuple[int, str]] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)


def unit_frame(documents: Sequence[ReadDocument]) -> pl.DataFrame:
    """All rows, with `document`, `holds` and `document_holds` (lists of `code|cause`)."""
    told = [_told(document) for document in documents]
    frame = pl.concat([document.frame for document in documents])
    position = pl.concat(
        [
            pl.repeat(number, document.frame.height, dtype=pl.UInt32, eager=True)
            for number, document in enumerate(documents)
        ]
    )
    hashes = pl.Series([document.sha256 for document in documents], dtype=pl.String)
    whole = pl.Series([sorted(one.whole) for one in told], dtype=HOLDS)
    return frame.with_columns(
        pl.col("line_no").cast(pl.Int64),
        pl.col("file_line").cast(pl.Int64),
        hashes.gather(position).alias("document"),
        whole.gather(position).alias("document_holds"),
        _row_holds(documents, told, frame.height),
    )


def _told(document: ReadDocument) -> _Told:
    critical = [f for f in document.findings if f.severity is Severity.CRITICAL]
    told = _Told()
    if not critical:
        return told
    numbers = set(document.frame["line_no"].to_list())
    places = set(document.frame["file_line"].to_list())
    for finding in critical:
        entry = f"{finding.code}|{finding.where.field or document.name}"
        if finding.lines and numbers.issuperset(finding.lines):
            told.by_line += [(line, entry) for line in finding.lines]
        elif not finding.lines and finding.where.line in places:
            told.by_file_line.append((finding.where.line or 0, entry))
        else:
            told.whole.add(f"{finding.code}|{document.name}")
    return told


def _row_holds(
    documents: Sequence[ReadDocument], told: Sequence[_Told], height: int
) -> pl.Series | pl.Expr:
    """The holds of single rows: those told by number first; the same one once."""
    if not any(one.by_line or one.by_file_line for one in told):
        return pl.lit([], dtype=HOLDS).alias("holds")
    before = 0
    entries = [pl.DataFrame(schema={"_row": pl.UInt32, "holds": pl.String})]
    for document, one in zip(documents, told, strict=True):
        for key, stated in (("line_no", one.by_line), ("file_line", one.by_file_line)):
            if stated:
                entries.append(_at_rows(document.frame[key], stated, before))
        before += document.frame.height
    return lists_at(pl.concat(entries).unique(maintain_order=True), height)


def _at_rows(numbers: pl.Series, stated: list[tuple[int, str]], before: int) -> pl.DataFrame:
    """What was stated of line numbers, at the positions of the rows that bear them."""
    table = pl.DataFrame(stated, schema={"_number": pl.Int64, "holds": pl.String}, orient="row")
    rows = pl.DataFrame({"_number": numbers.cast(pl.Int64)}).with_row_index("_row")
    return (
        table.join(rows, on="_number", how="inner", maintain_order="left")
        .select(pl.col("_row").cast(pl.UInt32) + before, "holds")
        .cast({"_row": pl.UInt32})
    )
