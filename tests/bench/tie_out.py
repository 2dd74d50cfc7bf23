"""Ties a loaded month out against a ledger that answers at once: our own share of the time.

    python -m tests.bench.tie_out --folder COMPANY

The environment names the store. Its journals are taken for posted; the ledger holds them line for
line. Prints the seconds over all entities, and how many of them tied.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psycopg

from tests.bench.company import PERIOD
from tests.bench.store import FolderLedger
from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerEntry, LedgerLine


class PromptLedger(FolderLedger):
    """A ledger that holds given journals and has them at hand."""

    def __init__(self, reference: Path, entries: Mapping[str, list[LedgerEntry]]) -> None:
        super().__init__(reference)
        self._entries = entries

    def read_back(self, entity: str, period: str) -> Iterator[LedgerEntry]:
        """The journals of the entity, without any time of an ERP."""
        yield from self._entries.get(entity, [])


def entry_of(journal: Journal) -> LedgerEntry:
    """A journal as the ledger would hold it."""
    return LedgerEntry(
        ref=journal.external_id,
        external_id=journal.external_id,
        entity=journal.key.entity,
        period=journal.key.period,
        accounting_date=journal.accounting_date,
        currency=journal.currency,
        posting=True,
        memo=journal.memo,
        lines=tuple(
            LedgerLine(
                str(line.number), line.account, line.amount_minor, line.cost_center, line.project,
                line.description,
            )
            for line in journal.lines
        ),
    )  # fmt: skip


def take_for_posted(url: str) -> list[str]:
    """Set every journal's state to posted, past the rules; answers their canonical JSON."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        rows = connection.execute(
            "UPDATE journal SET state = 'posted', ledger_ref = external_id RETURNING content"
        )
        return [content for (content,) in rows]


def main() -> None:
    """Time all entities."""
    from tieout import bootstrap
    from tieout.finance.stored import journal_from_json
    from tieout.settings.connections import warehouse_url
    from tieout.settings.environment import settings
    from tieout.workflows.tie_out import tie_out

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    company = parser.parse_args().folder
    journals = [
        journal_from_json(it) for it in take_for_posted(warehouse_url(settings().home_folder))
    ]
    entries: dict[str, list[LedgerEntry]] = {}
    for journal in journals:
        entries.setdefault(journal.key.entity, []).append(entry_of(journal))
    ledger = PromptLedger(company / "inputs" / "reference", entries)
    office = replace(bootstrap.office(), ledger=lambda: ledger)
    begun = time.perf_counter()
    states = [tie_out(office, entity, PERIOD).state for entity in sorted(entries)]
    seconds = round(time.perf_counter() - begun, 3)
    told = {"seconds": seconds, "entities": len(states), "tied": states.count("tied")}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
