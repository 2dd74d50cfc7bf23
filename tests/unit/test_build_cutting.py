"""A built run longer than the ledger takes: parts with their sources, each line in one of them."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest

from tests.builders.core import build_rows, reconciled
from tests.builders.kinds import assert_sources_sum_to_lines, booked
from tests.builders.pay_runs import a_pay_run
from tests.builders.rules import some_rules
from tieout.stages.build.build import Built
from tieout.stages.build.cutting import LineLimit, in_parts
from tieout.stages.build.parts import JournalTooLongError, whole_of

PEOPLE = 60


def a_long_run(*, named: bool = True, split: bool = False) -> pl.DataFrame:
    """Everyone earns in a cost center of their own; half of it is split over two."""
    rules = (
        some_rules()
        .account("GROSS", debit="6000", by="cost_center")
        .account("EMPLOYER", debit="6100", credit="7420", by="cost_center")
        .account("TAX", credit="7400")
        .account("NET", credit="7490")
    )
    run = a_pay_run()
    for number in range(PEOPLE):
        code = f"{number:04d}"
        if split and number % 2:
            rules.cost_center(code, f"CC{code}", "33.33").cost_center(code, f"CX{code}", "66.67")
        else:
            rules.cost_center(code, f"CC{code}")
        who = f"e{code}" if named else ""
        run.component("GROSS", f"{1000 + number}.01", cost_center=code, employee=who)
        run.component("EMPLOYER", f"{200 + number}.05", cost_center=code, employee=who)
        run.component("TAX", "100.00", employee=who)
        run.component("NET", f"{900 + number}.01", employee=who)
    return reconciled(run.frame(), rules)


def cut(frame: pl.DataFrame, lines: int, transfer: str = "") -> tuple[Built, Built]:
    """The build before and after it was brought under the limit."""
    whole = build_rows(frame)
    limit = LineLimit(lines, {"DE01": transfer})
    return whole, in_parts("pay_line", frame, whole, limit)


@pytest.mark.parametrize("split", [False, True])
def test_a_long_run_becomes_linked_parts_that_sum_to_the_whole(*, split: bool) -> None:
    """The controller relies on it: every part within the limit, balanced, and named i of n."""
    whole, parts = cut(a_long_run(split=split), 30)
    (uncut,) = whole.journals
    assert len(uncut.journal.lines) > 100
    journals = [item.journal for item in parts.journals]
    assert whole_of(journals) == whole_of([uncut.journal])
    assert all(len(journal.lines) <= 30 for journal in journals)
    assert [one.key.part for one in journals] == list(range(1, len(journals) + 1))
    assert {one.ties.parts for one in journals} == {len(journals)}
    assert {one.ties.pair for one in journals} == {journals[0].external_id}
    assert {one.correlation_id for one in journals} == {uncut.journal.correlation_id}
    for item in parts.journals:
        assert_sources_sum_to_lines(item)


def test_every_source_line_ends_in_exactly_one_part() -> None:
    """The certificate relies on it: counts and sums of the document stay what they were."""
    whole, parts = cut(a_long_run(), 30)
    ended: dict[str, set[int]] = defaultdict(set)
    for row in parts.endings():
        assert not ended[row.external_id] & set(row.source_lines)
        ended[row.external_id] |= set(row.source_lines)
    assert set(ended) == {item.journal.external_id for item in parts.journals}
    assert sorted(line for lines in ended.values() for line in lines) == list(
        range(1, 4 * PEOPLE + 1)
    )
    for column in ("debit_minor", "credit_minor"):
        assert parts.disposed[column].sum() == whole.disposed[column].sum()
    for item in parts.journals:
        behind = {line for link in item.lineage for line in link.source_lines}
        assert behind == ended[item.journal.external_id]


def test_a_build_within_the_limit_is_left_as_it_is() -> None:
    """Its external id and its approval stay."""
    whole, parts = cut(a_long_run(), 500)
    assert parts is whole


def test_a_register_without_employees_only_balances_together() -> None:
    """It waits with its number of lines, or is cut over the account that policy names."""
    frame = a_long_run(named=False)
    with pytest.raises(JournalTooLongError) as caught:
        cut(frame, 30)
    assert (caught.value.entity, caught.value.line_count) == ("DE01", 2 * PEOPLE + 3)
    whole, parts = cut(frame, 30, "1990")
    journals = [item.journal for item in parts.journals]
    assert all(len(journal.lines) <= 30 for journal in journals)
    assert booked(journals) == booked([whole.journals[0].journal])
    assert (
        sum(line.amount_minor for one in journals for line in one.lines if line.account == "1990")
        == 0
    )
    for item in parts.journals:
        assert_sources_sum_to_lines(item)


def test_the_same_run_is_cut_the_same_way_on_every_machine() -> None:
    """A part's identity means one content, whatever the order of the rows."""
    frame = a_long_run(split=True)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    first, second = cut(frame, 30)[1], cut(shuffled, 30)[1]
    assert [item.journal.content_hash for item in first.journals] == [
        item.journal.content_hash for item in second.journals
    ]
