"""Corrections of what the ledger holds: opposite and rebuilt, or the difference; late cost."""

from __future__ import annotations

import pytest

from tests.builders.kinds import (
    NOVEMBER,
    OCTOBER,
    OTHER_DOCUMENT,
    a_run,
    assert_sources_sum_to_lines,
    booked,
    cost,
    heading,
)
from tieout.finance.journals import JournalKind
from tieout.finance.periods import calendar_month
from tieout.stages.build.corrections import (
    LateCost,
    LateCostPolicy,
    difference_only,
    late_cost,
    reverse_and_rebook,
)

#: What the ledger holds, and what the corrected file makes of it.
POSTED = a_run(cost("6000", 100_00), cost("6000", 40_00, "CC420"))
CORRECTED = a_run(
    cost("6000", 110_00, document=OTHER_DOCUMENT),
    cost("6000", 40_00, "CC420", document=OTHER_DOCUMENT),
    revision=2,
)


def test_reverse_and_rebook_leaves_the_corrected_run_in_the_books() -> None:
    """The auditor relies on it: three journals tell the story, and the first was never touched."""
    before = POSTED.journal.canonical_json()
    made = reverse_and_rebook([POSTED], CORRECTED, NOVEMBER.starts, NOVEMBER.code)
    assert POSTED.journal.canonical_json() == before
    together = [POSTED.journal, *(one.journal for one in made.journals)]
    assert booked(together) == booked([CORRECTED.journal])
    (reversal,) = made.reversals
    assert made.rebooked is not None
    assert reversal.journal.ties.reverses == POSTED.journal.external_id
    assert made.rebooked.journal.ties.supersedes == POSTED.journal.external_id
    assert made.rebooked.journal.external_id == CORRECTED.journal.external_id
    pairs = {one.journal.ties.pair for one in made.journals}
    assert pairs == {reversal.journal.external_id}
    for one in made.journals:
        assert_sources_sum_to_lines(one)


def test_a_run_that_was_taken_back_whole_leaves_nothing() -> None:
    """A recalled report relies on it: the cost is gone, by a journal that says why."""
    made = reverse_and_rebook([POSTED], None, NOVEMBER.starts, NOVEMBER.code)
    assert made.rebooked is None
    assert booked([POSTED.journal, made.reversals[0].journal]) == {}


def test_every_journal_of_the_run_is_taken_back() -> None:
    """A run that was posted in two revisions is corrected as a whole."""
    released = a_run(cost("6000", 5_00, "CC430"), revision=2)
    rebuilt = a_run(cost("6000", 110_00, document=OTHER_DOCUMENT), revision=3)
    made = reverse_and_rebook([POSTED, released], rebuilt, NOVEMBER.starts, NOVEMBER.code)
    together = [POSTED, released, *made.journals]
    assert booked([one.journal for one in together]) == booked([rebuilt.journal])
    assert len({one.journal.external_id for one in together}) == 5


@pytest.mark.parametrize("rebuilt", [CORRECTED, None])
def test_the_difference_alone_brings_the_ledger_to_the_corrected_run(rebuilt: object) -> None:
    """Where policy says delta: one journal, with what changed and nothing else."""
    above = heading(JournalKind.CORRECTION, period=NOVEMBER, batch="delta")
    made = difference_only(above, [POSTED], CORRECTED if rebuilt else None)
    assert made is not None
    wanted = booked([CORRECTED.journal]) if rebuilt else {}
    assert booked([POSTED.journal, made.journal]) == wanted
    if rebuilt:
        assert booked([made.journal]) == {("2400", "", ""): -10_00, ("6000", "CC410", ""): 10_00}
    assert made.journal.correlation_id == POSTED.journal.correlation_id
    assert_sources_sum_to_lines(made)


def test_no_difference_is_no_journal() -> None:
    """A corrected file with the same amounts moves nothing in the ledger."""
    same = a_run(
        cost("6000", 100_00, document=OTHER_DOCUMENT),
        cost("6000", 40_00, "CC420", document=OTHER_DOCUMENT),
        revision=2,
    )
    assert difference_only(heading(JournalKind.CORRECTION, batch="delta"), [POSTED], same) is None


@pytest.mark.parametrize(
    ("earned_for", "is_open", "amount", "policy", "wanted"),
    [
        ("2026-09", True, 100, LateCostPolicy(), LateCost.ACCRUE),
        ("2026-09", False, 100, LateCostPolicy(), LateCost.BOOK_NOW),
        ("2026-09", False, 100, LateCostPolicy(ask_above_minor=100), LateCost.BOOK_NOW),
        ("2026-09", True, 101, LateCostPolicy(ask_above_minor=100), LateCost.ASK_CONTROLLER),
        ("2026-09", True, -101, LateCostPolicy(ask_above_minor=100), LateCost.ASK_CONTROLLER),
        ("2026-09", False, 1, LateCostPolicy(ask_when_closed=True), LateCost.ASK_CONTROLLER),
        ("2026-09", True, 1, LateCostPolicy(ask_when_closed=True), LateCost.ACCRUE),
        ("2025-12", True, 1, LateCostPolicy(), LateCost.ASK_CONTROLLER),
        ("2025-12", False, 1, LateCostPolicy(ask_over_year_end=False), LateCost.BOOK_NOW),
    ],
)
def test_late_cost_goes_by_its_true_period_its_size_and_the_year_end(
    earned_for: str, *, is_open: bool, amount: int, policy: LateCostPolicy, wanted: LateCost
) -> None:
    """The controller relies on it: open is accrued, closed is disclosed, large is theirs."""
    true_period = calendar_month(earned_for)
    found = late_cost(true_period, OCTOBER, amount, policy, earned_for_open=is_open)
    assert found is wanted


def test_a_cost_of_its_own_period_is_not_late() -> None:
    """Whoever asks is told that the question is wrong."""
    with pytest.raises(ValueError, match="not late"):
        late_cost(OCTOBER, OCTOBER, 1, LateCostPolicy(), earned_for_open=True)
