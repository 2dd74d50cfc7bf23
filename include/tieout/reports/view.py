"""The one view of a report that page, plain text and spreadsheet are made of.

Page and plain twin walk the same tables, so they can't state different numbers.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tieout.reports import facts as of
from tieout.reports.figures import counted, instant, money, month, shown
from tieout.reports.grid import Table
from tieout.reports.tables import tables

#: Longest subject that a phone's lock screen still shows whole; it never holds an amount.
SUBJECT_LENGTH: Final = 70
_NAMESPACE: Final = uuid.UUID("5f5b0c1c-6a0e-5f0c-9a58-0d5a2f1c7e11")
_SHAPES: Final = {"action": "#", "waits": "~", "ok": "+"}
_WORDS: Final = {"action": "Action", "waits": "Waits", "ok": "OK"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart: money that stopped in one place, in minor units."""

    label: str
    amount_minor: int
    stage: str


@dataclass(frozen=True, slots=True)
class ChartView:
    """The chart and the sentence that says the same."""

    title: str
    sentence: str
    currency: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go on."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """What a reader sees, in words; `shape` and `state_word` carry what colour also says."""

    entity: str
    entity_name: str
    period: str
    period_words: str
    state: str
    state_word: str
    shape: str
    subject: str
    headline: str
    balance: str
    as_of: str
    chart: ChartView | None
    tables: tuple[Table, ...]
    links: tuple[Link, ...]
    why: str
    correlation_id: str


def view_of(
    facts: of.ReportFacts, as_of: datetime, airflow_url: str, most_rows: int = 25
) -> ReportView:
    """Say the facts to their reader.

    Args:
        facts: of one entity and period.
        as_of: business time of reading.
        airflow_url: base address of Airflow, which serves the board too.
        most_rows: of a table; the spreadsheet holds all.
    """
    entity, period = facts.entity, facts.period
    base = airflow_url.rstrip("/")
    outcome = _outcome(facts)
    return ReportView(
        entity=entity.code,
        entity_name=entity.name,
        period=period.code,
        period_words=month(period.fiscal_year, period.number),
        state=facts.state,
        state_word=_WORDS[facts.state],
        shape=_SHAPES[facts.state],
        subject=_subject(facts, outcome),
        headline=outcome[0].upper() + outcome[1:],
        balance=_balance(facts),
        as_of=instant(as_of, entity.timezone),
        chart=_chart(facts),
        tables=tables(facts, most_rows),
        links=(
            Link("Open the close board", f"{base}/tieout/board?period={period.code}"),
            Link("Runs of the close", f"{base}/dags/month_end_close"),
            Link("Runs of the tie-out", f"{base}/dags/tie_out"),
        ),
        why=(
            f"You get this because your address is on the report list of {entity.code}. "
            "The same facts are mailed once; what changes is mailed again."
        ),
        correlation_id=str(uuid.uuid5(_NAMESPACE, facts.message_key)),
    )


def _subject(facts: of.ReportFacts, outcome: str) -> str:
    number = f" {facts.critical_count}" if facts.state == "action" else ""
    state = f"[{_WORDS[facts.state]}{number}]"
    return shown(f"{state} {facts.entity.code} close {facts.period.code}: {outcome}")[
        :SUBJECT_LENGTH
    ]


def _outcome(facts: of.ReportFacts) -> str:
    if facts.state == "action":
        return _what_acts(facts)
    if facts.state == "ok":
        built = counted(facts.line_count(*of.BUILT), "line")
        warnings = len(facts.open_causes)
        also = f", {counted(warnings, 'warning')}" if warnings else ""
        return f"{built} built and tied out{also}"
    if facts.uncertified_count:
        return f"{counted(facts.uncertified_count, 'document')} not built yet"
    unapproved = sum(journal.state == "awaiting_approval" for journal in facts.journals)
    if unapproved:
        return f"{counted(unapproved, 'journal')} to be approved"
    return "not tied out yet" if facts.journals else "nothing received yet"


def _what_acts(facts: of.ReportFacts) -> str:
    causes = [cause for cause in facts.open_causes if cause.severity == "critical"]
    if not causes:
        return f"{counted(facts.critical_count, 'expectation')} not met"
    due = min((cause.due_at for cause in causes if cause.due_at), default=None)
    what = counted(len(causes), "cause")
    return f"{what} before {instant(due, facts.entity.timezone)}" if due else f"{what} to settle"


def _balance(facts: of.ReportFacts) -> str:
    lines = facts.line_count
    waiting = lines(of.WAITING)
    return (
        f"Received {counted(lines(), 'source line')} = built {lines(*of.BUILT):,}"
        f" + held {lines(of.HELD):,} + excluded {lines(of.EXCLUDED):,}"
        f" + carried over {lines(of.CARRIED):,}"
        + (f" + not built yet {waiting:,}." if waiting else ".")
    )


def _chart(facts: of.ReportFacts) -> ChartView | None:
    """Debit side of the source lines by where they stopped, in the entity's main currency."""
    currencies = {part.currency for part in facts.sums if part.currency}
    if not currencies:
        return None
    functional = facts.entity.functional_currency
    currency = functional if functional in currencies else min(currencies)
    amounts: dict[str, int] = {}
    hidden: set[str] = set()
    for part in facts.sums:
        if part.currency != currency:
            continue
        if part.debit_minor is None:
            hidden.add(part.stage)
        amounts[part.stage] = amounts.get(part.stage, 0) + (part.debit_minor or 0)
    bars = [
        Bar(stage, amounts.get(stage, 0), stage)
        for stage in of.STAGES
        if stage not in hidden and (amounts.get(stage) or stage in {of.HELD, of.BOOKED})
    ]
    if not hidden:
        bars.insert(0, Bar("received", sum(amounts.values()), "received"))
    said = ", ".join(f"{bar.label} {money(bar.amount_minor, currency)}" for bar in bars)
    return ChartView(
        "Money by stage", f"Debits of the source lines: {said}.", currency, tuple(bars)
    )
