"""A store as it is before a close: migrated, with rules and master data, and no document yet.

    python -m tests.bench.store --folder COMPANY

The environment names the store. None of this is part of a timing: it is there before the close.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from tests.bench.company import KNOWN_AT, PERIOD
from tieout.finance.journals import Journal
from tieout.finance.ledger import (
    LedgerEntry,
    LedgerLimits,
    LedgerPeriod,
    Outcome,
    ReferenceObject,
    Refused,
)
from tieout.finance.periods import calendar_month

#: Kind of master data → file below inputs/reference.
FILES: Final = {
    "account": "accounts.csv", "cost_center": "cost_centers.csv", "project": "projects.csv",
}  # fmt: skip


class FolderLedger:
    """An ERP that is only asked for its lists; it holds no journal and takes none."""

    limits = LedgerLimits(journal_lines=10_000, concurrent_requests=1, longest_run_seconds=1)

    def __init__(self, reference: Path) -> None:
        self._reference = reference

    def reference_data(self) -> Sequence[ReferenceObject]:
        """The lists that `tieout build` reads from the folder."""
        return list(self._objects())

    def _objects(self) -> Iterator[ReferenceObject]:
        for kind, name in FILES.items():
            with (self._reference / name).open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    active = row["active"] == "yes"
                    yield ReferenceObject(kind, row["code"], row["code"], row["name"], active)

    def periods(self) -> Sequence[LedgerPeriod]:
        """The one month, open."""
        starts, ends = date(2026, 10, 1), date(2026, 10, 31)
        return [LedgerPeriod(PERIOD, "1", PERIOD, starts, ends, closed=False, locked=False)]

    def post(self, journal: Journal) -> Outcome:
        """Never asked."""
        raise NotImplementedError

    def preflight(self, journal: Journal) -> Refused | None:
        """Never asked."""
        raise NotImplementedError

    def find(self, external_id: str) -> LedgerEntry | None:
        """Nothing."""
        return None

    def read_back(self, entity: str, period: str) -> Iterator[LedgerEntry]:
        """Nothing."""
        yield from ()


def environment(home: Path, url: str, company: Path) -> dict[str, str]:
    """What makes a process of the product work on this store and this company."""
    return {
        "TIEOUT_HOME": str(home),
        "TIEOUT_CONFIG": str(company / "config"),
        "TIEOUT_CLOCK": str(home / "clock.json"),
        "TIEOUT_CONNECTIONS": str(home / "connections.yaml"),
        "TIEOUT_DATABASE_URL": url,
    }


#: What a load must know of the ERP: how long its journals may be. Nobody answers there.
ERP: Final = """\
erp_netsuite:
  conn_type: http
  host: http://127.0.0.1
  port: 9
  extra: {account_id: "1234567"}
"""


def make_home(home: Path, hours: int = 1) -> None:
    """A runtime folder on the morning of the close; its ERP is named and never asked.

    Args:
        home: a new folder.
        hours: after the instant of the build; a store must be prepared before it is loaded.
    """
    from tieout.adapters.clock import SharedClock

    home.mkdir(parents=True, exist_ok=True)
    (home / "connections.yaml").write_text(ERP, encoding="utf-8")
    SharedClock(home / "clock.json").jump_to(
        datetime.fromisoformat(KNOWN_AT) + timedelta(hours=hours)
    )


def prepare(company: Path) -> None:
    """Migrate, load rules and master data; the environment names the store."""
    from tieout import bootstrap
    from tieout.settings.connections import warehouse_url
    from tieout.settings.environment import settings
    from tieout.warehouse.migrator import migrate
    from tieout.workflows.master_data import refresh_ledger
    from tieout.workflows.setup import set_up

    here = settings()
    migrate(warehouse_url(here.home_folder))
    office = bootstrap.office()
    set_up(office, bootstrap.stated_roles(here), bootstrap.stated_proposals(here))
    ledger = FolderLedger(company / "inputs" / "reference")
    refresh_ledger(replace(office, ledger=lambda: ledger), calendar_month(PERIOD))
    office.warehouse.engine.dispose()


def stored_bytes(url: str) -> int:
    """Bytes of all tables of a database, with indexes and what is stored apart."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
            " WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace"
        ).fetchone()
        assert row is not None
        return int(row[0])


def landed_bytes(objects: Path) -> int:
    """Bytes of all files of an object store."""
    return sum(path.stat().st_size for path in objects.rglob("*") if path.is_file())


def main() -> None:
    """Prepare the store that the environment names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    prepare(parser.parse_args().folder)


if __name__ == "__main__":
    main()
