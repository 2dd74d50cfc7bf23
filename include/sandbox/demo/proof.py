"""The final proof: what the ERP itself holds against what Tieout says that it posted.

Pure: two lists of journals in, sentences out. Amounts are signed, debit positive, in the
journal's currency.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import zip_longest

Face = tuple[str, str, str, Decimal]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a journal; only the product states `component_class`.

    A masked line's amount is not shown, since too few people stand behind it.
    """

    number: int
    account: str
    cost_center: str
    project: str
    amount: Decimal
    component_class: str = ""
    masked: bool = False

    @property
    def face(self) -> Face:
        """What must be equal on both sides."""
        return (self.account, self.cost_center, self.project, self.amount)

    def place(self) -> str:
        """Account, cost center and project as text."""
        parts = (
            f"account {self.account}",
            f"cost center {self.cost_center}" if self.cost_center else "",
            f"project {self.project}" if self.project else "",
        )
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class StatedJournal:
    """A journal as the product's API states it; it must be in the ledger once."""

    external_id: str
    entity: str
    kind: str
    state: str
    currency: str
    ledger_id: str
    debit: Decimal
    lines: tuple[Line, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LedgerJournal:
    """A journal as the ERP holds it; `period` is the ERP's own name of it, such as `Oct 2026`."""

    ledger_id: str
    external_id: str
    entity: str
    period: str
    currency: str
    posting: bool
    lines: tuple[Line, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One way in which the ledger is not what was posted."""

    entity: str
    journal: str
    sentence: str


def ledger_period(period: str) -> str:
    """The ERP's name of a month: `2026-10` is `Oct 2026`."""
    return date.fromisoformat(f"{period}-01").strftime("%b %Y")


def written(amount: Decimal) -> str:
    """An amount as finance writes it: `-1,234.56`."""
    return f"{amount:,}"


def compare(
    stated: Sequence[StatedJournal], held: Sequence[LedgerJournal], period: str
) -> list[Discrepancy]:
    """Every discrepancy between the stated journals of a period and the ERP's ledger."""
    by_external_id: dict[str, list[LedgerJournal]] = defaultdict(list)
    for entry in held:
        by_external_id[entry.external_id].append(entry)
    told: list[Discrepancy] = []
    for journal in stated:
        told += _of_journal(journal, by_external_id[journal.external_id], ledger_period(period))
    known = {journal.external_id for journal in stated}
    return told + [
        Discrepancy(
            entry.entity,
            entry.external_id,
            f"{entry.entity}: the ledger holds journal {entry.ledger_id} "
            f"({entry.external_id or 'no external id'}, {len(entry.lines)} lines, first line "
            f"{entry.lines[0].place() if entry.lines else 'none'}), which Tieout did not post.",
        )
        for entry in held
        if entry.external_id not in known and entry.period == ledger_period(period)
    ]


def _of_journal(
    journal: StatedJournal, entries: Sequence[LedgerJournal], period: str
) -> list[Discrepancy]:
    named = f"{journal.entity}: journal {journal.external_id}"

    def told(sentence: str) -> Discrepancy:
        return Discrepancy(journal.entity, journal.external_id, f"{named} {sentence}")

    if not entries:
        return [
            told(
                f"({len(journal.lines)} lines, {written(journal.debit)} "
                f"{journal.currency}) is missing in the ledger; Tieout says {journal.state}."
            )
        ]
    if len(entries) > 1:
        ids = " and ".join(entry.ledger_id for entry in entries)
        return [told(f"is in the ledger {len(entries)} times, as {ids}; expected once.")]
    entry = entries[0]
    headers = [
        ("ERP id", journal.ledger_id, entry.ledger_id),
        ("period", period, entry.period),
        ("currency", journal.currency, entry.currency),
        ("entity", journal.entity, entry.entity),
        ("posting", "yes", "yes" if entry.posting else "no"),
    ]
    if any(line.masked for line in journal.lines):
        headers += [
            ("number of lines", str(len(journal.lines)), str(len(entry.lines))),
            ("debit", written(journal.debit), written(debit_of(entry.lines))),
        ]
    return [
        told(f"(ERP id {entry.ledger_id}): {name} expected {expected}, found {found}.")
        for name, expected, found in headers
        if expected != found
    ] + [
        told(f"(ERP id {entry.ledger_id}), {sentence}")
        for sentence in _of_lines(journal.lines, entry.lines, journal.currency)
    ]


def _of_lines(expected: Sequence[Line], found: Sequence[Line], currency: str) -> list[str]:
    """Differing lines; an ERP may order lines anew, so only what has no equal is paired."""
    if any(line.masked for line in expected):
        return []  # their number and the journal's debit total are compared instead
    pairs = _paired(_without_equal(expected, found), _without_equal(found, expected))
    sentences = []
    for ours, theirs in pairs:
        if theirs is None and ours is not None:
            sentences.append(
                f"line {ours.number}, {ours.place()}: expected {written(ours.amount)} {currency}, "
                "found nothing."
            )
        elif ours is None and theirs is not None:
            sentences.append(
                f"line {theirs.number} of the ledger, {theirs.place()}: expected nothing, "
                f"found {written(theirs.amount)} {currency}."
            )
        elif ours is not None and theirs is not None:
            moved = "" if ours.place() == theirs.place() else f" on {theirs.place()}"
            sentences.append(
                f"line {ours.number}, {ours.place()}: expected {written(ours.amount)} {currency}, "
                f"found {written(theirs.amount)} {currency}{moved}."
            )
    return sentences


def _paired(
    missing: Sequence[Line], added: Sequence[Line]
) -> list[tuple[Line | None, Line | None]]:
    """A missing line beside the added one on its place, so that an edited amount is told once."""
    left = list(added)
    pairs: list[tuple[Line | None, Line | None]] = []
    alone = []
    for line in missing:
        there = next((other for other in left if other.place() == line.place()), None)
        if there is None:
            alone.append(line)
        else:
            left.remove(there)
            pairs.append((line, there))
    return pairs + list(zip_longest(alone, left))


def _without_equal(lines: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    """Lines that the other side lacks."""
    left = Counter(line.face for line in others)
    lacking = []
    for line in lines:
        if left[line.face]:
            left[line.face] -= 1
        else:
            lacking.append(line)
    return lacking


def debit_of(lines: Iterable[Line]) -> Decimal:
    """The sum of the debit lines."""
    return sum((line.amount for line in lines if line.amount > 0), Decimal())


def ledger_classes(
    journals: Sequence[StatedJournal], held: Sequence[LedgerJournal]
) -> Mapping[str, Mapping[str, Decimal]]:
    """What the ERP holds per entity and component class.

    The ERP knows accounts, not classes: a line has the class of the stated line that it equals,
    else of the next stated line of that account that has no equal.
    """
    by_external_id = {entry.external_id: entry for entry in held}
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for journal in journals:
        entry = by_external_id.get(journal.external_id)
        if entry is None:
            continue
        classes: dict[Face, list[str]] = defaultdict(list)
        of_account: dict[str, str] = {}
        for line in journal.lines:
            classes[line.face].append(line.component_class)
            of_account.setdefault(line.account, line.component_class)
        for line in entry.lines:
            equal = classes[line.face]
            name = equal.pop() if equal else of_account.get(line.account, "unknown")
            sums[journal.entity][name] += line.amount
    return sums


def total_of(classes: Mapping[str, Decimal]) -> Decimal:
    """An entity's total: the sum over the classes whose own sum is a debit."""
    return sum((amount for amount in classes.values() if amount > 0), Decimal())
