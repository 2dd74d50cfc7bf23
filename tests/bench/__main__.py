"""`make bench`: the product and the yardsticks on the same files, in one run.

The company is generated first, outside of every timing. Then all contestants run in turns, each in
a fresh process; their journals are compared to the byte before any figure is told.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.bench import goals, growth, report
from tests.bench.contest import contest
from tests.bench.contestants import (
    YARDSTICKS,
    Ground,
    expectation_times,
    prepare_store,
    product_command,
)
from tests.bench.inputs import write_company
from tests.bench.machine import machine, versions
from tests.bench.measuring import Server
from tests.bench.trace import trace_times

STANDARD: Final = 1_000_000
#: Where the figures go.
REPORT: Final = Path("build") / "bench.json"


def main(arguments: list[str] | None = None) -> int:
    """Run the bench, print the table, write the report."""
    options = _options(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    server = Server(folder / "server")
    try:
        found = bench(folder, server, options)
    finally:
        server.remove()
        if not options.keep:
            shutil.rmtree(folder)
    report.write(found, options.out)
    sys.stdout.write(f"{report.table(found)}\n\n{options.out} holds all figures.\n")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--lines", type=int, default=STANDARD, help="pay lines, about")
    parser.add_argument("--pairs", type=int, default=3, help="rounds of all contestants")
    parser.add_argument("--links", type=int, help="stored links to trace; 20 for each line")
    parser.add_argument("--workers", type=int, default=1, help="processes of the product")
    parser.add_argument("--seed", type=int, default=2026, help="another seed, another company")
    parser.add_argument("--out", type=Path, default=REPORT, help="the figures as JSON")
    parser.add_argument(
        "--entities", type=_numbers, default=(), help="numbers of the entities that report; all"
    )
    parser.add_argument("--keep", type=Path, help="a folder to work in that is not deleted")
    return parser.parse_args(arguments)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def bench(folder: Path, server: Server, options: argparse.Namespace) -> dict[str, Any]:
    """All figures.

    Above the standard load the yardsticks stay at the standard one: they would not fit the memory.
    """
    about = machine()
    _say(f"generating about {min(options.lines, STANDARD):,} lines")
    size = min(options.lines, STANDARD)
    written = write_company(folder / "company", size, options.seed, options.entities)
    room = folder / "room"
    ground = Ground(folder / "company", room, server, options.workers, options.entities)
    if product_command() == "load":
        prepare_store(ground)
    _say("contest")
    found = contest(replace(ground, further=True), options.pairs)
    lines = sum(written.values())
    files = list((folder / "company" / "inputs" / "documents").glob("*/*.csv"))
    told: dict[str, Any] = {
        "load": {
            "lines": lines,
            **written,
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
        },
        "pairs": options.pairs,
        "workers": options.workers,
        "same_journals": True,
        "journals": {"digest": found.digest, "lines": found.journal_lines},
        "product": {"command": f"tieout {product_command()}", **found.median("product").as_dict()},
        "build": {"command": "tieout build", **found.median("build").as_dict()},
        "yardsticks": {name: found.median(name).as_dict() for name in YARDSTICKS},
        "ratios": report.ratios(found),
        "rerun": report.rerun(found),
        "stored": report.stored(found, lines),
        "tie_out": found.facts.get("tie_out"),
        "stages": report.stages(found.facts["summary"]),
        **_growth(ground, lines, found.median("product"), options),
        "machine": about,
        "versions": versions(),
    }
    told["expectations"] = expectation_times(ground)
    _say("trace")
    told["trace"] = trace_times(server, options.links or 20 * lines)
    _say("memory by units")
    told["memory"] = growth.memory_by_units(ground, 1)
    return {**told, "goals": goals.judged(told)}


def _growth(ground: Ground, lines: int, cost: Any, options: argparse.Namespace) -> dict[str, Any]:
    """CPU by size: the start alone, a tenth of the load, the load, and more when asked for."""
    _say("growth")
    start = growth.start_cost(ground, options.pairs)
    sizes = [growth.cost_at(ground, lines // 10, options.pairs), (lines, cost)]
    if options.lines > STANDARD:
        sizes.append(growth.cost_at(ground, options.lines, 1))
    per_line = [(size.cpu_s - start.cpu_s) / count for count, size in sizes]
    return {
        "exponent": round(growth.exponent(sizes[0], sizes[-1], start.cpu_s), 3),
        "growth": {
            "exponent_with_start": round(growth.exponent(sizes[0], sizes[-1]), 3),
            "cpu_per_line_ratio": round(per_line[-1] / per_line[-2], 3),
            "start_cpu_s": round(start.cpu_s, 3),
            "sizes": [{"lines": count, **size.as_dict()} for count, size in sizes],
        },
    }


def _say(what: str) -> None:
    sys.stderr.write(f"… {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
