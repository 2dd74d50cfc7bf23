"""`tieout load`: a folder into the store in one process chain, as sweep and tasks would."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.inputs_folder import inputs_of
from tests.builders.invariants import (
    assert_controls_hold,
    assert_every_line_ended_once,
)
from tests.builders.office import STAGES, Rehearsal, rehearsing, set_up_office
from tieout import cli

# A close by tasks, one by a load and their comparison take longer than a test may by default.
pytestmark = pytest.mark.timeout(400)

#: What a build leaves behind, in terms that do not depend on when and by whom it was stored.
LEFT = {
    "journals": """
        SELECT external_id, journal_key, content_hash, content, state, makers, unit_key, line_count
        FROM journal ORDER BY external_id""",
    "lines": "SELECT * FROM journal_line ORDER BY external_id, line_number",
    "links": "SELECT * FROM lineage_link ORDER BY external_id, line_number, document, source_line",
    "amounts": "SELECT * FROM lineage ORDER BY external_id, line_number, document",
    "ended": """
        SELECT document, unit_key, state, reason, external_id, source_lines::text, line_count,
            debit_minor, credit_minor
        FROM disposition ORDER BY document, state, reason""",
    "certificates": """
        SELECT document, unit_key, revision, origin, currency, in_count, in_debit_minor,
            in_credit_minor, built_count, held_count, excluded_count, carried_count
        FROM completeness_certificate ORDER BY document""",
    "exceptions": """
        SELECT code, severity, object_kind, object_key, entity, period, batch, cause_key, title,
            blocks, next_step, item_count, at_risk_minor, currency, owner_role, due_at, state
        FROM open_exception WHERE object_kind IN ('unit', 'report')
            AND code NOT IN ('document_redelivered')
        ORDER BY object_kind, object_key, code, cause_key""",
    "findings": """
        SELECT unit_key, stage, sha256, code, severity, message, line, field, found, next_step
        FROM unit_finding ORDER BY unit_key, stage, sha256, code, message, line, field""",
    "expectations": """
        SELECT batch_key, suite, expectation, success, observed FROM expectation_result
        ORDER BY batch_key, suite, expectation""",
    "documents": """
        SELECT sha256, provider, business_key, entity, frame_kind, frame_sha256, facts, summary
        FROM source_document WHERE sha256 IN (
            SELECT sha256 FROM unit_document WHERE superseded_by IS NULL AND NOT withdrawn
        ) ORDER BY sha256""",
    "items": """
        SELECT document, line_no, unit_key, report_ref, entity, approved_at, amount_minor, route,
            rule, rule_version, payment_state, batch_key
        FROM expense_item ORDER BY document, line_no""",
    "batches": """
        SELECT batch_key, line_count, total_minor, state, file_sha256 FROM reimbursement_batch
        ORDER BY batch_key""",
    "units": """
        SELECT unit_key, provider, kind, entity, period, state, blocked_reason FROM work_unit
        ORDER BY unit_key""",
    "stages": """
        SELECT unit_key, stage, state, row_count, finding_count FROM unit_stage
        ORDER BY unit_key, stage""",
}


def left(made: Rehearsal) -> dict[str, Any]:
    """What stands in the store."""
    return {name: made.rows(query) for name, query in LEFT.items()}


@pytest.fixture
def fresh(
    built: Rehearsal, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rehearsal]:
    """The same company on an empty store, with rules and master data and no document."""
    home = tmp_path / "fresh"
    shutil.copytree(built.home, home, ignore=shutil.ignore_patterns("objects", "handover"))
    with rehearsing(home, warehouse_url, monkeypatch) as made:
        set_up_office(made)
        made.read_master_data()
        yield made


def load(inputs: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """`tieout load --json`; its summary."""
    capsys.readouterr()
    stated = ("--inputs", str(inputs), "--period", "2026-10", "--json")
    assert cli.main(["load", *stated, *options]) in {0, 2}
    summary: dict[str, Any] = json.loads(capsys.readouterr().out)
    return summary


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_load_leaves_what_sweep_and_tasks_leave(
    built: Rehearsal,
    fresh: Rehearsal,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    workers: str,
) -> None:
    """The controller relies on it: a first load or a replay is the close itself, only in one go."""
    inputs = inputs_of(built, tmp_path / "inputs")
    summary = load(inputs, capsys, "--workers", workers)
    expected, found = left(built), left(fresh)
    assert {name for name in LEFT if found[name] != expected[name]} == set()
    assert len(found["journals"]) > 5
    assert len(found["items"]) > 500
    assert_every_line_ended_once(fresh)
    assert_controls_hold(fresh)
    assert all(unit["new"] for unit in summary["units"])
    assert {"open", "read", "keep", "extract", "build", "store", "wall"} <= set(summary["seconds"])
    assert summary["peak_memory_mb"] > 0


def test_a_second_load_and_the_tasks_after_it_change_nothing(
    built: Rehearsal, fresh: Rehearsal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Finance relies on it: who loads twice, or lets the tasks follow, books nothing twice."""
    inputs = inputs_of(built, tmp_path / "inputs")
    load(inputs, capsys)
    before = left(fresh)
    again = load(inputs, capsys)
    same = left(fresh)
    assert {name for name in LEFT if same[name] != before[name]} == set()
    assert not any(unit["new"] for unit in again["units"])
    assert (again["documents"]["new"], len(again["units"])) == (0, len(before["units"]))
    assert "build" not in again["seconds"]
    for unit in before["units"]:
        for stage in STAGES:
            stage(fresh.office, unit["unit_key"], "close:1")
    after = left(fresh)
    certified = [row["document"] for row in after["certificates"] if row["revision"] == 1]
    assert certified == [row["document"] for row in before["certificates"]]
    changed = {name for name in LEFT if after[name] != before[name]}
    assert changed <= {"certificates"}
    assert not any(unit["new"] for unit in load(inputs, capsys)["units"])


def test_a_folder_of_a_provider_that_is_none_is_refused(
    fresh: Rehearsal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Operations rely on it: nothing of a folder is loaded before all of its names are known."""
    (tmp_path / "inputs" / "documents" / "nobody").mkdir(parents=True)
    (tmp_path / "inputs" / "documents" / "nobody" / "x.csv").write_bytes(b"x")
    assert cli.main(["load", "--inputs", str(tmp_path / "inputs")]) == 1
    assert "nobody is no live provider" in capsys.readouterr().err
    assert fresh.rows("SELECT 1 FROM source_document") == []
