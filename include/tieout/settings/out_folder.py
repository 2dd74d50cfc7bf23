"""Read back what `tieout build` wrote: journals, lineage, names of documents, rules."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.errors import Place, TieoutError
from tieout.finance.journals import Journal, Lineage
from tieout.finance.money import to_minor
from tieout.finance.stored import journal_from_json


class ResultUnusableError(TieoutError):
    """The folder or file is not what a build writes."""

    code = "inputs_unusable"


@dataclass(frozen=True, slots=True)
class LineageRow:
    """A row of lineage.csv; the amount is decimal text of the journal's currency."""

    line_number: int
    document: str
    source_lines: tuple[int, ...]
    amount: str


def journal_files(out: Path) -> dict[str, Path]:
    """External id → its file, in the order of ids.

    Raises:
        ResultUnusableError: the folder holds no result of a build.
    """
    if not (out / "journals").is_dir():
        raise unusable(out, "is no result of a build: it has no folder journals")
    return {path.stem: path for path in sorted((out / "journals").glob("*.json"))}


def read_text(path: Path) -> str:
    """A file of the result as text, no byte translated.

    Raises:
        ResultUnusableError: it can't be read.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unusable(path, f"can't be read: {_reason(error)}") from error


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table of the result.

    Raises:
        ResultUnusableError: it can't be read.
        csv.Error: it is no table.
    """
    # Not split into lines first: a cell may hold a line break.
    yield from csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)


def read_journal(path: Path) -> Journal:
    """The journal of one file.

    Raises:
        ResultUnusableError: the file is no journal.
        ConflictError: it was altered.
    """
    text = read_text(path)
    try:
        return journal_from_json(text)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise unusable(path, "is no journal of a build") from error


def read_certificate(out: Path) -> Mapping[str, Any]:
    """What certificate.json says.

    Raises:
        ResultUnusableError: it is missing, or no certificate.
    """
    path = out / "certificate.json"
    try:
        content = json.loads(read_text(path))
        document_names(content)
        stated_hashes(content)
    except (ValueError, KeyError, TypeError) as error:
        raise unusable(path, "is no certificate of a build") from error
    return dict(content)


def document_names(certificate: Mapping[str, Any]) -> dict[str, str]:
    """Document (SHA-256) → provider and file name."""
    return {one["document"]: f"{one['provider']}/{one['name']}" for one in certificate["documents"]}


def stated_hashes(certificate: Mapping[str, Any]) -> dict[str, str]:
    """External id → content hash."""
    return {one["external_id"]: one["content_hash"] for one in certificate["journals"]}


def read_lineage(out: Path) -> dict[str, list[LineageRow]]:
    """External id → the rows of lineage.csv.

    Raises:
        ResultUnusableError: it is missing or broken.
    """
    path = out / "lineage.csv"
    found: dict[str, list[LineageRow]] = {}
    try:
        for row in read_table(path):
            found.setdefault(row["external_id"], []).append(
                LineageRow(
                    int(row["line"]),
                    row["document"],
                    tuple(line_numbers(row["source_lines"])),
                    row["amount"],
                )
            )
    except (csv.Error, KeyError, ValueError, TypeError) as error:
        raise unusable(path, "is no lineage of a build") from error
    return found


def lineage_of(journal: Journal, rows: Mapping[str, list[LineageRow]]) -> list[Lineage]:
    """The lineage of one journal in minor units."""
    return [
        Lineage(
            row.line_number, row.document, row.source_lines, to_minor(row.amount, journal.currency)
        )
        for row in rows.get(journal.external_id, [])
    ]


def read_rules(out: Path) -> dict[str, str] | None:
    """Rule (`table:key@version`) → what it said; None when the build kept none.

    Raises:
        ResultUnusableError: rules.csv is broken.
    """
    path = out / "rules.csv"
    if not path.exists():
        return None
    try:
        rows = list(read_table(path))
        return {row["rule"]: f"{row['valid_from']} {row['content']}" for row in rows}
    except (csv.Error, KeyError) as error:
        raise unusable(path, "is no list of rules of a build") from error


def line_numbers(text: str) -> Iterator[int]:
    """`1-4 7` as numbers."""
    for part in text.split():
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def _reason(error: Exception) -> str:
    return error.strerror or "unknown" if isinstance(error, OSError) else "it is not UTF-8"


def unusable(path: Path, what: str) -> ResultUnusableError:
    """The refusal of a file, with what is wrong with it."""
    return ResultUnusableError(
        f"{path} {what}.",
        where=Place(str(path)),
        next_step="Name the folder that `tieout build --out` wrote, or a journal below it.",
    )
