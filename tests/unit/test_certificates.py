"""The certificate of a period: one equation, and every way in which it can fail names its stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import pytest

from tieout.finance.certificates import (
    DocumentIn,
    Ended,
    ExpectedRun,
    PeriodCertificate,
    StagePassed,
    Sums,
)
from tieout.finance.certifying import certificate_lines, certify_period

PERIOD: Final = "2026-10"
WHOLE: Final = Sums(10, 5_000, 5_000)
BUILT: Final = Sums(7, 4_000, 4_000)
HELD: Final = Sums(2, 900, 900)
EXCLUDED: Final = Sums(1, 100, 100)

DOCUMENT: Final = DocumentIn(
    "a" * 64, "october.csv", "payroll", "unit-1", "EUR", "stated", WHOLE, WHOLE, WHOLE, 7
)
ENDED: Final = (
    Ended("payroll", "EUR", PERIOD, "built", PERIOD, "", BUILT),
    Ended("payroll", "EUR", PERIOD, "held", "", "", HELD),
    Ended("payroll", "EUR", PERIOD, "excluded", "", "", EXCLUDED),
)
STAGES: Final = (
    StagePassed("unit-1", "extract", {"": Sums(10)}),
    StagePassed("unit-1", "validate", {"EUR": WHOLE}),
    StagePassed("unit-1", "reconcile", {"EUR": WHOLE}),
    StagePassed("unit-1", "route", {"EUR": WHOLE}),
)
ARRIVED: Final = (ExpectedRun("se-sie", "arrived"),)


def certified(
    documents: Sequence[DocumentIn] = (DOCUMENT,),
    ended: Sequence[Ended] = ENDED,
    stages: Sequence[StagePassed] = STAGES,
    expected: Sequence[ExpectedRun] = ARRIVED,
) -> PeriodCertificate:
    """A period's certificate; sound unless a part is replaced."""
    return certify_period("SE01", PERIOD, documents, ended, stages, expected)


def test_what_came_in_is_what_was_built_held_and_excluded() -> None:
    """The controller relies on it: one equation, in lines and in money."""
    made = certified()
    (flow,) = made.flows
    assert made.equal
    assert flow.left == flow.right == WHOLE
    assert certificate_lines(made)[0] == (
        "Source lines, payroll, EUR: 10 in = 7 built + 2 held + 1 excluded + 0 carried on."
    )


def test_what_waited_before_opens_the_period_and_may_be_built_in_it() -> None:
    """The controller relies on it: a line held in September and booked in October is in both."""
    before = Ended("payroll", "EUR", "2026-09", "built", PERIOD, "", HELD)
    still = Ended("payroll", "EUR", "2026-09", "held", "", "", EXCLUDED)
    made = certified(ended=(*ENDED, before, still))
    (flow,) = made.flows
    assert made.equal
    assert flow.opening_held == HELD + EXCLUDED
    assert flow.built == BUILT + HELD
    assert flow.held == HELD + EXCLUDED


def test_a_line_built_in_the_next_period_closes_this_one_as_held() -> None:
    """The auditor relies on it: the certificate of a past period does not change afterwards."""
    later = replace(ENDED[1], state="built", journal_period="2026-11")
    assert certified(ended=(ENDED[0], later, ENDED[2])).flows == certified().flows


def test_a_carried_line_leaves_one_period_and_enters_the_named_one() -> None:
    """Finance relies on it: carried on is a way out with an address."""
    carried = replace(ENDED[1], state="carried_over", carried_to="2026-11")
    here = certified(ended=(ENDED[0], carried, ENDED[2]))
    assert here.equal
    assert here.flows[0].carried_out == HELD
    there = certify_period("SE01", "2026-11", (), [carried], (), ())
    assert there.equal
    assert there.flows[0].carried_in == HELD
    assert there.flows[0].held == HELD
    between = certify_period(
        "SE01", "2026-10", (), [replace(carried, unit_period="2026-09")], (), ()
    )
    assert between.flows[0].opening_held == between.flows[0].carried_out == HELD


def drop(sums: Sums) -> Sums:
    """One line less."""
    return Sums(sums.line_count - 1, sums.debit_minor - 30, sums.credit_minor)


def double(sums: Sums) -> Sums:
    """One line twice."""
    return Sums(sums.line_count + 1, sums.debit_minor, sums.credit_minor + 30)


def alter(sums: Sums) -> Sums:
    """One line off by a minor unit."""
    return Sums(sums.line_count, sums.debit_minor + 1, sums.credit_minor)


MUTATIONS: Final = (drop, double, alter)


@pytest.mark.parametrize("mutate", MUTATIONS)
@pytest.mark.parametrize("stage", ["validate", "reconcile", "route"])
def test_a_stage_that_loses_doubles_or_alters_a_line_is_named(
    stage: str, mutate: Callable[[Sums], Sums]
) -> None:
    """The auditor relies on it: not only that something is missing, but where it went."""
    stages = [
        replace(one, sums={"EUR": mutate(WHOLE)}) if one.stage == stage else one for one in STAGES
    ]
    made = certified(stages=stages)
    # What only changes an amount can't be told from the text before it was typed.
    told = "reconcile" if (stage, mutate) == ("validate", alter) else stage
    assert not made.equal
    assert made.failures[0].startswith(f"{told}: unit unit-1 got 10 lines")


def test_a_stage_that_moves_a_line_is_named() -> None:
    """The auditor relies on it: sums alone would not see a line under another entity."""
    moved = replace(STAGES[2], altered="10 lines came, 10 went on, 1 lost or altered, 1 new")
    made = certified(stages=(*STAGES[:2], moved, STAGES[3]))
    (told,) = made.failures
    assert told.startswith("reconcile: unit unit-1 changed what it had to pass on")
    assert told.endswith("10 lines came, 10 went on, 1 lost or altered, 1 new")


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_a_build_that_loses_doubles_or_alters_a_line_is_named(
    mutate: Callable[[Sums], Sums],
) -> None:
    """The controller relies on it: the ends are held against what the document states."""
    ended = (replace(ENDED[0], sums=mutate(BUILT)), *ENDED[1:])
    made = certified(documents=(replace(DOCUMENT, disposed=mutate(WHOLE)),), ended=ended)
    assert [text.partition(":")[0] for text in made.failures] == ["build", "build"]
    assert "october.csv" in made.failures[0]


def test_a_file_that_does_not_hold_what_it_states_is_never_built_unnoticed() -> None:
    """The controller relies on it; held as a whole it misleads nobody."""
    short = replace(DOCUMENT, stated=Sums(11, 5_000, 5_100))
    (told,) = certified(documents=(short,)).failures
    assert told.startswith("validate: october.csv states 11 lines, 50.00 and 51.00 EUR")
    assert told.endswith("holds 10 lines, 50.00 and 50.00 EUR, and was built")
    assert certified(documents=(replace(short, built_count=0),)).equal
    assert certified(documents=(replace(short, origin="derived"),)).equal


def test_a_document_that_nobody_counted_is_told() -> None:
    """Finance relies on it: taken in is not yet read."""
    unread = replace(DOCUMENT, read=None, disposed=Sums())
    assert "extract: october.csv was taken in" in certified((unread,), ()).failures[0]


def test_the_hash_speaks_of_what_is_proven_and_not_of_names() -> None:
    """The controller relies on it: the approval is signed over this."""
    sound = certified()
    assert certified(documents=(replace(DOCUMENT, name="renamed.csv"),)).content_hash == (
        sound.content_hash
    )
    late = (ExpectedRun("se-sie", "late", "strike at the bureau", "finance_ops"),)
    assert certified(expected=late).content_hash != sound.content_hash
    assert certified(ended=tuple(reversed(ENDED))).content_hash == sound.content_hash
    assert "late (strike at the bureau)" in certificate_lines(certified(expected=late))[1]
