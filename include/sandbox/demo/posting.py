"""Posting: outside its window a journal waits and says until when; inside, it posts once."""

from __future__ import annotations

from collections import Counter
from typing import Final

from sandbox.demo.losing import lose_an_answer_if_due, tell_lost_answer
from sandbox.demo.scene import PERIOD, WINDOWS_OPEN_AT, Scene

WINDOW: Final = f"window:{PERIOD}:1"
#: States in which an approved journal is not in the ledger yet.
WAITING: Final = frozenset({"approved", "queued", "indeterminate", "accepted", "held"})


def show_queue(scene: Scene) -> None:
    """Which approved journals wait for their posting window, and until when."""
    heads = scene.cockpit.journals()
    rows = []
    for head in heads:
        if head.state in WAITING:
            detail = scene.cockpit.journal(head.external_id)
            rows.append((head.entity, head.external_id, head.state, detail.cannot_post))
    posted = Counter(head.entity for head in heads if head.ledger_id)
    for entity, count in sorted(posted.items()):
        scene.telling.say(f"{entity}: its window is open, {count} journals are posted.")
    if rows:
        scene.telling.say("Approved, and queued until their window opens:")
        scene.telling.figures(("Entity", "Journal", "State", "Why it waits"), rows)


def open_windows(scene: Scene) -> None:
    """Let the hours pass until every window is open."""
    if scene.clock.jump(WINDOWS_OPEN_AT):
        scene.telling.say(
            f"The clock moves on to {WINDOWS_OPEN_AT:%Y-%m-%d %H:%M} UTC: every window is open."
        )


def post(scene: Scene) -> None:
    """Post what waits, with one answer lost on the way."""
    lose_an_answer_if_due(scene)
    run = scene.runs.begin("posting_window", WINDOW)
    scene.runs.follow("The posting window", run)
    posted = [head for head in scene.cockpit.journals() if head.ledger_id]
    scene.telling.good(f"{len(posted)} journals are in the ledger, each read back.")
    tell_lost_answer(scene)
