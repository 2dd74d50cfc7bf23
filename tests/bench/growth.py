"""How cost follows size: the same product on companies of other sizes, and unit by unit."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.bench.contestants import Ground, run_product
from tests.bench.inputs import write_company
from tests.bench.measuring import Cost, median_cost

#: Lines of the smallest company, and the one entity that reports in it: its cost is the start,
#: which is imports and the reading of all rules.
LEAST_LINES, LEAST_ENTITIES = 30, (1,)


def start_cost(ground: Ground, repeats: int) -> Cost:
    """What a run costs before its first real line."""
    least = replace(ground, entities=LEAST_ENTITIES)
    return cost_at(least, LEAST_LINES, repeats)[1]


def cost_at(ground: Ground, lines: int, repeats: int) -> tuple[int, Cost]:
    """Lines written and the product's median cost on a company of that size."""
    folder = ground.part(f"company-{lines}")
    written = sum(write_company(folder, lines, entities_reporting=ground.entities).values())
    other = replace(ground, company=folder, room=ground.part(f"room-{lines}"))
    return written, median_cost([run_product(other).cost for _ in range(repeats)])


def exponent(smaller: tuple[int, Cost], larger: tuple[int, Cost], start: float = 0.0) -> float:
    """The power of the number of lines by which CPU grows, `start` seconds taken off both."""
    small = max(1e-6, smaller[1].cpu_s - start)
    large = max(1e-6, larger[1].cpu_s - start)
    return math.log(large / small) / math.log(larger[0] / smaller[0])


def memory_by_units(ground: Ground, repeats: int) -> dict[str, float]:
    """Peak memory of the largest unit alone, and of the ten largest in turn, in MiB."""
    registers = sorted(
        (ground.company / "inputs" / "documents").glob("*/pay_*.csv"),
        key=lambda path: path.stat().st_size,
        reverse=True,
    )
    peaks = {}
    for name, count in (("one_unit_mb", 1), ("ten_units_mb", 10)):
        folder = ground.part(f"units-{count}")
        _with_documents(ground.company, folder, registers[:count])
        some = replace(ground, company=folder, room=ground.part(f"room-{count}"), workers=1)
        peaks[name] = median(run_product(some).cost.rss_mb for _ in range(repeats))
    return {**peaks, "ratio": peaks["ten_units_mb"] / peaks["one_unit_mb"]}


def _with_documents(company: Path, folder: Path, registers: list[Path]) -> None:
    """A folder with the company's rules and some of its documents."""
    (folder / "inputs").mkdir()
    (folder / "config").symlink_to(company / "config")
    for name in ("reference", "run.yaml"):
        (folder / "inputs" / name).symlink_to(company / "inputs" / name)
    for path in registers:
        target = folder / "inputs" / "documents" / path.parent.name
        target.mkdir(parents=True, exist_ok=True)
        for name in (path.name, f"{path.name}.manifest.json"):
            os.link(path.with_name(name), target / name)
