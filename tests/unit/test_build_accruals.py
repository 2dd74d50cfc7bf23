"""Accruals with their reversal: what was incurred and is not booked, once, and taken back."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.builders.kinds import (
    NOVEMBER,
    OCTOBER,
    a_run,
    assert_sources_sum_to_lines,
    booked,
    by_account,
    cost,
    day,
    heading,
)
from tieout.finance.journals import JournalKind
from tieout.finance.periods import calendar_month
from tieout.stages.build.accruals import (
    AccrualBasis,
    AccrualPair,
    Incurred,
    PayPeriod,
    accrual_pair,
    not_accrued_by_vouchers,
    not_yet_accrued,
    part_of,
    share_in_period,
)

APRIL, MAY = calendar_month("2026-04"), calendar_month("2026-05")
#: The reference's example: ten working days over the end of April.
OVER_THE_END = PayPeriod(day("2026-04-24"), day("2026-05-07"))
LIABILITY = "2520"


def pair(*incurred: Incurred, revision: int = 1) -> AccrualPair:
    """The payroll accrual of October."""
    above = heading(
        JournalKind.PAYROLL_ACCRUAL, batch="payroll_accrual:DE01:2026-10", revision=revision
    )
    made = accrual_pair(above, incurred, NOVEMBER)
    assert made is not None
    return made


def owed(account: str, amount_minor: int, cost_center: str = "CC410") -> Incurred:
    """A cost that policy owes on the accrued liability."""
    return Incurred(cost(account, amount_minor, cost_center), LIABILITY)


def test_half_of_ten_working_days_is_accrued_and_taken_back_on_the_first_of_may() -> None:
    """The controller relies on it: 10,000.00 over ten days, five of them in April, gives 5,000.00.

    Employer charges follow; the full run is booked when it comes, and no one edits anything.
    """
    share = share_in_period(OVER_THE_END, APRIL, AccrualBasis.WORKING_DAYS)
    assert share == Fraction(1, 2)
    whole = [owed("6000", 10_000_00), owed("6100", 2_052_51)]
    above = heading(JournalKind.PAYROLL_ACCRUAL, period=APRIL, batch="payroll_accrual:DE01:2026-04")
    made = accrual_pair(above, part_of(whole, share), MAY)
    assert made is not None
    accrual, reversal = (one.journal for one in made.journals)
    assert by_account(accrual) == {"6000": 5_000_00, "6100": 1_026_26, LIABILITY: -6_026_26}
    assert (accrual.accounting_date, reversal.accounting_date) == (
        day("2026-04-30"),
        day("2026-05-01"),
    )
    assert (accrual.key.period, reversal.key.period) == ("2026-04", "2026-05")


@pytest.mark.parametrize(
    ("basis", "share"),
    [
        (AccrualBasis.WORKING_DAYS, Fraction(5, 10)),
        (AccrualBasis.CALENDAR_DAYS, Fraction(7, 14)),
        (AccrualBasis.HOURS, Fraction(40, 64)),
    ],
)
def test_the_basis_is_a_policy_of_the_pay_group(basis: AccrualBasis, share: Fraction) -> None:
    """The controller relies on it: what is measured is stated, never chosen by the code."""
    hours = [(one, Fraction(8)) for one in OVER_THE_END.days() if one.weekday() < 5][:8]
    assert share_in_period(OVER_THE_END, APRIL, basis, hours=hours) == share


def test_a_public_holiday_is_no_working_day() -> None:
    """Labour day falls into the pay period, so nine days are worked, five of them in April."""
    share = share_in_period(
        OVER_THE_END, APRIL, AccrualBasis.WORKING_DAYS, holidays=[day("2026-05-01")]
    )
    assert share == Fraction(5, 9)


def test_shares_over_all_months_of_a_pay_period_are_the_whole() -> None:
    """Nothing is lost between two months."""
    for basis in (AccrualBasis.WORKING_DAYS, AccrualBasis.CALENDAR_DAYS):
        parts = [share_in_period(OVER_THE_END, month, basis) for month in (APRIL, MAY)]
        assert sum(parts, Fraction(0)) == 1
        assert share_in_period(OVER_THE_END, OCTOBER, basis) == 0


def test_a_basis_that_measures_nothing_is_refused() -> None:
    """A pay period of a weekend has no working day; half of nothing is not guessed."""
    weekend = PayPeriod(day("2026-10-31"), day("2026-11-01"))
    with pytest.raises(ValueError, match="measures nothing"):
        share_in_period(weekend, OCTOBER, AccrualBasis.WORKING_DAYS)


def test_accrual_and_reversal_are_one_pair_that_comes_to_nothing() -> None:
    """The next period relies on it: what was accrued is gone when the real journal comes."""
    made = pair(owed("6000", 333_33), owed("6000", 100_00, "CC420"), owed("6100", 71_10))
    accrual, reversal = (one.journal for one in made.journals)
    assert booked([accrual, reversal]) == {}
    assert accrual.ties.pair == reversal.ties.pair == accrual.external_id
    assert reversal.ties.reverses == accrual.external_id
    assert accrual.correlation_id == reversal.correlation_id
    assert accrual.external_id != reversal.external_id
    for one in made.journals:
        assert_sources_sum_to_lines(one)


def test_the_pair_has_the_same_identity_in_every_run() -> None:
    """The ledger relies on it: a second run of the close accrues nothing again."""
    first, again = pair(owed("6000", 100)), pair(owed("6000", 999))
    assert [one.journal.external_id for one in first.journals] == [
        one.journal.external_id for one in again.journals
    ]


def test_nothing_incurred_is_no_journal() -> None:
    """An empty journal would ask a controller for nothing."""
    assert accrual_pair(heading(JournalKind.EXPENSE_ACCRUAL), [], NOVEMBER) is None


def test_what_a_voucher_accrues_is_not_accrued_again() -> None:
    """The balance sheet relies on it: the bureau's holiday accrual stands once."""
    costs = [owed("7290", 12_000_00), owed("6000", 50_00)]
    assert not_accrued_by_vouchers(costs, {("7290", "CC410", "")}) == [costs[1]]


def test_an_accrual_in_the_ledger_is_taken_off_what_is_still_to_accrue() -> None:
    """Accrued once: a second run after posting brings the new item alone."""
    before = pair(owed("6000", 100_00))
    left = not_yet_accrued(
        [owed("6000", 100_00), owed("6000", 40_00, "CC420")], [before.accrual], {LIABILITY}
    )
    after = pair(*left, revision=2)
    assert booked([after.accrual.journal]) == {
        ("6000", "CC420", ""): 40_00,
        (LIABILITY, "", ""): -40_00,
    }


def test_what_was_accrued_and_is_booked_by_now_is_given_back_in_its_own_period() -> None:
    """The period relies on it: an item released after the accrual was posted is cost once."""
    before = pair(owed("6000", 100_00))
    given_back = pair(*not_yet_accrued([], [before.accrual], {LIABILITY}), revision=2)
    together = [before.accrual.journal, given_back.accrual.journal]
    assert booked(together) == {}
    assert booked([one.journal for one in (*before.journals, *given_back.journals)]) == {}


def test_nothing_changed_means_nothing_more_to_accrue() -> None:
    """The approver relies on it: no second accrual of the same amount is asked for."""
    before = pair(owed("6000", 100_00))
    assert not_yet_accrued([owed("6000", 100_00)], [before.accrual], {LIABILITY}) == []


def test_a_run_that_is_booked_is_not_an_accrual() -> None:
    """The kinds stay apart in the ERP: who looks for accruals finds them by their prefix."""
    assert pair(owed("6000", 1)).accrual.journal.external_id.startswith("DE01-PAC-202610-")
    assert a_run(cost("6000", 1)).journal.external_id.startswith("DE01-PAY-202610-")
