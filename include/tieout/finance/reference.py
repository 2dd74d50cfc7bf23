"""Master data over time: what a reading changes of what is known.

Two clocks run. *Valid* says when a fact is true in the business, *known* since when we have been
told. A reading never rewrites what was known before: it ends what we knew and states anew.

*Closed upstream* and *missing from the extract* are different things. A system that says an object
is closed is believed. An object that is simply not in the extract keeps its last known facts and is
marked missing, and when too many are missing at once the extract is doubted, not the objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from tieout.finance.ledger import ReferenceObject

#: The kinds of master data that are kept with their history.
KINDS: Final = (
    "employee", "department", "entity", "cost_center", "project", "vendor", "account",
)  # fmt: skip
#: Kinds whose extracts come entity by entity, so that one of them may be cut off alone.
BY_ENTITY: Final = frozenset({"employee"})
#: More missing than this share of what was there, and the extract is doubted.
MOST_MISSING_PERCENT: Final = 20
#: As few as these may be missing whatever their share.
FEW: Final = 2

#: A kind, and the entity where extracts come by entity (else empty).
Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """An object as it is known last: `id` of its row, and whether the last extract had it."""

    id: int
    item: ReferenceObject
    missing: bool = False

    @property
    def identity(self) -> tuple[str, str]:
        """Kind and code."""
        return self.item.kind, self.item.code


@dataclass(frozen=True, slots=True)
class Doubted:
    """A group of which so many objects are missing that the extract itself is doubted."""

    kind: str
    entity: str
    missing_count: int
    known_count: int


@dataclass(slots=True)
class KindCounts:
    """What a reading changed of one kind."""

    objects: int = 0
    added: int = 0
    changed: int = 0
    closed: int = 0
    missing: int = 0

    def as_json(self) -> dict[str, int]:
        """For the record of the reading."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class Difference:
    """What a reading changes of what is known."""

    read: Sequence[ReferenceObject]
    added: Sequence[ReferenceObject]
    changed: Sequence[tuple[Known, ReferenceObject]]
    missing: Sequence[Known]
    doubted: Sequence[Doubted] = ()
    kinds: Mapping[str, KindCounts] = field(default_factory=dict)

    @property
    def closed_count(self) -> int:
        """Objects that their system closed since the last reading."""
        return sum(count.closed for count in self.kinds.values())

    @property
    def changes(self) -> int:
        """Everything that becomes known with it."""
        return len(self.added) + len(self.changed) + len(self.missing)


def group_of(item: ReferenceObject) -> Group:
    """With which others an object comes or fails to come."""
    by_entity = item.kind in BY_ENTITY and item.entities
    return item.kind, item.entities[0] if by_entity else ""


def compare(
    known: Sequence[Known],
    read: Sequence[ReferenceObject],
    believed: frozenset[Group] = frozenset(),
) -> Difference:
    """What a reading changes.

    Args:
        known: what is known last of everything that the reading could have named.
        read: the extract; of two objects with one identity the first counts.
        believed: groups whose gaps a person has confirmed: their objects are missing indeed.
    """
    before = {one.identity: one for one in known}
    now = {(item.kind, item.code): item for item in reversed(read)}
    unique = [item for item in read if now[item.kind, item.code] is item]
    added = [item for item in unique if (item.kind, item.code) not in before]
    changed = [
        (found, item)
        for item in unique
        if (found := before.get((item.kind, item.code))) is not None and not _same(found, item)
    ]
    gone = [one for one in known if one.identity not in now]
    doubted = [each for each in _doubted(known, gone) if (each.kind, each.entity) not in believed]
    in_doubt = {(each.kind, each.entity) for each in doubted}
    missing = [one for one in gone if not one.missing and group_of(one.item) not in in_doubt]
    return Difference(
        unique, added, changed, missing, doubted, _counts(unique, added, changed, missing)
    )


def _same(known: Known, item: ReferenceObject) -> bool:
    before = known.item
    return not known.missing and (
        before.ref == item.ref
        and before.name == item.name
        and before.active == item.active
        and before.parent_code == item.parent_code
        and tuple(before.entities) == tuple(item.entities)
        and dict(before.fields) == dict(item.fields)
    )


def _doubted(known: Sequence[Known], gone: Sequence[Known]) -> list[Doubted]:
    """Groups of which too large a share is newly missing."""
    there = Counter(group_of(one.item) for one in known if not one.missing)
    lost = Counter(group_of(one.item) for one in gone if not one.missing)
    return [
        Doubted(kind, entity, count, there[kind, entity])
        for (kind, entity), count in sorted(lost.items())
        if count == there[kind, entity] > 1
        or (count > FEW and count * 100 > there[kind, entity] * MOST_MISSING_PERCENT)
    ]


def _counts(
    read: Sequence[ReferenceObject],
    added: Sequence[ReferenceObject],
    changed: Sequence[tuple[Known, ReferenceObject]],
    missing: Sequence[Known],
) -> dict[str, KindCounts]:
    counts: dict[str, KindCounts] = {}

    def of(kind: str) -> KindCounts:
        return counts.setdefault(kind, KindCounts())

    for item in read:
        of(item.kind).objects += 1
    for item in added:
        of(item.kind).added += 1
    for before, item in changed:
        of(item.kind).changed += 1
        of(item.kind).closed += int(before.item.active and not item.active)
    for one in missing:
        of(one.item.kind).missing += 1
    return dict(sorted(counts.items()))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of business time with one state; `None` is without beginning or without end."""

    active: bool
    valid_from: date | None
    valid_to: date | None


def first_segments(item: ReferenceObject) -> list[Segment]:
    """The validity of an object that was not known before, by the dates that its system states.

    A closed object without a stated last day is closed for all we know: nobody said since when.
    """
    if item.active or item.ends is None:
        return [Segment(item.active, item.begins, None)]
    closed_from = item.ends + timedelta(days=1)
    if item.begins is not None and item.begins >= closed_from:
        return [Segment(active=False, valid_from=item.begins, valid_to=None)]
    return [
        Segment(active=True, valid_from=item.begins, valid_to=closed_from),
        Segment(active=False, valid_from=closed_from, valid_to=None),
    ]


def effective_date(before: ReferenceObject, after: ReferenceObject, read_on: date) -> date:
    """From when a change is true in the business.

    The day after the stated last day when the object was closed, else the day of the reading: no
    system of ours states since when another attribute is what it is.
    """
    closing = before.active and not after.active
    if closing and after.ends is not None:
        return min(after.ends + timedelta(days=1), read_on)
    return read_on
