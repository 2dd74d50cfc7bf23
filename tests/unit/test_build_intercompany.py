"""Costs of another company of the group: claim here, cost and debt there, one pair."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders.kinds import (
    OCTOBER,
    a_run,
    assert_sources_sum_to_lines,
    booked,
    by_account,
    cost,
)
from tieout.finance.journals import JournalKind
from tieout.stages.build.intercompany import (
    IntercompanyPolicy,
    IntercompanyUnsettledError,
    between_companies,
    borne_elsewhere,
)

OWNERS = {"CC410": ("DE01",), "CC900": ("SE01",), "CC910": ("UK01",), "SHARED": ()}
DATES = {"SE01": OCTOBER.ends, "UK01": OCTOBER.ends}
TO_SWEDEN = IntercompanyPolicy("DE01", "SE01", "1610", "2610")
TO_BRITAIN = IntercompanyPolicy("DE01", "UK01", "1620", "2620", Decimal(5), "8400", "6900")
POLICIES = {("DE01", "SE01"): TO_SWEDEN, ("DE01", "UK01"): TO_BRITAIN}


def test_who_paid_books_a_claim_and_who_bears_books_cost_and_debt() -> None:
    """Both controllers rely on it: the cost stands once, where it belongs, and both legs agree."""
    run = a_run(cost("6000", 100_00), cost("6000", 40_00, "CC900"))
    paid, borne = between_companies(run, OWNERS, POLICIES, DATES)
    assert booked([paid.journal]) == {
        ("1610", "", ""): 40_00,
        ("2400", "", ""): -140_00,
        ("6000", "CC410", ""): 100_00,
    }
    assert booked([borne.journal]) == {("2610", "", ""): -40_00, ("6000", "CC900", ""): 40_00}
    assert (paid.journal.external_id, borne.journal.key.kind, borne.journal.key.entity) == (
        run.journal.external_id,
        JournalKind.INTERCOMPANY,
        "SE01",
    )
    for one in (paid, borne):
        assert_sources_sum_to_lines(one)


def test_both_legs_carry_one_pair_and_one_correlation_id() -> None:
    """Posting relies on it: neither goes without the other, and one search finds both."""
    run = a_run(cost("6000", 40_00, "CC900"))
    paid, borne = between_companies(run, OWNERS, POLICIES, DATES)
    assert paid.journal.ties.pair == borne.journal.ties.pair == paid.journal.external_id
    assert paid.journal.correlation_id == borne.journal.correlation_id


def test_a_markup_is_income_here_and_cost_there() -> None:
    """Transfer pricing relies on it: five percent, rounded per source line, on both sides."""
    run = a_run(cost("6000", 10_10, "CC910", lines=(1,)), cost("6100", 10_10, "CC910", lines=(2,)))
    paid, borne = between_companies(run, OWNERS, POLICIES, DATES)
    assert by_account(paid.journal) == {"2400": -20_20, "1620": 21_22, "8400": -1_02}
    assert by_account(borne.journal) == {"6000": 10_10, "6100": 10_10, "6900": 1_02, "2620": -21_22}
    for one in (paid, borne):
        assert_sources_sum_to_lines(one)


def test_a_run_of_one_company_comes_back_as_it_is() -> None:
    """Its approval relies on it: not a byte changes."""
    run = a_run(cost("6000", 100_00), cost("6000", 1_00, "SHARED"))
    assert between_companies(run, OWNERS, POLICIES, DATES) == (run,)


def test_without_a_policy_of_the_pair_nothing_is_booked() -> None:
    """No account is guessed: the lines wait until finance says how the two settle."""
    run = a_run(cost("6000", 40_00, "CC900"))
    with pytest.raises(IntercompanyUnsettledError) as caught:
        between_companies(run, OWNERS, {}, DATES)
    assert "DE01 pays for SE01" in caught.value.message
    assert "intercompany.csv" in caught.value.next_step


def test_a_cost_center_of_several_others_belongs_to_nobody_in_particular() -> None:
    """It is not charged to one of them by chance."""
    owners = {**OWNERS, "CC950": ("SE01", "UK01")}
    assert borne_elsewhere("DE01", ["CC410", "CC900", "CC950", ""], owners) == {"CC900": "SE01"}
