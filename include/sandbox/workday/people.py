"""What people operations do in the tenant by hand: change a worker, or take one out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sandbox.workday.reports import seed_file

_WORKERS: Final = "Tieout_Workers"


def change_worker(home: Path, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Change columns of a worker: `{"worker", "set": {column: text}}`; a new number is a hire.

    Raises:
        LookupError: the report has no such column.
    """
    seed = _read(home)
    rows: list[dict[str, Any]] = seed["reports"][_WORKERS]["rows"]
    row = next((each for each in rows if each["Worker_ID"] == stated["worker"]), None)
    if row is None:
        row = dict.fromkeys(rows[0], "") | {"Worker_ID": stated["worker"]}
        rows.append(row)
    unknown = set(stated["set"]) - set(row)
    if unknown:
        raise LookupError(f"the report has no columns {sorted(unknown)}")
    row.update(stated["set"])
    _write(home, seed)
    return row


def remove_workers(home: Path, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Leave workers out of the report: `{"workers": [...]}`, or all of one company."""
    seed = _read(home)
    report = seed["reports"][_WORKERS]
    numbers, company = set(stated.get("workers", ())), stated.get("company")
    kept = [
        row
        for row in report["rows"]
        if row["Worker_ID"] not in numbers and row["Company_ID"] != company
    ]
    removed = len(report["rows"]) - len(kept)
    report["rows"] = kept
    _write(home, seed)
    return {"removed": removed}


def _read(home: Path) -> dict[str, Any]:
    seed: dict[str, Any] = json.loads(seed_file(home).read_text(encoding="utf-8"))
    return seed


def _write(home: Path, seed: Mapping[str, Any]) -> None:
    path = seed_file(home)
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(seed), encoding="utf-8")
    partial.replace(path)
