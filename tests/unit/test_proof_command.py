"""`tieout proof`: what it says of a period, and when it calls it proven."""

from __future__ import annotations

from typing import Any

import pytest

from tieout.cli_close import is_proven, proof_lines
from tieout.finance.words import finding

REVERSAL = finding(
    "reversal_missing", journal="TO-1", period="2026-11", amount="12.00 EUR", found="none"
).as_dict()


def an_entity(*, equal: bool = True, bars: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """An entity of the cockpit's answer."""
    failures = [] if equal else ["route: lost a line"]
    certificate = {"hash": "f" * 64, "equal": equal, "failures": failures, "flows": []}
    return {"entity": "DE01", "certificate": certificate, "clearing": [], "exchange": [],
            "bars_signing": list(bars)}  # fmt: skip


def test_a_sound_period_is_proven_in_one_line() -> None:
    """The controller relies on it: nothing is told that is not there."""
    assert is_proven([an_entity()])
    assert proof_lines([an_entity()]) == ["DE01: certificate ffffffffffff: adds up"]


@pytest.mark.parametrize(
    ("entity", "told"),
    [
        (an_entity(equal=False), ["route: lost a line"]),
        (an_entity(bars=(REVERSAL,)), [REVERSAL["message"], REVERSAL["next_step"]]),
    ],
)
def test_what_bars_signing_is_told_and_leaves_the_period_unproven(
    entity: dict[str, Any], told: list[str]
) -> None:
    """Sign-off relies on it: a script that asks for the proof may not sign past a reversal."""
    assert not is_proven([an_entity(), entity])
    text = "\n".join(proof_lines([entity]))
    assert all(part in text for part in told)
