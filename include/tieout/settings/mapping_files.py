"""Read mappings, policies and calendars that finance keeps as CSV; they enter as proposals."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from tieout.errors import ConfigurationError, Place
from tieout.finance.mapping_row_checks import wrong_in_row
from tieout.finance.mapping_tables import TABLES, natural_key
from tieout.finance.mappings import MappingRow

#: Table → file below config/.
FILES: Final[Mapping[str, str]] = {name: table.file for name, table in TABLES.items()}
#: Rules without a stated start are as old as the company's books here.
SINCE_EVER: Final = date(2000, 1, 1)
#: Columns of every file beside the table's own.
VALIDITY: Final = ("valid_from", "valid_to")
#: Column of an export: a build on the exported files names its rules as the store does.
VERSION: Final = "version"
#: At most this many wrong cells of one file are told at once.
TOLD_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One row of a file: what it decides, since when and until when.

    `version` is that of the store which exported it; 0 where a person wrote the file.
    """

    table: str
    key: str
    valid_from: date
    content: Mapping[str, str]
    valid_to: date | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class _Wrong:
    line: int
    field: str
    said: str


def read_mapping_files(folder: Path) -> list[StatedRow]:
    """All rows of all tables.

    Raises:
        ConfigurationError: a column is missing or unknown, a cell unreadable, a key stated twice;
            names file, line and column of each.
    """
    rows: list[StatedRow] = []
    for table, name in FILES.items():
        path = folder / name
        if path.is_file():
            rows.extend(_read(table, path))
    return rows


def _read(table: str, path: Path) -> list[StatedRow]:
    rows: list[StatedRow] = []
    wrong: list[_Wrong] = []
    seen: dict[tuple[str, date], int] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        _check_header(table, path, reader.fieldnames or ())
        for line, raw in enumerate(reader, 2):
            if None in raw or None in raw.values():
                wrong.append(_Wrong(line, "", "it has another number of cells than the header"))
                continue
            content = {str(name): plain(value.strip()) for name, value in raw.items()}
            version, told = _version(content)
            days, wrong_days = _validity(content)
            told += wrong_days
            told += wrong_in_row(table, content)
            wrong.extend(_Wrong(line, column, said) for column, said in told)
            key = natural_key(table, content)
            if (key, days[0]) in seen:
                wrong.append(_Wrong(line, "", f"it repeats line {seen[key, days[0]]} ({key})"))
            seen.setdefault((key, days[0]), line)
            rows.append(StatedRow(table, key, days[0], content, days[1], version))
    if wrong:
        raise _refused(path, wrong)
    return rows


def _check_header(table: str, path: Path, names: Sequence[str]) -> None:
    missing = sorted(set(TABLES[table].keys) - set(names))
    unknown = sorted(set(names) - set(TABLES[table].names) - {*VALIDITY, VERSION})
    if missing:
        raise ConfigurationError(
            f"{path.name} lacks the column {missing[0]}.",
            where=Place(str(path), 1, missing[0]),
            next_step="Add the column to the header row.",
        )
    if unknown or len(names) != len(set(names)):
        name = unknown[0] if unknown else max(names, key=names.count)
        raise ConfigurationError(
            f"{path.name} has the column {name!r}, which is "
            + ("not one of its table." if unknown else "there twice."),
            where=Place(str(path), 1, name),
            next_step=f"Keep these: {', '.join((*TABLES[table].names, *VALIDITY))}.",
        )


def _version(content: dict[str, str]) -> tuple[int, list[tuple[str, str]]]:
    """Take the version out of a row of an export; what is wrong with it is told."""
    stated = content.pop(VERSION, "")
    if not stated:
        return 0, []
    if stated.isdecimal() and stated.isascii() and int(stated) > 0:
        return int(stated), []
    return 0, [(VERSION, f"{VERSION} {stated!r} is no version of an export")]


def _validity(content: dict[str, str]) -> tuple[tuple[date, date | None], list[tuple[str, str]]]:
    """Take the validity out of a row; what is wrong with it is told."""
    told: list[tuple[str, str]] = []
    days: list[date | None] = []
    for name in VALIDITY:
        stated = content.pop(name, "")
        try:
            days.append(date.fromisoformat(stated) if stated else None)
        except ValueError:
            told.append((name, f"{name} {stated!r} is not a date"))
            days.append(None)
    starts, ends = days[0] or SINCE_EVER, days[1]
    if ends is not None and ends < starts:
        told.append(("valid_to", f"valid_to {ends} lies before valid_from {starts}"))
    return (starts, ends), told


def _refused(path: Path, wrong: list[_Wrong]) -> ConfigurationError:
    """One error for all that is wrong with a file; its place is the first."""
    told = [f"{path.name}, line {one.line}: {one.said}." for one in wrong[:TOLD_AT_ONCE]]
    if len(wrong) > TOLD_AT_ONCE:
        told.append(f"{len(wrong) - TOLD_AT_ONCE} more.")
    return ConfigurationError(
        "\n".join(told),
        where=Place(str(path), wrong[0].line, wrong[0].field),
        next_step="Correct these cells; days are written as 2026-10-31.",
    )


def write_mapping_files(folder: Path, rows: Iterable[MappingRow]) -> dict[str, int]:
    """Write every table below a folder, in a stable order; table → number of rows.

    Reading the files back and importing them proposes nothing. No cell runs as a formula.

    Raises:
        ConfigurationError: the folder already holds one of the files.
    """
    by_table: dict[str, list[MappingRow]] = {name: [] for name in TABLES}
    for row in rows:
        by_table[row.table].append(row)
    for table in TABLES.values():
        if (folder / table.file).exists():
            raise ConfigurationError(
                f"{folder / table.file} exists already.", next_step="Name an empty folder."
            )
    for name, table in TABLES.items():
        path = folder / table.file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow((*table.names, *VALIDITY, VERSION))
            for row in sorted(by_table[name], key=lambda row: (row.key, row.valid_from)):
                last = row.valid_to.isoformat() if row.valid_to else ""
                cells = (*(row[column] for column in table.names), row.valid_from.isoformat(), last)
                writer.writerow([*(neutral(cell) for cell in cells), row.version])
    return {name: len(found) for name, found in by_table.items()}


#: First characters that a spreadsheet takes for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "'")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula; `plain` reads it back."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def plain(cell: str) -> str:
    """What a cell says without the mark that keeps spreadsheets from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
