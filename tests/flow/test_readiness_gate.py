"""The readiness gate: under the threshold nothing goes without a second person and a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders.office import MONTH, Rehearsal
from tieout.errors import ConfigurationError, ConflictError
from tieout.finance.words import finding
from tieout.workflows.exceptions import open_exception
from tieout.workflows.readiness import release_unready

ENTITY = "UK01"
WHY = "HR moves the three people on Monday; the journal is right"


def misalign(made: Rehearsal, count: int = 3) -> None:
    """Let the ERP know some people of an entity no more."""
    found = made.rows(
        "SELECT code FROM reference_object WHERE source = 'people' AND entities = '{UK01}'"
        " AND active AND known_to = 'infinity' ORDER BY code LIMIT %s",
        count,
    )
    for row in found:
        made.clerk(
            "netsuite/clerk/keep", table="employee", named=row["code"], set={"isinactive": "T"}
        )
    made.jump(timedelta(minutes=1))
    made.read_master_data()


def releases(made: Rehearsal) -> list[dict[str, Any]]:
    """What was released in spite of the gate."""
    return made.rows("SELECT * FROM readiness_release ORDER BY id")


@pytest.mark.promise("S99")
def test_an_entity_under_its_threshold_sends_nothing_by_itself(approved: Rehearsal) -> None:
    """The controller relies on it: automation is earned by master data, entity by entity."""
    misalign(approved)
    notes = approved.post(ENTITY)
    assert notes
    for note in notes.values():
        assert note.startswith("readiness: 124 of 127 people aligned (97.6 %), threshold 100 %")
    assert set(approved.states(ENTITY).values()) == {"approved"}
    assert approved.ledger_journals(ENTITY) == []
    (told,) = approved.exceptions("readiness_missing", still_open=True)
    assert (told["entity"], told["item_count"]) == (ENTITY, len(notes))
    # Another entity, on whose people everybody agrees, goes as ever.
    assert set(approved.post("US01").values()) == {"read_back"}


def test_who_approves_sees_gate_and_open_criticals_before_approving(cured: Rehearsal) -> None:
    """The controller relies on it: an approval is given knowing what waits, and never a person."""
    want = cured.ask(ENTITY)
    assert want is not None
    lines = want.body.splitlines()
    assert (
        f"Readiness gate of {ENTITY}: open: 127 of 127 people aligned (100 %), threshold 100 %."
        in lines
    )
    assert f"Open critical exceptions of {ENTITY}: none." in lines
    misalign(cured)
    with cured.office.warehouse.transaction() as work:
        open_exception(
            work, finding("account_unmapped", code="TAXI", entity=ENTITY, count=1),
            at=cured.clock.now(), object_kind="unit", object_key="concur:UK01", entity=ENTITY,
            period=MONTH, cause="TAXI",
        )  # fmt: skip
    again = cured.ask(ENTITY)
    assert again is not None
    lines = again.body.splitlines()
    assert (
        f"Readiness gate of {ENTITY}: shut: 124 of 127 people aligned (97.6 %), threshold 100 %."
        in lines
    )
    assert f"Open critical exceptions of {ENTITY}: 1 (account_unmapped 1)." in lines
    assert "TAXI" not in again.body
    # What the gate says is no part of what is approved.
    assert again.list_hash == want.list_hash


@pytest.mark.promise("S105")
def test_the_gate_opens_only_for_a_second_person_with_a_reason(approved: Rehearsal) -> None:
    """The auditor relies on it: no override without a reason, none by who made or approved it."""
    misalign(approved)
    assert approved.post(ENTITY)
    with pytest.raises(ConfigurationError, match="no reason"):
        release_unready(approved.office, ENTITY, MONTH, "second", "  ")
    with pytest.raises(ConflictError, match="approved"):
        release_unready(approved.office, ENTITY, MONTH, "controller", WHY)
    maker = "finance_lead"
    approved.change("UPDATE journal SET makers = makers || %s WHERE entity = %s", [maker], ENTITY)
    with pytest.raises(ConflictError, match="helped to make"):
        release_unready(approved.office, ENTITY, MONTH, maker, WHY)
    assert releases(approved) == []
    # Past the product the store refuses as well.
    with pytest.raises(Exception, match="made or approved"):
        approved.change(
            "INSERT INTO readiness_release (external_id, content_hash, released_by, released_at,"
            " reason, aligned_count, headcount, threshold_percent)"
            " SELECT external_id, content_hash, 'controller', now(), 'x', 1, 2, 100 FROM journal"
            " WHERE entity = %s",
            ENTITY,
        )
    ids = release_unready(approved.office, ENTITY, MONTH, "second", WHY)
    assert {
        (row["external_id"], row["released_by"], row["reason"]) for row in releases(approved)
    } == {(external_id, "second", WHY) for external_id in ids}
    acts = approved.rows("SELECT * FROM audit_event WHERE verb = 'released in spite of readiness'")
    assert {(row["actor"], row["object_key"]) for row in acts} == {("second", one) for one in ids}
    assert approved.exceptions("readiness_missing", still_open=True) == []
    assert set(approved.post(ENTITY).values()) == {"read_back"}


def test_what_finance_settles_opens_the_gate_without_anybody(approved: Rehearsal) -> None:
    """Finance relies on it: the cure is the alignment, not the override."""
    misalign(approved)
    assert all(note.startswith("readiness") for note in approved.post(ENTITY).values())
    for row in approved.rows("SELECT code FROM reference_object WHERE source = 'ledger'"
                             " AND kind = 'employee' AND NOT active AND known_to = 'infinity'"
                             " AND valid_to = 'infinity' AND entities = '{UK01}'"):  # fmt: skip
        approved.clerk(
            "netsuite/clerk/keep", table="employee", named=row["code"], set={"isinactive": "F"}
        )
    approved.jump(timedelta(minutes=1))
    approved.read_master_data()
    assert set(approved.post(ENTITY).values()) == {"read_back"}
    assert releases(approved) == []


def test_a_threshold_below_the_share_lets_the_journals_go(approved: Rehearsal) -> None:
    """Group policy relies on it: how strict an entity's gate is, is data with an author."""
    for kind in ("payroll", "expense"):
        approved.propose_and_approve(
            "posting",
            {
                "scope": "entity:UK01",
                "journal_kind": kind,
                "holding": "run" if kind == "payroll" else "atom",
                "alignment_percent": "97.5",
            },
        )
    misalign(approved)
    assert set(approved.post(ENTITY).values()) == {"read_back"}


def test_without_any_alignment_the_gate_is_shut(approved: Rehearsal) -> None:
    """The controller relies on it: not knowing is not the same as being ready."""
    approved.change("DELETE FROM alignment_row")
    approved.change("DELETE FROM alignment_run")
    approved.change("DELETE FROM reference_object WHERE source = 'people'")
    notes = approved.post(ENTITY)
    (note,) = set(notes.values())
    assert note.startswith("readiness: no alignment of its people is known; the threshold is 100 %")


def test_a_release_holds_for_the_content_that_was_released(approved: Rehearsal) -> None:
    """The controller relies on it: a new revision is released anew."""
    misalign(approved)
    approved.post(ENTITY)
    release_unready(approved.office, ENTITY, MONTH, "second", WHY)
    approved.change("UPDATE readiness_release SET content_hash = repeat('0', 64)")
    assert all(note.startswith("readiness") for note in approved.post(ENTITY).values())
