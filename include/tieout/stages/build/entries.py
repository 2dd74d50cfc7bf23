"""build: a journal made of single entries, each with the source lines behind it.

For what is booked beside the rows of a run: accruals, provisions, corrections, legs between
companies, exchange differences. Entries of one account and its dimensions make one line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tieout.finance.journals import (
    NO_TIES,
    Journal,
    JournalKey,
    JournalLine,
    JournalTies,
    Lineage,
)
from tieout.stages.build.build import BuiltJournal

#: Source lines of one document.
Sources = tuple[tuple[str, tuple[int, ...]], ...]
LineFace = tuple[str, str, str]
_LONGEST_DESCRIPTION = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount on one account; debit positive, in minor units of the journal's currency.

    `source` is the document and the source lines that it comes from; an entry that sums several of
    them is several entries. `people` is 1 where people are named behind it, else 0: for how many
    different ones a part of a line stands is not known, so it counts as the smallest group.
    """

    account: str
    amount_minor: int
    component_class: str
    cost_center: str = ""
    project: str = ""
    source: tuple[str, tuple[int, ...]] = ("", ())
    people: int = 0

    @property
    def face(self) -> LineFace:
        """What its line is made of."""
        return self.account, self.cost_center, self.project

    def against(self, account: str, component_class: str) -> Entry:
        """The other side: the same amount with the other sign, on the balance sheet."""
        return Entry(
            account, -self.amount_minor, component_class, source=self.source, people=self.people
        )


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the lines of a journal."""

    key: JournalKey
    accounting_date: date
    currency: str
    memo: str
    inputs: tuple[tuple[str, str], ...] = ()
    ties: JournalTies = NO_TIES


def journal_of(heading: Heading, entries: Iterable[Entry]) -> BuiltJournal | None:
    """The journal of these entries with lineage and totals; none when they come to nothing.

    A line that nets to zero is left out. Raises JournalUnbalancedError when the sides differ.
    """
    booked = booked_lines(entries, heading.key.period)
    if not booked.lines:
        return None
    journal = Journal(
        key=heading.key,
        accounting_date=heading.accounting_date,
        currency=heading.currency,
        memo=heading.memo,
        lines=booked.lines,
        input_versions=_inputs(heading.inputs, booked.lineage),
        ties=heading.ties,
    )
    return BuiltJournal.of(journal, booked.lineage, booked.totals)


@dataclass(frozen=True)
class BookedLines:
    """Lines with what stands behind them and the sums of their classes; they may not balance."""

    lines: tuple[JournalLine, ...]
    lineage: tuple[Lineage, ...]
    totals: Mapping[str, int]


def booked_lines(entries: Iterable[Entry], period: str, first: int = 1) -> BookedLines:
    """One line per account and dimensions, numbered from `first`; what nets to zero is left out."""
    by_face: dict[LineFace, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_face[entry.face].append(entry)
    kept = [
        (face, found)
        for face, found in sorted(by_face.items())
        if sum(entry.amount_minor for entry in found)
    ]
    labels = _labels(found for _, found in kept)
    lines = tuple(
        JournalLine(
            number=number,
            account=account,
            amount_minor=sum(entry.amount_minor for entry in found),
            cost_center=cost_center,
            project=project,
            component_class=labels[account],
            description=described(labels[account], period),
            people_count=max(entry.people for entry in found),
        )
        for number, ((account, cost_center, project), found) in enumerate(kept, start=first)
    )
    lineage = tuple(
        link
        for number, (_, found) in enumerate(kept, start=first)
        for link in lineage_of(number, found)
    )
    totals: dict[str, int] = defaultdict(int)
    for _, found in kept:
        for entry in found:
            totals[labels[entry.account]] += entry.amount_minor
    return BookedLines(lines, lineage, dict(sorted(totals.items())))


def entries_of(built: BuiltJournal, documents: Collection[str] | None = None) -> list[Entry]:
    """The entries that a built journal's lines come from, one per line and document.

    `documents` keeps those of some documents; none stated: of all.
    """
    lines = {line.number: line for line in built.journal.lines}
    return [
        Entry(
            line.account, link.amount_minor, line.component_class, line.cost_center, line.project,
            (link.document, link.source_lines), min(line.people_count, 1),
        )
        for link in built.lineage
        if documents is None or link.document in documents
        for line in [lines[link.line_number]]
    ]  # fmt: skip


def lineage_of(number: int, entries: Iterable[Entry]) -> list[Lineage]:
    """Which source lines of each document stand behind one line; what has no source is left out."""
    behind: dict[str, Lineage] = {}
    for entry in entries:
        document, lines = entry.source
        if not document:
            continue
        before = behind.get(document, Lineage(number, document, (), 0))
        behind[document] = replace(
            before,
            source_lines=tuple(sorted({*before.source_lines, *lines})),
            amount_minor=before.amount_minor + entry.amount_minor,
        )
    return [behind[document] for document in sorted(behind)]


def described(component_class: str, period: str) -> str:
    """What a line says in the ERP: class and period, never a name."""
    words = component_class.replace("_", " ").replace("+", ", ")
    return f"{words.capitalize()} {period}"[:_LONGEST_DESCRIPTION]


def _labels(found: Iterable[Sequence[Entry]]) -> Mapping[str, str]:
    """Account → its classes in this journal, as tie-out compares them."""
    classes: dict[str, set[str]] = defaultdict(set)
    for entries in found:
        for entry in entries:
            classes[entry.account].add(entry.component_class)
    return {account: "+".join(sorted(names)) for account, names in classes.items()}


def _inputs(
    stated: tuple[tuple[str, str], ...], lineage: Iterable[Lineage]
) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({*stated, *(("document", link.document) for link in lineage)}))
