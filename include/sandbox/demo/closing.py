"""Runs of the close: what they find, and the controller's answers to what they ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from sandbox.demo.airflow_api import Ask
from sandbox.demo.cockpit_api import OpenException
from sandbox.demo.errors import Refused, Stopped
from sandbox.demo.losing import lose_an_answer_if_due
from sandbox.demo.proof import written
from sandbox.demo.runs import Run
from sandbox.demo.scene import CONTROLLER, PERIOD, Scene

MASTER: Final = f"master:{PERIOD}:1"
INTAKE: Final = f"intake:{PERIOD}:1"
FIRST_CLOSE: Final = f"close:{PERIOD}:1"
SECOND_CLOSE: Final = f"close:{PERIOD}:2"
#: Told as one line each: there are many, and nobody has to act.
_GATHERED: Final = {
    "cutoff_missed": "expense reports were approved after the cutoff; their cost stays in October, "
    "the next pay run repays them"
}


def find_troubles(scene: Scene) -> None:
    """Read master data and expenses, then close: the close finds what was seeded."""
    for dag_id, name, title in (
        ("master_data", MASTER, "Master data of ERP and HR"),
        ("expense_intake", INTAKE, "Approved expenses"),
    ):
        run = scene.runs.begin(dag_id, name)
        scene.runs.follow(title, run)
        scene.telling.say(f"{title}: {'read before' if run.standing else 'read'}.", by="platform")
    run = scene.runs.begin("month_end_close", FIRST_CLOSE)

    def show_what_was_found() -> None:
        show_exceptions(scene)

    _close(scene, run, "The close of October", before_answers=show_what_was_found)
    if run.standing:
        scene.telling.say(f"{run.run_id} has been run already; nothing is done again.")


def close_the_rest(scene: Scene) -> None:
    """Close again: what was corrected becomes journals, and is asked for anew."""
    run = scene.runs.begin("month_end_close", SECOND_CLOSE)
    _close(scene, run, "The close again", before_answers=lambda: _tell_replaced(scene))
    if run.standing:
        scene.telling.say(f"{run.run_id} has been run already; nothing is done again.")


def _close(scene: Scene, run: Run, title: str, *, before_answers: Callable[[], None]) -> None:
    answered: list[Ask] = []

    def answer(parked: Run) -> None:
        # One that is asked again is answered again: a try that ends on the way loses its answer.
        asks = scene.airflow.asks(parked.dag_id, parked.run_id)
        if asks and not answered:
            before_answers()
            lose_an_answer_if_due(scene)
        for ask in asks:
            _approve(scene, ask)
            answered.append(ask)

    scene.runs.follow(title, run, when_parked=answer)


def _approve(scene: Scene, ask: Ask) -> None:
    if CONTROLLER not in ask.asked:
        raise Stopped(f"{ask.subject}: {' or '.join(ask.asked)} was asked, not {CONTROLLER}.")
    try:
        scene.airflow.approve(ask, CONTROLLER, "Totals and certificate looked at.")
    except Refused as refused:
        raise Stopped(f"Airflow refused the approval of {ask.subject}: {refused}.") from refused
    scene.telling.say(f"approves {ask.subject}", by=CONTROLLER)


def _tell_replaced(scene: Scene) -> None:
    """An approval holds for the content that was shown: name the journals that were replaced."""
    for journal in scene.cockpit.journals():
        if journal.state == "superseded":
            scene.telling.say(
                f"{journal.external_id} was replaced by a new revision; an approval of it "
                "no longer holds, so the controller is asked again."
            )


def show_exceptions(scene: Scene) -> None:
    """The queue: what holds something back first."""
    every = scene.cockpit.exceptions()
    shown = [each for each in every if each.is_open and each.code not in _GATHERED]
    closed = [each for each in every if not each.is_open and each.code not in _GATHERED]
    scene.telling.say("Open exceptions:" if shown else "No open exceptions.")
    if shown:
        scene.telling.sentences(
            ("", "Entity", "What is wrong", "Blocks", "At risk", "Next step", "Whose"),
            [_row(each) for each in sorted(shown, key=lambda each: not each.is_critical)],
        )
    for each in closed:
        scene.telling.say(f"{each.title} ({each.closed_how or 'closed'})")
    _tell_gathered(scene, every)


def _tell_gathered(scene: Scene, every: Iterable[OpenException]) -> None:
    titles = {code: {each.title for each in every if each.code == code} for code in _GATHERED}
    for code, count in Counter({code: len(found) for code, found in titles.items()}).items():
        if count:
            scene.telling.say(f"{count} {_GATHERED[code]}.")
    for title in titles["cutoff_missed"]:
        if scene.troubles.late_report in title:
            scene.telling.say(f"Among them: {title}.")


def _row(each: OpenException) -> tuple[str, ...]:
    risk = f"{written(Decimal(each.at_risk))} {each.currency}" if each.at_risk else ""
    return (
        "holds" if each.is_critical else "note",
        each.entity or "all",
        each.title,
        each.blocks,
        risk,
        each.next_step,
        each.owner,
    )
