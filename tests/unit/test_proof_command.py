"""`tieout proof`: the proof of a period as its command tells it, and its exit code."""

from __future__ import annotations

from typing import Any

import pytest

from tieout import cli, cli_session
from tieout.finance.words import finding

REVERSAL = finding(
    "reversal_missing", journal="TO-1", period="2026-11", amount="12.00 EUR", found="none"
)


class SignedIn:
    """A session whose cockpit answers one thing."""

    def __init__(self, *bars: dict[str, object]) -> None:
        self.bars = list(bars)

    def get(self, address: str) -> dict[str, Any]:
        """The proof of one entity."""
        assert address == "/tieout/api/proof?period=2026-11"
        certificate = {"hash": "f" * 64, "equal": True, "failures": [], "flows": []}
        entity = {"entity": "DE01", "certificate": certificate, "clearing": [], "exchange": [],
                  "bars_signing": self.bars}  # fmt: skip
        return {"period": "2026-11", "entities": [entity]}


@pytest.mark.parametrize(("bars", "code"), [((), 0), ((REVERSAL.as_dict(),), 1)])
def test_what_bars_signing_is_told_and_ends_the_command_with_1(
    bars: tuple[dict[str, object], ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Sign-off relies on it: a script that asks for the proof may not sign past a reversal."""
    monkeypatch.setattr(cli_session, "session", lambda: SignedIn(*bars))
    assert cli.main(["proof", "--period", "2026-11"]) == code
    told = capsys.readouterr().out
    assert "certificate ffffffffffff: adds up" in told
    assert (REVERSAL.message in told) == bool(bars)
    assert (REVERSAL.next_step in told) == bool(bars)
