"""The worked example of the canonical model, to the cent and to the line, with both variants."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders.core import built, only_journal, reasons, states
from tests.builders.worked_example import (
    BENEFIT,
    CLEARING,
    NET,
    OFFSET,
    TABLE,
    WAGES,
    example_rules,
    example_run,
    face,
)
from tieout.finance.journals import Journal


def totals(journal: Journal) -> dict[str, int]:
    """Amount per account."""
    found: dict[str, int] = {}
    for line in journal.lines:
        found[line.account] = found.get(line.account, 0) + line.amount_minor
    return found


@pytest.mark.promise("S117")
def test_the_worked_example_is_built_line_for_line() -> None:
    """Eight register lines become the eight lines of the table, and nothing of a person."""
    result = built(example_run(), example_rules())
    journal = only_journal(result)
    assert face(journal) == TABLE
    assert journal.debit_minor == sum(line.credit_minor for line in journal.lines) == 121_759_56
    assert journal.accounting_date == date(2026, 10, 31)
    assert (journal.currency, journal.key.entity, journal.key.period) == ("EUR", "DE01", "2026-10")
    assert journal.memo == "Payroll DE01 2026-10 de-datev:R-88:1"
    assert set(states(result).values()) == {"built"}
    assert result.held == ()


def test_employee_and_employer_shares_meet_in_one_payable_that_names_both() -> None:
    """40,675.00 is 20,150.00 withheld and 20,525.00 owed by the employer."""
    journal = only_journal(built(example_run(), example_rules()))
    (social,) = [line for line in journal.lines if line.account == "7420"]
    assert social.component_class == "employee_social+employer_social_liability"
    assert social.description == "Employee social, employer social liability 2026-10"


def test_a_taxable_reimbursement_debits_expense_clearing_and_not_wages() -> None:
    """200.00 of the register's gross are repaid expenses: wages are that much less."""
    journal = only_journal(
        built(example_run(taxable="200.00", wages_410="59800.00"), example_rules())
    )
    found = totals(journal)
    assert found[CLEARING] == 1_434_56
    assert found[WAGES] == 99_800_00
    assert found[WAGES] == 100_000_00 - 200_00  # wages expense = gross - taxable reimbursements
    assert found[NET] == -60_084_56
    assert journal.debit_minor == 121_759_56
    assert len(journal.lines) == len(TABLE)


def test_a_benefit_in_kind_debits_its_cost_and_credits_its_own_offset() -> None:
    """Taxed, not paid: net pay and wages stand as they were."""
    run = example_run(benefit="300.00").component("GROSS_FOR_TAX", "100300.00")
    result = built(run, example_rules())
    journal = only_journal(result)
    found = totals(journal)
    assert (found[BENEFIT], found[OFFSET]) == (300_00, -300_00)
    assert found[NET] == -60_084_56
    assert found[WAGES] == 100_000_00
    assert journal.debit_minor == 121_759_56 + 300_00
    assert [line for line in face(journal) if line[0] not in {BENEFIT, OFFSET}] == TABLE
    assert reasons(result)[10] == "rule:information_only"


def test_both_variants_together_change_their_own_accounts_only() -> None:
    """The bank sees neither."""
    run = example_run(taxable="200.00", benefit="300.00", wages_410="59800.00")
    journal = only_journal(built(run, example_rules()))
    assert face(journal) == [
        (WAGES, "CC410", 59_800_00),
        (WAGES, "CC420", 40_000_00),
        (BENEFIT, "CC410", 300_00),
        ("6100", "CC410", 12_315_00),
        ("6100", "CC420", 8_210_00),
        (CLEARING, "", 1_434_56),
        ("7400", "", -21_000_00),
        ("7420", "", -40_675_00),
        (NET, "", -60_084_56),
        (OFFSET, "", -300_00),
    ]


def test_the_backlog_of_the_example_is_the_one_line_that_was_approved_too_late() -> None:
    """1,500.00 were credited to clearing by the expense journals; 265.44 stay open."""
    journal = only_journal(built(example_run(), example_rules()))
    assert 1_500_00 - totals(journal)[CLEARING] == 265_44


@pytest.mark.parametrize(("cent", "residual"), [("0.01", "-1"), ("-0.01", "1")])
def test_one_cent_too_much_or_too_little_holds_the_whole_run(cent: str, residual: str) -> None:
    """No plug: the difference is an exception with its amount, and every line waits."""
    result = built(example_run().component("NET_PAY", cent), example_rules())
    assert result.journals == ()
    assert set(states(result).values()) == {"held"}
    (cause,) = result.held
    assert (cause.code, cause.cause, cause.item_count) == ("journal_unbalanced", residual, 9)
