"""What finance does about the exceptions: propose, have approved by another person, release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.demo.cockpit_api import OpenException
from sandbox.demo.errors import Refused, Stopped
from sandbox.demo.scene import LEAD, OPS, PERIOD, Scene

#: Rules hold from the first day of the month that is closed.
VALID_FROM: Final = f"{PERIOD}-01"
MISMATCH: Final = "control_total_mismatch"
#: States in which an exception waits for a person.
_TO_RELEASE: Final = frozenset({"open", "assigned", "fixed"})


@dataclass(frozen=True, slots=True)
class Cure:
    """A rule that finance proposes for a cause.

    Attributes:
        code, cause: the exceptions that it cures: their code, and what their title names.
        table, key, content: the row.
    """

    code: str
    cause: str
    table: str
    key: str
    content: Mapping[str, str]
    reason: str


def cures_of(scene: Scene) -> tuple[Cure, Cure]:
    """The missing account and the successor of the closed cost center."""
    troubles = scene.troubles
    account = Cure(
        code="account_unmapped",
        cause=troubles.new_type,
        table="accounts",
        key=f"group|concur|expense_type|{troubles.new_type}",
        content={
            "scope": "group",
            "provider": "concur",
            "coding": "expense_type",
            "source_code": troubles.new_type,
            "component_class": "",
            "debit_account": troubles.new_type_account,
            "credit_account": "",
            "dimensions": "cost_center project",
            "summarise": "cost_center",
        },
        reason=f"{troubles.new_type_name} is a new expense type",
    )
    successor = Cure(
        code="cost_center_closed",
        cause=troubles.closed_cost_center,
        table="successors",
        key=f"{troubles.closed_entity}|{troubles.closed_cost_center}",
        content={
            "entity": troubles.closed_entity,
            "cost_center": troubles.closed_cost_center,
            "successor": troubles.successor,
        },
        reason=f"{troubles.closed_cost_center} was closed in the ERP",
    )
    return account, successor


def resolve(scene: Scene) -> None:
    """Cure what the close found; what was cured before stays as it is."""
    waiting = [each for each in scene.cockpit.exceptions("open") if each.state in _TO_RELEASE]
    for cure in cures_of(scene):
        hit = [each for each in waiting if each.code == cure.code and cure.cause in each.title]
        if hit:
            _have_approved(scene, cure)
            _release(scene, hit, cure.reason)
    _have_delivered(scene, [each for each in waiting if each.code == MISMATCH])
    if not waiting:
        scene.telling.say("Nothing waits for finance; what was proposed is active already.")


def _have_approved(scene: Scene, cure: Cure) -> None:
    """Two persons for a rule: its author can't approve it."""
    proposal = scene.cockpit.proposed().get((cure.table, cure.key))
    if proposal is None:
        proposal = scene.cockpit.propose(OPS, cure.table, cure.content, VALID_FROM, cure.reason)
    scene.telling.say(f"proposes {_sentence(cure)} ({cure.reason}).", by=OPS)
    try:
        scene.cockpit.approve(proposal, OPS, cure.reason)
    except Refused as refused:
        scene.telling.say(f"tries to approve it alone and is refused: {refused.said}", by=OPS)
    else:
        raise Stopped(f"{OPS} could approve its own proposal of {cure.key}; it must not.")
    scene.cockpit.approve(proposal, LEAD, "Agreed.")
    scene.telling.say("approves it; it is active from the next run on.", by=LEAD)


def _sentence(cure: Cure) -> str:
    content = cure.content
    if cure.table == "successors":
        return f"{content['successor']} as successor of {content['cost_center']}"
    return f"account {content['debit_account']} for {content['source_code']}"


def _release(scene: Scene, exceptions: list[OpenException], reason: str) -> None:
    for each in exceptions:
        scene.cockpit.release(each.exception_id, OPS, reason)
        scene.telling.say(f"releases “{each.title}” ({each.blocks}).", by=OPS)


def _have_delivered(scene: Scene, mismatches: list[OpenException]) -> None:
    delivered = scene.world.deliver("corrected")
    for name in delivered:
        scene.telling.say(f"delivers the corrected file {name}.", by="payroll provider")
    if delivered:
        _release(scene, mismatches, "the provider delivered the full file")
