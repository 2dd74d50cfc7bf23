"""Accounting laws of a build, for arbitrary runs.

Every line has one disposition, every journal balances, every number leads back to its source, and
nothing depends on the order in which rows arrive.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.core import build_rows, reconciled
from tests.builders.pay_runs import PayRun, frame_of
from tests.properties.generated_runs import pay_runs, reference, rules
from tieout.stages.build.build import Built

HOLDING = st.sampled_from(["run", "atom"])
RUNS = pay_runs()
ACCOUNTS = {"6000", "6100", "7420", "7400", "7490", "7310"}
Key = tuple[str, int]
#: Each example is a whole build: a third of the profile's number keeps the suite quick.
law = settings(max_examples=max(20, settings().max_examples // 3))


def rows_of(runs: list[PayRun]) -> pl.DataFrame:
    """Validated and reconciled rows."""
    return reconciled(frame_of(runs), rules(), reference=reference())


def by_line(result: Built) -> dict[Key, tuple[str, str]]:
    """State and reason of each source line."""
    return {
        (part.document, line): (part.state, part.reason)
        for part in result.endings()
        for line in part.source_lines
    }


def atom_of(row: dict[str, object], holding: str, *, known: bool) -> tuple[object, ...]:
    """The atom of holding by the model's words: run, voucher, or employee x run.

    Employees are `known` where every component line that books something names one.
    """
    if holding == "run":
        return ("run",)
    if row["coding"] == "account":
        return ("voucher", row["document"], row["voucher_key"])
    return ("employee", row["employee_ref"]) if known else ("components",)


def books(row: dict[str, object]) -> bool:
    """Whether a row books something, or would if it were sound."""
    return row["component_class"] != "information" and bool(row["amount_minor"] or row["holds"])


@pytest.mark.promise("S18")
@law
@given(runs=RUNS, holding=HOLDING)
def test_every_line_has_exactly_one_disposition(runs: list[PayRun], holding: str) -> None:
    """Nothing is lost and nothing counts twice: by count and by sums, per document."""
    rows = rows_of(runs)
    result = build_rows(rows, holding=holding)
    lines = Counter(
        (part.document, line) for part in result.endings() for line in part.source_lines
    )
    assert lines == Counter(rows.select("document", "line_no").rows())
    for document, own in rows.group_by("document"):
        parts = [part for part in result.endings() if part.document == document[0]]
        amounts = own["amount_minor"].to_list()
        assert sum(part.debit_minor for part in parts) == sum(max(a, 0) for a in amounts)
        assert sum(part.credit_minor for part in parts) == sum(max(-a, 0) for a in amounts)
    for part in result.endings():
        assert part.state in {"built", "held", "excluded"}
        assert bool(part.external_id) == (part.state == "built")
        assert bool(part.reason) == (part.state != "built")


@law
@given(runs=RUNS, holding=HOLDING)
def test_a_held_line_takes_its_whole_atom_with_it(runs: list[PayRun], holding: str) -> None:
    """What books something is built or held together; sound atoms that balance are built."""
    rows = rows_of(runs)
    states = by_line(build_rows(rows, holding=holding))
    together = defaultdict(set)
    residual: dict[tuple[object, ...], int] = defaultdict(int)
    sound: dict[tuple[object, ...], bool] = defaultdict(lambda: True)
    known = all(
        row["employee_ref"] or row["coding"] == "account" or not books(row)
        for row in rows.iter_rows(named=True)
    )
    for row in rows.iter_rows(named=True):
        atom, state = atom_of(row, holding, known=known), states[row["document"], row["line_no"]][0]
        if state == "excluded":
            information = row["component_class"] == "information"
            assert information or (row["amount_minor"] == 0 and not row["holds"])
            continue
        together[atom].add(state)
        sound[atom] &= not row["holds"] and row["currency"] == "EUR"
        residual[atom] += row["amount_minor"] * (
            bool(row["debit_account"]) - bool(row["credit_account"])
        )
    for atom, found in together.items():
        expected = "built" if sound[atom] and residual[atom] == 0 else "held"
        assert found == {expected}, atom


@law
@given(runs=RUNS, holding=HOLDING)
def test_every_journal_balances_and_no_line_is_made_up(runs: list[PayRun], holding: str) -> None:
    """Per account it is what an accountant would book by hand from the built lines."""
    rows = rows_of(runs)
    result = build_rows(rows, holding=holding)
    states = by_line(result)
    expected: Counter[str] = Counter()
    for row in rows.iter_rows(named=True):
        if states[row["document"], row["line_no"]][0] == "built":
            if row["debit_account"]:
                expected[row["debit_account"]] += row["amount_minor"]
            if row["credit_account"]:
                expected[row["credit_account"]] -= row["amount_minor"]
    booked: Counter[str] = Counter()
    for made in result.journals:
        for line in made.journal.lines:
            assert line.amount_minor != 0
            booked[line.account] += line.amount_minor
        assert sum(line.amount_minor for line in made.journal.lines) == 0
        assert made.journal.debit_minor == sum(x.credit_minor for x in made.journal.lines)
    assert set(booked) <= ACCOUNTS
    assert {k: v for k, v in booked.items() if v} == {k: v for k, v in expected.items() if v}
    assert bool(result.journals) == ("built" in {state for state, _ in states.values()})


@law
@given(runs=RUNS, holding=HOLDING)
def test_lineage_sums_back_to_journal_lines_and_to_source_lines(
    runs: list[PayRun], holding: str
) -> None:
    """Each journal line is the sum of its links; each built line stands behind some line."""
    rows = rows_of(runs)
    result = build_rows(rows, holding=holding)
    built = {key for key, (state, _) in by_line(result).items() if state == "built"}
    linked: set[Key] = set()
    shares: Counter[Key] = Counter()
    for made in result.journals:
        sums: Counter[int] = Counter()
        documents: Counter[str] = Counter()
        for link in made.lineage:
            assert list(link.source_lines) == sorted(set(link.source_lines))
            sums[link.line_number] += link.amount_minor
            documents[link.document] += link.amount_minor
            linked |= {(link.document, line) for line in link.source_lines}
            for line, share in zip(link.source_lines, link.shares, strict=bool(link.shares)):
                shares[link.document, line] += share or 0
        numbers = [line.number for line in made.journal.lines]
        assert numbers == list(range(1, len(numbers) + 1))
        assert {n: sums[n] for n in numbers} == {
            line.number: line.amount_minor for line in made.journal.lines
        }
        # What a document gave to the journal is what its built lines book.
        for document, amount in documents.items():
            own = rows.filter(pl.col("document") == document).iter_rows(named=True)
            assert amount == sum(
                row["amount_minor"] * (bool(row["debit_account"]) - bool(row["credit_account"]))
                for row in own
                if (document, row["line_no"]) in built
            )
    assert linked == built
    # The shares of a split line sum to it.
    amounts = {(row[0], row[1]): row[2] for row in rows.select(
        "document", "line_no", "amount_minor").iter_rows()}  # fmt: skip
    assert all(total in {0, amounts[key]} for key, total in shares.items())


@law
@given(runs=RUNS, holding=HOLDING)
def test_the_class_totals_of_source_and_journal_are_equal(runs: list[PayRun], holding: str) -> None:
    """Summarising moves no cent from one class to another."""
    for made in build_rows(rows_of(runs), holding=holding).journals:
        totals: Counter[str] = Counter()
        for line in made.journal.lines:
            totals[line.component_class] += line.amount_minor
        assert dict(totals) == dict(made.source_totals)


@law
@given(runs=RUNS, holding=HOLDING)
def test_every_held_line_is_counted_by_some_cause(runs: list[PayRun], holding: str) -> None:
    """A queue without the cause of a held line would hold it for ever."""
    result = build_rows(rows_of(runs), holding=holding)
    causes = {f"{cause.code}|{cause.cause}" for cause in result.held}
    reasons = {reason for state, reason in by_line(result).values() if state == "held"}
    assert reasons <= causes
    assert bool(causes) == bool(reasons)
    assert all(cause.item_count > 0 and cause.at_risk_minor >= 0 for cause in result.held)


@pytest.mark.promise("S27")
@law
@given(runs=RUNS, holding=HOLDING, seed=st.integers(0, 2**16))
def test_the_order_of_rows_and_documents_changes_no_byte(
    runs: list[PayRun], holding: str, seed: int
) -> None:
    """Files arrive and tasks run in any order; the journal is the same."""
    straight = build_rows(rows_of(runs), holding=holding)
    mixed = frame_of(runs[::-1]).sample(fraction=1.0, shuffle=True, seed=seed)
    rows = reconciled(mixed, rules(), reference=reference())
    shuffled = build_rows(rows.sample(fraction=1.0, shuffle=True, seed=seed + 1), holding=holding)
    assert [made.journal.canonical_json() for made in shuffled.journals] == [
        made.journal.canonical_json() for made in straight.journals
    ]
    assert shuffled.endings() == straight.endings()
    assert shuffled.held == straight.held
    assert shuffled.lineage.equals(straight.lineage)
