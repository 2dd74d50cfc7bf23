"""Commands that act as a signed-in user: over real HTTP to the mounted cockpit, with its rights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from airflow.api_fastapi.core_api.security import get_user
from fastapi import FastAPI, HTTPException, Request

from tests.cockpit.conftest import SignedInUser
from tests.cockpit.people_known import know_people
from tests.cockpit.seeding import PERIOD, Month
from tests.contract.twin_server import served
from tieout.cli import main
from tieout.cockpit.guard import Guarded
from tieout.cockpit.mount import PREFIX, LazyApp
from tieout.settings.environment import settings
from tieout.workflows.approve import Answer, ask_once, record_answer, wanted

TOKEN = "token-of-"


@dataclass(frozen=True)
class Told:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def figures(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.out)


Run = Callable[..., Told]


def _by_token(request: Request) -> SignedInUser:
    """Stands for Airflow's check of its own tokens."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token.startswith(TOKEN):
        raise HTTPException(401, "Not authenticated")
    return SignedInUser(token.removeprefix(TOKEN))


@pytest.fixture
def run(
    app: FastAPI,
    month: Month,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Run]:
    """Run a command as a user; nobody signed in when the user is empty."""
    know_people(month.office)
    app.dependency_overrides[get_user] = _by_token
    server = FastAPI(openapi_url=None)
    server.mount(PREFIX, LazyApp(lambda: Guarded(app)))
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    settings.cache_clear()
    file = settings().home_folder / "session.json"

    def command(user: str, *words: str) -> Told:
        if user:
            file.write_text(json.dumps({"user": user, "token": TOKEN + user}))
        else:
            file.unlink(missing_ok=True)
        code = main(words)
        out, err = capsys.readouterr()
        return Told(code, out, err)

    with served(server) as address:
        monkeypatch.setenv("AIRFLOW__API__BASE_URL", address)
        yield command


def test_alignment_is_a_line_per_entity_with_its_gate(run: Run) -> None:
    """The controller relies on it: who is apart, what is at risk, and what that holds up."""
    told = run("controller", "alignment", "--period", PERIOD)
    heads, sound, apart = (line.split() for line in told.out.splitlines())
    assert told.code == 0
    assert heads[:6] == ["Entity", "Headcount", "Aligned", "Differs", "Missing", "Percent"]
    assert sound[:6] + sound[-1:] == ["DE01", "2", "2", "0", "0", "100", "open"]
    assert apart[:6] == ["UK01", "3", "2", "1", "0", "66.6"]
    assert "hidden + 0.00 GBP" in told.out
    assert told.out.rstrip().endswith("2 of 3 people aligned (66.6 %), threshold 100 %")
    empty = run("controller", "alignment", "--period", "2027-01")
    assert empty.out == "No alignment of 2027-01 is known; read the master data first.\n"


def test_people_are_listed_for_operations_and_refused_to_others_in_one_sentence(run: Run) -> None:
    """Employees rely on it: a command sees no more than its user's page."""
    told = run("finance_ops", "alignment", "--period", PERIOD, "--entity", "UK01")
    assert told.out.splitlines()[1].split(maxsplit=2) == [
        "U-2", "differs", "cost center: HR A, ERP B",
    ]  # fmt: skip
    sound = run("finance_ops", "alignment", "--period", PERIOD, "--entity", "DE01")
    assert sound.out == "All 2 people of DE01 are aligned.\n"
    for words in (("alignment", "--period", PERIOD, "--entity", "UK01"), ("reference", "employee")):
        refused = run("controller", *words)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err.startswith("controller has no role that allows this")
        assert "Traceback" not in refused.err


def test_master_data_are_listed_as_known_at_an_instant(run: Run) -> None:
    """The auditor relies on it: code, state and entities, as JSON too."""
    told = run("auditor", "reference", "cost_center", "--as-of", "2026-11-02")
    rows = [line.split() for line in told.out.splitlines()]
    assert rows[0] == ["Code", "State", "Since", "Entities", "Name"]
    assert rows[1] == ["CC4100", "active", "DE01,", "UK01", "Sales"]
    assert rows[2][:2] == ["CC4200", "closed"]
    asked = ("--known-at", "2026-11-02T15:29:59Z", "--json")
    before = run("auditor", "reference", "cost_center", *asked)
    assert before.figures["objects"] == []
    unknown = run("auditor", "reference", "planet")
    assert unknown.code == 1
    assert "There is no kind of master data 'planet'." in unknown.err


def test_release_lets_what_waits_at_the_gate_go_and_tells_why_not(run: Run, month: Month) -> None:
    """The controller relies on it: the command asks for the same second person as the page."""
    words = ("release", "UK01", "--period", PERIOD, "--reason", "HR moves the person on Monday")
    assert "auditor has no role that allows this for UK01" in run("auditor", *words).err
    nothing = run("finance_lead", *words)
    assert f"Nothing of UK01 {PERIOD} waits at the readiness gate." in nothing.err
    want = wanted(month.office, "UK01", PERIOD)
    assert want is not None
    assert ask_once(month.office, "close:uk", want)
    record_answer(month.office, "close:uk", Answer("controller", approve=True))
    own = run("controller", *words)
    assert own.code == 1
    assert f"controller approved {month.waiting}" in own.err
    good = run("finance_lead", *words)
    assert (good.code, good.out) == (0, f"Released: {month.waiting}\n")


def test_proof_tells_the_equation_of_each_flow_and_fails_when_one_does_not_hold(run: Run) -> None:
    """The auditor relies on it: the exit code is the verdict over all entities asked for."""
    told = run("auditor", "proof", "--period", PERIOD, "--entity", "DE01")
    assert "payroll EUR: 0 held before + 0 carried in + 6 in = 4 built" in told.out
    figures = run("auditor", "proof", "--period", PERIOD, "--entity", "DE01", "--json").figures
    (entity,) = figures["entities"]
    assert entity["entity"] == "DE01"
    proven = entity["certificate"]["equal"] and not entity.get("bars_signing")
    assert told.code == (0 if proven else 1)
    refused = run("platform", "proof", "--period", PERIOD)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("platform has no role that allows this")


def test_nobody_acts_without_having_signed_in(run: Run) -> None:
    """Everybody relies on it: a command never acts for somebody else."""
    for words in (
        ("alignment",),
        ("reference", "account"),
        ("release", "UK01", "--period", PERIOD, "--reason", "x"),
        ("proof", "--period", PERIOD),
    ):
        told = run("", *words)
        assert (told.code, told.out) == (1, ""), words
        assert told.err == "Nobody is signed in. Next: Run `tieout login USER`.\n"
