"""The summary of a load for a terminal or a script: counts, nobody's pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout.workflows.load_values import Loaded
from tieout.workflows.office import Office


def summary_of(office: Office, loaded: Loaded, wall_seconds: float, workers: int) -> dict[str, Any]:
    """All figures of a load, as the store answers them.

    `peak_memory_mb` is MiB of resident memory; with workers, as if all peaked at once.
    """
    with office.warehouse.transaction() as work:
        units = work.rows("build", "unit_results", unit_keys=sorted(loaded.units))
    return {
        "documents": {
            "new": len(loaded.new),
            "duplicates": len(loaded.duplicates),
            "unread": sorted(loaded.unread),
        },
        "units": [
            {
                "unit": row["unit_key"],
                "kind": row["kind"],
                "period": row["period"],
                "state": row["state"],
                "new": loaded.units[row["unit_key"]],
                "documents": row["document_count"],
                "lines": {
                    "built": row["built_count"],
                    "held": row["held_count"],
                    "excluded": row["excluded_count"],
                    "carried_over": row["carried_count"],
                },
                "journals": row["journal_count"],
            }
            for row in units
        ],
        "busy": sorted(loaded.busy),
        "workers": workers,
        "seconds": {
            name: round(spent, 3)
            for name, spent in {**loaded.seconds, "wall": wall_seconds}.items()
        },
        "peak_memory_mb": sum(loaded.peak_kb.values()) // 1024,
    }


def table_of(summary: Mapping[str, Any]) -> str:
    """The summary for people."""
    rows = [f"{'unit':<58}{'built':>9}{'held':>9}{'excluded':>10}{'journals':>10}  new"]
    for unit in summary["units"]:
        lines = unit["lines"]
        rows.append(
            f"{unit['unit']:<58}{lines['built']:>9}{lines['held']:>9}{lines['excluded']:>10}"
            f"{unit['journals']:>10}  {'yes' if unit['new'] else 'no'}"
        )
    rows += [f"could not be read: {name}" for name in summary["documents"]["unread"]]
    rows += [f"held by another run, which does its work: {unit}" for unit in summary["busy"]]
    return "\n".join(rows)
