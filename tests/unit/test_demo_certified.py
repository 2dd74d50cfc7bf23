"""What the demonstration says of certificates and clearing: it holds, or says why not."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from sandbox.demo.certified import certified_of, show_certified, uncertified
from sandbox.demo.telling import Telling


def an_entity(**changed: Any) -> dict[str, Any]:
    """An entity of the API's answer, proven unless changed."""
    counts = {name: {"lines": 0} for name in ("opening_held", "carried_in", "carried_out", "held")}
    flow = {"kind": "payroll", "currency": "EUR", **counts, "came_in": {"lines": 10},
            "built": {"lines": 9}, "excluded": {"lines": 1}}  # fmt: skip
    return {
        "entity": "DE01",
        "certificate": {"hash": "ab" * 32, "failures": [], "flows": [flow]},
        "clearing": [{"account": "2310", "closing": "265.44", "open": "265.44", "ties": True}],
        "exchange": [{"entries": 3, "difference": "-0.02"}],
        **changed,
    }


def test_a_proven_entity_is_one_row() -> None:
    """The viewer relies on it: lines, balance and open items stand side by side."""
    screen = io.StringIO()
    found = [certified_of(an_entity())]
    show_certified(Telling(Console(file=screen, width=300)), found)
    row = screen.getvalue().splitlines()[1].split()
    assert row == ["DE01", "abababababab", "0", "10", "9", "1", "0", "0", "265.44", "265.44", "EUR",
                   "3", "-0.02"]  # fmt: skip
    assert uncertified(found) == []


def test_what_does_not_add_up_ends_the_demonstration_with_a_sentence() -> None:
    """The viewer relies on it: no exit code 0 over a certificate that fails."""
    certificate = an_entity()["certificate"] | {"failures": ["route: lost a line"]}
    clearing = [{"account": "2310", "closing": "265.44", "open": "0.00", "ties": False}]
    found = [certified_of(an_entity(certificate=certificate, clearing=clearing))]
    assert uncertified(found) == [
        "DE01: the certificate does not add up: route: lost a line.",
        "DE01: clearing account 2310 is not the sum of its open items.",
    ]
