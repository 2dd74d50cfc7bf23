"""Laws of an explained difference, for arbitrary builds of arbitrary runs.

The causes sum exactly to the difference, on every account and dimension, and a difference told
backwards is the same with the signs turned.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.core import build_rows, reconciled
from tests.builders.pay_runs import PayRun, frame_of
from tests.properties.decided_rules import DECIDED, decided
from tests.properties.generated_runs import pay_runs
from tieout.finance.journal_diff import Cause, by_cause, changes
from tieout.finance.journal_sides import LineKey, Side, side_of
from tieout.settings.out_evidence import evidence_in
from tieout.workflows.headless_evidence import evidence_of

HOLDING = st.sampled_from(["run", "atom"])
RUNS = pay_runs()
law = settings(max_examples=max(20, settings().max_examples // 3))


def side(runs: list[PayRun], account: str, percent: str, holding: str) -> Side:
    """What these runs book under these rules."""
    finance = decided(account, percent)
    known = finance.reference(closed=["CC430", "CC440", "6999"])
    frame = frame_of(runs)
    rows = reconciled(frame, finance, reference=known)
    result = build_rows(rows, holding=holding, keep_legs=True)
    evidence = evidence_of("demo", "pay_line", frame, result.journals)
    journals = [one.journal for one in result.journals]
    made = side_of([(one.journal, one.lineage) for one in result.journals], {})
    return replace(made, evidence=evidence_in(evidence, journals))


def amounts(side: Side) -> dict[LineKey, int]:
    """What the journals themselves book, without their lineage."""
    sums: dict[LineKey, int] = defaultdict(int)
    for journal in side.journals:
        for line in journal.lines:
            sums[line.account, line.cost_center, line.project] += line.amount_minor
    return sums


@law
@given(before=RUNS, after=RUNS, same=st.booleans(), was=DECIDED, now=DECIDED, holding=HOLDING)
def test_the_causes_sum_exactly_to_the_difference(
    before: list[PayRun],
    after: list[PayRun],
    same: bool,
    was: dict[str, str],
    now: dict[str, str],
    holding: str,
) -> None:
    """The controller relies on it: nothing of a difference is left unexplained, or told twice."""
    old = side(before, **was, holding=holding)
    new = side(before if same else after, **now, holding=holding)
    booked, books = amounts(old), amounts(new)
    found = changes(old, new)
    told = {change.key: sum(part.amount_minor for part in change.parts) for change in found}
    every = booked.keys() | books.keys()
    difference = {key: books.get(key, 0) - booked.get(key, 0) for key in every}
    assert {key: amount for key, amount in told.items() if amount} == {
        key: amount for key, amount in difference.items() if amount
    }
    assert all(change.amount_minor == told[change.key] for change in found)
    assert sum(plus + minus for plus, minus in by_cause(found).values()) == 0


@law
@given(runs=RUNS, was=DECIDED, now=DECIDED, holding=HOLDING)
def test_the_same_documents_differ_by_rules_alone(
    runs: list[PayRun], was: dict[str, str], now: dict[str, str], holding: str
) -> None:
    """The controller relies on it: finance's own change is never told as another delivery."""
    old, new = side(runs, **was, holding=holding), side(runs, **now, holding=holding)
    causes = {part.cause for change in changes(old, new) for part in change.parts}
    # Another amount of the same lines on the same accounts is another share of a split.
    allowed: set[Cause] = set()
    if was["account"] != now["account"]:
        allowed.add(Cause.MAPPING)
    if was["percent"] != now["percent"]:
        # A share so small that nothing of a line falls on it moves the line.
        allowed |= {Cause.MAPPING, Cause.ROUNDING, Cause.AMOUNT}
    assert causes <= allowed


@law
@given(before=RUNS, after=RUNS, was=DECIDED, now=DECIDED, holding=HOLDING)
def test_backwards_the_signs_turn(
    before: list[PayRun],
    after: list[PayRun],
    was: dict[str, str],
    now: dict[str, str],
    holding: str,
) -> None:
    """finance_ops relies on it: it does not matter which of the two is named first."""
    old, new = side(before, **was, holding=holding), side(after, **now, holding=holding)
    there = {one.key: one.amount_minor for one in changes(old, new)}
    back = {one.key: -one.amount_minor for one in changes(new, old)}
    assert there == back


@law
@given(runs=RUNS, was=DECIDED, holding=HOLDING)
def test_the_evidence_sums_to_every_link(
    runs: list[PayRun], was: dict[str, str], holding: str
) -> None:
    """The auditor relies on it: who stands behind an amount gives all of it, and no more."""
    made = side(runs, **was, holding=holding)
    for document, links in made.links.items():
        for key, link in links.items():
            owners = made.evidence[document][key]
            assert sum(one.amount_minor for one in owners.values()) == link.amount_minor
