"""The journals of every contestant in one form, so that they can be compared to the byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg

#: One line: account, cost center, project, class, amount in minor units, people behind it.
Line = tuple[str, str, str, str, int, int]
#: Entity, kind, period, accounting date, currency.
Head = tuple[str, str, str, str, str]

_STORED = """
    SELECT entity, kind, period, accounting_date, currency,
           account, cost_center, project, component_class, amount_minor, people_count
    FROM journal INNER JOIN journal_line USING (external_id)
    ORDER BY entity, kind, number
"""


def of_folder(out: Path) -> list[str]:
    """The journals that `tieout build` wrote."""
    found: dict[Head, list[Line]] = {}
    for path in sorted((out / "journals").glob("*.json")):
        add_content(found, json.loads(path.read_text(encoding="utf-8")))
    return texts_of(found)


def of_store(url: str) -> list[str]:
    """The journals that `tieout load` stored."""
    found: dict[Head, list[Line]] = {}
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for (content,) in connection.execute("SELECT content FROM journal ORDER BY external_id"):
            add_content(found, json.loads(content))
    return texts_of(found)


def add_content(found: dict[Head, list[Line]], content: Mapping[str, Any]) -> None:
    """Take over a journal's canonical JSON of the product."""
    head = tuple(
        str(content[name]) for name in ("entity", "kind", "period", "accounting_date", "currency")
    )
    found.setdefault(head, []).extend(  # type: ignore[arg-type]
        (
            line["account"], line["cost_center"], line["project"], line["component_class"],
            int(line["amount_minor"]), int(line["people_count"]),
        )
        for line in content["lines"]
    )  # fmt: skip


def of_database(url: str) -> list[str]:
    """The journals that a yardstick stored."""
    found: dict[Head, list[Line]] = {}
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        for row in connection.execute(_STORED):
            head = (row[0], row[1], row[2], str(row[3]), row[4])
            found.setdefault(head, []).append((*row[5:9], int(row[9]), int(row[10])))
    return texts_of(found)


def texts_of(found: Mapping[Head, list[Line]]) -> list[str]:
    """One text per journal line, sorted within its journal and numbered anew."""
    return [
        json.dumps([*head, number, *line], ensure_ascii=True, separators=(",", ":"))
        for head, lines in sorted(found.items())
        for number, line in enumerate(sorted(lines), 1)
    ]


def digest(texts: Iterable[str]) -> str:
    """SHA-256 over the lines."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def first_difference(one: list[str], other: list[str]) -> str:
    """Both lines at the first place where the journals differ; empty when they are the same."""
    for left, right in zip(one, other, strict=False):
        if left != right:
            return f"{left} against {right}"
    if len(one) != len(other):
        longer = one if len(one) > len(other) else other
        return f"{longer[min(len(one), len(other))]} stands on one side alone"
    return ""
