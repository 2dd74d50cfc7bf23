"""`python -m sandbox.demo --home .tieout --seed N`: play a month-end close and prove it.

Exit code 0 only if every entity ties, every source line has its disposition and the ERP's own
ledger holds each journal exactly once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.demo import closing, drifting, posting, proving, reporting, resolving, showing
from sandbox.demo.errors import Refused, Stopped
from sandbox.demo.scene import BEGINS_AT, Scene, make_scene
from sandbox.demo.telling import Telling


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demonstration and return the process's exit status."""
    parser = argparse.ArgumentParser(prog="sandbox.demo", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the runtime's folder")
    parser.add_argument("--seed", type=int, default=2026, help="the company's number")
    stated = parser.parse_args(arguments)
    telling = Telling()
    try:
        scene = make_scene(stated.home.resolve(), stated.seed, telling)
    except Stopped as stopped:
        telling.bad(str(stopped))
        return 1
    try:
        why_not = play(scene)
    except (Stopped, Refused) as stopped:
        telling.bad(str(stopped))
        why_not = [str(stopped)]
    file = scene.home / "demo.json"
    scene.record.write(file, why_not)
    return 1 if why_not else 0


def play(scene: Scene) -> list[str]:
    """All acts; returns what does not hold."""
    telling, timed = scene.telling, scene.record.timed
    scene.clock.begin(BEGINS_AT)
    telling.say(f"It is {scene.clock.now():%A %d %B %Y, %H:%M} UTC at Nordlicht Instruments.")
    telling.act(1, "The close of October begins, and finds what is wrong")
    with timed("find"):
        closing.find_troubles(scene)
    telling.act(2, "Finance resolves it: two persons for each rule")
    with timed("resolve"):
        resolving.resolve(scene)
    telling.act(3, "The rest becomes journals; approved ones post inside their window")
    with timed("close the rest"):
        closing.close_the_rest(scene)
        posting.show_queue(scene)
    with timed("post"):
        posting.open_windows(scene)
        posting.post(scene)
    telling.act(4, "Tie-out finds a hand in the ledger")
    with timed("tie out"):
        drifting.show_tie_out(scene)
        booked = reporting.begin_telling_booked(scene)  # beside the comparisons
        drifting.show_hand_edit(scene)
    telling.act(5, "Everybody is told")
    with timed("report"):
        reporting.send_reports(scene, booked)
    telling.act(6, "Proof: the ERP's own ledger against source and journals")
    with timed("prove"):
        evidence = proving.gather(scene)
        why_not = proving.broken(evidence, scene.troubles)
        scene.record.figures |= proving.figures(evidence)
        showing.show_proof(scene, evidence, why_not)
    showing.show_around(scene)
    return why_not


if __name__ == "__main__":
    sys.exit(main())
