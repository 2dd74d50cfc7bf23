"""The lost answer: the ERP takes a journal, and its answer never arrives."""

from __future__ import annotations

from sandbox.demo.cockpit_api import JournalDetail
from sandbox.demo.scene import Scene

#: States in which a journal is not on its way to the ERP yet.
_BEFORE = frozenset({"awaiting_approval", "approved", "queued"})


def lose_an_answer_if_due(scene: Scene) -> None:
    """Arm the loss when the entity's next journal may post now; done once per company."""
    entity = scene.troubles.lost_answer_entity
    journals = _journals(scene, entity)
    if lost_in(journals) or scene.world.answer_will_be_lost(entity):
        return
    if any(found.stated.state in _BEFORE and found.window_open for found in journals):
        scene.world.lose_next_answer(entity)
        scene.telling.say(
            f"will take the next journal of {entity}, and its answer will be lost on the way.",
            by="NetSuite",
        )


def tell_lost_answer(scene: Scene) -> None:
    """What became of the journal whose answer was lost."""
    for found in lost_in(_journals(scene, scene.troubles.lost_answer_entity)):
        attempt = next(each for each in found.attempts if each.outcome == "indeterminate")
        scene.telling.say(
            f"{found.stated.external_id}: sent once, no answer (indeterminate) → looked up by its "
            f"external id → {attempt.resolved or 'not resolved yet'} → ERP id "
            f"{found.stated.ledger_id or 'none'}, {found.stated.state}; nothing was sent again."
        )


def lost_in(journals: list[JournalDetail]) -> list[JournalDetail]:
    """Journals with an attempt whose answer was lost."""
    return [
        found
        for found in journals
        if any(attempt.outcome == "indeterminate" for attempt in found.attempts)
    ]


def _journals(scene: Scene, entity: str) -> list[JournalDetail]:
    return [
        scene.cockpit.journal(head.external_id)
        for head in scene.cockpit.journals()
        if head.entity == entity
    ]
