"""Write a journal once: its lines, the sources behind them, and its way to the first approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tieout.finance.journals import Journal
from tieout.warehouse.store import Work
from tieout.workflows.journals import move_journal

if TYPE_CHECKING:
    from tieout.stages.build.build import BuiltJournal


def save_journal(
    work: Work, item: BuiltJournal, unit_key: str, makers: Sequence[str], at: datetime
) -> None:
    """Store a built journal with its lineage and totals, in the caller's transaction.

    Args:
        work: the transaction.
        item: what was built; the database refuses it when it does not balance.
        unit_key: the unit whose documents stand behind it.
        makers: everyone who shaped its content; none of them may approve it.
        at: aware instant of the build.
    """
    journal = item.journal
    work.run("build", "insert_journal", **journal_values(journal), unit_key=unit_key,
             makers=list(makers), at=at)  # fmt: skip
    work.run_many("build", "insert_journal_line", line_values(journal))
    work.run_many(
        "build",
        "insert_lineage",
        [
            {
                "external_id": journal.external_id,
                "line_number": link.line_number,
                "document": link.document,
                "source_lines": list(link.source_lines),
                "amount_minor": link.amount_minor,
            }
            for link in item.lineage
        ],
    )
    work.run_many(
        "build",
        "insert_source_total",
        [
            {"external_id": journal.external_id, "component_class": name, "amount_minor": total}
            for name, total in item.source_totals.items()
        ],
    )
    move_journal(work, journal.external_id, "draft", "validated", at)
    move_journal(work, journal.external_id, "validated", "awaiting_approval", at)


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


def line_values(journal: Journal) -> list[dict[str, object]]:
    """The columns of each line's row."""
    return [
        {
            "external_id": journal.external_id,
            "line_number": line.number,
            "account": line.account,
            "cost_center": line.cost_center,
            "project": line.project,
            "component_class": line.component_class,
            "amount_minor": line.amount_minor,
            "description": line.description,
            "people_count": line.people_count,
            "functional_minor": line.functional_minor,
            "tax_code": line.tax_code,
            "tax_base_minor": line.tax_base_minor,
        }
        for line in journal.lines
    ]
