"""The bench's figures as one JSON document and as a table for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.contest import Contest
from tests.bench.contestants import YARDSTICKS
from tests.bench.measuring import median_cost

#: Titles of the figures; × is the product's share of a yardstick's.
HEADER = ("wall s", "CPU s", "of it PG", "peak MiB", "wall ×", "CPU ×")


def ratios(found: Contest) -> dict[str, float]:
    """The product to every yardstick, wall and CPU (the server's included)."""
    return {
        f"{figure.removesuffix('_s')}_vs_{name}": round(found.ratio(figure, name), 3)
        for name in YARDSTICKS
        for figure in ("wall_s", "cpu_s")
    }


def stages(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The product's own seconds per stage, and the share of the row checks in the computing."""
    seconds = dict(summary["seconds"])
    computing = sum(seconds.get(name, 0.0) for name in ("validate", "reconcile", "route", "build"))
    share = seconds.get("validate", 0.0) / computing if computing else None
    return {"seconds": seconds, "row_checks_share": share}


def rerun(found: Contest) -> dict[str, float] | None:
    """The same command once more, with nothing new: its cost, and as a share of the first."""
    if not found.reruns:
        return None
    again, first = median_cost(found.reruns), found.median("product")
    shares = {
        "wall_ratio": round(again.wall_s / first.wall_s, 3),
        "cpu_ratio": round(again.cpu_s / first.cpu_s, 3),
    }
    return {**again.as_dict(), **shares}


def stored(found: Contest, lines: int) -> dict[str, float] | None:
    """What a source line leaves in PostgreSQL and in the object store."""
    if "postgres_bytes" not in found.facts:
        return None
    return {
        f"{name}_bytes_per_line": round(found.facts[f"{name}_bytes"] / lines, 1)
        for name in ("postgres", "landed")
    }


def write(report: Mapping[str, Any], path: Path) -> None:
    """The report as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def table(report: Mapping[str, Any]) -> str:
    """For people: costs, ratios, goals."""
    load = report["load"]
    rows = [
        (
            f"{load['lines']:,} lines in {load['files']} files, {load['bytes'] / 2**20:.1f} MiB; "
            f"{report['pairs']} pairs; {report['journals']['lines']:,} journal lines, "
            "the same to the byte with every contestant"
        ),
        "",
        "".join(f"{title:>10}" for title in HEADER).rjust(74),
        _cost_row("product", report["product"], None, None),
        _cost_row("build", report["build"], None, None),
    ]
    for name, cost in report["yardsticks"].items():
        wall, cpu = (report["ratios"][f"{figure}_vs_{name}"] for figure in ("wall", "cpu"))
        rows.append(_cost_row(name, cost, wall, cpu))
    rows += ["", f"{'goal':<52}{'at most':>10}{'found':>10}"]
    for row in report["goals"]:
        found = "not taken" if row["found"] is None else f"{row['found']:,.3g}"
        mark = "" if row["met"] is not False else "  missed"
        rows.append(f"{row['goal']:<52}{row['at_most']:>10g}{found:>10}{mark}")
    return "\n".join(rows)


def _cost_row(name: str, cost: Mapping[str, float], wall: float | None, cpu: float | None) -> str:
    """A contestant; the last two columns are the product's share of it."""
    shares = "".join("" if ratio is None else f"{ratio:>10.2f}" for ratio in (wall, cpu))
    return (
        f"{name:<14}{cost['wall_s']:>10.2f}{cost['cpu_s']:>10.2f}{cost['cpu_server_s']:>10.2f}"
        f"{cost['rss_mb']:>10.0f}{shares}"
    )
