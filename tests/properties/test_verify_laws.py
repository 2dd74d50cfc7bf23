"""Laws of a verification, for arbitrary builds: the same again, or the row that differs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.core import build_rows, reconciled
from tests.builders.pay_runs import PayRun, frame_of
from tests.properties.decided_rules import DECIDED, decided
from tests.properties.generated_runs import pay_runs
from tieout.finance.journals import Journal
from tieout.finance.rebuild_check import Evidence, judge

law = settings(max_examples=max(20, settings().max_examples // 3))


def build(runs: list[PayRun], stated: dict[str, str], *, seed: int) -> dict[str, Journal]:
    """External id to journal, from rows in another order for each seed."""
    finance = decided(**stated)
    known = finance.reference(closed=["CC430", "CC440", "6999"])
    rows = reconciled(frame_of(runs), finance, reference=known)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
    return {
        one.journal.external_id: one.journal
        for one in build_rows(shuffled, holding="atom").journals
    }


def evidence(stated: dict[str, str], journals: dict[str, Journal]) -> Evidence:
    """What a build keeps of its rules and journals."""
    said = {row.name: f"{row.valid_from} {row.text}" for row in decided(**stated).rows}
    return Evidence(said, {}, {}, {key: one.content_hash for key, one in journals.items()})


@law
@given(runs=pay_runs(), was=DECIDED, now=DECIDED, seed=st.integers(0, 9))
def test_a_journal_is_the_same_or_a_changed_row_is_named(
    runs: list[PayRun], was: dict[str, str], now: dict[str, str], seed: int
) -> None:
    """The auditor relies on it: order changes nothing, and a difference leads to its row."""
    kept, rebuilt = build(runs, was, seed=0), build(runs, now, seed=seed)
    before, after = evidence(was, kept), evidence(now, rebuilt)
    assert before.rules is not None
    assert after.rules is not None
    changed = {name for name, text in after.rules.items() if before.rules[name] != text}
    for external_id in kept.keys() | rebuilt.keys():
        bytes_kept = kept[external_id].canonical_json().encode() if external_id in kept else None
        verdict = judge(external_id, bytes_kept, rebuilt.get(external_id), before, after)
        named = {one.which for one in verdict.reasons if one.what == "rule"}
        if was == now:
            assert (verdict.state, verdict.reasons) == ("same", ())
        elif verdict.state != "same":
            assert named
            assert named <= changed
