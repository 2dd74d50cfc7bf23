"""The tables of a report, in the words and figures that its reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tieout.reports import facts as of
from tieout.reports.causes import OWNERS
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

_ORIGINS: Final = {
    "stated": "Stated by the provider",
    "manifest": "Manifest of the file",
    "payments_file": "Payments file",
    "derived": "Counted by us; nobody states a total",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; numbers stand to the right."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `note` is small print below it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the sentence that says what it shows; without rows the sentence is all."""

    title: str
    sentence: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    more: str = ""


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
        _open(facts),
        *_ends(facts),
        _certificate(facts),
        _tie_out(facts),
        _journals(facts),
        *_when_any(_batches(facts), facts.batches),
        *_when_any(_findings(facts), facts.findings),
        _expectations(facts),
        *_when_any(_closed(facts), facts.closed_causes),
    )


def _when_any(table: Table, rows: Sequence[object]) -> tuple[Table, ...]:
    return (table,) if rows else ()


def _table(
    title: str, sentence: str, columns: Iterable[Column], rows: Sequence[tuple[Cell, ...]]
) -> Table:
    return Table(title, sentence, tuple(columns), tuple(rows))


def at_risk(cause: of.Cause) -> str:
    """The amounts that wait for a cause, one for each currency."""
    return ", ".join(money(at.amount_minor, at.currency) for at in cause.at_risk) or MISSING


def _open(facts: of.ReportFacts) -> Table:
    causes = facts.open_causes
    zone = facts.entity.timezone
    sentence = (
        f"{counted(len(causes), 'cause')} open, {count(facts.critical_count)} of them critical."
        if causes
        else "No exception is open."
    )
    rows = [
        (
            Cell(shown(cause.title), _cause_note(cause)),
            Cell(count(cause.item_count)),
            Cell(at_risk(cause)),
            Cell(instant(cause.due_at, zone)),
            Cell(OWNERS.get(cause.owner, cause.owner)),
        )
        for cause in causes
    ]
    columns = (
        Column("Cause"),
        Column("Items", number=True),
        Column("At risk", number=True),
        Column("Due"),
        Column("Owner"),
    )
    return _table("Open exceptions by cause", sentence, columns, rows)


def _cause_note(cause: of.Cause) -> str:
    parts = [
        "For the whole company." if cause.company_wide else "",
        f"Blocks {shown(cause.blocks)}." if cause.blocks else "",
        shown(cause.next_step),
        _batch_note(cause),
        f"({cause.code}, {cause.severity})",
    ]
    return " ".join(part for part in parts if part)


def _batch_note(cause: of.Cause) -> str:
    if not cause.batches:
        return ""
    named = ", ".join(shown(batch) for batch in cause.batches[:3])
    rest = len(cause.batches) - 3
    return f"Batch {named}{f' and {rest} more' if rest > 0 else ''}."


def _closed(facts: of.ReportFacts) -> Table:
    rows = [
        (
            Cell(
                shown(cause.title),
                " ".join(
                    part
                    for part in (
                        f"{cause.state.capitalize()}: {shown(cause.how)}."
                        if cause.how
                        else f"{cause.state.capitalize()}.",
                        _batch_note(cause),
                        f"({cause.code})",
                    )
                    if part
                ),
            ),
            Cell(count(cause.item_count)),
            Cell(at_risk(cause)),
            Cell(instant(cause.due_at, facts.entity.timezone)),
            Cell(OWNERS.get(cause.owner, cause.owner)),
        )
        for cause in facts.closed_causes
    ]
    columns = (
        Column("Cause"),
        Column("Items", number=True),
        Column("Amount", number=True),
        Column("Was due"),
        Column("Owner"),
    )
    sentence = f"{counted(len(rows), 'cause')} of this period settled."
    return _table("Settled exceptions", sentence, columns, rows)


def _ends(facts: of.ReportFacts) -> tuple[Table, ...]:
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
    return _table(
        f"Where the source lines ended, {currency or 'no currency'}", sentence, columns, rows
    )


def _ended(label: str, parts: Sequence[of.StageSum], currency: str) -> tuple[Cell, ...]:
    return (
        Cell(label),
        Cell(count(sum(part.line_count for part in parts))),
        Cell(amount(total([part.debit_minor for part in parts]), currency)),
        Cell(amount(total([part.credit_minor for part in parts]), currency)),
    )


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum, or None when a part of it is not shown: the rest would give it away."""
    found = list(amounts)
    return None if any(part is None for part in found) else sum(part or 0 for part in found)


def _certificate(facts: of.ReportFacts) -> Table:
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
    return _table("Completeness certificate", sentence, columns, rows)


def _tie_out(facts: of.ReportFacts) -> Table:
    state = facts.tie_out.state
    classes = facts.tie_out.classes
    if not classes:
        return Table("Tie-out by class", "Nothing to compare yet.")
    differing = sum(bool(row.difference_minor) for row in classes)
    sentence = {
        "tied": f"Tied: source, journal and ledger agree in {counted(len(classes), 'class', 'classes')}.",
        "": "Not compared with the ledger yet.",
    }.get(state, f"Open: {differing:,} of {counted(len(classes), 'class', 'classes')} differ.")
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
    return _table("Tie-out by class", sentence, columns, rows)


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


def _journals(facts: of.ReportFacts) -> Table:
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
    return _table("Journals", sentence, columns, rows)


def erp_id(journal: of.JournalFact) -> str:
    """What the ledger calls it: its number and its id."""
    if not journal.ledger_ref:
        return ""
    return f"{journal.ledger_number} (id {journal.ledger_ref})".strip()


def _batches(facts: of.ReportFacts) -> Table:
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
    return _table("Reimbursement batches", sentence, columns, rows)


def _findings(facts: of.ReportFacts) -> Table:
    rows = [
        (Cell(shown(told.title), f"({told.code})"), Cell(told.severity), Cell(count(told.count)))
        for told in facts.findings
    ]
    columns = (Column("Finding"), Column("Severity"), Column("Places", number=True))
    sentence = "Found in the source documents; the places stand in the spreadsheet."
    return _table("Findings", sentence, columns, rows)


def _expectations(facts: of.ReportFacts) -> Table:
    if not facts.expectations:
        return Table("Expectations", "Every expectation on the totals holds.")
    rows = [
        (
            Cell(shown(failed.expectation), f"Batch {shown(failed.unit_key)}"),
            Cell(failed.severity),
            Cell(shown(failed.observed)),
        )
        for failed in facts.expectations
    ]
    columns = (Column("Expectation"), Column("Severity"), Column("Off", number=True))
    return _table(
        "Expectations not met", f"{counted(len(rows), 'expectation')} not met.", columns, rows
    )
