"""The difference between two journals, told by cause."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from tests.builders.journals import a_journal
from tieout.errors import ConflictError
from tieout.finance.journal_diff import Cause, by_cause, changes
from tieout.finance.journal_sides import Side, side_of
from tieout.finance.journals import JournalKind, Lineage

#: Account, cost center, document, source lines, minor units.
Booked = tuple[str, str, str, tuple[int, ...], int]


def side(
    *booked: Booked,
    kind: JournalKind = JournalKind.PAYROLL,
    people: int = 0,
    component_class: str = "wages",
    names: dict[str, str] | None = None,
) -> Side:
    """A side from its links; the clearing account takes what remains, by document."""
    open_minor: dict[str, int] = defaultdict(int)
    behind: dict[str, set[int]] = defaultdict(set)
    for _, _, document, lines, amount in booked:
        open_minor[document] -= amount
        behind[document] |= set(lines)
    links = list(booked) + [
        ("2200", "", document, tuple(sorted(behind[document])), amount)
        for document, amount in open_minor.items()
    ]
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for account, center, _, _, amount in links:
        sums[account, center] += amount
    journal = a_journal(*((account, center, "", sums[account, center]) for account, center in sums))
    journal = replace(
        journal,
        key=replace(journal.key, kind=kind),
        lines=tuple(
            replace(line, people_count=people, component_class=component_class)
            for line in journal.lines
        ),
    )
    numbers = {key: number for number, key in enumerate(sums, 1)}
    lineage = [
        Lineage(numbers[account, center], document, lines, amount)
        for account, center, document, lines, amount in links
    ]
    return side_of([(journal, lineage)], names or {})


def causes(before: Side, after: Side) -> dict[tuple[str, str], list[tuple[Cause, int]]]:
    """Account and cost center → its causes with their amounts, clearing left out."""
    return {
        change.key[:2]: [(part.cause, part.amount_minor) for part in change.parts]
        for change in changes(before, after)
        if change.key[0] != "2200"
    }


def test_the_same_lines_on_another_account_are_mapping() -> None:
    """The controller relies on it: pay did not change, its place did."""
    before = side(("6000", "CC1", "d", (1, 2), 500), ("6010", "CC1", "d", (3,), 100))
    after = side(("6000", "CC2", "d", (1, 2), 500), ("6010", "CC1", "d", (3,), 100))
    assert causes(before, after) == {
        ("6000", "CC1"): [(Cause.MAPPING, -500)],
        ("6000", "CC2"): [(Cause.MAPPING, 500)],
    }


def test_a_line_split_over_one_more_cost_center_is_mapping_everywhere() -> None:
    """The controller relies on it: the share that stayed behind changed for the same reason."""
    before = side(("6000", "CC1", "d", (1,), 100))
    after = side(("6000", "CC1", "d", (1,), 50), ("6000", "CC2", "d", (1,), 50))
    assert causes(before, after) == {
        ("6000", "CC1"): [(Cause.MAPPING, -50)],
        ("6000", "CC2"): [(Cause.MAPPING, 50)],
    }


@pytest.mark.parametrize(
    ("moved", "cause"), [(1, Cause.ROUNDING), (2, Cause.ROUNDING), (3, Cause.AMOUNT)]
)
def test_rounding_is_at_most_one_minor_unit_a_line(moved: int, cause: Cause) -> None:
    """The controller relies on it: more than two lines can round away is not called rounding."""
    before = side(("6000", "CC1", "d", (1, 2), 500), ("6000", "CC2", "d", (1, 2), 500))
    after = side(
        ("6000", "CC1", "d", (1, 2), 500 + moved), ("6000", "CC2", "d", (1, 2), 500 - moved)
    )
    assert causes(before, after) == {
        ("6000", "CC1"): [(cause, moved)],
        ("6000", "CC2"): [(cause, -moved)],
    }


def test_documents_of_one_side_are_in_or_out() -> None:
    """finance_ops relies on it: another expense report is no changed amount."""
    before = side(("6000", "CC1", "a", (1,), 500), kind=JournalKind.EXPENSE)
    after = side(("6000", "CC1", "b", (1, 2), 700), kind=JournalKind.EXPENSE)
    assert causes(before, after) == {
        ("6000", "CC1"): [(Cause.DOCUMENT_OUT, -500), (Cause.DOCUMENT_IN, 700)]
    }


def test_a_pay_run_that_took_anothers_place_changed_amounts() -> None:
    """The controller relies on it: last month against this month is told account by account."""
    before = side(("6000", "CC1", "a", (1,), 500), people=12)
    after = side(("6000", "CC1", "b", (1, 2), 700), people=14)
    assert causes(before, after) == {("6000", "CC1"): [(Cause.AMOUNT, 200)]}
    (wages,) = [change for change in changes(before, after) if change.key[0] == "6000"]
    assert (wages.people_before, wages.people_after) == (12, 14)


def test_a_corrected_delivery_of_the_same_name_changed_amounts() -> None:
    """finance_ops relies on it: a correction is not told as all out and all in."""
    before = side(
        ("6000", "CC1", "a", (1,), 500), ("6000", "CC1", "c", (1,), 30), names={"a": "p/run"}
    )
    after = side(("6000", "CC1", "b", (1,), 501), names={"b": "p/run"})
    assert causes(before, after) == {
        ("6000", "CC1"): [(Cause.AMOUNT, 1), (Cause.DOCUMENT_OUT, -30)]
    }


def test_lines_that_were_held_are_told_as_source_lines() -> None:
    """finance_ops relies on it: a released line is neither mapping nor another amount."""
    before = side(("6000", "CC1", "d", (1,), 500))
    after = side(("6000", "CC1", "d", (1, 2), 700))
    assert causes(before, after) == {("6000", "CC1"): [(Cause.SOURCE_LINES, 200)]}


def test_released_and_remapped_lines_in_one_sum_are_not_divided_by_guess() -> None:
    """The auditor relies on it: what the evidence can't divide is told as one."""
    before = side(("6000", "CC1", "d", (1,), 500), ("6000", "CC2", "d", (2,), 50))
    after = side(("6000", "CC1", "d", (1, 2, 3), 900))
    assert causes(before, after) == {
        ("6000", "CC1"): [(Cause.LINES_AND_MAPPING, 400)],
        ("6000", "CC2"): [(Cause.MAPPING, -50)],
    }


def test_another_class_alone_is_told_without_an_amount() -> None:
    """The controller relies on it: tie-out compares classes, so a new label is a difference."""
    booked: Booked = ("6000", "CC1", "d", (1,), 500)
    found = changes(side(booked), side(booked, component_class="bonus"))
    assert {(one.class_before, one.class_after, one.amount_minor) for one in found} == {
        ("wages", "bonus", 0)
    }


def test_the_sums_by_cause_balance() -> None:
    """The auditor relies on it: debits that a cause added are credits that it added."""
    before = side(("6000", "CC1", "a", (1,), 500), kind=JournalKind.EXPENSE)
    after = side(
        ("6000", "CC1", "a", (1,), 500), ("6000", "CC1", "b", (1,), 70), kind=JournalKind.EXPENSE
    )
    assert by_cause(changes(before, after)) == {Cause.DOCUMENT_IN: (70, -70)}
    assert by_cause(changes(before, before)) == {}


def test_a_lineage_that_does_not_sum_to_the_journal_explains_nothing() -> None:
    """The auditor relies on it: no explanation from another build's evidence."""
    journal = a_journal()
    with pytest.raises(ConflictError, match="does not sum"):
        side_of([(journal, [Lineage(1, "d", (1,), 1)])], {})
