"""Tell the others: the report to each entity's finance list, and what is booked to Concur."""

from __future__ import annotations

from typing import Final

from sandbox.demo.runs import Run
from sandbox.demo.scene import PERIOD, Scene

REPORT: Final = f"report:{PERIOD}:1"
BOOKED: Final = f"intake:{PERIOD}:booked"


def begin_telling_booked(scene: Scene) -> Run:
    """Start the run that tells the expense platform which of its documents are booked."""
    return scene.runs.begin("expense_intake", BOOKED)


def send_reports(scene: Scene, booked: Run) -> None:
    """Send the data-quality reports, each once; and wait until the expense platform was told."""
    scene.runs.follow("The report", scene.runs.begin("finance_report", REPORT), booked)
    mails = scene.world.mails()
    for mail in mails:
        to = ", ".join(mail["recipients"])
        scene.telling.say(f"{to}: {mail['subject']}", by="mail")
    scene.telling.say(f"{len(mails)} mails lie readable in {scene.home / 'mail'}.")
    scene.record.figures["mails"] = [
        {"file": mail["file"], "recipients": mail["recipients"], "subject": mail["subject"]}
        for mail in mails
    ]
