"""What a reading of master data changes of what is known: closed is not missing."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.finance.ledger import ReferenceObject
from tieout.finance.reference import (
    KINDS,
    Known,
    compare,
    effective_date,
    first_segments,
    group_of,
)

TODAY = date(2026, 11, 2)


def an_object(code: str = "CC4100", kind: str = "cost_center", **stated: object) -> ReferenceObject:
    """A cost center unless another kind is named."""
    return ReferenceObject(kind, code, f"ref-{code}", f"Name of {code}", **stated)  # type: ignore[arg-type]


def known(*items: ReferenceObject, missing: bool = False) -> list[Known]:
    """The same as known last."""
    return [Known(number, item, missing) for number, item in enumerate(items, 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_closed_upstream_is_not_missing_from_the_extract(kind: str) -> None:
    """The controller relies on it: a system's word counts, its silence does not."""
    open_, gone = an_object("A", kind), an_object("B", kind)
    found = compare(known(open_, gone), [an_object("A", kind, active=False)])
    assert [(before.item.code, after.active) for before, after in found.changed] == [("A", False)]
    assert [one.item.code for one in found.missing] == ["B"]
    assert found.closed_count == 1
    assert found.kinds[kind].as_json() == {
        "objects": 1, "added": 0, "changed": 1, "closed": 1, "missing": 1,
    }  # fmt: skip


def test_what_comes_back_is_no_longer_missing() -> None:
    """An object that was missing and is there again is a change, though its facts are the same."""
    item = an_object()
    found = compare(known(item, missing=True), [item])
    assert [after.code for _, after in found.changed] == ["CC4100"]


def test_the_same_reading_again_changes_nothing() -> None:
    """The history relies on it: only news make a version."""
    items = [an_object(f"CC{number}") for number in range(5)]
    found = compare(known(*items), items)
    assert (found.changes, found.doubted) == (0, [])


@pytest.mark.parametrize(
    ("there", "left", "doubted"),
    [(10, 9, False), (10, 8, False), (10, 7, True), (100, 80, False), (100, 79, True),
     (2, 0, True), (1, 0, False), (5, 0, True)],
)  # fmt: skip
def test_an_extract_that_lost_too_much_closes_nothing(there: int, left: int, doubted: bool) -> None:
    """The controller relies on it: half a file never empties the master data."""
    items = [an_object(f"CC{number:03}") for number in range(there)]
    found = compare(known(*items), items[:left])
    assert bool(found.doubted) is doubted
    assert len(found.missing) == (0 if doubted else there - left)


def test_one_entity_cut_off_is_seen_though_the_others_are_whole() -> None:
    """HR's extracts come by entity: a fifth of all people is all of one company's."""
    people = [
        an_object(f"{entity}-{number}", "employee", entities=(entity,))
        for entity in ("DE01", "JP01", "SE01", "UK01", "US01", "FR01")
        for number in range(20)
    ]
    left = [one for one in people if one.entities != ("JP01",)]
    found = compare(known(*people), left)
    assert [(one.kind, one.entity, one.missing_count) for one in found.doubted] == [
        ("employee", "JP01", 20)
    ]
    assert not found.missing
    believed = compare(known(*people), left, frozenset({("employee", "JP01")}))
    assert len(believed.missing) == 20
    assert not believed.doubted


def test_a_stated_last_day_dates_the_closing() -> None:
    """Lines earned before an employee left still find the employee active."""
    before = an_object("100101", "employee", begins=date(2020, 1, 1))
    left = an_object("100101", "employee", active=False, ends=date(2026, 10, 15))
    assert effective_date(before, left, TODAY) == date(2026, 10, 16)
    later = an_object("100101", "employee", active=False, ends=date(2026, 12, 31))
    assert effective_date(before, later, TODAY) == TODAY
    moved = an_object("100101", "employee", parent_code="X")
    assert effective_date(before, moved, TODAY) == TODAY


@given(
    active=st.booleans(),
    begins=st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    ends=st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
)
def test_first_segments_have_no_gap_and_end_in_what_the_system_says(
    active: bool,
    begins: date | None,
    ends: date | None,
) -> None:
    """As of any day from its beginning on an object has exactly one state."""
    segments = first_segments(an_object(active=active, begins=begins, ends=ends))
    assert segments[-1].active is active
    assert segments[-1].valid_to is None
    assert segments[0].valid_from == begins or not active
    for one, following in pairwise(segments):
        assert one.valid_to == following.valid_from
        assert one.valid_to is not None
        assert one.valid_from is None or one.valid_from < one.valid_to


def test_of_one_identity_twice_in_an_extract_the_first_counts() -> None:
    """An extract that repeats a code can't make two objects of it."""
    found = compare([], [an_object(), an_object(active=False)])
    assert [(one.code, one.active) for one in found.added] == [("CC4100", True)]


def test_only_people_are_grouped_by_entity() -> None:
    """A cost center of two entities comes with all others of the ERP."""
    assert group_of(an_object(entities=("DE01",))) == ("cost_center", "")
    assert group_of(an_object("1", "employee", entities=("DE01",))) == ("employee", "DE01")
