"""What goes wrong in the generated month, and where: chosen by the seed alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.company.amounts import draws
from sandbox.company.plan import Plan

FILE_ENTITIES: Final = ("DE01", "SE01", "JP01")
#: Entities whose payroll repays expenses, so that a late approval misses a pay run.
PAYROLL_ROUTE_ENTITIES: Final = ("US01", "DE01", "SE01")


@dataclass(frozen=True, slots=True)
class Troubles:
    """The positions of the seeded troubles; cost centers are four digits, types Concur codes."""

    closed_entity: str
    closed_cost_center: str
    successor: str
    new_type: str
    new_type_entity: str
    duplicate_entity: str
    mismatch_entity: str
    late_entity: str
    lost_answer_entity: str
    hand_edit_entity: str


def place_troubles(plan: Plan, seed: int) -> Troubles:
    """Choose where each trouble sits; the two file troubles never meet in one entity."""
    rng = draws(seed, "october")
    every = list(plan.entities)
    duplicate, mismatch = rng.sample(FILE_ENTITIES, 2)
    closed_entity, lost_answer, hand_edit = rng.sample(every, 3)
    function = rng.choice(sorted(plan.closable))
    digit = plan.entities[closed_entity].cost_center_digit
    return Troubles(
        closed_entity=closed_entity,
        closed_cost_center=digit + function,
        successor=digit + plan.closable[function],
        new_type=rng.choice(sorted(plan.new_expense_types)),
        new_type_entity=rng.choice(every),
        duplicate_entity=duplicate,
        mismatch_entity=mismatch,
        late_entity=rng.choice(PAYROLL_ROUTE_ENTITIES),
        lost_answer_entity=lost_answer,
        hand_edit_entity=hand_edit,
    )
