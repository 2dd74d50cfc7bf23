"""Expenses that were incurred and are not booked: accrued as a pair, taken back, never twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.builders.kinds import booked
from tests.builders.office import MONTH, PERIOD, WINDOWS_OPEN, Rehearsal
from tieout.cockpit.proof_read import proof_answer
from tieout.cockpit.reading import Reader
from tieout.finance.journals import Journal
from tieout.finance.stored import journal_from_json
from tieout.workflows import post as posting
from tieout.workflows.accrue import accrue_expenses
from tieout.workflows.close_checks import what_bars_signing
from tieout.workflows.trace_links import sources_behind

ENTITY, LIABILITY = "DE01", "2530"
NEXT_MONTH: Final = "2026-11"
#: The first business day of December: November's windows are open.
DECEMBER: Final = datetime(2026, 12, 1, 15, tzinfo=UTC)
RULE: Final = {
    "rule": "de01-free", "scope": "entity:DE01", "payee": "employee", "taxable": "no",
    "expense_type": "*", "route": "payroll", "pay_code": "1371", "clearing_account": "2310",
    "priority_note": "",
}  # fmt: skip


def of_kind(made: Rehearsal, kind: str = "expense_accrual") -> list[Journal]:
    """The journals of a kind that stand, the accrual before its reversal."""
    rows = made.rows(
        "SELECT content FROM journal WHERE entity = %s AND kind = %s AND state <> 'superseded'"
        " ORDER BY revision, period",
        ENTITY, kind,
    )  # fmt: skip
    return [journal_from_json(row["content"]) for row in rows]


def let_items_wait(made: Rehearsal) -> None:
    """DE01's rule for free refunds fits no type: its items wait (activation would have told)."""
    made.change(
        "UPDATE mapping_row SET version = version + 100,"
        """ content = content || '{"expense_type": "NEVER"}'"""
        " WHERE table_name = 'routing' AND natural_key = %s AND state = 'active'",
        RULE["rule"],
    )
    made.build_units("expense")


def free_them(made: Rehearsal) -> None:
    """Finance gives the rule back; the items are booked in their own period."""
    made.propose_and_approve("routing", RULE)
    made.build_units("expense")


def costs(journals: Sequence[Journal]) -> dict[tuple[str, str, str], int]:
    """What journals book on accounts of cost."""
    return {face: total for face, total in booked(journals).items() if face[0] >= "6000"}


@pytest.fixture
def waiting(cured: Rehearsal) -> Rehearsal:
    """Policy wants accruals; items of DE01 were approved in October and are not booked."""
    cured.propose_and_approve(
        "accruals",
        {"scope": f"entity:{ENTITY}", "journal_kind": "expense_accrual", "basis": "items",
         "estimate": "items", "from_state": "approved", "liability_account": LIABILITY},
    )  # fmt: skip
    let_items_wait(cured)
    return cured


def approve_and_post(made: Rehearsal) -> None:
    """The controller approves what is asked, the windows open, and it is posted."""
    made.answer(ENTITY)
    made.clock.jump_to(max(made.clock.now(), WINDOWS_OPEN))
    assert set(made.post(ENTITY).values()) == {"read_back"}


def test_nothing_is_accrued_without_a_policy_or_without_an_item(cured: Rehearsal) -> None:
    """An approved, booked, unpaid expense is a liability already."""
    assert accrue_expenses(cured.office, PERIOD) == []
    assert of_kind(cured) == []


def test_what_waits_is_accrued_and_taken_back_on_the_first_of_the_next_month(
    waiting: Rehearsal,
) -> None:
    """The controller relies on it: the month's cost is whole, with what is not booked in it."""
    before = costs(of_kind(waiting, "expense"))
    made = accrue_expenses(waiting.office, PERIOD)
    accrual, reversal = of_kind(waiting)
    assert sorted(made) == sorted([accrual.external_id, reversal.external_id])
    assert booked([accrual, reversal]) == {}
    assert reversal.accounting_date.isoformat() == "2026-11-01"
    assert (accrual.key.period, reversal.key.period) == (MONTH, NEXT_MONTH)
    free_them(waiting)
    assert costs([*of_kind(waiting, "expense")]) == {
        face: before.get(face, 0) + costs([accrual]).get(face, 0)
        for face in {*before, *costs([accrual])}
    }


def test_the_pair_is_approved_together_and_stands_in_every_run(waiting: Rehearsal) -> None:
    """The approver relies on it: one question shows both, and a second run asks nothing new."""
    made = accrue_expenses(waiting.office, PERIOD)
    want = waiting.ask(ENTITY)
    assert want is not None
    assert set(made) <= {external_id for external_id, _ in want.journals}
    waiting.answer(ENTITY)
    assert accrue_expenses(waiting.office, PERIOD) == made
    assert waiting.ask(ENTITY) is None
    states = waiting.states(ENTITY)
    assert {states[external_id] for external_id in made} == {"approved"}


def test_an_item_that_is_booked_before_the_accrual_was_posted_is_not_accrued(
    waiting: Rehearsal,
) -> None:
    """Nothing is cost twice: the pending pair is dropped with its reversal."""
    made = accrue_expenses(waiting.office, PERIOD)
    free_them(waiting)
    assert accrue_expenses(waiting.office, PERIOD) == []
    assert of_kind(waiting) == []
    rows = waiting.rows("SELECT external_id, state FROM journal")
    assert {row["state"] for row in rows if row["external_id"] in made} == {"superseded"}


def test_an_item_that_is_booked_after_the_accrual_was_posted_is_given_back(
    waiting: Rehearsal,
) -> None:
    """October relies on it: cost once; the ledger's accrual is never edited."""
    accrue_expenses(waiting.office, PERIOD)
    approve_and_post(waiting)
    free_them(waiting)
    accrue_expenses(waiting.office, PERIOD)
    approve_and_post(waiting)
    october = [one for one in of_kind(waiting) if one.key.period == MONTH]
    november = [one for one in of_kind(waiting) if one.key.period == NEXT_MONTH]
    assert len(october) == len(november) == 2
    assert booked(october) == booked(november) == {}
    assert accrue_expenses(waiting.office, PERIOD) == []
    assert waiting.tie_out(ENTITY).state == "tied"


@pytest.mark.promise("S56")
def test_the_next_month_is_not_signed_before_the_reversal_is_in_the_ledger(
    waiting: Rehearsal,
) -> None:
    """Sign-off relies on it: the accrual comes back by itself, and says what it takes back.

    Each line in the ERP carries our reference; the reference leads to the source documents.
    """
    accrue_expenses(waiting.office, PERIOD)
    approve_and_post(waiting)
    accrual, reversal = of_kind(waiting)
    with waiting.office.warehouse.transaction() as work:
        (told,) = what_bars_signing(work, ENTITY, NEXT_MONTH)
        assert what_bars_signing(work, ENTITY, MONTH) == []
        (proof,) = proof_answer(waiting.office, work, Reader("controller", (ENTITY,)), NEXT_MONTH)
    assert proof["bars_signing"] == [told.as_dict()]
    assert (told.code, accrual.external_id in told.message) == ("reversal_missing", True)
    waiting.clock.jump_to(DECEMBER)
    results = posting.post(waiting.office, ENTITY, NEXT_MONTH, "close:11")
    assert {one.external_id: one.state for one in results} == {reversal.external_id: "read_back"}
    entry = waiting.office.ledger().find(reversal.external_id)
    assert entry is not None
    assert entry.accounting_date.isoformat() == "2026-11-01"
    assert accrual.correlation_id in entry.memo
    assert all(line.memo.startswith("#") for line in entry.lines)
    assert waiting.states(ENTITY)[accrual.external_id] == "reversed"
    with waiting.office.warehouse.transaction() as work:
        assert what_bars_signing(work, ENTITY, NEXT_MONTH) == []
        for line in reversal.lines:
            behind = sources_behind(work, reversal.external_id, line.number)
            assert sum(one.amount_minor for one in behind) == line.amount_minor
            assert all(one.source_lines for one in behind)
