"""What a build without a store works with: facts known, documents opened, units built."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tieout.errors import Finding
from tieout.finance.company import Company
from tieout.finance.documents import Reading, SourceDocument
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import AccountingPeriod
from tieout.workflows.headless_batches import HandedOver
from tieout.workflows.headless_certificate import Certificate, Disposed

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.suites import BatchRow, ExpectationOutcome
    from tieout.stages.build.build import BuiltJournal, HeldCause
    from tieout.stages.validate.totals import DocumentTotals

#: A document's name, the name of the equal one before it, and what is told of it.
Duplicate = tuple[str, str, Finding]


@dataclass(frozen=True)
class Known:
    """All that a build knows beside the documents.

    Attributes:
        mapping: finance's rules of the configuration's files.
        reference: kind of master data → code → whether the ERP lets it be used.
        period: the period to build.
        known_at: business time of the build.
        given: entity → stated reimbursements of the period in minor units; wins over computed ones.
        journal_lines: what the ledger takes in one journal.
        owners: cost center → entities that may use it; none stated means all.
    """

    company: Company
    mapping: MappingSet
    reference: Mapping[str, Mapping[str, bool]]
    period: AccountingPeriod
    known_at: datetime
    given: Mapping[str, int]
    journal_lines: int
    owners: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A document as it was read; without a reading, `failure` says why."""

    document: SourceDocument
    reading: Reading | None
    failure: Finding | None = None


@dataclass(frozen=True)
class Unread:
    """A document as it was opened: described, not read.

    Attributes:
        content: the bytes that its hash is of.
        read: reads them; raises UnreadableDocumentError when nothing of them can be used.
    """

    document: SourceDocument
    content: bytes
    read: Callable[[], Reading]


@dataclass(frozen=True)
class Unit:
    """What is processed as one: a pay run, or a provider's expenses of a period."""

    key: str
    provider: str
    kind: str
    period: AccountingPeriod
    documents: Sequence[tuple[SourceDocument, Reading]]


@dataclass
class UnitBuilt:
    """What became of a unit."""

    key: str
    provider: str
    kind: str
    period: str
    journals: tuple[BuiltJournal, ...] = ()
    disposed: Sequence[Disposed] = ()
    held: Sequence[tuple[HeldCause, Finding]] = ()
    certificates: Sequence[Certificate] = ()
    findings: list[tuple[str, str, Finding]] = field(default_factory=list)
    totals: Sequence[DocumentTotals] = ()
    measured: Sequence[BatchRow] = ()
    lineage_failures: Sequence[str] = ()
    handed_over: HandedOver = field(default_factory=dict)
    evidence: pl.DataFrame | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time of a block to a stage."""
        begun = time.perf_counter()
        yield
        self.spend(stage, time.perf_counter() - begun)

    def spend(self, stage: str, seconds: float) -> None:
        """Add seconds of wall time to a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


@dataclass
class Made:
    """What one task answers: its units, unread documents, repeated documents."""

    units: list[UnitBuilt] = field(default_factory=list)
    unread: list[Opened] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)

    def add(self, other: Made) -> None:
        """Take over what another task made."""
        self.units += other.units
        self.unread += other.unread
        self.duplicates += other.duplicates


@dataclass
class FolderBuilt(Made):
    """What became of the whole folder; units in the order of their keys."""

    expectations: dict[str, list[ExpectationOutcome]] = field(default_factory=dict)

    def failures(self) -> list[str]:
        """What does not add up; empty unless the build itself is wrong."""
        documents = [
            f"{one.document.name}: {told}"
            for unit in self.units
            for one in unit.certificates
            for told in one.failures
        ]
        return documents + [told for unit in self.units for told in unit.lineage_failures]
