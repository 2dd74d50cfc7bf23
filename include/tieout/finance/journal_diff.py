"""Explain the difference between two journals by cause; the causes sum to it exactly.

Two sides of one entity, kind and currency are compared: each a journal, or all of a folder. The
evidence is the lineage: which lines of which document stand behind a journal line, with their sum.
A link is the smallest thing with an amount, so each link's change has one cause.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieout.finance.journal_sides import Behind, LineKey, Link, Side
from tieout.finance.journals import JournalKind


class Cause(StrEnum):
    """Why a line carries another amount.

    `source_lines`: lines of a document that both sides know, built in one of them only (held,
    released, excluded). `lines_and_mapping`: such lines and remapped ones met in one link, whose
    sum can't be divided further. `timing`: one side carried them over to another period.
    `people_in`, `people_out` and `pay_change` divide what a pay run changed from the one before;
    `rate`: the same spend at another exchange rate. `amount`: nobody kept who stands behind it.
    """

    DOCUMENT_IN = "document_in"
    DOCUMENT_OUT = "document_out"
    PEOPLE_IN = "people_in"
    PEOPLE_OUT = "people_out"
    PAY_CHANGE = "pay_change"
    RATE = "rate"
    TIMING = "timing"
    SOURCE_LINES = "source_lines"
    MAPPING = "mapping"
    LINES_AND_MAPPING = "lines_and_mapping"
    AMOUNT = "amount"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a change with its one cause; documents are SHA-256, empty on the side without."""

    cause: Cause
    document_before: str
    document_after: str
    source_lines: frozenset[int]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one account with its dimensions; the parts sum to after minus before."""

    key: LineKey
    class_before: str
    class_after: str
    before_minor: int
    after_minor: int
    people_before: int
    people_after: int
    parts: tuple[Part, ...]

    @property
    def amount_minor(self) -> int:
        """After minus before."""
        return self.after_minor - self.before_minor


def changes(before: Side, after: Side) -> list[Change]:
    """Every account with dimensions that changed, in their order, each with its causes."""
    parts: dict[LineKey, list[Part]] = defaultdict(list)
    for key, part in _parts(before, after):
        parts[key].append(part)
    every = before.classes.keys() | after.classes.keys()
    found = []
    for key in sorted(every):
        classes = before.classes.get(key, ""), after.classes.get(key, "")
        people = before.people.get(key, 0), after.people.get(key, 0)
        if not parts[key] and classes[0] == classes[1] and people[0] == people[1]:
            continue
        amounts = before.amount(key), after.amount(key)
        found.append(Change(key, *classes, *amounts, *people, tuple(parts[key])))
    return found


def _parts(before: Side, after: Side) -> Iterator[tuple[LineKey, Part]]:
    replaced = _replaced(before, after)
    successors = set(replaced.values())
    for document in sorted(before.links.keys() | after.links.keys()):
        old, new = before.links.get(document, {}), after.links.get(document, {})
        if document in replaced:
            yield from _replaced_amounts(before, after, document, replaced[document])
        elif document in successors:
            continue
        elif not new:
            for key, link in sorted(old.items()):
                waits = link.source_lines <= after.carried.get(document, frozenset())
                cause = Cause.TIMING if waits else Cause.DOCUMENT_OUT
                yield key, Part(cause, document, "", link.source_lines, -link.amount_minor)
        elif not old:
            for key, link in sorted(new.items()):
                waited = link.source_lines <= before.carried.get(document, frozenset())
                cause = Cause.TIMING if waited else Cause.DOCUMENT_IN
                yield key, Part(cause, "", document, link.source_lines, link.amount_minor)
        else:
            waiting = [side.carried.get(document, frozenset()) for side in (before, after)]
            yield from _same_document(document, old, new, waiting[0] | waiting[1])


def _replaced(before: Side, after: Side) -> dict[str, str]:
    """Documents that another one took the place of: old → new.

    Of the same name (a corrected delivery), or the only one left over of a pay run: the same
    payroll in another month, or corrected. A single expense report left over is another expense.
    """
    gone = sorted(before.links.keys() - after.links.keys())
    come = sorted(after.links.keys() - before.links.keys())
    pairs: dict[str, str] = {}
    for old in gone:
        name = before.names.get(old, "")
        heirs = [new for new in come if name and after.names.get(new) == name]
        if len(heirs) == 1 and heirs[0] not in pairs.values():
            pairs[old] = heirs[0]
    gone = [old for old in gone if old not in pairs]
    come = [new for new in come if new not in pairs.values()]
    kinds = {one.key.kind for one in (*before.journals, *after.journals)}
    if len(gone) == len(come) == 1 and kinds == {JournalKind.PAYROLL}:
        pairs[gone[0]] = come[0]
    return pairs


def _replaced_amounts(
    before: Side, after: Side, was: str, now: str
) -> Iterator[tuple[LineKey, Part]]:
    """Another document states other amounts; its line numbers say nothing of the first one's.

    Who stands behind an amount does: people come, go, or are paid otherwise; an expense is the
    same at another rate.
    """
    old, new = before.links[was], after.links[now]
    behind = before.evidence.get(was, {}), after.evidence.get(now, {})
    payroll = {one.key.kind for one in (*before.journals, *after.journals)} == {JournalKind.PAYROLL}
    known = [{owner for owners in side.values() for owner in owners} for side in behind]
    for key in sorted(old.keys() | new.keys()):
        change = new.get(key, Link()).amount_minor - old.get(key, Link()).amount_minor
        sums: dict[Cause, int] = defaultdict(int)
        owners = behind[0].get(key, {}), behind[1].get(key, {})
        if owners[0] or owners[1]:
            for owner in owners[0].keys() | owners[1].keys():
                first, then = owners[0].get(owner), owners[1].get(owner)
                if payroll:
                    cause = _cause_of_person(owner, known[0], known[1])
                else:
                    cause = _cause_of_expense(first, then)
                sums[cause] += (then.amount_minor if then else 0) - (
                    first.amount_minor if first else 0
                )
        # What nobody stands behind, and all of it where the build kept no evidence.
        sums[Cause.AMOUNT] += change - sum(sums.values())
        lines = new.get(key, Link()).source_lines
        for cause in Cause:
            if sums.get(cause):
                yield key, Part(cause, was, now, lines, sums[cause])


def _cause_of_person(owner: str, known_before: set[str], known_after: set[str]) -> Cause:
    if not owner:
        return Cause.AMOUNT
    if owner not in known_before:
        return Cause.PEOPLE_IN
    return Cause.PAY_CHANGE if owner in known_after else Cause.PEOPLE_OUT


def _cause_of_expense(first: Behind | None, then: Behind | None) -> Cause:
    """Spent the same, exchanged otherwise: the rate; anything else is another amount."""
    if first is None or then is None or not first.spend:
        return Cause.AMOUNT
    same = first.spend == then.spend and first.rate != then.rate
    return Cause.RATE if same else Cause.AMOUNT


def _same_document(
    document: str,
    old: Mapping[LineKey, Link],
    new: Mapping[LineKey, Link],
    carried: frozenset[int],
) -> Iterator[tuple[LineKey, Part]]:
    stood, stands = _keys_by_line(old), _keys_by_line(new)
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key, Link()), new.get(key, Link())
        change = now.amount_minor - was.amount_minor
        if not change:
            continue
        lines = was.source_lines ^ now.source_lines
        if lines:
            moved = {line for line in lines if line in stood and line in stands}
            cause = Cause.LINES_AND_MAPPING
            if not moved:
                cause = Cause.TIMING if lines <= carried else Cause.SOURCE_LINES
            elif moved == lines:
                cause = Cause.MAPPING
        else:
            lines = now.source_lines
            cause = _cause_of_same_lines(lines, change, stood, stands)
        yield key, Part(cause, document, document, lines, change)


def _cause_of_same_lines(
    lines: frozenset[int],
    change: int,
    stood: Mapping[int, frozenset[LineKey]],
    stands: Mapping[int, frozenset[LineKey]],
) -> Cause:
    """The same lines of the same bytes: other shares, rounding, or another amount of a line.

    Each split of a line rounds once, by less than one minor unit.
    """
    if any(stood[line] != stands[line] for line in lines):
        return Cause.MAPPING
    return Cause.ROUNDING if abs(change) <= len(lines) else Cause.AMOUNT


def _keys_by_line(links: Mapping[LineKey, Link]) -> Mapping[int, frozenset[LineKey]]:
    keys: dict[int, set[LineKey]] = defaultdict(set)
    for key, link in links.items():
        for line in link.source_lines:
            keys[line].add(key)
    return {line: frozenset(found) for line, found in keys.items()}


def by_cause(found: Iterable[Change]) -> dict[Cause, tuple[int, int]]:
    """Debits and credits (negative) that each cause added or took; both sums together are 0."""
    sums: dict[Cause, tuple[int, int]] = {}
    for change in found:
        for part in change.parts:
            plus, minus = sums.get(part.cause, (0, 0))
            amount = part.amount_minor
            sums[part.cause] = plus + max(amount, 0), minus + min(amount, 0)
    return {cause: sums[cause] for cause in Cause if cause in sums}
