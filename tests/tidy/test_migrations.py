"""Migrations form one line, each with its file."""

from __future__ import annotations

import re

from tests.harness.sources import ROOT

REVISION = re.compile(r'^(revision|down_revision) = "?(\w+)"?$', re.MULTILINE)


def test_each_migration_follows_exactly_one_and_has_its_file() -> None:
    """Who upgrades relies on it: there is one newest schema and one way to it."""
    numbers: list[str] = []
    for path in sorted((ROOT / "include" / "tieout" / "warehouse" / "versions").glob("r*.py")):
        stated = dict(REVISION.findall(path.read_text(encoding="utf-8")))
        number, what = path.stem[1:].split("_", 1)
        assert stated["revision"] == number
        assert stated["down_revision"] == (f"{int(number) - 1:04}" if numbers else "None")
        assert (ROOT / "sql" / "migrations" / f"{number}_{what}.sql").is_file(), path.name
        numbers.append(number)
    assert len(set(numbers)) == len(numbers), f"a number stands twice: {numbers}"
    files = [path.name[:4] for path in sorted((ROOT / "sql" / "migrations").glob("*.sql"))]
    assert files == numbers
