"""What a use case works with: the store, the outside systems behind their ports, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tieout.finance.company import Company, Provider
from tieout.ports import (
    Clock,
    Ledger,
    MailRoom,
    Objects,
    Profiles,
    Rates,
    Source,
    StatusSink,
)
from tieout.warehouse.store import Warehouse
from tieout.workflows.asking_suites import AskNow, Suites

#: Kind of the unit that a provider's documents make; HR and ERP providers make none.
UNIT_KINDS = {
    "extf": "payroll",
    "sie": "payroll",
    "delimited": "payroll",
    "fec": "payroll",
    "workday": "payroll",
    "concur": "expense",
}


def unit_kind_of(provider: Provider) -> str:
    """`payroll` or `expense`; empty for a provider whose documents make no unit.

    A delimited file holds pay or expenses, as its provider's profile says.
    """
    if provider.people_only:
        return ""
    if provider.kind == "delimited" and provider.profile.get("frame") == "expense_line":
        return "expense"
    return UNIT_KINDS.get(provider.kind, "")


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
    profiles: Callable[[str], Profiles | None]
    mail_room: Callable[[], MailRoom]
    rates: Callable[[], Rates]
    hand_over: Callable[[str, bytes], str]
    airflow_url: str
    sender: str
    suites: Suites = field(default_factory=AskNow)

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def unit_providers(self, kind: str = "") -> list[str]:
        """Live providers whose documents make units, of one kind or all."""
        return [
            code
            for code, provider in sorted(self.company.providers.items())
            if provider.status == "live" and (made := unit_kind_of(provider)) and kind in {"", made}
        ]

    def unit_kind(self, provider: str) -> str:
        """`payroll` or `expense`."""
        return unit_kind_of(self.company.provider(provider))

    def holds_many_reports(self, provider: str) -> bool:
        """Whether one of its documents holds the lines of many expense reports."""
        return self.company.provider(provider).kind == "delimited"

    def tells_status(self, provider: str) -> bool:
        """Whether its platform wants to hear what was booked; a folder has nobody to tell."""
        return self.company.provider(provider).kind == "concur"
