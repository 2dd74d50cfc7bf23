"""Provisions and their use: set aside over time, used up at payment, never reversed."""

from __future__ import annotations

from tests.builders.kinds import assert_sources_sum_to_lines, booked, by_account, cost, heading
from tieout.finance.journals import JournalKind
from tieout.stages.build.provisions import provision, provision_use

BONUS, SET_ASIDE = "6020", "2530"


def test_a_provision_debits_cost_and_keeps_its_cost_centers() -> None:
    """Who pays a bonus later relies on it: the balance says for whom it was set aside."""
    made = provision(
        heading(JournalKind.PROVISION),
        [cost(BONUS, 100_00), cost(BONUS, 50_00, "CC420")],
        SET_ASIDE,
    )
    assert made is not None
    assert booked([made.journal]) == {
        (SET_ASIDE, "CC410", ""): -100_00,
        (SET_ASIDE, "CC420", ""): -50_00,
        (BONUS, "CC410", ""): 100_00,
        (BONUS, "CC420", ""): 50_00,
    }
    assert made.journal.ties.pair == ""
    assert_sources_sum_to_lines(made)


def test_what_is_paid_uses_the_provision_up_and_the_rest_stays_cost() -> None:
    """The result relies on it: the year's bonus is cost once, in the months it was earned in."""
    paid = [cost(BONUS, 130_00), cost(BONUS, 20_00, "CC420")]
    made = provision_use(
        heading(JournalKind.PROVISION_USE), paid, SET_ASIDE, {"CC410": 100_00, "CC420": 50_00}
    )
    assert made is not None
    assert booked([made.journal]) == {
        (SET_ASIDE, "CC410", ""): 100_00,
        (SET_ASIDE, "CC420", ""): 20_00,
        (BONUS, "CC410", ""): -100_00,
        (BONUS, "CC420", ""): -20_00,
    }
    assert_sources_sum_to_lines(made)


def test_without_a_balance_nothing_is_used() -> None:
    """A provision never goes below zero: what was not set aside is this month's cost."""
    paid = [cost(BONUS, 130_00, "CC999")]
    use = provision_use(heading(JournalKind.PROVISION_USE), paid, SET_ASIDE, {"CC410": 100_00})
    assert use is None


def test_several_payments_of_one_cost_center_share_one_balance() -> None:
    """Two bonuses of 80.00 from 100.00 set aside use 100.00, not 160.00."""
    paid = [cost(BONUS, 80_00, lines=(1,)), cost("6030", 80_00, lines=(2,))]
    made = provision_use(heading(JournalKind.PROVISION_USE), paid, SET_ASIDE, {"CC410": 100_00})
    assert made is not None
    assert by_account(made.journal) == {SET_ASIDE: 100_00, BONUS: -80_00, "6030": -20_00}
