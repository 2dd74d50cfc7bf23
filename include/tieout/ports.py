"""The seams: small Protocols in finance's words. Adapters stand behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tieout.finance.documents import Acknowledged, DocumentRef, Reading, SourceDocument
from tieout.finance.journals import Journal
from tieout.finance.ledger import (
    LedgerEntry,
    LedgerLimits,
    LedgerPeriod,
    Outcome,
    ReferenceObject,
    Refused,
)
from tieout.finance.periods import AccountingPeriod
from tieout.finance.rates import PublishedRate


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a discovery looks for: a period, and optionally only what is new since an instant."""

    period: AccountingPeriod
    since: datetime | None = None


class Source(Protocol):
    """A system or folder that source documents come from."""

    @property
    def provider(self) -> str:
        """Id of the provider's configuration."""
        ...

    def discover(self, wanted: Wanted) -> Sequence[DocumentRef]:
        """What is there to take. Raises VendorUnavailableError, VendorRefusedError."""
        ...

    def fetch(self, ref: DocumentRef) -> tuple[bytes, str]:
        """The unchanged bytes and their media type; raises as `discover`."""
        ...

    def read(self, document: SourceDocument, content: bytes) -> Reading:
        """Canonical frames of bytes that were fetched; pure: no network.

        Raises:
            UnreadableDocumentError: nothing of it can be used.
        """
        ...

    def acknowledge(self, documents: Sequence[SourceDocument]) -> Sequence[Acknowledged]:
        """Tell the source that the bytes are durable here; safe to repeat.

        A source without such a call answers that all were taken.
        """
        ...


@dataclass(frozen=True, slots=True)
class BookedNotice:
    """What an expense platform is told of one of its documents after the ledger holds it."""

    native_ref: str
    entity: str
    ledger_number: str
    posting_date: date


class StatusSink(Protocol):
    """A source that wants to hear how its documents ended (expense platforms)."""

    def report_booked(self, notices: Sequence[BookedNotice]) -> Sequence[Acknowledged]:
        """Report documents as booked; repeating a notice changes nothing."""
        ...


class Profiles(Protocol):
    """An expense platform that says whom it knows."""

    def profiles(self) -> Sequence[ReferenceObject]:
        """Employees with a profile there: number, whether it is active, cost center; no name.

        Raises VendorUnavailableError, VendorRefusedError.
        """
        ...


class Ledger(Protocol):
    """The general ledger of the ERP."""

    @property
    def limits(self) -> LedgerLimits:
        """What the ERP allows."""
        ...

    def reference_data(self) -> Sequence[ReferenceObject]:
        """All master data objects that journals may name."""
        ...

    def periods(self) -> Sequence[LedgerPeriod]:
        """The posting periods with their state."""
        ...

    def post(self, journal: Journal) -> Outcome:
        """One attempt, insert-only, never retried here."""
        ...

    def preflight(self, journal: Journal) -> Refused | None:
        """What the ledger would refuse of a journal, as far as it shows before sending.

        Nothing is written. Journals that only go together are all asked before the first is sent.
        """
        ...

    def find(self, external_id: str) -> LedgerEntry | None:
        """The entry with that external id, or none.

        Raises VendorUnavailableError when it can't be known, for instance because the role
        can't see the rows at all.
        """
        ...

    def read_back(self, entity: str, period: str) -> Iterator[LedgerEntry]:
        """Every journal the ledger holds for the entity and period, ours or not."""
        ...


class Objects(Protocol):
    """Immutable bytes by their SHA-256."""

    def put(self, content: bytes, suffix: str = "") -> str:
        """Store durably (file and folder synced) and return the hash; repeating is free."""
        ...

    def get(self, sha256: str, suffix: str = "") -> bytes:
        """The bytes; raises KeyError when they are not there."""
        ...

    def has(self, sha256: str, suffix: str = "") -> bool:
        """Whether they are there."""
        ...


class Slots(Protocol):
    """At most n requests at once to one account, over all processes of the company."""

    def hold(self, account: str, limit: int) -> AbstractContextManager[None]:
        """Wait for a slot and hold it; a crash frees it."""
        ...


class Clock(Protocol):
    """Business time."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class Rates(Protocol):
    """One series of published exchange rates."""

    @property
    def series(self) -> str:
        """As finance's policy calls it (`rate_type`)."""
        ...

    @property
    def last_published(self) -> date:
        """The newest day that the series is known for."""
        ...

    def rate(self, source: str, target: str, on: date, staleness_days: int) -> PublishedRate | None:
        """The last rate published on the day or in so many days before it, or none.

        A rate that the series does not publish as it stands says what it was reckoned from.
        """
        ...


class MailRoom(Protocol):
    """Sends one finished message."""

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> Mapping[str, str]:
        """Deliver; returns refused recipients with the server's reason."""
        ...
