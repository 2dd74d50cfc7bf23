"""Intake dies between taking a document and saying so; the next one takes nothing twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.office import MORNING, GoOn, environment

DOOMED = Path(__file__).parent / "doomed.py"


@pytest.mark.promise("S75")
@pytest.mark.parametrize("point", ["before the register", "before the acknowledgement"])
def test_an_intake_killed_half_way_is_finished_by_the_next_one(go_on: GoOn, point: str) -> None:
    """F21. The employee relies on it: a report is neither lost nor claimed twice."""
    made = go_on("cured")
    seed = json.loads((made.home / "sandbox" / "seed" / "concur.json").read_text(encoding="utf-8"))
    content = seed["documents"][0]["content"]
    report = {**content["document"]["report"], "reportId": "LATECOMER", "reportNumber": "LATECO"}
    document = {**content["document"], "report": report}
    made.clerk(
        "concur/approve",
        content={**content, "id": "1" * 32, "document": document},
        approved_at=MORNING.isoformat(),
    )
    run = subprocess.run(
        [sys.executable, str(DOOMED), point, "close:1"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr[-2000:]
    waiting = [each for each in made.hand.get("/concur/documents").json() if each["id"] == "1" * 32]
    assert "ACKNOWLEDGED" not in waiting[0]["status"]
    made.build_units("expense")
    (taken,) = made.rows(
        "SELECT sha256, acknowledged_at FROM source_document WHERE native_ref LIKE %s",
        f"%{'1' * 32}%",
    )
    assert taken["acknowledged_at"] is not None
    again = [each for each in made.hand.get("/concur/documents").json() if each["id"] == "1" * 32]
    assert "ACKNOWLEDGED" in again[0]["status"]
    ended = made.rows("SELECT state FROM disposition WHERE document = %s", taken["sha256"])
    assert [row["state"] for row in ended] == ["built"]
    assert not any(made.build_units("expense"))
    assert_every_line_ended_once(made)
