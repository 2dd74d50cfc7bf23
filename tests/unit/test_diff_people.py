"""Two months of one payroll, and an expense at another rate: told by who stands behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders.core import build_rows, reconciled
from tests.builders.pay_runs import PayRun, a_pay_run, frame_of
from tests.builders.rules import some_rules
from tieout.finance.journal_diff import Cause, changes
from tieout.finance.journal_sides import Behind, Side, side_of
from tieout.finance.journals import JournalKind
from tieout.settings.out_evidence import evidence_in
from tieout.workflows.headless_evidence import evidence_of, pseudonym

RULES = (
    some_rules()
    .account("GROSS", debit="6000", component_class="wages", by="cost_center")
    .account("NET", credit="7490")
    .cost_center("410", "CC410")
)


def month(name: str, **paid: str) -> PayRun:
    """A run that pays these people all of their gross."""
    run = a_pay_run(name=name)
    for person, amount in paid.items():
        run.component("GROSS", amount, cost_center="410", employee=person)
        run.component("NET", amount, employee=person)
    return run


def booked(run: PayRun) -> Side:
    """What a run books, with who stands behind it."""
    frame = frame_of([run])
    result = build_rows(reconciled(frame, RULES), keep_legs=True)
    rows = evidence_of("demo", "pay_line", frame, result.journals)
    made = side_of([(one.journal, one.lineage) for one in result.journals], {})
    return replace(made, evidence=evidence_in(rows, [one.journal for one in result.journals]))


def wages(before: Side, after: Side) -> list[tuple[Cause, int]]:
    """The causes of the change in wages."""
    (found,) = [one for one in changes(before, after) if one.key[0] == "6000"]
    assert sum(part.amount_minor for part in found.parts) == found.amount_minor
    return [(part.cause, part.amount_minor) for part in found.parts]


def test_who_joined_who_left_and_who_is_paid_otherwise_is_told_apart() -> None:
    """The controller relies on it: a raise and a joiner are two conversations."""
    october = booked(month("october", ana="1000.00", ben="2000.00", eve="3000.00"))
    november = booked(month("november", ana="1000.00", ben="2150.00", joe="500.00"))
    assert wages(october, november) == [
        (Cause.PEOPLE_IN, 50_000),
        (Cause.PEOPLE_OUT, -300_000),
        (Cause.PAY_CHANGE, 15_000),
    ]


def test_a_run_that_names_nobody_changed_amounts() -> None:
    """Finance relies on it: nothing is said of people whom the source does not name."""
    before, after = a_pay_run(name="october"), a_pay_run(name="november")
    for run, amount in ((before, "1000.00"), (after, "1200.00")):
        run.component("GROSS", amount, cost_center="410").component("NET", amount)
    assert wages(booked(before), booked(after)) == [(Cause.AMOUNT, 20_000)]


def test_without_evidence_a_replaced_document_changed_amounts() -> None:
    """The auditor relies on it: a folder of an older build is explained as far as it goes."""
    before = replace(booked(month("october", ana="1000.00")), evidence={})
    after = replace(booked(month("november", ana="1100.00")), evidence={})
    assert wages(before, after) == [(Cause.AMOUNT, 10_000)]


def test_a_person_is_called_the_same_everywhere_and_named_nowhere() -> None:
    """Who is paid relies on it: evidence compares people without naming them."""
    made = booked(month("october", ana="1000.00"))
    owners = {owner for keys in made.evidence.values() for each in keys.values() for owner in each}
    assert owners == {pseudonym("demo", "ana")}
    assert "ana" not in pseudonym("demo", "ana")
    assert pseudonym("other", "ana") != pseudonym("demo", "ana")
    assert pseudonym("demo", "") == ""


# ---------------------------------------------------------------- expenses and periods


def expense(document: str, amount: int, behind: Behind) -> Side:
    """One expense of a report, with its spend and rate."""
    run = booked(month("report", ana=f"{amount // 100}.{amount % 100:02d}"))
    links = {document: next(iter(run.links.values()))}
    evidence = {document: {key: {"entry-1": replace(behind, amount_minor=link.amount_minor)}
                           for key, link in links[document].items()}}  # fmt: skip
    journals = tuple(
        replace(one, key=replace(one.key, kind=JournalKind.EXPENSE)) for one in run.journals
    )
    return replace(run, journals=journals, links=links, evidence=evidence,
                   names={document: "concur/report"})  # fmt: skip


@pytest.mark.parametrize(
    ("spend", "rate", "cause"),
    [
        ("USD 100.00", "0.93 M", Cause.RATE),
        ("USD 101.00", "0.93 M", Cause.AMOUNT),
        ("USD 100.00", "0.92 M", Cause.AMOUNT),
    ],
)
def test_the_same_spend_at_another_rate_is_told_as_rate(
    spend: str, rate: str, cause: Cause
) -> None:
    """The controller relies on it: nobody spent more, the exchange did."""
    before = expense("a" * 64, 9_200, Behind(0, "USD 100.00", "0.92 M"))
    after = expense("b" * 64, 9_300, Behind(0, spend, rate))
    assert wages(before, after) == [(cause, 100)]


def test_a_document_that_waited_for_its_period_is_told_as_timing() -> None:
    """The controller relies on it: carried on is not new."""
    made = booked(month("october", ana="1000.00"))
    (document,) = made.links
    lines = frozenset({1, 2})
    waited = Side(made.journals, {}, carried={document: lines})
    assert wages(waited, made) == [(Cause.TIMING, 100_000)]
    assert wages(made, waited) == [(Cause.TIMING, -100_000)]
    assert wages(Side(made.journals, {}), made) == [(Cause.DOCUMENT_IN, 100_000)]
