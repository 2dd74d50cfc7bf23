"""Writes the figures of a bench into its page.

python -m tests.bench.page [build/bench.json]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "reference" / "bench.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


def figures(report: Mapping[str, Any], note: str = "") -> str:
    """The figures as Markdown: load, machine, costs, goals."""
    return "\n".join(_lines(report, note)) + "\n"


def _lines(report: Mapping[str, Any], note: str) -> Iterator[str]:
    load, machine, versions = report["load"], report["machine"], report["versions"]
    yield ""
    yield (
        f"{load['pay_lines']:,} pay lines and {load['expense_lines']:,} expense lines in "
        f"{load['files']} files of {load['bytes'] / 2**20:.0f} MiB; {report['pairs']} pairs, "
        f"{report['workers']} process of the product; {report['journals']['lines']:,} journal "
        "lines, the same to the byte with every contestant."
    )
    yield ""
    yield (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GiB, "
        f"{machine['system']}; load average before {machine['load_average_before']}. Python "
        f"{versions['python']}, PostgreSQL {versions['postgresql']}, Polars {versions['polars']}, "
        f"pandas {versions['pandas']}, pandera {versions['pandera']}."
    )
    if note:
        yield from ("", note)
    yield from ("", "| | wall s | CPU s | of it PostgreSQL | peak MiB | product: wall × | CPU × |")
    yield "|-|-|-|-|-|-|-|"
    for name in ("product", "build"):
        yield _cost(name, report[name], "", "")
    for name, cost in report["yardsticks"].items():
        wall, cpu = (f"{report['ratios'][f'{it}_vs_{name}']:.2f}" for it in ("wall", "cpu"))
        yield _cost(name, cost, wall, cpu)
    yield from ("", "| Goal | at most | found |", "|-|-|-|")
    for row in report["goals"]:
        found = "not taken" if row["found"] is None else f"{row['found']:,.3g}"
        missed = " (missed)" if row["met"] is False else ""
        yield f"| {row['goal']} | {row['at_most']:g} | {found}{missed} |"
    yield ""


def _cost(name: str, cost: Mapping[str, float], wall: str, cpu: str) -> str:
    return (
        f"| `{name}` | {cost['wall_s']:.1f} | {cost['cpu_s']:.1f} | {cost['cpu_server_s']:.1f} "
        f"| {cost['rss_mb']:.0f} | {wall} | {cpu} |"
    )


def main() -> None:
    """Put the figures between the marks of the page."""
    given = sys.argv[1:] or ["build/bench.json"]
    report = json.loads(Path(given[0]).read_text(encoding="utf-8"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    note = given[1] if len(given) > 1 else ""
    PAGE.write_text(f"{before}{BEGIN}{figures(report, note)}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
