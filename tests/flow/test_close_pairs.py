"""Journals that only go together: none is sent before all may be, and a half is never signed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.office import MONTH, Rehearsal, names_of
from tieout.finance.journals import Journal
from tieout.finance.ledger import Refused
from tieout.ports import Ledger
from tieout.workflows.close_checks import what_bars_signing

ENTITY = "DE01"


def kinds(made: Rehearsal, entity: str = ENTITY) -> dict[str, str]:
    """Kind → external id of an entity's current journals."""
    found = made.rows(
        "SELECT kind, external_id FROM journal WHERE entity = %s AND state <> 'superseded'", entity
    )
    return {row["kind"]: row["external_id"] for row in found}


@pytest.fixture
def paired(approved: Rehearsal) -> Rehearsal:
    """DE01's pay run and SE01's go together, as two companies' legs do."""
    both = [kinds(approved, entity)["payroll"] for entity in (ENTITY, "SE01")]
    approved.change("UPDATE journal SET pair = %s WHERE external_id = ANY(%s)", both[0], both)
    return approved


def test_a_pair_that_may_go_is_posted_by_both_entities(paired: Rehearsal) -> None:
    """Both controllers rely on it: a pair costs no extra step when nothing is wrong."""
    for entity in (ENTITY, "SE01"):
        assert set(paired.post(entity).values()) == {"read_back"}
    with paired.office.warehouse.transaction() as work:
        assert what_bars_signing(work, ENTITY, MONTH) == []


@pytest.mark.parametrize(
    ("state", "said"), [("held", "is held"), ("awaiting_approval", "waits for approval")]
)
def test_no_leg_is_sent_while_the_other_may_not_go(
    paired: Rehearsal, state: str, said: str
) -> None:
    """The group relies on it: a claim without its debt would never come into the books."""
    ours, other = kinds(paired)["payroll"], kinds(paired, "SE01")["payroll"]
    paired.change("ALTER TABLE journal DISABLE TRIGGER journal_state")
    paired.change("UPDATE journal SET state = %s WHERE external_id = %s", state, other)
    result = paired.post(ENTITY)
    assert result[ours] == f"{other}, which it goes together with, {said}"
    assert paired.attempts(ours) == []
    assert ours not in names_of(paired.ledger_journals())
    paired.change("UPDATE journal SET state = 'approved' WHERE external_id = %s", other)
    assert paired.post(ENTITY)[ours] == "read_back"


def test_a_leg_that_the_ledger_would_refuse_keeps_the_other_back(paired: Rehearsal) -> None:
    """The ledger is asked for all before the first is sent: no half to be taken back later."""
    ours = kinds(paired)["payroll"]
    paired.clerk("netsuite/period", id="320", closed=True)
    result = paired.post(ENTITY)
    assert set(result.values()) == {f"ERP period {MONTH} is closed"}
    paired.clerk("netsuite/period", id="320", closed=False)
    other = kinds(paired, "SE01")["payroll"]
    refusing = paired.with_ledger(Refusing(paired.office.ledger(), other))
    assert refusing.post(ENTITY)[ours] == "queued"
    assert paired.attempts(ours) == []
    assert paired.post(ENTITY)[ours] == "read_back"


def test_a_half_bars_signing_and_names_what_is_missing(paired: Rehearsal) -> None:
    """Sign-off relies on it: both entities see that a leg is missing, with its amount."""
    ours, other = kinds(paired)["payroll"], kinds(paired, "SE01")["payroll"]
    assert paired.post(ENTITY)[ours] == "read_back"
    for entity in (ENTITY, "SE01"):
        with paired.office.warehouse.transaction() as work:
            (told,) = what_bars_signing(work, entity, MONTH)
        assert told.code == "pair_incomplete"
        assert other in told.message
        assert told.next_step


class Refusing:
    """The ledger, which would not take one journal."""

    def __init__(self, inner: Ledger, refused: str) -> None:
        self._inner, self._refused = inner, refused

    def preflight(self, journal: Journal) -> Refused | None:
        """Refuse that one; ask the ledger itself for the rest."""
        if journal.external_id == self._refused:
            return Refused("erp_value_refused", "account 6010 is inactive", permanent=True)
        return self._inner.preflight(journal)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
