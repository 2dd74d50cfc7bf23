"""Approvals: makers are no checkers, large amounts need two."""

from __future__ import annotations

import pytest

from tieout.stages.approve.quorum import allowed_approvers, approvals_needed, is_approved


def test_who_helped_to_make_a_journal_may_not_approve_it() -> None:
    """Not the mapping's author, not who released a hold; nobody may be left."""
    assert allowed_approvers(["cy", "bob", "ada"], ["bob"]) == ["ada", "cy"]
    assert allowed_approvers(["bob", "bob"], ["bob", "eve"]) == []


@pytest.mark.parametrize(
    ("debit_minor", "currency", "limit", "needed"),
    [
        (500_000_00, "EUR", "500000.00", 1),
        (500_000_01, "EUR", "500000.00", 2),
        (500_000_01, "EUR", "", 1),
        (500_000_01, "JPY", "500000", 2),
        (1, "EUR", "0", 2),
        (1, "EUR", "-1", 1),
    ],
)
def test_above_the_policys_amount_two_must_approve(
    debit_minor: int, currency: str, limit: str, needed: int
) -> None:
    """The limit itself still needs one; it is in the journal's own currency."""
    assert approvals_needed(debit_minor, currency, limit) == needed


@pytest.mark.parametrize(
    ("deciders", "makers", "needed", "approved"),
    [
        (["ada"], [], 1, True),
        ([], [], 1, False),
        (["ada", "ada"], [], 2, False),
        (["ada", "cy"], [], 2, True),
        (["ada", "bob"], ["bob"], 2, False),
        (["bob"], ["bob"], 1, False),
    ],
)
def test_enough_different_checkers_must_have_approved(
    deciders: list[str], makers: list[str], needed: int, approved: bool
) -> None:
    """One person twice is one; a maker's approval is none."""
    assert is_approved(deciders, makers, needed) is approved
