"""What the demonstration says of the alignment of people: everybody once, or a sentence."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from sandbox.demo.aligned import aligned_of, show_aligned, uncounted
from sandbox.demo.telling import Telling


def an_entity(**changed: Any) -> dict[str, Any]:
    """An entity of the API's answer, all aligned unless changed."""
    return {
        "entity": "DE01",
        "headcount": 147,
        "aligned": 147,
        "differs": 0,
        "missing": 0,
        "reasons": {},
        "readiness": {"open": True, "why": ""},
        **changed,
    }


def test_an_aligned_entity_is_one_row() -> None:
    """The viewer relies on it: who agrees and who does not stands beside the headcount."""
    screen = io.StringIO()
    why = "123 of 147 people aligned (83.6 %), threshold 100 %"
    found = [
        aligned_of(an_entity()),
        aligned_of(
            an_entity(
                entity="SE01",
                aligned=123,
                differs=24,
                reasons={"cost center closed": 24},
                readiness={"open": False, "why": why},
            )
        ),
    ]
    show_aligned(Telling(Console(file=screen, width=300)), found)
    lines = screen.getvalue().splitlines()
    assert lines[1].split() == ["DE01", "147", "147", "0", "0", "by", "itself"]
    assert "cost center closed 24" in lines[2]
    assert lines[2].rstrip().endswith(why)
    assert uncounted(found, ["DE01", "SE01"]) == []


def test_somebody_left_out_ends_the_demonstration_with_a_sentence() -> None:
    """The viewer relies on it: no exit code 0 when an employee is compared twice or never."""
    found = [aligned_of(an_entity(aligned=146))]
    assert uncounted(found, ["DE01", "UK01"]) == [
        "DE01: 147 active employees, but 146 aligned, 0 differing and 0 missing.",
        "UK01: nobody compared its people.",
    ]
