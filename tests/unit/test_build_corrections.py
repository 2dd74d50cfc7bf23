"""Corrections of what the ledger holds: opposite and rebuilt, or the difference; late cost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders.kinds import (
    NOVEMBER,
    OCTOBER,
    OTHER_DOCUMENT,
    a_run,
    assert_sources_sum_to_lines,
    booked,
    cost,
)
from tieout.cockpit.masks import masked_lines
from tieout.finance.periods import calendar_month
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.corrections import (
    CorrectionPolicy,
    InLedger,
    LateCost,
    LateCostPolicy,
    corrected,
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


def whole(built: BuiltJournal) -> InLedger:
    """A journal of the ledger, all of whose documents were replaced."""
    return InLedger(built, frozenset(link.document for link in built.lineage))


def test_reverse_and_rebook_leaves_the_corrected_run_in_the_books() -> None:
    """The auditor relies on it: three journals tell the story, and the first was never touched."""
    before = POSTED.journal.canonical_json()
    made = reverse_and_rebook([whole(POSTED)], CORRECTED, NOVEMBER.starts, NOVEMBER.code)
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
    made = reverse_and_rebook([whole(POSTED)], None, NOVEMBER.starts, NOVEMBER.code)
    assert made.rebooked is None
    assert booked([POSTED.journal, made.reversals[0].journal]) == {}


def test_every_journal_of_the_run_is_taken_back() -> None:
    """A run that was posted in two revisions is corrected as a whole."""
    released = a_run(cost("6000", 5_00, "CC430"), revision=2)
    rebuilt = a_run(cost("6000", 110_00, document=OTHER_DOCUMENT), revision=3)
    made = reverse_and_rebook(
        [whole(POSTED), whole(released)], rebuilt, NOVEMBER.starts, NOVEMBER.code
    )
    together = [POSTED, released, *made.journals]
    assert booked([one.journal for one in together]) == booked([rebuilt.journal])
    assert len({one.journal.external_id for one in together}) == 5


@pytest.mark.promise("S5")
def test_the_difference_alone_brings_the_ledger_to_the_corrected_run() -> None:
    """Where policy says delta: one journal, with what changed and nothing else.

    The bridge report shows the register's total: what is posted twice adds up to it, to the cent.
    """
    before = POSTED.journal.canonical_json()
    made = difference_only(CORRECTED, [whole(POSTED)])
    assert made is not None
    assert POSTED.journal.canonical_json() == before
    assert booked([POSTED.journal, made.journal]) == booked([CORRECTED.journal])
    assert booked([made.journal]) == {("2400", "", ""): -10_00, ("6000", "CC410", ""): 10_00}
    assert made.journal.external_id == CORRECTED.journal.external_id
    assert made.journal.correlation_id == POSTED.journal.correlation_id
    assert_sources_sum_to_lines(made)


def test_a_difference_in_pay_counts_as_the_smallest_group() -> None:
    """The employee relies on it: one person's raise is masked wherever groups are too small."""
    named = [
        replace(line, people_count=12) if line.account == "6000" else line
        for line in POSTED.journal.lines
    ]
    posted = replace(POSTED, journal=replace(POSTED.journal, lines=tuple(named)))
    made = difference_only(CORRECTED, [whole(posted)])
    assert made is not None
    (wages,) = [line for line in made.journal.lines if line.account == "6000"]
    assert wages.people_count == 1
    assert masked_lines(
        [{"line_number": x.number, "component_class": x.component_class,
          "people_count": x.people_count} for x in made.journal.lines],
        "correction", 5,
    ) == {wages.number}  # fmt: skip


def test_no_difference_is_no_journal() -> None:
    """A corrected file with the same amounts moves nothing in the ledger."""
    same = a_run(
        cost("6000", 100_00, document=OTHER_DOCUMENT),
        cost("6000", 40_00, "CC420", document=OTHER_DOCUMENT),
        revision=2,
    )
    assert difference_only(same, [whole(POSTED)]) is None


def test_only_the_document_that_was_replaced_is_taken_back() -> None:
    """One recalled report among many relies on it: the others stay booked as they are."""
    both = a_run(cost("6000", 100_00), cost("7010", 30_00, document=OTHER_DOCUMENT))
    original = InLedger(both, frozenset({OTHER_DOCUMENT}))
    (reversal,) = reverse_and_rebook([original], None, NOVEMBER.starts, NOVEMBER.code).reversals
    assert booked([both.journal, reversal.journal]) == booked([a_run(cost("6000", 100_00)).journal])
    assert reversal.journal.ties.reverses == both.journal.external_id
    assert reversal.journal.correlation_id == both.journal.correlation_id
    assert_sources_sum_to_lines(reversal)


def correct(*rebuilt: BuiltJournal, policy: str = "", withdrawn: bool = False) -> list[str]:
    """The kinds of what is booked for DE01 when the ledger holds `POSTED`."""
    held = whole(POSTED)
    held = replace(held, withdrawn=held.replaced) if withdrawn else held
    policies = {"DE01": CorrectionPolicy(policy)} if policy else {}
    made = corrected(rebuilt, {"DE01": [held]}, policies, OCTOBER)
    return [one.journal.key.kind.value for one in made]


def test_a_corrected_source_is_booked_by_policy_and_a_held_one_waits() -> None:
    """Finance relies on it: nothing is taken back before what replaces it can be booked."""
    assert correct(CORRECTED) == ["correction", "payroll"]
    assert correct(CORRECTED, policy="delta") == ["payroll"]
    assert correct() == []
    assert correct(withdrawn=True) == ["correction"]


def test_entities_without_an_original_are_booked_as_they_are() -> None:
    """A first run is no correction."""
    assert corrected([POSTED], {}, {}, OCTOBER) == (POSTED,)


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
