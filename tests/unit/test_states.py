"""Life cycles are tables; what is not in them is refused."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.errors import IllegalTransitionError
from tieout.finance.states import (
    COMMITTED,
    IN_LEDGER,
    JOURNAL,
    TABLES,
    Table,
    check_transition,
    transitions,
)

BEGINS = {
    "work_unit": "due",
    "journal": "draft",
    "open_exception": "open",
    "reimbursement_batch": "collecting",
    "expense_payment": "taken",
    "tie_out": "not_started",
}
ENDS = {
    "work_unit": set(),
    "journal": {"superseded", "reversed"},
    "open_exception": {"closed", "waived"},
    "reimbursement_batch": {"closed"},
    "expense_payment": {"closed"},
    "tie_out": set(),
}


def all_states(table: Table) -> set[str]:
    """Every state that a table names."""
    return set(table) | {after for afters in table.values() for after in afters}


def reachable(table: Table, start: str, without: Iterable[str] = ()) -> set[str]:
    """The states that can follow, none of `without` being passed."""
    barred, found, open_ends = set(without), {start}, [start]
    while open_ends:
        for after in table.get(open_ends.pop(), ()):
            if after not in found | barred:
                found.add(after)
                open_ends.append(after)
    return found


@pytest.mark.promise("S61")
@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_step_that_a_table_does_not_name_is_refused(kind: str) -> None:
    """All pairs are tried, the states of the other tables among them."""
    everything = {state for table in TABLES.values() for state in all_states(table)} | {"", "?"}
    for before, after in product(sorted(everything), repeat=2):
        if after in TABLES[kind].get(before, ()):
            check_transition(kind, before, after)
            continue
        with pytest.raises(IllegalTransitionError) as caught:
            check_transition(kind, before, after)
        assert caught.value.next_step


@pytest.mark.promise("S61")
@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_state_can_be_reached_and_only_the_ends_are_final(kind: str) -> None:
    """No state without a way in, no object that is stuck for ever."""
    table = TABLES[kind]
    assert set(TABLES) == set(BEGINS)
    assert reachable(table, BEGINS[kind]) == all_states(table)
    assert all_states(table) - set(table) == ENDS[kind]


@pytest.mark.promise("S61")
@given(kind=st.sampled_from(sorted(TABLES)), choices=st.lists(st.integers(0, 99), max_size=40))
def test_a_walk_of_legal_steps_is_the_fold_of_its_history(kind: str, choices: list[int]) -> None:
    """Each step is checked as the store checks it, and never stays where it was."""
    state, table = BEGINS[kind], TABLES[kind]
    history: list[tuple[str, str]] = []
    for choice in choices:
        following = table.get(state, ())
        if not following:
            break
        after = following[choice % len(following)]
        check_transition(kind, state, after)
        history.append((state, after))
        state = after
    assert all(before != after for before, after in history)
    assert [after for _, after in history[:-1]] == [before for before, _ in history[1:]]
    assert {(kind, *step) for step in history} <= set(transitions())


def test_the_list_of_steps_is_the_tables_once_each_and_sorted() -> None:
    """The store's own table of legal steps is filled from it."""
    steps = transitions()
    assert steps == sorted(set(steps))
    assert len(steps) == sum(len(afters) for table in TABLES.values() for afters in table.values())


def test_a_journal_reaches_the_ledger_only_by_being_sent() -> None:
    """And an unclear one is never sent again before it was looked up."""
    assert not reachable(JOURNAL, "draft", without=["sending"]) & IN_LEDGER
    assert "sending" not in JOURNAL["indeterminate"]
    assert "queued" not in JOURNAL["sending"]


def test_a_journal_is_queued_only_after_its_approval_or_a_hold_of_its_sending() -> None:
    """An edit or a rejection leads back to a draft, not onwards."""
    before_queue = {state for state, afters in JOURNAL.items() if "queued" in afters}
    assert before_queue == {"approved", "held", "indeterminate"}
    assert "queued" not in reachable(JOURNAL, "draft", without=["approved", "held"])
    assert JOURNAL["rejected"] == ("draft", "superseded")


def test_what_the_ledger_holds_is_never_edited_or_replaced() -> None:
    """Only a reversal ends it; a change in the ERP is seen as drift."""
    for state in IN_LEDGER - {"accepted"}:
        later = reachable(JOURNAL, state)
        assert later <= IN_LEDGER | {"reversed"}, state
    assert IN_LEDGER < COMMITTED
    assert {"sending", "indeterminate"} == COMMITTED - IN_LEDGER
    assert all("superseded" not in JOURNAL.get(state, ()) for state in COMMITTED)


def test_nothing_is_signed_that_is_not_tied() -> None:
    """And a number that moves opens it again."""
    table = TABLES["tie_out"]
    assert [state for state, afters in table.items() if "signed" in afters] == ["tied"]
    assert table["signed"] == ("reopened",)
    assert "signed" not in table["reopened"]


def test_every_known_object_has_a_table() -> None:
    """An object without one would move freely."""
    with pytest.raises(KeyError):
        check_transition("journal_of_nobody", "draft", "validated")
