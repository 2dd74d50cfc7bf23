"""Dispositions: what is held takes its atom, what books nothing holds nobody, nothing is lost."""

from __future__ import annotations

import polars as pl
import pytest

from tests.builders.core import (
    build_rows,
    built,
    only_journal,
    reasons,
    reconciled,
    states,
)
from tests.builders.expenses import an_expense_report
from tests.builders.pay_runs import PayRun, a_pay_run, frame_of
from tests.builders.rules import Rules, some_rules


def pay_rules() -> Rules:
    """Wages, tax and net pay."""
    return (
        some_rules()
        .account("GROSS", debit="6000", component_class="wages", by="cost_center")
        .account("TAX", credit="7400")
        .account("NET", credit="7490")
        .account("YTD", component_class="information")
        .account("6020", debit="6000", coding="source_account")
        .account("3720", debit="7490", coding="source_account")
        .cost_center("410", "CC410")
    )


def paid(run: PayRun, employee: str, cost_center: str = "410") -> PayRun:
    """One employee's balanced three lines: 100.00 gross, 30.00 tax, 70.00 net."""
    return (
        run.component("GROSS", "100.00", cost_center=cost_center, employee=employee)
        .component("TAX", "30.00", employee=employee)
        .component("NET", "70.00", employee=employee)
    )


def expense_rules() -> Rules:
    """Meals and their input tax, repaid with the pay."""
    return (
        some_rules("concur")
        .account("MEALS", debit="7050", coding="expense_type", by="cost_center")
        .account("V19", debit="1410", coding="tax")
        .account("cash_advance", debit="1310", coding="party")
        .cost_center("410", "CC410")
        .tax("*", "no")
        .route("free", "payroll", "2310")
        .route("card", "card", "2200", payee="company_card")
    )


def test_by_payrolls_default_one_held_line_holds_the_whole_run() -> None:
    """Half a payroll in the ledger ties to nothing."""
    run = paid(paid(a_pay_run(), "E-1"), "E-2", cost_center="OLD")
    result = built(run, pay_rules(), holding="run")
    assert result.journals == ()
    assert set(states(result).values()) == {"held"}
    assert set(reasons(result).values()) == {"cost_center_unmapped|OLD"}


def test_by_atom_one_employee_waits_and_the_rest_is_posted() -> None:
    """One wrong person must not start the whole payroll over."""
    run = paid(paid(a_pay_run(), "E-1"), "E-2", cost_center="OLD")
    result = built(run, pay_rules(), holding="atom")
    assert states(result) == {1: "built", 2: "built", 3: "built", 4: "held", 5: "held", 6: "held"}
    assert only_journal(result).debit_minor == 100_00


def test_an_employees_atom_spans_the_documents_of_a_run() -> None:
    """What a second file says of the same person waits too, although it balances by itself."""
    first = paid(a_pay_run(name="a"), "E-1", cost_center="OLD")
    second = paid(paid(a_pay_run(name="b"), "E-1"), "E-2")
    result = build_rows(reconciled(frame_of([first, second]), pay_rules()), holding="atom")
    found = {(part.document, part.state): part.source_lines for part in result.endings()}
    assert found == {
        (first.document, "held"): (1, 2, 3),
        (second.document, "held"): (1, 2, 3),
        (second.document, "built"): (4, 5, 6),
    }


def test_a_voucher_is_its_own_atom() -> None:
    """Account-coded lines balance by voucher; the next voucher goes on."""
    run = (
        a_pay_run()
        .voucher_line("V1", "6020", "100.00", cost_center="410")
        .voucher_line("V1", "3720", "-100.00")
        .voucher_line("V2", "9999", "50.00")
        .voucher_line("V2", "3720", "-50.00")
    )
    result = built(run, pay_rules(), holding="atom")
    assert states(result) == {1: "built", 2: "built", 3: "held", 4: "held"}


def test_an_atom_that_does_not_balance_is_held_and_no_line_is_made_up() -> None:
    """The other employee's pay is built without a cent of it."""
    run = paid(a_pay_run(), "E-1").component("GROSS", "5.00", cost_center="410", employee="E-2")
    result = built(run, pay_rules(), holding="atom")
    assert states(result)[4] == "held"
    assert reasons(result)[4] == "journal_unbalanced|500"
    journal = only_journal(result)
    assert {line.account for line in journal.lines} == {"6000", "7400", "7490"}
    (cause,) = result.held
    assert (cause.code, cause.item_count, cause.at_risk_minor) == ("journal_unbalanced", 1, 500)


@pytest.mark.promise("S18")
def test_built_and_held_are_the_whole_run_by_count_and_by_amount() -> None:
    """And no journal has an unmapped line."""
    run = paid(paid(a_pay_run(), "E-1"), "E-2", cost_center="OLD")
    run.component("NEW", "9.00", employee="E-2")
    result = built(run, pay_rules(), holding="atom")
    assert sum(len(part.source_lines) for part in result.endings()) == 7
    assert sum(part.debit_minor for part in result.endings()) == 409_00
    accounts = {line.account for line in only_journal(result).lines}
    assert accounts <= {"6000", "7400", "7490"}


def test_each_cause_says_how_much_waits_for_it() -> None:
    """One fix frees many: causes are counted, not lines listed."""
    run = a_pay_run()
    for employee in ("E-1", "E-2", "E-3"):
        paid(run, employee, cost_center="OLD")
    run.component("NEW", "9.00", employee="E-1")
    result = built(run, pay_rules(), holding="atom")
    assert [(c.entity, c.code, c.cause, c.item_count, c.at_risk_minor) for c in result.held] == [
        ("DE01", "account_unmapped", "NEW", 1, 9_00),
        ("DE01", "cost_center_unmapped", "OLD", 3, 300_00),
    ]


def test_information_lines_and_zeros_are_excluded_by_a_named_rule() -> None:
    """They are counted, book nothing, and hold nobody back."""
    run = paid(a_pay_run(), "E-1").component("YTD", "4321.00", employee="E-1")
    run.component("TAX", "0.00", employee="E-1")
    result = built(run, pay_rules())
    assert states(result) == {**dict.fromkeys((1, 2, 3), "built"), 4: "excluded", 5: "excluded"}
    assert reasons(result)[4] == "rule:information_only"
    assert reasons(result)[5] == "rule:zero_amount"


def test_an_information_line_that_can_not_be_read_holds_nobody() -> None:
    """A row that books nothing can't hold its atom back."""
    run = paid(a_pay_run(), "E-1").component("YTD", "n/a", employee="E-1")
    result = built(run, pay_rules())
    assert states(result)[4] == "excluded"
    assert len(result.journals) == 1


def test_an_unreadable_amount_is_held_although_it_counts_as_zero() -> None:
    """Nobody knows what it would have been."""
    run = paid(a_pay_run(), "E-1").component("TAX", "3O.00", employee="E-1")
    result = built(run, pay_rules())
    assert set(states(result).values()) == {"held"}
    assert reasons(result)[1] == "value_unreadable|amount"


def test_a_line_in_another_currency_is_held() -> None:
    """A journal has one currency; a rate is an input that nobody gave."""
    run = paid(a_pay_run(), "E-1").component("GROSS", "1.00", currency="USD", cost_center="410")
    assert reasons(built(run, pay_rules()))[4] == "value_unreadable|currency"


def test_an_entity_that_nobody_knows_is_held() -> None:
    """Its lines are nobody's pay until somebody says whose."""
    run = a_pay_run("XX99").component("TAX", "1.00").component("NET", "-1.00")
    result = built(run, pay_rules())
    assert result.journals == ()
    assert set(states(result).values()) == {"held"}
    assert [(one.code, one.cause) for one in result.held] == [("entity_unknown", "XX99")]


def test_a_lines_own_reason_is_its_atoms_first_one() -> None:
    """Every line of a held atom says why, the sound ones as well."""
    run = a_pay_run().component("GROSS", "1.00", cost_center="OLD").component("NEW", "1.00")
    run.component("NET", "2.00")
    result = built(run, pay_rules())
    assert set(reasons(result).values()) == {"account_unmapped|NEW"}
    assert [cause.code for cause in result.held] == ["account_unmapped", "cost_center_unmapped"]


def test_a_document_is_held_wholly_and_alone() -> None:
    """What is wrong with a file as such waits with it; the other file's vouchers go on."""
    first = a_pay_run(name="a").voucher_line("V1", "6020", "5.00", cost_center="410")
    first.voucher_line("V1", "3720", "-5.00")
    second = a_pay_run(name="b").voucher_line("V1", "6020", "7.00", cost_center="410")
    second.voucher_line("V1", "3720", "-7.00")
    rows = reconciled(frame_of([first, second]), pay_rules())
    holds = {first.document: ["report_revised|a"]}
    result = build_rows(rows, holding="atom", document_holds=holds)
    assert {(part.document, part.state, part.reason) for part in result.endings()} == {
        (first.document, "held", "report_revised|a"),
        (second.document, "built", ""),
    }
    assert only_journal(result).debit_minor == 7_00


@pytest.mark.promise("S10")
def test_a_held_expense_entry_takes_its_tax_along_and_leaves_the_report_alone() -> None:
    """An entry with its parts balances by itself against its clearing."""
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "100.00", cost_center_code="410")
        .tax("e1", "MEALS", "19.00", "V19")
        .cost("e2", "MEALS", "50.00", cost_center_code="OLD")
        .tax("e2", "MEALS", "9.50", "V19")
    )
    rows = reconciled(report.frame(), expense_rules(), kind="expense_line")
    result = build_rows(rows, kind="expense_line", holding="atom")
    assert states(result) == {1: "built", 2: "built", 3: "held", 4: "held"}
    journal = only_journal(result)
    assert [(line.account, line.cost_center, line.amount_minor) for line in journal.lines] == [
        ("1410", "", 19_00),
        ("2310", "", -119_00),
        ("7050", "CC410", 100_00),
    ]
    assert journal.external_id.startswith("DE01-EXP-202610-")


def test_each_part_of_an_expense_credits_the_clearing_of_its_route() -> None:
    """The card issuer and the employee are two creditors."""
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "100.00", cost_center_code="410")
        .cost("e2", "MEALS", "40.00", cost_center_code="410", payee="company_card")
        .part("advance", "e1", "MEALS", "-30.00")
    )
    rows = reconciled(report.frame(), expense_rules(), kind="expense_line")
    result = build_rows(rows, kind="expense_line", holding="atom")
    lines = {(x.account, x.component_class): x.amount_minor for x in only_journal(result).lines}
    assert lines == {
        ("7050", "meals"): 140_00,
        ("2310", "clearing_payroll"): -70_00,
        ("2200", "clearing_card"): -40_00,
        ("1310", "cash_advance"): -30_00,
    }


def test_a_test_report_is_excluded_and_never_booked() -> None:
    """Whatever else is wrong with it."""
    report = an_expense_report(is_test="yes").cost("e1", "MEALS", "1.00", cost_center_code="OLD")
    rows = reconciled(report.frame(), expense_rules(), kind="expense_line")
    result = build_rows(rows, kind="expense_line", holding="atom")
    assert result.journals == ()
    assert result.held == ()
    assert reasons(result) == {1: "rule:test_document"}


def test_lines_that_are_fixed_later_make_the_next_revision() -> None:
    """Released lines post under a new id; the first journal stays as it is."""
    run = paid(paid(a_pay_run(), "E-1"), "E-2", cost_center="OLD")
    first = built(run, pay_rules(), holding="atom")
    booked = [part.source_lines for part in first.endings() if part.state == "built"]
    rows = reconciled(run.frame(), pay_rules().cost_center("OLD", "CC410"))
    left = rows.filter(~pl.col("line_no").is_in([line for lines in booked for line in lines]))
    second = build_rows(left, holding="atom", revisions={"DE01": 2})
    assert only_journal(second).key.revision == 2
    assert only_journal(second).external_id != only_journal(first).external_id
    assert only_journal(second).debit_minor == 100_00
    assert states(second) == {4: "built", 5: "built", 6: "built"}


def test_an_off_cycle_run_of_the_same_day_is_another_journal() -> None:
    """A run is its provider, id and sequence, never its date."""
    rows = reconciled(paid(a_pay_run(), "E-1").frame(), pay_rules())
    ids = {
        only_journal(build_rows(rows, batch=batch)).external_id
        for batch in ("de-datev:R-88:1", "de-datev:R-89:1", "de-datev:R-88:2")
    }
    assert len(ids) == 3


def test_by_policy_a_bad_document_holds_the_whole_run_of_its_entity() -> None:
    """The controller relies on it: a run goes to the ledger whole or not at all."""
    first = a_pay_run(name="a").voucher_line("V1", "6020", "5.00", cost_center="410")
    first.voucher_line("V1", "3720", "-5.00")
    second = a_pay_run(name="b").voucher_line("V1", "6020", "7.00", cost_center="410")
    second.voucher_line("V1", "3720", "-7.00")
    rows = reconciled(frame_of([first, second]), pay_rules())
    result = build_rows(rows, holding="run", document_holds={first.document: ["report_revised|a"]})
    assert result.journals == ()
    assert {(part.document, part.reason) for part in result.endings()} == {
        (first.document, "report_revised|a"),
        (second.document, "report_revised|a"),
    }


def test_a_line_of_nobody_makes_the_run_one_atom() -> None:
    """Without an employee key nobody can say whose pay a line balances; vouchers stay apart."""
    run = a_pay_run().component("GROSS", "5.00", cost_center="410", employee="E-1")
    run.component("GROSS", "7.00", cost_center="OLD", employee="E-2")
    run.component("NET", "12.00")
    run.voucher_line("V1", "6020", "3.00", cost_center="410").voucher_line("V1", "3720", "-3.00")
    result = built(run, pay_rules(), holding="atom")
    assert states(result) == {1: "held", 2: "held", 3: "held", 4: "built", 5: "built"}
    assert reasons(result)[1] == "cost_center_unmapped|OLD"
