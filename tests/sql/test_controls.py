"""Controls: questions to the books that have no answer, unless a promise was broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.cockpit.seeding import NOW, Month
from tests.harness.sources import ROOT
from tieout.cockpit.controls_read import CONTROLS, broken, controls_answer
from tieout.cockpit.reading import reading
from tieout.errors import ConflictError, IllegalTransitionError
from tieout.warehouse import audit

Tamper = Callable[[str], None]


@pytest.fixture
def tamper(warehouse_url: str) -> Iterator[Tamper]:
    """Writes past every trigger and foreign key, as only the database's owner could."""
    address = warehouse_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")

        # A statement of a test, never of the product.
        def write(statement: str) -> None:
            connection.execute(statement.encode())

        yield write


def found_by(month: Month) -> set[str]:
    """The controls that find something."""
    with reading(month.office) as work:
        return {control for control in CONTROLS if broken(work, control)}


def test_every_control_is_asked() -> None:
    """A control that nobody asks controls nothing."""
    assert {path.stem for path in (ROOT / "sql" / "controls").glob("*.sql")} == set(CONTROLS)


def test_controls_find_nothing_in_a_built_month(month: Month) -> None:
    """The controller relies on it: an answer is always a broken promise."""
    assert found_by(month) == set()
    with reading(month.office) as work:
        assert controls_answer(work)["holds"] is True


BREAKS = {
    "posted_twice": """
        INSERT INTO posting_attempt (external_id, attempt, fence, content_hash, sent_at, outcome)
        SELECT external_id, 2, 1, content_hash, now(), 'posted' FROM journal
        WHERE state = 'tied_out' LIMIT 1""",
    "posted_without_approval": "UPDATE approval SET voided_at = now()",
    "posted_without_attempt": "DELETE FROM posting_attempt",
    "approved_by_a_maker": "UPDATE journal SET makers = '{controller}'",
    "released_by_the_first_person": """
        INSERT INTO readiness_release (
            external_id, content_hash, released_by, released_at, reason, aligned_count, headcount,
            threshold_percent)
        SELECT external_id, content_hash, decided_by, now(), 'alone', 1, 2, 100 FROM approval
        WHERE decision = 'approved' LIMIT 1""",
    "unbalanced_journals": "UPDATE journal_line SET amount_minor = amount_minor + 1",
    "uncovered_documents": "DELETE FROM disposition WHERE state = 'held'",
    "lines_disposed_twice": """
        UPDATE disposition SET source_lines = source_lines + int4multirange(int4range(1, 2)),
        line_count = line_count + 1""",
    "lineage_off_the_line": "UPDATE lineage_block SET amounts_minor[1] = amounts_minor[1] - 1",
    "lineage_off_the_source": "UPDATE source_total SET amount_minor = amount_minor + 1",
    "lines_without_a_link": "UPDATE lineage_block SET source_offsets[1] = 7",
    "states_without_history": "UPDATE journal SET state = 'superseded' WHERE state = 'tied_out'",
    "audit_gaps": "DELETE FROM audit_event WHERE sequence = 1",
}


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_finds_what_it_is_for(
    month: Month,
    tamper: Tamper,
    control: str,
) -> None:
    """The auditor relies on it: a control that can't find anything proves nothing."""
    tamper(BREAKS[control])
    assert control in found_by(month)


def test_a_step_left_out_of_a_history_shows(month: Month, tamper: Tamper) -> None:
    """The auditor relies on it: the last step alone would not tell."""
    tamper("DELETE FROM state_change WHERE object_kind = 'journal' AND to_state = 'queued'")
    assert found_by(month) == {"states_without_history"}


@pytest.mark.promise("S47")
def test_a_journals_state_is_the_fold_of_a_history_that_only_grows(
    month: Month,
    tamper: Tamper,
    warehouse_url: str,
) -> None:
    """The auditor relies on it: no step is illegal, none is changed, none is missing."""
    warehouse = month.office.warehouse
    with pytest.raises(IllegalTransitionError), warehouse.transaction() as work:
        work.record_transition("journal", month.tied, "tied_out", "draft", "x", NOW)
    with pytest.raises(IllegalTransitionError), warehouse.transaction() as work:
        work.run(
            "build", "set_journal_state", external_id=month.tied, from_state="tied_out",
            to_state="draft", reason="", at=NOW,
        )  # fmt: skip
    address = warehouse_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address) as connection:
        for statement in (b"UPDATE state_change SET reason = 'x'", b"DELETE FROM state_change"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                connection.execute(statement)
            connection.rollback()
    assert found_by(month) == set()
    tamper("UPDATE journal SET state = 'read_back' WHERE state = 'tied_out'")
    assert found_by(month) == {"states_without_history"}


@pytest.mark.promise("S69")
def test_a_deleted_or_changed_act_shows_in_the_audit_chain(
    month: Month,
    tamper: Tamper,
) -> None:
    """The auditor relies on it: who, what, when and why can't be taken back."""
    warehouse = month.office.warehouse
    act = audit.Act("finance_ops", "released", "open_exception", "1", "mapped")
    with warehouse.transaction() as work:
        audit.record(work, act, NOW)
    with reading(month.office) as work:
        events = work.rows("setup", "audit_events")
    last = events[-1]
    told = [last[name] for name in ("actor", "verb", "object_key", "reason", "happened_at")]
    assert told == ["finance_ops", "released", "1", "mapped", NOW]
    tamper("UPDATE audit_event SET reason = 'other' WHERE sequence = 2")
    with reading(month.office) as work:
        assert audit.first_broken_link(work) == 2
        assert controls_answer(work)["holds"] is False
    tamper("DELETE FROM audit_event WHERE sequence = 2")
    assert "audit_gaps" in found_by(month)
    with reading(month.office) as work:
        assert audit.first_broken_link(work) == 2


def test_the_audit_log_refuses_a_second_event_of_a_number(month: Month) -> None:
    """The auditor relies on it: the chain can't be forked by its own code either."""
    with reading(month.office) as work:
        head = work.row("setup", "last_audit_event")
    assert head is not None
    fork = {
        "sequence": head["sequence"], "happened_at": NOW, "actor": "x", "verb": "x",
        "object_kind": "x", "object_key": "x", "reason": "", "details": {},
        "previous_hash": "0" * 64, "hash": "1" * 64,
    }  # fmt: skip
    with pytest.raises(ConflictError), month.office.warehouse.transaction() as work:
        work.run("setup", "append_audit_event", **fork)
