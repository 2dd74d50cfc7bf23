"""Alignment of people at the month's end: read from the API, shown as one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.demo.telling import Telling

HEADS: Final = ("Entity", "Active", "Aligned", "Differ", "Missing", "Where", "Release")


@dataclass(frozen=True, slots=True)
class Aligned:
    """How the systems agree on an entity's active employees.

    Attributes:
        reasons: where they disagree, and about how many.
        why_shut: why its journals wait for a second person; empty when they go by themselves.
    """

    entity: str
    headcount: int
    aligned: int
    differs: int
    missing: int
    reasons: Mapping[str, int]
    why_shut: str


def aligned_of(found: Mapping[str, Any]) -> Aligned:
    """One entity of the API's answer."""
    return Aligned(
        entity=str(found["entity"]),
        headcount=int(found["headcount"]),
        aligned=int(found["aligned"]),
        differs=int(found["differs"]),
        missing=int(found["missing"]),
        reasons={str(name): int(count) for name, count in found["reasons"].items()},
        why_shut=str(found["readiness"]["why"] or ""),
    )


def show_aligned(telling: Telling, found: Sequence[Aligned]) -> None:
    """One row per entity; nobody's name or pay stands in it."""
    rows = [
        (
            each.entity,
            *(str(count) for count in (each.headcount, each.aligned, each.differs, each.missing)),
            ", ".join(f"{name} {count}" for name, count in each.reasons.items()),
            each.why_shut or "by itself",
        )
        for each in found
    ]
    telling.figures(HEADS, rows, right=(1, 2, 3, 4))


def uncounted(found: Iterable[Aligned], entities: Iterable[str]) -> list[str]:
    """Employees who are not counted exactly once, and entities nobody compared, in sentences."""
    compared = {each.entity for each in found}
    return [
        *(
            f"{each.entity}: {each.headcount} active employees, but {each.aligned} aligned, "
            f"{each.differs} differing and {each.missing} missing."
            for each in found
            if each.headcount != each.aligned + each.differs + each.missing
        ),
        *(f"{entity}: nobody compared its people." for entity in sorted(set(entities) - compared)),
    ]
