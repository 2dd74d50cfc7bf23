"""What the figures are held against; a goal that was not measured says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Name, where the figure stands in the report, at most.
GOALS: Final = (
    ("wall to pandas with to_sql", "ratios.wall_vs_pandas", 0.25),
    ("CPU to pandas with to_sql", "ratios.cpu_vs_pandas", 0.25),
    ("wall to SQL inside PostgreSQL", "ratios.wall_vs_sql", 0.6),
    ("CPU to SQL inside PostgreSQL", "ratios.cpu_vs_sql", 0.6),
    ("wall to the floor", "ratios.wall_vs_floor", 4.0),
    ("CPU to the floor", "ratios.cpu_vs_floor", 4.0),
    ("peak memory of the process tree, MiB", "product.rss_mb", 1024.0),
    ("ten units in turn to one, memory", "memory.ratio", 1.2),
    ("growth exponent, start taken off", "exponent", 1.05),
    ("CPU per line at the largest size to a tenth of it", "growth.cpu_per_line_ratio", 1.2),
    ("row checks of the computing", "stages.row_checks_share", 0.4),
    ("expectations on one file after their import, s", "expectations.one_file_s", 1.0),
    ("PostgreSQL bytes per source line", "stored.postgres_bytes_per_line", 60.0),
    ("landed bytes per source line", "stored.landed_bytes_per_line", 40.0),
    ("trace from a journal line, ids, p99 ms", "trace.from_journal_line.p99_ms", 10.0),
    ("trace from a source line, ids, p99 ms", "trace.from_source_line.p99_ms", 10.0),
    ("tie-out of the load without the ERP's time, s", "tie_out.seconds", 1.0),
    ("rerun of unchanged input to the first run, CPU", "rerun.cpu_ratio", 0.1),
)


def judged(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every goal with the figure found and whether it is met; null where it was not measured."""
    rows = []
    for name, where, most in GOALS:
        found = _at(report, where)
        met = None if found is None else found <= most
        rows.append({"goal": name, "at_most": most, "found": found, "met": met})
    return rows


def _at(report: Mapping[str, Any], where: str) -> float | None:
    value: Any = report
    for name in where.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return None if value is None else round(float(value), 3)
