"""What a use case works with: the store, the outside systems behind their ports, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tieout.finance.company import Company
from tieout.ports import Clock, Ledger, MailRoom, Objects, Rates, Source, StatusSink
from tieout.warehouse.store import Warehouse

#: Kind of the unit that a provider's documents make; HR and ERP providers make none.
UNIT_KINDS = {
    "extf": "payroll",
    "sie": "payroll",
    "delimited": "payroll",
    "fec": "payroll",
    "workday": "payroll",
    "concur": "expense",
}


@dataclass(frozen=True)
class Office:
    """Everything a workflow may touch; made by `tieout.bootstrap` alone.

    The factories connect when first called, so that a task opens only what it needs.
    """

    warehouse: Warehouse
    objects: Objects
    clock: Clock
    company: Company
    source: Callable[[str], Source]
    people: Callable[[], Source]
    ledger: Callable[[], Ledger]
    status_sink: Callable[[str], StatusSink]
    mail_room: Callable[[], MailRoom]
    rates: Callable[[], Rates]
    hand_over: Callable[[str, bytes], str]
    airflow_url: str
    sender: str

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def unit_providers(self, kind: str = "") -> list[str]:
        """Live providers whose documents make units, of one kind or all."""
        return [
            code
            for code, provider in sorted(self.company.providers.items())
            if provider.status == "live"
            and provider.kind in UNIT_KINDS
            and not provider.people_only
            and kind in {"", UNIT_KINDS[provider.kind]}
        ]

    def unit_kind(self, provider: str) -> str:
        """`payroll` or `expense`."""
        return UNIT_KINDS[self.company.provider(provider).kind]
