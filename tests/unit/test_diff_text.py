"""What `tieout diff` shows on a terminal: no single person's pay."""

from __future__ import annotations

import pytest

from tieout.cli_diff import _is_shown
from tieout.finance.journal_diff import Change

PAY = ("SE01", "payroll", "SEK")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (12, 12, True),
        (12, 17, True),
        (0, 0, True),  # the source names no employees: a total of its provider
        (3, 3, False),
        (1, 0, False),
        (12, 13, False),  # what one person more costs
        (4, 0, True),
    ],
)
def test_amounts_of_pay_are_shown_for_groups_only(before: int, after: int, shown: bool) -> None:
    """Every employee relies on it: neither a small group nor one who came or left is shown."""
    change = Change(("6000", "CC1", ""), "wages", "wages", 500, 700, before, after, ())
    assert _is_shown(PAY, change) is shown


def test_expenses_are_shown() -> None:
    """finance_ops relies on it: what is hidden is pay."""
    change = Change(("6400", "CC1", ""), "travel", "travel", 500, 700, 1, 1, ())
    assert _is_shown(("SE01", "expense", "SEK"), change)
