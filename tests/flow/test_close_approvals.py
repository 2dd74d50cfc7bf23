"""Who may let a journal out, and what stops it after somebody did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders.checkpoints import account_of
from tests.builders.invariants import assert_invariants
from tests.builders.office import MONTH, WINDOWS_OPEN, Rehearsal, names_of
from tieout.errors import ConflictError
from tieout.workflows import approve

ENTITY = "DE01"
WAITS = "queued until 2026-11-02 07:00Z"


def kinds(made: Rehearsal, entity: str = ENTITY) -> dict[str, str]:
    """Kind → external id of an entity's current journals."""
    found = made.rows(
        "SELECT kind, external_id FROM journal WHERE entity = %s AND state <> 'superseded'", entity
    )
    return {row["kind"]: row["external_id"] for row in found}


def replace_a_document(made: Rehearsal, external_id: str) -> None:
    """A corrected delivery takes the place of a document behind the journal."""
    made.change(
        "UPDATE unit_document SET superseded_by = sha256 WHERE sha256 ="
        " (SELECT min(document) FROM lineage WHERE external_id = %s)",
        external_id,
    )


# ---------------------------------------------------------------- the window


def test_outside_the_window_journals_are_queued_and_say_until_when(cured: Rehearsal) -> None:
    """The controller relies on it: approving early posts nothing early."""
    cured.answer(ENTITY)
    waiting = cured.post(ENTITY)
    assert set(waiting.values()) == {WAITS}
    assert set(cured.states(ENTITY).values()) == {"queued"}
    assert cured.ledger_journals() == []
    assert cured.rows("SELECT * FROM posting_attempt") == []
    cured.clock.jump_to(datetime(2026, 11, 2, 7, 0, 1, tzinfo=UTC))
    assert set(cured.post(ENTITY).values()) == {"read_back"}
    assert names_of(cured.ledger_journals()) == sorted(waiting)


def test_each_entity_waits_for_its_own_window(cured: Rehearsal) -> None:
    """Every entity relies on it: eight in the morning is another instant in each zone."""
    for entity in ("DE01", "US01"):
        cured.answer(entity)
    cured.clock.jump_to(datetime(2026, 11, 2, 8, tzinfo=UTC))
    assert set(cured.post("DE01").values()) == {"read_back"}
    assert set(cured.post("US01").values()) == {"queued until 2026-11-02 13:00Z"}


def test_a_window_that_has_closed_posts_nothing_any_more(approved: Rehearsal) -> None:
    """Period end relies on it: a late run says that it is late and leaves the ledger alone."""
    approved.clock.jump_to(datetime(2026, 11, 20, tzinfo=UTC))
    (reason,) = set(approved.post(ENTITY).values())
    assert reason.startswith("its posting window closed 2026-11-")
    assert approved.ledger_journals() == []


@pytest.mark.promise("S49")
def test_one_entity_may_be_frozen_while_the_others_post(approved: Rehearsal) -> None:
    """The controller relies on it: stopping one entity stops no other, and is lifted as easily."""
    approved.change(
        "INSERT INTO entity_freeze (entity, reason, frozen_by, frozen_at)"
        " VALUES (%s, 'audit', 'controller', now())",
        ENTITY,
    )
    assert set(approved.post(ENTITY).values()) == {"posting of the entity is frozen: audit"}
    assert set(approved.post("SE01").values()) == {"read_back"}
    assert approved.ledger_journals(ENTITY) == []
    approved.change("DELETE FROM entity_freeze")
    assert set(approved.post(ENTITY).values()) == {"read_back"}


# ---------------------------------------------------------------- the approval


@pytest.mark.promise("S50")
def test_without_a_recorded_approval_nothing_posts(cured: Rehearsal) -> None:
    """The controller relies on it: no state and no task's colour stands for a recorded answer."""
    cured.clock.jump_to(WINDOWS_OPEN)
    assert cured.post(ENTITY) == {}
    assert set(cured.states(ENTITY).values()) == {"awaiting_approval"}
    # Somebody marks the journals as approved, past the record.
    for state in ("approved", "queued"):
        cured.change(
            "UPDATE journal SET state = %s WHERE external_id = any(%s)",
            state,
            list(cured.states(ENTITY)),
        )
    assert set(cured.post(ENTITY).values()) == {"its approval is missing"}
    assert cured.ledger_journals() == []
    assert cured.rows("SELECT * FROM posting_attempt") == []


@pytest.mark.promise("S50")
def test_an_approval_that_was_voided_posts_nothing(approved: Rehearsal) -> None:
    """The controller relies on it: taking an approval back stops what is not sent yet."""
    approved.change(
        "UPDATE approval SET voided_at = now(), void_reason = 'taken back' WHERE external_id = %s",
        kinds(approved)["payroll"],
    )
    results = approved.post(ENTITY)
    assert results[kinds(approved)["payroll"]] == "its approval is missing"
    assert names_of(approved.ledger_journals()) == [kinds(approved)["expense"]]


def test_whoever_helped_to_make_a_journal_is_not_asked_and_not_heard(cured: Rehearsal) -> None:
    """The auditor relies on it: maker and checker are two persons, in every journal."""
    cured.change(
        "UPDATE journal SET makers = '{controller}' WHERE external_id = %s",
        kinds(cured)["expense"],
    )
    cured.change(
        "INSERT INTO role_grant (user_name, role, entities) VALUES ('second', 'controller', %s)",
        ["DE01"],
    )
    want = cured.ask(ENTITY)
    assert want is not None
    assert want.approvers == ("second",)
    with pytest.raises(ConflictError, match="controller was not asked for DE01"):
        cured.answer(ENTITY, by="controller")
    assert set(cured.answer(ENTITY, by="second").values()) == {"approved"}


def test_nobody_left_to_ask_is_an_exception_and_not_an_empty_list(cured: Rehearsal) -> None:
    """The finance lead relies on it: an entity that nobody can approve is told at once."""
    cured.change("UPDATE journal SET makers = '{controller}' WHERE entity = %s", ENTITY)
    want = cured.ask(ENTITY)
    assert want is not None
    assert want.approvers == ()
    (told,) = cured.exceptions("no_approver", still_open=True)
    assert (told["entity"], told["item_count"]) == (ENTITY, 2)
    assert told["next_step"]


def test_those_who_proposed_and_approved_a_rule_are_makers_of_what_it_made(
    cured: Rehearsal,
) -> None:
    """The auditor relies on it: shaping the content is making, also from afar."""
    trouble = cured.troubles["closed_cost_center"]
    found = cured.rows(
        "SELECT kind, makers FROM journal WHERE entity = %s AND state <> 'superseded'",
        trouble["entity"],
    )
    assert {row["kind"]: row["makers"] for row in found} == {
        "expense": ["finance_lead", "finance_ops"],
        "payroll": ["finance_lead", "finance_ops"],
    }
    untouched = cured.rows("SELECT makers FROM journal WHERE entity = 'JP01'")
    assert {tuple(row["makers"]) for row in untouched} == {()}


def test_an_answer_to_a_list_that_changed_is_refused_whole(built: Rehearsal) -> None:
    """The controller relies on it: what was shown is what is approved, or nothing is."""
    trouble = built.troubles["unmapped_expense_type"]
    entity = trouble["entity"]
    shown = built.ask(entity)
    assert shown is not None
    assert approve.ask_once(built.office, "close:1/US01", shown)
    # Meanwhile the new type is mapped, and the expense journal is built anew.
    built.propose_and_approve("accounts", account_of(trouble))
    built.build_units()
    with pytest.raises(ConflictError, match="changed since it was shown; nothing was recorded"):
        approve.record_answer(
            built.office, "close:1/US01", approve.Answer(by="controller", approve=True)
        )
    assert built.rows("SELECT * FROM approval") == []
    now = built.ask(entity)
    assert now is not None
    assert now.list_hash != shown.list_hash
    # Airflow keeps a task's first ask for ever, so the new list needs a new one.
    assert approve.ask_once(built.office, "close:1/US01", now) is False
    assert approve.ask_once(built.office, "close:2/US01", now) is True


@pytest.mark.promise("S50")
def test_a_mapping_that_changes_after_the_approval_voids_it(built: Rehearsal) -> None:
    """The controller relies on it: an approved journal that is built anew is asked for anew."""
    trouble = built.troubles["unmapped_expense_type"]
    entity = trouble["entity"]
    built.answer(entity)
    before = kinds(built, entity)
    built.propose_and_approve(
        "accounts",
        {
            "scope": "group",
            "provider": "concur",
            "coding": "expense_type",
            "source_code": "AIRFR",
            "component_class": "",
            "debit_account": "7130",
            "credit_account": "",
            "dimensions": "cost_center project",
            "summarise": "cost_center",
        },
    )
    built.build_units()
    built.clock.jump_to(WINDOWS_OPEN)
    assert set(built.post(entity)) == {before["payroll"]}
    assert names_of(built.ledger_journals(entity)) == [before["payroll"]]
    (voided,) = built.rows(
        "SELECT voided_at, void_reason FROM approval WHERE external_id = %s", before["expense"]
    )
    assert voided["voided_at"] is not None
    want = built.ask(entity)
    assert want is not None
    ((external_id, _),) = want.journals
    assert external_id != before["expense"]


def test_a_rejected_journal_does_not_post_and_the_others_do(cured: Rehearsal) -> None:
    """The controller relies on it: one bad journal holds back itself alone, and somebody hears."""
    bad, good = kinds(cured)["expense"], kinds(cured)["payroll"]
    decided = cured.answer(ENTITY, rejected=[bad], comment="wrong month")
    assert decided == {bad: "rejected", good: "approved"}
    cured.clock.jump_to(WINDOWS_OPEN)
    assert set(cured.post(ENTITY)) == {good}
    assert names_of(cured.ledger_journals()) == [good]
    (told,) = cured.exceptions("journal_rejected", still_open=True)
    assert (told["object_key"], told["entity"]) == (bad, ENTITY)
    assert cured.tie_out(ENTITY).state == "open"


def test_a_large_journal_needs_two_different_checkers(cured: Rehearsal) -> None:
    """Group policy relies on it: above its amount one signature is not enough."""
    cured.propose_and_approve(
        "posting",
        {
            "scope": "entity:DE01",
            "journal_kind": "payroll",
            "second_approval_above": "1000.00",
            "holding": "run",
            "small_group_k": "1",
            "tolerance_minor": "0",
        },
    )
    cured.change(
        "INSERT INTO role_grant (user_name, role, entities) VALUES ('second', 'controller', '{*}')"
    )
    cured.clock.jump_to(WINDOWS_OPEN)
    cured.build_units()
    large = kinds(cured)["payroll"]
    cured.answer(ENTITY, key="close:1")
    assert cured.states(ENTITY)[large] == "awaiting_approval"
    assert large not in cured.post(ENTITY)
    cured.answer(ENTITY, by="second", key="close:2")
    assert cured.post(ENTITY)[large] == "read_back"
    assert_invariants(cured, entities=(ENTITY,))


# ---------------------------------------------------------------- what happens in between


def test_a_replaced_document_stops_the_journal_that_rests_on_it(approved: Rehearsal) -> None:
    """Finance relies on it: nothing is sent from a file that its sender took back."""
    payroll = kinds(approved)["payroll"]
    replace_a_document(approved, payroll)
    results = approved.post(ENTITY)
    assert results[payroll] == "a source document of it was replaced; it is built anew"
    assert names_of(approved.ledger_journals()) == [kinds(approved)["expense"]]


def test_a_document_that_is_replaced_while_we_look_stops_the_sending(
    approved: Rehearsal,
) -> None:
    """Finance relies on it: the check is made again in the transaction that begins sending."""
    payroll = kinds(approved)["payroll"]

    class Meanwhile:
        """The ledger, during whose look-up a corrected file arrives."""

        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def find(self, external_id: str) -> Any:
            entry = self._inner.find(external_id)
            if external_id == payroll:
                replace_a_document(approved, payroll)
            return entry

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    approved.with_ledger(Meanwhile(approved.office.ledger())).post(ENTITY)
    assert approved.states(ENTITY)[payroll] == "queued"
    assert approved.attempts(payroll) == []
    assert payroll not in names_of(approved.ledger_journals())


@pytest.mark.parametrize("switch", [{"closed": True}, {"alllocked": True}])
def test_a_closed_period_is_told_and_posts_by_itself_when_it_reopens(
    approved: Rehearsal, switch: dict[str, bool]
) -> None:
    """Period end relies on it: nothing is re-dated, nothing is lost."""
    approved.clerk("netsuite/period", id="320", **switch)
    assert set(approved.post(ENTITY).values()) == {f"ERP period {MONTH} is closed"}
    told = approved.exceptions("period_closed", still_open=True)
    assert {row["object_key"] for row in told} == set(approved.states(ENTITY))
    assert approved.ledger_journals() == []
    approved.clerk("netsuite/period", id="320", **dict.fromkeys(switch, False))
    assert set(approved.post(ENTITY).values()) == {"read_back"}
    assert approved.exceptions("period_closed", still_open=True) == []
    assert approved.tie_out(ENTITY).state == "tied"


def test_a_released_window_of_time_does_not_move_the_accounting_date(
    approved: Rehearsal,
) -> None:
    """The ledger relies on it: a journal that posts two days later is still October's."""
    approved.jump(timedelta(days=2))
    approved.post(ENTITY)
    dates = {(each["tranDate"], each["periodName"]) for each in approved.ledger_journals()}
    assert dates == {("2026-10-31", "Oct 2026")}
