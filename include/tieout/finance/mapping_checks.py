"""What must be true of a set of rules before it becomes active: no conflict, whole splits, no gap.

Conflicts. Two rules of different keys conflict when a question exists that both fit equally: same
scope, as many stated columns, no column that they state differently, and a common day on which
both govern. Such a pair is told unless a third rule of the same scope states what both state
together: it then answers every such question before they do. The check is complete: whatever
`MappingSet.best` would refuse to decide was named here (a property test holds both against each
other).

Rows are grouped by what they state, and only groups that may meet are compared, so that 60,000 rows
with plain codes cost one pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from tieout.finance.mapping_tables import TABLES
from tieout.finance.mappings import ANY, MappingRow, Share, Span, scope_of, spans, whole

_DAY = timedelta(days=1)


class ComplaintKind(StrEnum):
    """What is wrong with a set of rules."""

    CONFLICT = "conflict"
    SPLIT = "split"
    GAP = "gap"


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing that is wrong with a set of rules.

    Attributes:
        kind: conflict, split or gap.
        table: where.
        subject: what it is about: the keys of two rules, a split's code, a question without answer.
        said: a sentence for people.
        refuses: whether rules that bring it about may not become active; else it is only told.
    """

    kind: ComplaintKind
    table: str
    subject: str
    said: str
    refuses: bool = True


def complaints(rows: Iterable[MappingRow]) -> list[Complaint]:
    """Conflicts and broken splits of a set, in a stable order."""
    by_table: dict[str, list[MappingRow]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    told: list[Complaint] = []
    for table, stated in by_table.items():
        told += conflicts_of(table, stated)
        if table == "cost_centers":
            told += broken_splits(stated)
    return sorted(told)


# ------------------------------------------------------------ conflicts


def conflicts_of(table: str, rows: Sequence[MappingRow]) -> list[Complaint]:
    """Pairs of rules of one table that some question would fit equally."""
    told = [_repeated(table, pair) for pair in _repeats(rows)]
    if table == "cost_centers":
        return told  # several rows of a code are a split, not a conflict
    compared = _compared(table)
    groups: dict[tuple[str, frozenset[str]], dict[tuple[str, ...], list[Span]]] = {}
    for span in spans(rows):
        stated = frozenset(name for name in compared if span.row[name] not in ANY)
        texts = tuple(span.row[name] for name in compared if name in stated)
        group = groups.setdefault((scope_of(span.row), stated), {})
        group.setdefault(texts, []).append(span)
    for (scope, stated), group in groups.items():
        for same in group.values():
            told += [_conflict(table, a, b) for a, b in combinations(same, 2) if _meet(a, b)]
        for (other_scope, other), others in groups.items():
            if other_scope != scope or len(other) != len(stated) or not _before(stated, other):
                continue
            told += [
                _conflict(table, a, b)
                for a, b in _compatible(compared, stated, group, other, others)
                if not _settled(compared, groups, scope, a, b)
            ]
    return told


def _compared(table: str) -> tuple[str, ...]:
    """The columns whose texts say which questions a row fits."""
    known = TABLES[table]
    names = [name for name in known.matched if name != "entity"]
    names += [name for name in known.keys if name not in {*names, "entity", "scope"}]
    return tuple(names) if not known.by_name else tuple(n for n in names if n in known.matched)


def _before(one: frozenset[str], other: frozenset[str]) -> bool:
    return sorted(one) < sorted(other)


def _repeats(rows: Sequence[MappingRow]) -> Iterator[tuple[MappingRow, MappingRow]]:
    """Rows of one key and one start."""
    seen: dict[tuple[str, date], MappingRow] = {}
    for row in rows:
        identity = (row.key, row.valid_from)
        if identity in seen:
            yield seen[identity], row
        seen[identity] = row


def _repeated(table: str, pair: tuple[MappingRow, MappingRow]) -> Complaint:
    row = pair[0]
    said = f"{table} states {row.key} twice from {row.valid_from}."
    return Complaint(ComplaintKind.CONFLICT, table, f"{row.key} / {row.key}", said)


def _conflict(table: str, one: Span, other: Span) -> Complaint:
    first, second = sorted((one.row.key, other.row.key))
    since = max(one.starts, other.starts)
    said = f"{first} and {second} of {table} fit the same question equally from {since} on."
    return Complaint(ComplaintKind.CONFLICT, table, f"{first} / {second}", said)


def _meet(one: Span, other: Span) -> bool:
    """Whether there is a day on which both govern; rows of one key never do."""
    return one.row.key != other.row.key and one.starts <= other.ends and other.starts <= one.ends


def _compatible(
    compared: Sequence[str],
    stated: frozenset[str],
    group: Mapping[tuple[str, ...], list[Span]],
    other: frozenset[str],
    others: Mapping[tuple[str, ...], list[Span]],
) -> Iterator[tuple[Span, Span]]:
    """Pairs of two groups that say the same in the columns which both state."""
    shared = stated & other

    def agreed(names: frozenset[str], texts: tuple[str, ...]) -> tuple[str, ...]:
        ordered = [name for name in compared if name in names]
        return tuple(text for name, text in zip(ordered, texts, strict=True) if name in shared)

    by_shared: dict[tuple[str, ...], list[Span]] = {}
    for texts, theirs in others.items():
        by_shared.setdefault(agreed(other, texts), []).extend(theirs)
    for texts, ours in group.items():
        for two in by_shared.get(agreed(stated, texts), ()):
            for one in ours:
                if _meet(one, two):
                    yield one, two


def _settled(
    compared: Sequence[str],
    groups: Mapping[tuple[str, frozenset[str]], Mapping[tuple[str, ...], list[Span]]],
    scope: str,
    one: Span,
    other: Span,
) -> bool:
    """Whether more specific rules of the scope answer first on every common day."""
    both = {
        name: one.row[name] if one.row[name] not in ANY else other.row[name] for name in compared
    }
    together = frozenset(name for name, text in both.items() if text not in ANY)
    least = sum(one.row[name] not in ANY for name in compared)
    covering: list[Span] = []
    for (its_scope, stated), group in groups.items():
        if its_scope == scope and stated <= together and len(stated) > least:
            texts = tuple(both[name] for name in compared if name in stated)
            covering += group.get(texts, [])
    day, last = max(one.starts, other.starts), min(one.ends, other.ends)
    for span in sorted(covering, key=lambda span: span.starts):
        if span.starts <= day <= span.ends:
            if span.ends >= last:
                return True
            day = span.ends + _DAY
    return False


# ------------------------------------------------------------ splits


def broken_splits(rows: Sequence[MappingRow]) -> list[Complaint]:
    """Codes whose shares do not sum to exactly 100 % on some day."""
    codes: dict[tuple[str, str, str], list[MappingRow]] = {}
    for row in rows:
        level = (scope_of(row), row["provider"], row["source_code"])
        codes.setdefault(level, []).append(row)
    told = []
    for (scope, provider, code), same in codes.items():
        for day, shares in _splits(same):
            if shares and not whole(shares):
                total = sum((share.percent for share in shares), Decimal(0))
                said = (
                    f"Cost center {code} of {provider or '*'} in {scope} is split into "
                    f"{total.normalize():f} % from {day} on; it must be 100 %."
                )
                subject = f"{provider}|{scope}|{code}"
                told.append(Complaint(ComplaintKind.SPLIT, "cost_centers", subject, said))
                break
    return told


def _splits(rows: Sequence[MappingRow]) -> Iterator[tuple[date, list[Share]]]:
    """Each day on which the shares of a code change, with the shares from then on."""
    starts = sorted({row.valid_from for row in rows})
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        part = [row for row in rows if row.valid_from == start]
        ends = {row.valid_to for row in part if row.valid_to is not None} - {date.max}
        days = {start} | {day + _DAY for day in ends}
        for day in sorted(days):
            if following is not None and day >= following:
                continue
            shares = [
                Share(row["cost_center"], Decimal(row["percent"] or "100"))
                for row in part
                if row.holds_on(day)
            ]
            yield day, [share for share in shares if share.percent]
