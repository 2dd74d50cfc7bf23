"""The end: one table, whether it holds, and how to look around."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sandbox.demo.aligned import show_aligned
from sandbox.demo.certified import show_certified
from sandbox.demo.proof import written
from sandbox.demo.proving import EntityProof, Evidence, entity_proofs
from sandbox.demo.scene import PERIOD, Scene

SHOWN: Final = 12


def show_proof(scene: Scene, evidence: Evidence, why_not: Sequence[str]) -> None:
    """The table, then what does not hold."""
    heads = ("Entity", "Source", "Journals", "Ledger", "Difference", "", "Opened", "Closed",
             "Journal", "ERP id")  # fmt: skip
    rows = [cells for row in entity_proofs(evidence) for cells in table_rows(row)]
    scene.telling.figures(heads, rows, right=(1, 2, 3, 4, 6, 7))
    of_group = [each for each in evidence.exceptions if not each.entity]
    if of_group:
        closed = sum(1 for each in of_group if not each.is_open)
        scene.telling.say(
            "Opened and closed are exceptions; of no single entity "
            f"{len(of_group)} were opened, {closed} closed."
        )
    lines = Counter[str]()
    for each in evidence.documents:
        lines.update(
            came=each.lines_in, built=each.built, excluded=each.excluded, held=each.held,
            carried=each.carried_over,
        )  # fmt: skip
    scene.telling.say(
        f"Source lines: {lines['came']} in = {lines['built']} built + {lines['excluded']} excluded "
        f"by a rule + {lines['carried']} carried over + {lines['held']} held."
    )
    scene.telling.say(
        "Certificates (source lines), clearing balances beside their open items, and what other "
        "exchange rates would have given:"
    )
    show_certified(scene.telling, evidence.certified)
    scene.telling.say("Active employees on whom HR, payroll, expense platform and ERP agree:")
    show_aligned(scene.telling, evidence.aligned)
    for sentence in why_not[:SHOWN]:
        scene.telling.bad(sentence)
    if len(why_not) > SHOWN:
        scene.telling.bad(f"… and {len(why_not) - SHOWN} more; see demo.json.")
    if not why_not:
        scene.telling.good(
            f"It ties: the ERP's own ledger holds each of {len(evidence.stated)} journals exactly "
            "once, line for line, to the cent; every source line has its place."
        )


def table_rows(row: EntityProof) -> list[tuple[str, ...]]:
    """An entity's figures beside its first journal; the other journals below."""
    journals = [(each.external_id, each.ledger_id or "–") for each in row.journals] or [("–", "–")]
    figures = (
        row.entity,
        written(row.source),
        written(row.journal),
        written(row.ledger),
        written(row.difference),
        row.currency,
        str(row.opened),
        str(row.closed),
    )
    empty = ("",) * len(figures)
    return [(*(figures if not place else empty), *pair) for place, pair in enumerate(journals)]


def show_around(scene: Scene) -> None:
    """Where to look, as whom."""
    telling = scene.telling
    telling.say(f"Close board: {scene.people.url}/tieout/board?period={PERIOD}")
    telling.say(f"Airflow:     {scene.people.url}")
    telling.say("Users:       finance_ops, finance_lead, controller, auditor, platform")
    telling.say(f"Passwords:   {scene.home / 'passwords.json'}")
    telling.say(f"Mails:       {scene.home / 'mail'}")
    telling.say(f"Figures:     {scene.home / 'demo.json'}")
    telling.say("`make status` shows what runs, `make down` stops it.")
