"""The tables of a report in their order, each cut to what a mail can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieout.reports import facts as of
from tieout.reports import money_tables, people_tables, trouble_tables
from tieout.reports.figures import count
from tieout.reports.grid import Table


def tables(facts: of.ReportFacts, most_rows: int) -> tuple[Table, ...]:
    """All tables, the most urgent first, each with at most `most_rows`."""
    return tuple(_cut(table, most_rows) for table in _all(facts))


def _cut(table: Table, most_rows: int) -> Table:
    rest = len(table.rows) - most_rows
    if rest <= 0:
        return table
    return replace(
        table, rows=table.rows[:most_rows], more=f"{count(rest)} more in the spreadsheet."
    )


def _all(facts: of.ReportFacts) -> tuple[Table, ...]:
    return (
        trouble_tables.open_causes(facts),
        *money_tables.ends(facts),
        money_tables.certificate(facts),
        money_tables.tie_out(facts),
        money_tables.journals(facts),
        *_when_any(money_tables.batches(facts), facts.batches),
        *_when_any(trouble_tables.findings(facts), facts.findings),
        *(people_tables.alignment(one) for one in (facts.alignment,) if one is not None),
        trouble_tables.expectations(facts),
        *_when_any(trouble_tables.closed_causes(facts), facts.closed_causes),
    )


def _when_any(table: Table, rows: Sequence[object]) -> tuple[Table, ...]:
    return (table,) if rows else ()
