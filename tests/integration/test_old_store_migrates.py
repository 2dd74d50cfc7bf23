"""A store filled at an early revision, brought to the newest: everything it said is still read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from tieout.cockpit.controls_read import CONTROLS, broken
from tieout.warehouse.migrator import _config, migrate
from tieout.warehouse.store import Warehouse, Work
from tieout.workflows.reference import LEDGER_SOURCE, reference_as_of
from tieout.workflows.trace_links import line_ended, sources_behind

#: The newest revision of the stores that the statements below fill.
EARLY = "0009"
THEN = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
DOCUMENT = "d" * 64
FILLED = """
INSERT INTO source_document (sha256, provider, name, size_bytes, media_type, received_at)
VALUES (repeat('d', 64), 'de-datev', 'run.csv', 1, 'text/plain', now());
INSERT INTO work_unit (unit_key, provider, kind, entity, period, created_at, changed_at)
VALUES ('u', 'de-datev', 'payroll', 'DE01', '2026-10', now(), now());
INSERT INTO unit_document (unit_key, sha256) VALUES ('u', repeat('d', 64));
INSERT INTO expectation_result VALUES
  ('u', 'payroll', '1.0', 'counts', 'critical', TRUE, '4', now());
INSERT INTO journal (external_id, journal_key, entity, kind, period, batch, revision, part,
  unit_key, accounting_date, currency, memo, debit_minor, line_count, content_hash, content,
  correlation_id, makers, state, built_at, changed_at)
VALUES ('DE01-PAY-1', 'k', 'DE01', 'payroll', '2026-10', 'u', 1, 1, 'u', '2026-10-31', 'EUR',
  'October', 500, 2, repeat('c', 64), '{}', gen_random_uuid(), '{finance_ops}',
  'awaiting_approval', now(), now());
INSERT INTO legal_transition VALUES ('journal', 'draft', 'validated'),
  ('journal', 'validated', 'awaiting_approval');
INSERT INTO state_change (object_kind, object_key, from_state, to_state, changed_by, changed_at)
VALUES ('journal', 'DE01-PAY-1', 'draft', 'validated', 'tieout', now()),
  ('journal', 'DE01-PAY-1', 'validated', 'awaiting_approval', 'tieout', now());
INSERT INTO journal_line VALUES
  ('DE01-PAY-1', 1, '6010', 'CC4100', '', 'wages', 500, 'Wages', 2),
  ('DE01-PAY-1', 2, '2200', '', '', 'clearing', -500, 'Clearing', 2);
INSERT INTO lineage VALUES ('DE01-PAY-1', 1, repeat('d', 64), '{1,2,40000}', 500),
  ('DE01-PAY-1', 2, repeat('d', 64), '{1,2,40000}', -500);
INSERT INTO source_total VALUES ('DE01-PAY-1', 'wages', 500), ('DE01-PAY-1', 'clearing', -500);
INSERT INTO disposition (document, unit_key, state, reason, external_id, source_lines, debit_minor,
  credit_minor)
VALUES (repeat('d', 64), 'u', 'built', '', 'DE01-PAY-1', '{1,2,40000}', 500, 500),
  (repeat('d', 64), 'u', 'held', 'cost_center_unmapped', NULL, '{3}', 70, 70),
  (repeat('d', 64), 'u', 'excluded', 'information only', NULL, '{}', 0, 0);
INSERT INTO approval_request VALUES ('close:1', 'DE01', '2026-10', repeat('e', 64),
  '{"journals": [["DE01-PAY-1", "c"]]}', '{controller}', now());
INSERT INTO approval (external_id, content_hash, list_hash, decision, decided_by, decided_at)
VALUES ('DE01-PAY-1', repeat('c', 64), repeat('e', 64), 'approved', 'controller', now());
INSERT INTO reference_snapshot (source, taken_at, object_count, added_count, changed_count,
  closed_count, missing_count)
VALUES ('ledger', '2026-10-01 06:00Z', 1, 1, 0, 0, 0);
INSERT INTO reference_object (source, kind, code, ref, name, active, entities, known_from, known_to)
VALUES
  ('ledger', 'cost_center', 'CC4100', '11', 'Sales', TRUE, '{DE01}',
   '2026-10-01 06:00Z', '2026-11-01 06:00Z'),
  ('ledger', 'cost_center', 'CC4100', '11', 'Sales', FALSE, '{DE01}',
   '2026-11-01 06:00Z', 'infinity');
INSERT INTO mapping_row (table_name, natural_key, version, content, valid_from, state, author,
  reason, created_at, decided_by, decided_at, known_from, known_to)
VALUES
  ('cost_centers', 'de-datev|DE01|4711', 1, '{"cost_center": "CC4100"}', '2026-01-01', 'retired',
   'finance_ops', 'first', now(), 'controller', now(), '2026-10-01 06:00Z', '2026-11-01 06:00Z'),
  ('cost_centers', 'de-datev|DE01|4711', 2, '{"cost_center": "CC4200"}', '2026-01-01', 'active',
   'finance_ops', 'moved', now(), 'controller', now(), '2026-11-01 06:00Z', 'infinity');
"""


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection past the product, committed at its end."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        yield connection


@pytest.fixture
def work(empty_database_url: str) -> Iterator[Work]:
    """Queries of the product on a store that was filled early and migrated to the newest."""
    engine = sa.create_engine(empty_database_url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        command.upgrade(_config(connection), EARLY)
        connection.commit()
    with connected(empty_database_url) as store:
        store.execute(FILLED)
    assert migrate(empty_database_url) > EARLY
    warehouse = Warehouse(empty_database_url)
    with warehouse.transaction() as made:
        yield made
    warehouse.engine.dispose()


def test_journals_and_approvals_of_an_old_store_are_read(work: Work) -> None:
    """The auditor relies on it: an upgrade loses no journal and invents no tie between any."""
    journal = work.row("cockpit", "journal", external_id="DE01-PAY-1", entities=["*"])
    assert journal is not None
    assert (journal["state"], journal["debit_minor"], journal["makers"]) == (
        "awaiting_approval", 500, ["finance_ops"],
    )  # fmt: skip
    assert (journal["pair"], journal["reverses"]) == ("", None)
    lines = work.rows("cockpit", "journal_lines", external_id="DE01-PAY-1")
    assert [(row["account"], row["amount_minor"]) for row in lines] == [
        ("6010", 500), ("2200", -500),
    ]  # fmt: skip
    approvers = work.rows("approve", "approvers_of", external_id="DE01-PAY-1")
    assert [row["decided_by"] for row in approvers] == ["controller"]
    request = work.row("approve", "request", request_key="close:1")
    assert request is not None
    assert (request["approvers"], request["certificates"]) == (["controller"], {})


def test_an_approval_from_before_certificates_is_kept_and_asked_for_again(work: Work) -> None:
    """The controller relies on it: what nobody approved over its certificate does not go."""
    asked = {"external_id": "DE01-PAY-1", "content_hash": "c" * 64}
    assert work.rows("approve", "standing_approvals", **asked, certificate_hash="f" * 64) == []
    before = work.rows("approve", "standing_approvals", **asked, certificate_hash="")
    assert [row["decided_by"] for row in before] == ["controller"]


def test_lineage_and_dispositions_of_an_old_store_are_read(work: Work) -> None:
    """The auditor relies on it: each source line still leads to where it ended."""
    (source,) = sources_behind(work, "DE01-PAY-1", 1)
    assert (source.document, source.source_lines, source.amount_minor) == (
        DOCUMENT, [1, 2, 40_000], 500,
    )  # fmt: skip
    ended = {line: line_ended(work, DOCUMENT, line) for line in (1, 2, 3, 4, 40_000)}
    assert {line: (one.state, one.reason) for line, one in ended.items() if one is not None} == {
        1: ("built", ""),
        2: ("built", ""),
        3: ("held", "cost_center_unmapped"),
        40_000: ("built", ""),
    }
    for line in (1, 2, 40_000):
        one = ended[line]
        assert one is not None
        assert [each.line_number for each in one.reached] == [1, 2]


def test_master_data_and_rules_answer_for_both_sides_of_a_change(work: Work) -> None:
    """The auditor relies on it: what was known then is answered then, before and after."""
    for known_at, active, center in ((THEN, True, "CC4100"), (LATER, False, "CC4200")):
        (found,) = reference_as_of(work, LEDGER_SOURCE, "cost_center", date(2026, 10, 31), known_at)
        # Nobody stated since when it is true, so no day is made up.
        assert (found["active"], found["valid_from"], found["valid_to"]) == (active, None, None)
        ((table, key, *_, content, _from, _to, _author, _reason, _by, _known),) = work.rows(
            "reconcile", "active_mapping_rows", known_at=known_at
        )[0]["known"]
        assert (table, key, content) == (
            "cost_centers", "de-datev|DE01|4711", {"cost_center": center},
        )  # fmt: skip


def test_a_result_of_an_old_suite_is_kept_under_its_batch(
    work: Work, empty_database_url: str
) -> None:
    """Finance operations rely on it: what was checked stays checked, in its entity and period."""
    with connected(empty_database_url) as store:
        kept = store.execute(
            "SELECT batch_key, suite_version, success, entity, period FROM expectation_result"
        ).fetchall()
    assert kept == [("u", "1.0", True, "DE01", "2026-10")]


def test_no_control_is_broken_by_the_upgrade(work: Work) -> None:
    """The controller relies on it: the questions that must have no answer have none."""
    told = {name: rows for name in CONTROLS if (rows := broken(work, name))}
    assert told == {}
