"""Source documents: what arrived, what it says of itself, what was read from it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tieout.errors import Finding

if TYPE_CHECKING:
    import polars as pl


class ControlOrigin(StrEnum):
    """Who says what a document must sum to."""

    STATED = "stated"  # inside the document or by the provider's own report
    MANIFEST = "manifest"  # a side file
    PAYMENTS_FILE = "payments_file"
    DERIVED = "derived"  # we counted it ourselves: proves nothing about completeness


class RunKind(StrEnum):
    """What a pay run is."""

    REGULAR = "regular"
    OFF_CYCLE = "off_cycle"
    RETRO = "retro"
    CORRECTION = "correction"
    REVERSAL = "reversal"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What a document must contain, in minor units of `currency`.

    `debit_minor` and `credit_minor` are the sums of the positive amounts and of the magnitudes of
    the negative ones, as the document states amounts.
    """

    origin: ControlOrigin
    currency: str
    line_count: int
    debit_minor: int
    credit_minor: int
    headcount: int | None = None
    net_pay_minor: int | None = None


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """Something a source offers; not read yet.

    Attributes:
        provider: id of the provider's configuration file.
        name: the file's or the remote object's name; never used as a path of ours.
        native_ref: what the source needs to fetch it again.
        group: documents of one group are processed as one unit (a run, an intake batch).
    """

    provider: str
    name: str
    native_ref: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """Immutable bytes as they arrived; the hash of the bytes is their identity."""

    sha256: str
    provider: str
    name: str
    size_bytes: int
    media_type: str
    received_at: datetime
    native_ref: str = ""

    @classmethod
    def of(cls, ref: DocumentRef, content: bytes, media_type: str, at: datetime) -> SourceDocument:
        """Describe `content`, received at the aware instant `at`."""
        return cls(
            sha256=hashlib.sha256(content).hexdigest(),
            provider=ref.provider,
            name=ref.name,
            size_bytes=len(content),
            media_type=media_type,
            received_at=at,
            native_ref=ref.native_ref,
        )


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the document is about, in our codes. Empty text and None mean: it does not say.

    `business_key` identifies the business content (entity, pay group, period, run, sequence): the
    same key with other bytes is a corrected re-delivery, the same bytes again a duplicate.
    """

    entity: str = ""
    pay_group: str = ""
    period: str = ""
    run_ref: str = ""
    sequence: int = 1
    run_kind: RunKind = RunKind.REGULAR
    status: str = "finalised"
    currency: str = ""
    pay_date: date | None = None
    business_key: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one document.

    `frames` holds canonical frames by contract name (`pay_line`, `expense_line`, `employee`): every
    column text in canonical syntax (decimal point, ISO dates, empty string for missing) except the
    integer `line_no` (1…n within the document, the accounting legs) and `file_line` (the physical
    line or record they stand on). What could not be read is left as found and named by a finding.
    `summary` holds counts for people: vouchers, records, encoding, format.
    """

    facts: DocumentFacts
    frames: Mapping[str, pl.DataFrame]
    control: ControlTotals | None = None
    findings: tuple[Finding, ...] = ()
    summary: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A source's answer for one document that we took: taken, or a finding says why not."""

    native_ref: str
    taken: bool
    finding: Finding | None = None
