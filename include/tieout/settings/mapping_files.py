"""Read mappings, policies and calendars that finance keeps as CSV; they enter as proposals."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from tieout.errors import ConfigurationError, Place
from tieout.finance.mappings import TABLES, natural_key

#: Table → file below config/.
FILES: Final[Mapping[str, str]] = {
    "accounts": "mappings/accounts.csv",
    "cost_centers": "mappings/cost_centers.csv",
    "successors": "mappings/successors.csv",
    "projects": "mappings/projects.csv",
    "routing": "policies/routing.csv",
    "tax_treatment": "policies/tax_treatment.csv",
    "dates_and_rates": "policies/dates_and_rates.csv",
    "posting": "policies/posting.csv",
    "control": "policies/control.csv",
    "waivers": "policies/waivers.csv",
    "windows": "calendars/windows.csv",
    "cutoffs": "calendars/cutoffs.csv",
}
#: Rules without a stated start are as old as the company's books here.
SINCE_EVER: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One row of a file: what it decides and since when."""

    table: str
    key: str
    valid_from: date
    content: Mapping[str, str]


def read_mapping_files(folder: Path) -> list[StatedRow]:
    """All rows of all tables.

    Raises:
        ConfigurationError: a column is missing, a date unreadable, a key stated twice; names file
            and line.
    """
    rows: list[StatedRow] = []
    for table, name in FILES.items():
        path = folder / name
        if path.is_file():
            rows.extend(_read(table, path))
    return rows


def _read(table: str, path: Path) -> list[StatedRow]:
    rows: list[StatedRow] = []
    seen: dict[tuple[str, date], int] = {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        missing = sorted(set(TABLES[table]) - set(reader.fieldnames or ()))
        if missing:
            raise ConfigurationError(
                f"{path.name} lacks the column {missing[0]}.",
                where=Place(str(path), 1, missing[0]),
                next_step="Add the column to the header row.",
            )
        for line, raw in enumerate(reader, 2):
            content = {
                str(key): (value or "").strip() for key, value in raw.items() if key is not None
            }
            stated = content.pop("valid_from", "")
            try:
                valid_from = date.fromisoformat(stated) if stated else SINCE_EVER
            except ValueError as error:
                raise ConfigurationError(
                    f"{path.name}, line {line}: valid_from {stated!r} is not a date.",
                    where=Place(str(path), line, "valid_from"),
                    next_step="Write it as 2026-10-31.",
                ) from error
            key = natural_key(table, content)
            if (key, valid_from) in seen:
                raise ConfigurationError(
                    f"{path.name}, line {line} repeats line {seen[key, valid_from]} ({key}).",
                    where=Place(str(path), line),
                    next_step="Keep one of the two rows.",
                )
            seen[key, valid_from] = line
            rows.append(StatedRow(table, key, valid_from, content))
    return rows
