"""A process that posts or builds is killed at a named point; the rerun ends as if it had not been.

The killed run is a process of its own, and the kill is SIGKILL: nothing gets to clean up.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.checkpoints import successor_of
from tests.builders.invariants import assert_every_line_ended_once, assert_invariants
from tests.builders.office import (
    LONG_ENOUGH,
    PERIOD,
    STAGES,
    GoOn,
    Rehearsal,
    environment,
    names_of,
)
from tieout.errors import BusyError
from tieout.workflows.build import build
from tieout.workflows.sweep import due_units

ENTITY = "DE01"
DOOMED = Path(__file__).parent / "doomed.py"


def killed_at(made: Rehearsal, point: str, holder: str, *more: str) -> None:
    """Run to the point in another process, which dies there."""
    run = subprocess.run(
        [sys.executable, str(DOOMED), point, holder, *more],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr[-2000:]


@pytest.mark.promise("S75")
@pytest.mark.parametrize(
    ("point", "state", "attempts_after"),
    [
        ("before the intent", "queued", [("posted", "")]),
        ("before the call", "sending", [("indeterminate", "absent"), ("posted", "")]),
        ("after the call", "sending", [("indeterminate", "posted")]),
        ("before read-back", "posted", [("posted", "")]),
    ],
)
def test_a_run_killed_while_posting_is_finished_by_the_next_one(
    approved: Rehearsal, point: str, state: str, attempts_after: list[tuple[str, str]]
) -> None:
    """F21. The controller relies on it: nothing is lost, nothing is sent twice."""
    external_id = next(name for name in approved.states(ENTITY) if "-EXP-" in name)
    killed_at(approved, point, "close:1/post")
    assert approved.states(ENTITY)[external_id] == state
    # The lease still stands: another run leaves the journal alone.
    others = approved.post(ENTITY, "another run")
    assert "is being posted by another run" in others[external_id]
    approved.post(ENTITY, "close:1/post")
    if approved.states(ENTITY)[external_id] == "indeterminate":
        approved.jump(LONG_ENOUGH)
        approved.post(ENTITY, "close:1/post")
    assert approved.states(ENTITY)[external_id] == "read_back"
    assert approved.attempts(external_id) == attempts_after
    assert names_of(approved.ledger_journals(ENTITY)) == sorted(approved.states(ENTITY))
    assert approved.tie_out(ENTITY).state == "tied"
    assert_invariants(approved, entities=(ENTITY,))


@pytest.mark.promise("S75")
def test_a_build_killed_before_its_commit_leaves_nothing_and_ends_equal(go_on: GoOn) -> None:
    """F21. Finance relies on it: a journal is stored whole or not at all, and then the same."""
    undisturbed = content_of(go_on("cured"))
    made = go_on("built")
    trouble = made.troubles["closed_cost_center"]
    unit = next(name for name in due_units(made.office, PERIOD) if trouble["provider"] in name)
    made.propose_and_approve("successors", successor_of(trouble))
    for stage in STAGES[:-1]:
        stage(made.office, unit, "close:1")
    killed_at(made, "before the commit", "close:1", unit)
    assert made.rows("SELECT * FROM journal WHERE unit_key = %s", unit) == []
    assert_every_line_ended_once(made)
    with pytest.raises(BusyError, match="is held by close:1"):
        build(made.office, unit, "another run")
    assert build(made.office, unit, "close:1") is True
    (rebuilt,) = content_of(made, unit).items()
    assert undisturbed[rebuilt[0]] == rebuilt[1]
    assert_every_line_ended_once(made)


def content_of(made: Rehearsal, unit: str = "%") -> dict[str, str]:
    """External id → content hash of current journals."""
    found = made.rows(
        "SELECT external_id, content_hash FROM journal"
        " WHERE state <> 'superseded' AND unit_key LIKE %s",
        unit,
    )
    return {row["external_id"]: row["content_hash"] for row in found}
