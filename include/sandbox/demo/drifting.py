"""A hand in the ledger: a clerk edits a posted line, tie-out names it, the clerk undoes it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from sandbox.demo.errors import Stopped
from sandbox.demo.proof import written
from sandbox.demo.scene import PERIOD, Scene

EDITED: Final = f"tie_out:{PERIOD}:edited"
RESTORED: Final = f"tie_out:{PERIOD}:restored"
AGAIN: Final = f"tie_out:{PERIOD}:again"
#: What the clerk adds to a line, in whole units of the currency.
SLIP: Final = 100
_DAG: Final = "tie_out"
_CLERK: Final = "ERP clerk"


@dataclass(frozen=True, slots=True)
class Edit:
    """What the clerk changed, kept while it is not undone: an interrupted demonstration goes on."""

    ledger_id: str
    external_id: str
    line: int
    amount: str


def show_tie_out(scene: Scene) -> None:
    """Source, journal and ledger of every entity, as last compared."""
    rows = [
        (
            entity,
            *(
                "–" if amount is None else written(amount)
                for amount in (found.source, found.journal, found.ledger, found.difference)
            ),
            found.currency,
            found.state,
        )
        for entity, found in sorted(scene.cockpit.tie_out().items())
    ]
    heads = ("Entity", "Source", "Journals", "Ledger", "Difference", "", "State")
    scene.telling.figures(heads, rows, right=(1, 2, 3, 4))


def show_hand_edit(scene: Scene) -> None:
    """The clerk edits a posted line, the comparison names it, the clerk undoes it, it ties again.

    Where that happened before, the ledger is only compared afresh.
    """
    entity = scene.troubles.hand_edit_entity
    kept = _kept(scene.home)
    if kept is None and scene.cockpit.tie_out()[entity].drifts:
        scene.telling.say(f"The hand edit in {entity} was found and undone before.")
        scene.runs.follow("Tie-out", scene.runs.begin(_DAG, AGAIN, anew=True))
        return
    edit = kept or _chosen(scene, entity)
    # Said again after an interruption: the line then has this amount already.
    scene.world.edit_amount(edit.ledger_id, edit.line, Decimal(edit.amount))
    scene.runs.follow("Tie-out", scene.runs.begin(_DAG, EDITED))
    _tell_drift(scene, entity)
    _restore_and_tie(scene, entity, edit)


def _restore_and_tie(scene: Scene, entity: str, kept: Edit) -> None:
    """The clerk undoes the edit, the comparison returns to tied, the table keeps both."""
    scene.world.restore(kept.ledger_id)
    scene.telling.say(f"restores the line of {kept.external_id}.", by=_CLERK)
    _memo(scene.home).unlink()
    scene.runs.follow("Tie-out again", scene.runs.begin(_DAG, RESTORED))
    found = scene.cockpit.tie_out()[entity]
    history = " → ".join(reversed(found.run_states))
    if found.state == "tied":
        scene.telling.good(f"{entity} ties again. Its comparisons so far: {history}.")
    else:
        scene.telling.bad(f"{entity} still does not tie: {found.note or found.state} ({history}).")


def _chosen(scene: Scene, entity: str) -> Edit:
    """What the clerk will change, noted before it is done: the entity's largest debit line."""
    journals = [
        journal for journal in scene.world.ledger() if journal.entity == entity and journal.lines
    ]
    if not journals:
        raise Stopped(f"The ledger holds no journal of {entity} that a clerk could edit.")
    journal, line = max(
        ((journal, line) for journal in journals for line in journal.lines),
        key=lambda pair: pair[1].amount,
    )
    amount = line.amount + Decimal(SLIP)
    edit = Edit(journal.ledger_id, journal.external_id, line.number, str(amount))
    _memo(scene.home).write_text(json.dumps(asdict(edit)), encoding="utf-8")
    scene.telling.say(
        f"changes {journal.external_id} in NetSuite by hand: {line.place()}, "
        f"{written(line.amount)} becomes {written(amount)} {journal.currency}.",
        by=_CLERK,
    )
    return edit


def _tell_drift(scene: Scene, entity: str) -> None:
    found = scene.cockpit.tie_out()[entity]
    open_drifts = [drift for drift in found.drifts if not drift.cured_at]
    if not open_drifts:
        raise Stopped(f"Tie-out did not name the line that was edited in {entity}.")
    for drift in open_drifts:
        scene.telling.bad(
            f"Tie-out, {entity}, {drift.external_id}: {drift.kind.replace('_', ' ')}, "
            f"posted {drift.expected}; now {drift.found} ({drift.amount} {drift.currency})."
        )


def _memo(home: Path) -> Path:
    return home / "sandbox" / "clerk_edit.json"


def _kept(home: Path) -> Edit | None:
    if not _memo(home).is_file():
        return None
    return Edit(**json.loads(_memo(home).read_text(encoding="utf-8")))
