"""Tables of what is wrong: exceptions by cause, findings, expectations."""

from __future__ import annotations

from tieout.reports import facts as of
from tieout.reports.causes import OWNERS
from tieout.reports.figures import MISSING, count, counted, instant, money, shown
from tieout.reports.grid import Cell, Column, Table, table


def open_causes(facts: of.ReportFacts) -> Table:
    """What waits for a person, the most urgent first."""
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
        Column("Due", whole=True),
        Column("Owner"),
    )
    return table("Open exceptions by cause", sentence, columns, rows)


def closed_causes(facts: of.ReportFacts) -> Table:
    """What was wrong in this period and is settled."""
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
        Column("Was due", whole=True),
        Column("Owner"),
    )
    sentence = f"{counted(len(rows), 'cause')} of this period settled."
    return table("Settled exceptions", sentence, columns, rows)


def findings(facts: of.ReportFacts) -> Table:
    """Findings by code."""
    rows = [
        (Cell(shown(told.title), f"({told.code})"), Cell(told.severity), Cell(count(told.count)))
        for told in facts.findings
    ]
    columns = (Column("Finding"), Column("Severity"), Column("Places", number=True))
    sentence = "Found in the source documents; the places stand in the spreadsheet."
    return table("Findings", sentence, columns, rows)


def expectations(facts: of.ReportFacts) -> Table:
    """Expectations on the totals that do not hold."""
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
    return table(
        "Expectations not met", f"{counted(len(rows), 'expectation')} not met.", columns, rows
    )


def at_risk(cause: of.Cause) -> str:
    """The amounts that wait for a cause, one for each currency."""
    return ", ".join(money(at.amount_minor, at.currency) for at in cause.at_risk) or MISSING


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
