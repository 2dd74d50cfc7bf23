"""Tables of money: where the lines ended, certificate, tie-out, journals, batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tieout.reports import facts as of
from tieout.reports.figures import (
    MISSING,
    amount,
    count,
    counted,
    instant,
    money,
    shown,
    words,
)
from tieout.reports.grid import Cell, Column, Table, table, total

_ORIGINS: Final = {
    "stated": "Stated by the provider",
    "manifest": "Manifest of the file",
    "payments_file": "Payments file",
    "derived": "Counted by us; nobody states a total",
}


def ends(facts: of.ReportFacts) -> tuple[Table, ...]:
    """Where the source lines ended, one table for each currency."""
    currencies = sorted({part.currency for part in facts.sums})
    if not currencies:
        return (Table("Where the source lines ended", "No source line was received."),)
    return tuple(_ends_in(facts, currency) for currency in currencies)


def _ends_in(facts: of.ReportFacts, currency: str) -> Table:
    mine = [part for part in facts.sums if part.currency == currency]
    rows = [_ended("Received", mine, currency)]
    rows.append(_ended("Built", [part for part in mine if part.stage in of.BUILT], currency))
    rows.append(_ended("Held", [part for part in mine if part.stage == of.HELD], currency))
    excluded = [part for part in mine if part.stage == of.EXCLUDED]
    rows += [_ended(f"Excluded: {shown(part.reason)}", [part], currency) for part in excluded] or [
        _ended("Excluded", [], currency)
    ]
    rows.append(_ended("Carried over", [p for p in mine if p.stage == of.CARRIED], currency))
    waiting = [part for part in mine if part.stage == of.WAITING]
    if waiting:
        rows.append(_ended("Not built yet", waiting, currency))
    hidden = any(part.debit_minor is None for part in mine)
    sentence = "Each source line is in exactly one place, as its source states it." + (
        f" {MISSING} stands for the pay of few people, which is not shown." if hidden else ""
    )
    columns = (
        Column("Place"),
        Column("Lines", number=True),
        Column(f"Debit {currency}".strip(), number=True),
        Column(f"Credit {currency}".strip(), number=True),
    )
    return table(
        f"Where the source lines ended, {currency or 'no currency'}", sentence, columns, rows
    )


def _ended(label: str, parts: Sequence[of.StageSum], currency: str) -> tuple[Cell, ...]:
    return (
        Cell(label),
        Cell(count(sum(part.line_count for part in parts))),
        Cell(amount(total([part.debit_minor for part in parts]), currency)),
        Cell(amount(total([part.credit_minor for part in parts]), currency)),
    )


def certificate(facts: of.ReportFacts) -> Table:
    """Documents by the origin of their control totals."""
    documents = sum(part.document_count for part in facts.certified)
    sentence = (
        f"Counts and sums of {counted(documents, 'document')} equal their control totals."
        if documents
        else "No document is certified yet."
    )
    if facts.uncertified_count:
        sentence += f" {counted(facts.uncertified_count, 'document')} without certificate yet."
    rows = [
        (
            Cell(_ORIGINS.get(part.origin, words(part.origin))),
            *(
                Cell(count(number))
                for number in (
                    part.document_count, part.in_count, part.built_count, part.held_count,
                    part.excluded_count, part.carried_count,
                )
            ),
        )
        for part in facts.certified
    ]  # fmt: skip
    labels = ("Documents", "Lines", "Built", "Held", "Excluded", "Carried")
    columns = (Column("Control totals"), *(Column(label, number=True) for label in labels))
    return table("Completeness certificate", sentence, columns, rows)


def tie_out(facts: of.ReportFacts) -> Table:
    """Source, journal and ledger by class."""
    state = facts.tie_out.state
    classes = facts.tie_out.classes
    if not classes:
        return Table("Tie-out by class", "Nothing to compare yet.")
    differing = sum(bool(row.difference_minor) for row in classes)
    all_of_them = counted(len(classes), "class", "classes")
    sentence = {
        "tied": f"Tied: source, journal and ledger agree in {all_of_them}.",
        "": "Not compared with the ledger yet.",
    }.get(state, f"Open: {differing:,} of {all_of_them} differ.")
    if facts.tie_out.note:
        sentence += f" {shown(facts.tie_out.note).capitalize()}."
    currencies = sorted({row.currency for row in classes})
    one = currencies[0] if len(currencies) == 1 else ""
    rows = [
        (
            Cell(
                shown(words(row.component_class).replace("+", " + ")), "" if one else row.currency
            ),
            *(Cell(amount(minor, row.currency)) for minor in _compared(row)),
        )
        for row in classes
    ]
    rows += [
        (
            Cell("Total of positive classes", "" if one else currency),
            *(
                Cell(amount(minor, currency))
                for minor in _positive([row for row in classes if row.currency == currency])
            ),
        )
        for currency in currencies
    ]
    labels = ("Source", "Journal", "Ledger", "Difference")
    columns = (
        Column("Class"),
        *(Column(f"{label} {one}".strip(), number=True) for label in labels),
    )
    return table("Tie-out by class", sentence, columns, rows)


def _compared(row: of.ClassTotal) -> tuple[int | None, ...]:
    return row.source_minor, row.journal_minor, row.ledger_minor, row.difference_minor


def _positive(classes: Sequence[of.ClassTotal]) -> tuple[int | None, ...]:
    """What finance calls the total: debit-side classes, and every difference."""
    return (
        sum(max(row.source_minor, 0) for row in classes),
        sum(max(row.journal_minor, 0) for row in classes),
        total(None if row.ledger_minor is None else max(row.ledger_minor, 0) for row in classes),
        total(row.difference_minor for row in classes),
    )


def journals(facts: of.ReportFacts) -> Table:
    """Journals with what the ledger calls them."""
    rows = [
        (
            Cell(
                journal.external_id,
                f"{words(journal.kind).capitalize()}. Batch {shown(journal.unit_key)}. "
                f"Correlation id {journal.correlation_id}",
            ),
            Cell(words(journal.state)),
            Cell(shown(erp_id(journal)) or MISSING),
            Cell(count(journal.line_count)),
            Cell(money(journal.debit_minor, journal.currency)),
        )
        for journal in facts.journals
    ]
    sentence = counted(len(rows), "journal") + "." if rows else "No journal is built yet."
    columns = (
        Column("Journal"),
        Column("State"),
        Column("In the ERP"),
        Column("Lines", number=True),
        Column("Debit = credit", number=True),
    )
    return table("Journals", sentence, columns, rows)


def erp_id(journal: of.JournalFact) -> str:
    """What the ledger calls it: its number and its id."""
    if not journal.ledger_ref:
        return ""
    return f"{journal.ledger_number} (id {journal.ledger_ref})".strip()


def batches(facts: of.ReportFacts) -> Table:
    """Reimbursement batches."""
    rows = [
        (
            Cell(batch.batch_key, f"Cutoff {instant(batch.cutoff_at, facts.entity.timezone)}"),
            Cell(words(batch.state)),
            Cell(count(batch.line_count)),
            Cell(money(batch.total_minor, batch.currency)),
            Cell(money(batch.paid_minor, batch.currency)),
        )
        for batch in facts.batches
    ]
    columns = (
        Column("Batch"),
        Column("State"),
        Column("Lines", number=True),
        Column("Total", number=True),
        Column("Paid by payroll", number=True),
    )
    sentence = f"{counted(len(rows), 'batch', 'batches')} cut for payroll."
    return table("Reimbursement batches", sentence, columns, rows)
