"""A journal beside what the ledger holds: every difference, and only differences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.builders.journals import a_journal
from tests.builders.worked_example import example_journal
from tieout.finance.comparison import Difference, differences
from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerEntry, LedgerLine


def in_ledger(journal: Journal) -> LedgerEntry:
    """The ledger's faithful copy."""
    return LedgerEntry(
        ref="901",
        external_id=journal.external_id,
        entity=journal.key.entity,
        period=journal.key.period,
        accounting_date=journal.accounting_date,
        currency=journal.currency,
        posting=True,
        memo=journal.memo,
        lines=tuple(
            LedgerLine(
                f"L{line.number}", line.account, line.amount_minor, line.cost_center, line.project
            )
            for line in journal.lines
        ),
    )


def changed(entry: LedgerEntry, number: int, **values: object) -> LedgerEntry:
    """The entry after somebody changed one line by hand."""
    lines = list(entry.lines)
    lines[number] = replace(lines[number], **values)  # type: ignore[arg-type]
    return replace(entry, lines=tuple(lines))


@given(order=st.permutations(range(8)))
def test_a_faithful_copy_in_any_order_has_no_difference(order: list[int]) -> None:
    """The ERP may order lines anew."""
    journal = example_journal()
    entry = in_ledger(journal)
    assert differences(journal, replace(entry, lines=tuple(entry.lines[n] for n in order))) == []


def test_each_difference_of_the_header_is_told_with_both_values() -> None:
    """All of them at once, not the first."""
    journal = example_journal()
    entry = replace(
        in_ledger(journal),
        entity="DE02",
        period="2026-11",
        accounting_date=date(2026, 11, 1),
        currency="USD",
    )
    found = {each.kind: (each.expected, each.found) for each in differences(journal, entry)}
    assert found == {
        "entity": ("DE01", "DE02"),
        "period": ("2026-10", "2026-11"),
        "date": ("2026-10-31", "2026-11-01"),
        "currency": ("EUR", "USD"),
    }


def test_one_cent_moved_between_two_lines_is_two_differences() -> None:
    """The entry still balances, so only a comparison by line can see it."""
    journal = example_journal()
    entry = changed(
        changed(in_ledger(journal), 0, amount_minor=60_000_01), 1, amount_minor=39_999_99
    )
    found = differences(journal, entry)
    assert {(each.kind, each.line_ref) for each in found} == {
        ("line_changed", "L1"),
        ("line_changed", "L2"),
    }
    assert sum(each.amount_minor for each in found) == 2


def test_a_line_moved_to_another_cost_center_is_worth_its_amount() -> None:
    """The totals per account tie; the cost center report does not."""
    journal = example_journal()
    found = differences(journal, changed(in_ledger(journal), 0, cost_center="CC999"))
    assert found == [
        Difference(
            "line_changed",
            "6000/CC410 debit 60000.00 EUR",
            "6000/CC999 debit 60000.00 EUR",
            60_000_00,
            "L1",
        )
    ]
    assert found[0].text() == (
        "line changed: 6000/CC410 debit 60000.00 EUR is now 6000/CC999 debit 60000.00 EUR"
    )


def test_a_lost_line_and_an_added_line_are_told_as_such() -> None:
    """With the amount and, where the ledger has it, the line."""
    journal = example_journal()
    entry = in_ledger(journal)
    lost = differences(journal, replace(entry, lines=entry.lines[:-1]))
    assert [(each.kind, each.expected, each.found, each.amount_minor) for each in lost] == [
        ("line_missing", "7490 credit 60084.56 EUR", "", 60_084_56)
    ]
    assert lost[0].text() == "line missing: 7490 credit 60084.56 EUR is now –"
    extra = LedgerLine("L99", "6000", 1, "CC410")
    added = differences(journal, replace(entry, lines=(*entry.lines, extra)))
    assert [(each.kind, each.amount_minor, each.line_ref) for each in added] == [
        ("line_added", 1, "L99")
    ]


def test_equal_lines_are_counted_and_not_merged() -> None:
    """Two equal lines of which the ledger holds one are a difference."""
    twin = ("6000", "CC1", "", 100)
    journal = a_journal(twin, twin, ("7490", "", "", -200))
    entry = in_ledger(journal)
    assert differences(journal, entry) == []
    assert [each.kind for each in differences(journal, replace(entry, lines=entry.lines[1:]))] == [
        "line_missing"
    ]


def test_two_changed_lines_are_paired_one_to_one() -> None:
    """No line of the ledger explains two of ours."""
    journal = a_journal(
        ("6000", "CC1", "", 1_000), ("6000", "CC1", "", 2_000), ("7490", "", "", -3_000)
    )
    entry = changed(changed(in_ledger(journal), 0, amount_minor=1_001), 1, amount_minor=2_002)
    found = differences(journal, entry)
    assert [(each.amount_minor, each.line_ref) for each in found] == [(1, "L1"), (2, "L2")]


def test_a_changed_side_is_a_change_of_twice_the_amount() -> None:
    """Debit for credit is the dearest single mistake."""
    journal = a_journal(("6000", "CC1", "", 100), ("7490", "", "", -100))
    found = differences(journal, changed(in_ledger(journal), 0, amount_minor=-100))
    assert [each.amount_minor for each in found] == [200]
    assert found[0].found == "6000/CC1 credit 1.00 EUR"


def test_the_memo_of_a_line_is_nobodys_difference() -> None:
    """The ERP fills it by its own rules; it moves no money."""
    journal = example_journal()
    assert differences(journal, changed(in_ledger(journal), 0, memo="other")) == []
