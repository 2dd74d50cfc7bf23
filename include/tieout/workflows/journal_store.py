"""Write a journal once: its lines, the sources behind them, and its way to the first approval."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tieout.finance.journals import Journal
from tieout.warehouse.store import Work
from tieout.workflows.build_rows import (
    copy_journal_lines,
    copy_lineage,
    copy_source_totals,
    links_of,
)
from tieout.workflows.journals import move_journal

if TYPE_CHECKING:
    from tieout.stages.build.build import BuiltJournal


def save_journal(
    work: Work, item: BuiltJournal, unit_key: str, makers: Sequence[str], at: datetime
) -> None:
    """Store one built journal; see `save_journals`."""
    save_journals(work, [(item, makers)], unit_key, at)


def save_journals(
    work: Work,
    made: Sequence[tuple[BuiltJournal, Sequence[str]]],
    unit_key: str,
    at: datetime,
    waiting: Collection[str] = (),
) -> None:
    """Store built journals with their lineage and totals, in the caller's transaction.

    Args:
        work: the transaction.
        made: what was built, each with everyone who shaped its content; none of them may approve
            it. The database refuses a journal that does not balance.
        unit_key: the unit whose documents stand behind them.
        at: aware instant of the build.
        waiting: external ids of journals that break what is expected of them: nobody is asked to
            approve them.
    """
    for item, makers in made:
        work.run("build", "insert_journal", **journal_values(item.journal), unit_key=unit_key,
                 makers=list(makers), at=at)  # fmt: skip
    built = [item for item, _ in made]
    copy_journal_lines(work, [item.journal for item in built])
    copy_source_totals(work, built)
    copy_lineage(work, links_of(built))
    for item in built:
        move_journal(work, item.journal.external_id, "draft", "validated", at)
        after = "held" if item.journal.external_id in waiting else "awaiting_approval"
        move_journal(work, item.journal.external_id, "validated", after, at)


def journal_values(journal: Journal) -> dict[str, object]:
    """The columns of a journal's own row."""
    key, ties = journal.key, journal.ties
    return {
        "external_id": journal.external_id,
        "journal_key": key.text(),
        "entity": key.entity,
        "kind": key.kind.value,
        "period": key.period,
        "batch": key.batch,
        "revision": key.revision,
        "part": key.part,
        "accounting_date": journal.accounting_date,
        "currency": journal.currency,
        "memo": journal.memo,
        "debit_minor": journal.debit_minor,
        "line_count": len(journal.lines),
        "content_hash": journal.content_hash,
        "content": journal.canonical_json(),
        "correlation_id": journal.correlation_id,
        "parts": ties.parts,
        "reverses": ties.reverses or None,
        "supersedes": ties.supersedes or None,
        "pair": ties.pair,
        "rate_basis": journal.rate_basis,
        "functional_currency": journal.functional_currency,
    }
