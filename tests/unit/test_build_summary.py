"""Summaries: splits before sums, one line per account and dimension, lineage to every line."""

from __future__ import annotations

import pytest

from tests.builders.core import build_rows, built, only_journal, reconciled
from tests.builders.pay_runs import a_pay_run, frame_of
from tests.builders.rules import Rules, some_rules
from tests.builders.worked_example import example_rules, example_run, face


def split_rules() -> Rules:
    """A third of everything for each of three cost centers."""
    return (
        some_rules()
        .account("GROSS", debit="6000", by="cost_center")
        .account("NET", credit="7490")
        .cost_center("460", "CC410", "33.33")
        .cost_center("460", "CC420", "33.33")
        .cost_center("460", "CC430", "33.34")
        .cost_center("410", "CC410")
    )


def test_a_split_amount_keeps_its_sum() -> None:
    """1,000.01 over 33.33/33.33/33.34 %, and its reversal cancels it to the cent."""
    forth = a_pay_run().component("GROSS", "1000.01", cost_center="460").component("NET", "1000.01")
    back = (
        a_pay_run().component("GROSS", "-1000.01", cost_center="460").component("NET", "-1000.01")
    )
    assert face(only_journal(built(forth, split_rules()))) == [
        ("6000", "CC410", 333_30),
        ("6000", "CC420", 333_30),
        ("6000", "CC430", 333_41),
        ("7490", "", -1_000_01),
    ]
    assert [line[2] for line in face(only_journal(built(back, split_rules())))] == [
        -333_30, -333_30, -333_41, 1_000_01,
    ]  # fmt: skip


@pytest.mark.promise("S34")
def test_each_line_is_split_before_lines_are_summed() -> None:
    """Three times 0.01 is three cents for the third cost center, not one for each."""
    run = a_pay_run()
    for _ in range(3):
        run.component("GROSS", "0.01", cost_center="460")
    journal = only_journal(built(run.component("NET", "0.03"), split_rules()))
    assert face(journal) == [("6000", "CC430", 3), ("7490", "", -3)]


@pytest.mark.promise("S117")
def test_many_lines_become_one_line_per_account_and_cost_center() -> None:
    """Single pay never leaves to the ERP; the number of people behind a line is known."""
    run = a_pay_run()
    for number in range(40):
        run.component("GROSS", "10.00", cost_center="410", employee=f"E-{number % 20}")
    for number in range(20):
        run.component("NET", "20.00", employee=f"E-{number}")
    result = built(run, split_rules(), holding="atom")
    journal = only_journal(result)
    assert face(journal) == [("6000", "CC410", 400_00), ("7490", "", -400_00)]
    assert [line.people_count for line in journal.lines] == [20, 20]
    assert "E-1" not in journal.canonical_json()


def test_a_group_that_nets_to_zero_keeps_both_its_lines() -> None:
    """A correction within the run stays visible; no source line vanishes."""
    run = (
        a_pay_run()
        .component("GROSS", "5.00", cost_center="410")
        .component("GROSS", "-5.00", cost_center="410")
        .component("NET", "1.00")
        .component("NET", "-1.00")
    )
    result = built(run, split_rules())
    assert [line[2] for line in face(only_journal(result))] == [-5_00, 5_00, -1_00, 1_00]
    behind = {line for link in result.journals[0].lineage for line in link.source_lines}
    assert behind == {1, 2, 3, 4}


def test_lineage_leads_from_every_journal_line_to_its_source_lines() -> None:
    """With the amount that each document gave to it."""
    first = a_pay_run(name="a").component("GROSS", "10.00", cost_center="460")
    first.component("NET", "10.00")
    second = a_pay_run(name="b").component("GROSS", "1.00", cost_center="410")
    second.component("NET", "1.00")
    (made,) = build_rows(reconciled(frame_of([first, second]), split_rules())).journals
    found = {
        (link.line_number, link.document): (link.source_lines, link.amount_minor)
        for link in made.lineage
    }
    assert found == {
        (1, first.document): ((1,), 3_33),
        (1, second.document): ((1,), 1_00),
        (2, first.document): ((1,), 3_33),
        (3, first.document): ((1,), 3_34),
        (4, first.document): ((2,), -10_00),
        (4, second.document): ((2,), -1_00),
    }


def test_lineage_states_the_share_of_a_line_that_is_split() -> None:
    """The auditor relies on it: a third of a line is told as that third, beside whole lines."""
    run = (
        a_pay_run()
        .component("GROSS", "10.00", cost_center="460")
        .component("GROSS", "1.00", cost_center="410")
        .component("NET", "11.00")
    )
    (made,) = built(run, split_rules()).journals
    assert [(link.source_lines, link.amount_minor, link.shares) for link in made.lineage] == [
        ((1, 2), 4_33, (3_33, None)),
        ((1,), 3_33, (3_33,)),
        ((1,), 3_34, (3_34,)),
        ((3,), -11_00, ()),
    ]


def test_legs_of_one_line_that_meet_in_a_journal_line_are_one_share() -> None:
    """Put on an account and taken off is nothing; two parts on one successor are the whole."""
    rules = (
        split_rules()
        .account("MOVE", debit="6000", credit="6000")
        .account("PAY", debit="6000")
        .cost_center("480", "CC430", "50")
        .cost_center("480", "CC431", "50")
        .successor("CC430", "CC431")
    )
    run = a_pay_run().component("MOVE", "5.00").component("PAY", "1.00")
    run.component("GROSS", "2.00", cost_center="480").component("NET", "3.00")
    (made,) = built(run, rules, reference=rules.reference(closed=["CC430"])).journals
    assert [(link.source_lines, link.amount_minor, link.shares) for link in made.lineage] == [
        ((1, 2), 1_00, (0, None)),
        ((3,), 2_00, ()),
        ((4,), -3_00, ()),
    ]


def test_the_classes_of_the_sources_are_the_classes_of_the_journal() -> None:
    """Computed before any split or summary, so that they prove something."""
    (made,) = built(example_run(), example_rules()).journals
    by_class: dict[str, int] = {}
    for line in made.journal.lines:
        by_class[line.component_class] = by_class.get(line.component_class, 0) + line.amount_minor
    assert made.source_totals == by_class
    assert made.source_totals["wages"] == 100_000_00


def test_the_inputs_of_a_journal_are_its_documents_and_the_rules_it_used() -> None:
    """And none that it did not use."""
    rules = example_rules().account("UNUSED", debit="6999")
    versions = only_journal(built(example_run(), rules)).input_versions
    assert versions[0] == ("document", example_run().document)
    used = [name for kind, name in versions if kind == "rule"]
    assert used == sorted(set(used))
    assert "accounts:group|*|component|GROSS@1" in used
    assert not any("UNUSED" in name or "BENEFIT" in name for name in used)


def test_each_entity_of_a_unit_gets_its_own_balanced_journal() -> None:
    """In its own currency; one that waits holds no other."""
    rules = some_rules().account("TAX", credit="7400").account("GROSS", debit="6000")
    run = (
        a_pay_run("DE01")
        .component("GROSS", "1.00")
        .component("TAX", "1.00")
        .component("GROSS", "500", entity="JP01", currency="JPY")
        .component("TAX", "500", entity="JP01", currency="JPY")
        .component("GROSS", "9.00", entity="US01", currency="USD")
    )
    result = built(run, rules)
    assert [
        (x.journal.key.entity, x.journal.currency, x.journal.debit_minor) for x in result.journals
    ] == [
        ("DE01", "EUR", 100),
        ("JP01", "JPY", 500),
    ]
    assert [(cause.entity, cause.code) for cause in result.held] == [("US01", "journal_unbalanced")]


def test_a_unit_without_rows_builds_nothing() -> None:
    """Everything of it is in the ledger already."""
    rows = reconciled(example_run().frame(), example_rules())
    result = build_rows(rows.clear())
    assert (result.journals, result.endings(), result.held) == ((), (), ())
