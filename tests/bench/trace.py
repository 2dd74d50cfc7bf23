"""Links by the million, as months of closes leave them, and the time to follow one of them.

The journals and documents are husks: what is asked about is the links, which the product's own
writer stores and its own reader follows. The database believes the generator (no triggers, no
foreign keys) while it fills, as it does for any bulk load of kept data.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl
import psycopg

from tests.bench.measuring import Server

#: Lines of one document, and the links that stand behind them, about: some book twice, some split.
LINES_OF_DOCUMENT: Final = 20_000
LINKS_OF_DOCUMENT: Final = 28_300
#: Journal lines: payables that everybody stands in, and costs by center.
PAYABLES, COSTS = 8, 600
QUESTIONS: Final = 1_000
AT: Final = "2026-11-02T06:00:00Z"

_UNIT: Final = """
    INSERT INTO work_unit (unit_key, provider, kind, period, created_at, changed_at)
    VALUES (%(unit)s, 'bench', 'payroll', '2026-10', %(at)s, %(at)s)
"""
_DOCUMENT: Final = """
    INSERT INTO source_document (sha256, provider, name, size_bytes, media_type, received_at)
    VALUES (%(document)s, 'bench', %(unit)s, 1, 'text/csv', %(at)s)
"""
_JOURNAL: Final = """
    INSERT INTO journal (
        external_id, journal_key, entity, kind, period, batch, revision, part, unit_key,
        accounting_date, currency, memo, debit_minor, line_count, content_hash, content,
        correlation_id, makers, built_at, changed_at
    ) VALUES (
        %(journal)s, %(unit)s, 'E01', 'payroll', '2026-10', %(unit)s, 1, 1, %(unit)s,
        '2026-10-31', 'EUR', '', 0, 1, %(document)s, '',
        gen_random_uuid(), '{}', %(at)s, %(at)s
    )
"""


@dataclass(frozen=True)
class Husk:
    """A journal of one document."""

    number: int

    @property
    def journal(self) -> str:
        """Its external id."""
        return f"BENCH-{self.number:06d}"

    @property
    def document(self) -> str:
        """The hash of its document."""
        return hashlib.sha256(self.journal.encode()).hexdigest()

    @property
    def unit(self) -> str:
        """The unit that both belong to."""
        return f"bench:{self.number}"


def trace_times(server: Server, links: int, seed: int = 2026) -> dict[str, Any]:
    """Store about `links` links, then follow some in both directions; times in milliseconds."""
    from tieout.warehouse.migrator import migrate
    from tieout.warehouse.store import Warehouse

    url = server.fresh("trace")
    migrate(url)
    _believe(url)
    husks = [Husk(number) for number in range(max(2, round(links / LINKS_OF_DOCUMENT)))]
    warehouse = Warehouse(url)
    try:
        stored = sum(
            _store(warehouse, url, husks[at : at + 20], seed) for at in range(0, len(husks), 20)
        )
        size = _settled_size(url)
        asked = np.random.default_rng(seed)
        return {
            "links": stored,
            "postgres_bytes_per_link": round(size / stored, 2),
            "from_journal_line": _times(warehouse, _about_journals(husks, asked)),
            "from_source_line": _times(warehouse, _about_sources(husks, asked)),
        }
    finally:
        warehouse.engine.dispose()
        server.drop("trace")


def _believe(url: str) -> None:
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("ALTER DATABASE trace SET session_replication_role = replica")


def _store(warehouse: Any, url: str, husks: Sequence[Husk], seed: int) -> int:
    from tieout.workflows.build_rows import copy_dispositions, copy_lineage

    with psycopg.connect(_plain(url)) as connection, connection.cursor() as cursor:
        for statement in (_UNIT, _DOCUMENT, _JOURNAL):
            values = [
                {"unit": h.unit, "document": h.document, "journal": h.journal, "at": AT}
                for h in husks
            ]
            cursor.executemany(statement, values)
    drawn = [_links(husk, seed) for husk in husks]
    with warehouse.transaction() as work:
        copy_lineage(work, pl.concat(drawn))
        for husk in husks:
            copy_dispositions(work, husk.unit, _ended(husk))
    return sum(int(links["source_lines"].list.len().sum()) for links in drawn)


def _links(husk: Husk, seed: int) -> pl.DataFrame:
    """Payables that nearly half of the lines stand in; costs, some of them split in three."""
    draw = np.random.default_rng([seed, husk.number])
    lines = np.arange(1, LINES_OF_DOCUMENT + 1)
    is_cost = draw.random(lines.size) < 0.55
    payable = lines[~is_cost | (draw.random(lines.size) < 0.4)]
    cost = lines[is_cost]
    is_split = draw.random(cost.size) < 0.2
    parts = [
        _flat(draw.integers(1, PAYABLES + 1, payable.size), payable),
        _flat(
            draw.integers(PAYABLES + 1, PAYABLES + COSTS + 1, int((~is_split).sum())),
            cost[~is_split],
        ),
    ]
    first = draw.integers(PAYABLES + 1, PAYABLES + COSTS - 1, int(is_split.sum()))
    parts += [_flat(first + turn, cost[is_split], share=1_000 + turn) for turn in range(3)]
    return (
        pl.concat(parts)
        .sort("line_number", "source_lines")
        .group_by("line_number", maintain_order=True)
        .agg("source_lines", pl.col("shares"), split=pl.col("shares").is_not_null().any())
        .select(
            pl.lit(husk.journal).alias("external_id"),
            "line_number",
            pl.lit(husk.document).alias("document"),
            "source_lines",
            pl.lit(100, dtype=pl.Int64).alias("amount_minor"),
            pl.when("split").then("shares").alias("shares"),
        )
    )


def _flat(numbers: Any, lines: Any, share: int | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {"line_number": numbers, "source_lines": lines},
        schema={"line_number": pl.Int32, "source_lines": pl.Int32},
    ).with_columns(shares=pl.lit(share, dtype=pl.Int64))


def _ended(husk: Husk) -> pl.DataFrame:
    """All lines of a document are built, but one in a thousand held with its employee."""
    lines = list(range(1, LINES_OF_DOCUMENT + 1))
    held = [line for line in lines if line // 13 % 100 == 0]
    built = sorted(set(lines) - set(held))
    return pl.DataFrame(
        {
            "document": [husk.document] * 2,
            "state": ["built", "held"],
            "reason": ["", "account_unmapped|X999"],
            "external_id": [husk.journal, ""],
            "source_lines": [built, held],
            "debit_minor": [0, 0],
            "credit_minor": [0, 0],
        }
    )


Question = Callable[[Any], object]


def _about_journals(husks: Sequence[Husk], draw: np.random.Generator) -> Iterator[Question]:
    """Lines of journals, payables as often as costs."""
    from tieout.workflows.trace_links import sources_behind

    for turn in range(QUESTIONS):
        journal = husks[int(draw.integers(len(husks)))].journal
        low, high = (1, PAYABLES) if turn % 2 else (PAYABLES + 1, PAYABLES + COSTS)
        line = int(draw.integers(low, high + 1))
        yield partial(sources_behind, external_id=journal, line_number=line)


def _about_sources(husks: Sequence[Husk], draw: np.random.Generator) -> Iterator[Question]:
    from tieout.workflows.trace_links import line_ended

    for _ in range(QUESTIONS):
        document = husks[int(draw.integers(len(husks)))].document
        line = int(draw.integers(1, LINES_OF_DOCUMENT + 1))
        yield partial(line_ended, document=document, source_line=line)


def _times(warehouse: Any, questions: Iterator[Question]) -> dict[str, float]:
    """Milliseconds of the questions, each in a transaction of its own.

    Raises:
        LookupError: a question that has no answer; its time would say nothing.
    """
    spent = []
    for ask in questions:
        begun = time.perf_counter()
        with warehouse.transaction() as work:
            answer = ask(work)
        spent.append((time.perf_counter() - begun) * 1_000)
        if not answer:
            raise LookupError("a stored link was not found")
    p50, p99 = np.percentile(spent, [50, 99])
    return {"p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


def _settled_size(url: str) -> int:
    """Bytes of the links with their indexes, once the statistics are there."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        row = connection.execute("SELECT pg_total_relation_size('lineage_block')").fetchone()
        assert row is not None
        return int(row[0])


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")
