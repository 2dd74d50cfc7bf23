"""The final proof of the demonstration: what the ERP holds, line for line, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sandbox.demo.proof import LedgerJournal, Line, compare, ledger_classes, ledger_period, total_of
from tests.builders.demo_close import EXTERNAL_ID, LINES, a_stated_journal, in_the_ledger

PERIOD = "2026-10"
NAMED = f"DE01: journal {EXTERNAL_ID} (ERP id 90418)"


def sentences(*held: LedgerJournal) -> list[str]:
    """What is told when the ledger holds these journals."""
    return [found.sentence for found in compare([a_stated_journal()], held, PERIOD)]


def test_nothing_is_told_of_a_ledger_that_holds_each_journal_once() -> None:
    """Who watches relies on it: exit code 0 means something only if a true ledger passes."""
    assert sentences(in_the_ledger()) == []


def test_the_order_of_lines_in_the_ledger_does_not_matter() -> None:
    """An ERP may number lines anew; that is no difference."""
    assert sentences(in_the_ledger(*reversed(LINES))) == []


def test_one_cent_off_names_entity_line_account_expected_and_found() -> None:
    """The controller relies on it: the sentence alone says where to look in the ERP."""
    changed = replace(LINES[1], amount=Decimal("2000.26"))
    assert sentences(in_the_ledger(LINES[0], changed, LINES[2])) == [
        (
            f"{NAMED}, line 2, account 6010, cost center CC4100: "
            "expected 2,000.25 EUR, found 2,000.26 EUR."
        )
    ]


def test_a_journal_that_is_missing_is_named_with_its_total() -> None:
    """The controller relies on it: a month without one journal must not look closed."""
    assert sentences() == [
        (
            f"DE01: journal {EXTERNAL_ID} (3 lines, 3,100.50 EUR) is missing in the ledger; "
            "Tieout says tied_out."
        )
    ]


def test_a_journal_that_is_there_twice_is_named_with_both_ids() -> None:
    """The controller relies on it: a doubled month is the worst that may happen."""
    assert sentences(in_the_ledger(), in_the_ledger(ledger_id="90500")) == [
        f"DE01: journal {EXTERNAL_ID} is in the ledger 2 times, as 90418 and 90500; expected once."
    ]


def test_an_added_line_and_a_lost_line_are_told_apart() -> None:
    """The controller relies on it: what is missing and what is too much need different hands."""
    added = Line(9, "6999", "CC4100", "", Decimal("5.00"))
    assert sentences(in_the_ledger(*LINES, added)) == [
        (
            f"{NAMED}, line 3 of the ledger, account 6999, "
            "cost center CC4100: expected nothing, found 5.00 EUR."
        )
    ]
    assert sentences(in_the_ledger(*LINES[:2])) == [
        (
            f"{NAMED}, line 3, account 6010, cost center CC4100, "
            "project P-1001: expected 1,100.25 EUR, found nothing."
        )
    ]


def test_a_line_on_another_cost_center_is_told_as_one_change() -> None:
    """The clerk relies on it: one edit, one sentence."""
    moved = replace(LINES[1], cost_center="CC4200")
    assert sentences(in_the_ledger(LINES[0], moved, LINES[2])) == [
        (
            f"{NAMED}, line 2, account 6010, cost center CC4100: "
            "expected 2,000.25 EUR, found 2,000.25 EUR on account 6010, cost center CC4200."
        )
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"period": "Nov 2026"}, "period expected Oct 2026, found Nov 2026"),
        ({"posting": False}, "posting expected yes, found no"),
        ({"currency": "USD"}, "currency expected EUR, found USD"),
        ({"entity": "UK01"}, "entity expected DE01, found UK01"),
        ({"ledger_id": "7"}, "ERP id expected 90418, found 7"),
    ],
)
def test_a_head_that_differs_is_told(change: dict[str, object], told: str) -> None:
    """A journal in the wrong month, company or currency is not the journal that was approved."""
    assert any(told in sentence for sentence in sentences(replace(in_the_ledger(), **change)))  # type: ignore[arg-type]


def test_a_journal_of_the_period_that_nobody_posted_is_told() -> None:
    """The controller relies on it: nothing of the period is in the ledger beside the journals."""
    strange = replace(in_the_ledger(ledger_id="90777"), external_id="")
    told = sentences(in_the_ledger(), strange)
    assert len(told) == 1
    assert told[0].startswith("DE01: the ledger holds journal 90777 (no external id, 3 lines")


def test_a_journal_of_another_period_is_nobodys_business() -> None:
    """The proof is of one month."""
    strange = replace(in_the_ledger(ledger_id="90777"), external_id="", period="Sep 2026")
    assert sentences(in_the_ledger(), strange) == []


def test_masked_amounts_are_proven_by_their_total() -> None:
    """Few people behind a line hide its amount; a changed total is told all the same."""
    masked = [replace(line, amount=Decimal(), masked=True) for line in LINES]
    stated = a_stated_journal(*masked)
    assert compare([stated], [in_the_ledger()], PERIOD) == []
    changed = in_the_ledger(*LINES[:2], replace(LINES[2], amount=Decimal("1100.26")))
    told = [found.sentence for found in compare([stated], [changed], PERIOD)]
    assert told == [f"{NAMED}: debit expected 3,100.50, found 3,100.51."]


def test_the_ledgers_total_is_summed_from_the_ledgers_own_lines() -> None:
    """The table relies on it: its ledger column moves with the ERP, not with our tables."""
    stated = [a_stated_journal()]
    assert total_of(ledger_classes(stated, [in_the_ledger()])["DE01"]) == Decimal("3100.50")
    changed = in_the_ledger(LINES[0], replace(LINES[1], amount=Decimal("2000.26")), LINES[2])
    assert total_of(ledger_classes(stated, [changed])["DE01"]) == Decimal("3100.51")


def test_a_month_is_named_as_the_erp_names_it() -> None:
    """The comparison of periods relies on it."""
    assert ledger_period("2026-10") == "Oct 2026"
