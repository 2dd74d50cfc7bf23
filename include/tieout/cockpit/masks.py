"""Small groups: an amount behind which stand fewer than k people is not shown.

A masked line must not come back by subtraction from its class sum, so each class with a masked line
masks more until at least k people and two lines stand behind what is hidden. Where the whole class
is that small, its sum is masked too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tieout.finance.journal_keys import HOLD_PAY
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month
from tieout.warehouse.store import Row

#: Kinds of journal whose lines hold pay.
PAY = frozenset(kind.value for kind in HOLD_PAY)


def smallest_group(mapping: MappingSet, entity: str, period: str, journal_kind: str) -> int:
    """The policy's k; 1 where no policy states one (every group is large enough).

    What is built from pay is masked at least as pay itself is.
    """
    kinds = {journal_kind, "payroll"} if journal_kind in PAY else {journal_kind}
    on = calendar_month(period).ends
    rows = [mapping.best("posting", entity, on, journal_kind=kind) for kind in sorted(kinds)]
    return max((int(row["small_group_k"] or 1) for row in rows if row is not None), default=1)


def masked_lines(lines: Sequence[Row], journal_kind: str, least: int) -> set[int]:
    """Numbers of the lines whose amounts are not shown.

    `people_count` 0 means that the source names no employees: such a line is its provider's own
    total and is shown.
    """
    if journal_kind not in PAY:
        return set()
    by_class: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        by_class[line["component_class"]].append(line)
    masked: set[int] = set()
    for members in by_class.values():
        masked |= _masked_in_class(members, least)
    return masked


def _masked_in_class(members: Sequence[Row], least: int) -> set[int]:
    ordered = sorted(members, key=lambda line: (line["people_count"], line["line_number"]))
    hidden = [line for line in ordered if 0 < line["people_count"] < least]
    if not hidden:
        return set()
    for line in ordered:
        people = sum(one["people_count"] for one in hidden)
        if len(hidden) > 1 and people >= least:
            break
        if line not in hidden:
            hidden.append(line)
    return {line["line_number"] for line in hidden}


def is_small_class(people_count: int, journal_kind: str, least: int) -> bool:
    """Whether a class sum stands for so few people that it is not shown."""
    return journal_kind in PAY and 0 < people_count < least
