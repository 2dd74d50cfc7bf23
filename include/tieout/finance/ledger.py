"""The ERP's side: reference objects, periods, entries, and what a posting attempt may answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ReferenceObject:
    """One object of a system's master data, as seen now.

    `kind`: entity, account, department, cost_center, project, vendor, employee, currency. `code` is
    finance's code (account number, cost center code), `ref` the system's own id. `entities` lists
    the entities it may be used in; empty means all. `fields` holds the rest as text. `begins` and
    `ends` are its first and last day where the system states them.
    """

    kind: str
    code: str
    ref: str
    name: str
    active: bool = True
    parent_code: str = ""
    entities: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerPeriod:
    """A posting period of the ERP; `code` is ours (`2026-10`), `ref` the ERP's id."""

    code: str
    ref: str
    name: str
    starts: date
    ends: date
    closed: bool
    locked: bool

    @property
    def open(self) -> bool:
        """Whether an integration may post; a lock counts as closed even if a role could pass."""
        return not self.closed and not self.locked


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line as the ledger holds it; debit positive, in minor units of the entry's currency."""

    line_ref: str
    account: str
    amount_minor: int
    cost_center: str = ""
    project: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A journal as the ledger holds it now."""

    ref: str
    external_id: str
    entity: str
    period: str
    accounting_date: date
    currency: str
    posting: bool
    memo: str
    lines: tuple[LedgerLine, ...]
    number: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """The ledger holds the journal; read it back before anyone says so."""

    ref: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The ledger holds the journal, but it awaits the ERP's own approval and is not posted."""

    ref: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written. `permanent` False: the same request may succeed later."""

    code: str
    reason: str
    permanent: bool
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Indeterminate:
    """Nobody knows whether it was written; only looking it up can tell."""

    reason: str


Outcome = Posted | Accepted | Refused | Indeterminate


@dataclass(frozen=True, slots=True)
class LedgerLimits:
    """What the ERP allows: lines in a journal, requests at once, longest run of a request."""

    journal_lines: int
    concurrent_requests: int
    longest_run_seconds: int
