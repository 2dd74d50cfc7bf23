"""The bench itself: all contestants make the same journals, and every figure is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bench import canonical
from tests.bench.__main__ import main
from tests.bench.contest import JournalsDifferError, _compare
from tests.bench.contestants import YARDSTICKS

#: Entities with whole and decimal currencies, and those whose whole file is held.
SOME = "1,6,10,14,20,25,28,31,38,50"


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report of a bench so small that its figures say nothing."""
    folder = tmp_path_factory.mktemp("bench")
    out = folder / "bench.json"
    stated = ("--lines", "2000", "--pairs", "1", "--entities", SOME, "--out", str(out))
    assert main([*stated, "--keep", str(folder / "work")]) == 0
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("bench")
def test_the_product_and_all_yardsticks_make_the_same_journals(figures: dict[str, Any]) -> None:
    """Who reads a ratio relies on it: everybody did the whole job, to the byte."""
    assert figures["same_journals"] is True
    assert figures["journals"]["lines"] > 100
    assert set(figures["yardsticks"]) == set(YARDSTICKS)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("bench")
def test_the_report_holds_every_figure_that_the_goals_name(figures: dict[str, Any]) -> None:
    """Who compares two releases relies on it: a figure is there or said not to be taken."""
    for cost in (figures["product"], *figures["yardsticks"].values()):
        assert {"wall_s", "cpu_s", "cpu_server_s", "rss_mb"} <= set(cost)
    for name in YARDSTICKS:
        assert {f"wall_vs_{name}", f"cpu_vs_{name}"} <= set(figures["ratios"])
    assert {"exponent", "machine", "versions", "memory", "stages", "growth"} <= set(figures)
    assert all(row["met"] is None for row in figures["goals"] if row["found"] is None)


def test_a_journal_that_differs_stops_the_bench_and_is_named() -> None:
    """Who reads a ratio relies on it: no figure of a contestant that did another job is told."""
    line = ("6010", "C0101", "", "earning", 100, 1)
    head = ("E01", "payroll", "2026-10", "2026-10-31", "EUR")
    mine = canonical.texts_of({head: [line]})
    theirs = canonical.texts_of({head: [(*line[:4], 101, 1)]})
    with pytest.raises(JournalsDifferError, match=r'sql differ: .*"earning",100.*"earning",101'):
        _compare({"product": mine, "sql": theirs})
    with pytest.raises(JournalsDifferError, match="stands on one side alone"):
        _compare({"product": mine, "sql": []})
