"""`tieout doctor` names what is missing and its cure, one thing at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders.twins import free_port
from tieout import bootstrap, cli
from tieout.settings.environment import settings


def test_a_store_that_does_not_run_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The engineer's first command after a crash must not answer with a stack trace."""
    url = f"postgresql+psycopg://nobody:x@127.0.0.1:{free_port()}/tieout"
    monkeypatch.setenv("TIEOUT_DATABASE_URL", url)
    settings.cache_clear()
    bootstrap._office.cache_clear()
    assert cli.main(["doctor", "--json"]) == 1
    answers = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert answers["configuration"]["ok"]
    assert not answers["warehouse"]["ok"]
    assert "make up" in answers["warehouse"]["cure"]
    assert not any(name.startswith("source") for name in answers), "they need the store"
    bootstrap._office.cache_clear()


def test_a_server_that_does_not_run_is_a_sentence_for_every_command_of_a_user(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A clerk must read what to do, not where the program stood."""
    monkeypatch.setenv("TIEOUT_HOME", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", f"http://127.0.0.1:{free_port()}")
    settings.cache_clear()
    (tmp_path / "session.json").write_text(json.dumps({"user": "controller", "token": "x"}))
    for command in (
        ["trace", "ER-1"],
        ["post", "--period", "2026-10"],
        ["approve", "DE01", "--period", "2026-10"],
    ):
        assert cli.main(command) == 1
        said = capsys.readouterr().err
        assert "does not answer" in said, command
        assert "make up" in said
        assert "Traceback" not in said
    settings.cache_clear()
