"""Claim a unit, run a stage on it if its inputs are new, save the result under the fence.

A killed worker's task may live on beside its retry; only the fence stops it, so nothing is saved
unless the fence is still ours. A stage whose input key is known does nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tieout.errors import BusyError, ConflictError, Finding, Severity
from tieout.finance.certificates import Sums, sums_as_stored
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office

if TYPE_CHECKING:
    import polars as pl

LEASE_SECONDS: Final = 300
STAGES: Final = ("extract", "validate", "reconcile", "route", "build")
#: Columns of a finding as the store keeps it.
FINDING: Final = (
    "unit_key", "stage", "sha256", "code", "severity", "message", "document", "line", "field",
    "found", "blocks", "next_step",
)  # fmt: skip
STATE_AFTER: Final = {
    "extract": "extracted",
    "validate": "validated",
    "reconcile": "reconciled",
    "route": "routed",
    "build": "built",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit held by us until the lease ends; `fence` guards every save."""

    unit: Row
    holder: str
    fence: int

    @property
    def key(self) -> str:
        """The unit's key."""
        return str(self.unit["unit_key"])


@dataclass
class StageResult:
    """What a stage made: rows for the next one, findings, and how it ended.

    Attributes:
        frame: the rows; None where the stage hands on none.
        kept: instead of rows, the hash of an artefact that stands already.
        sums: per currency what it passed on; before typing only the lines are counted.
        altered: lines that it changed and had to leave alone.
    """

    frame: pl.DataFrame | None = field(default=None, repr=False)
    kept: str = ""
    row_count: int = 0
    findings: Sequence[tuple[str, Finding]] = ()
    blocked: bool = False
    sums: Mapping[str, Sums] = field(default_factory=dict)
    altered: str = ""
    also_save: Callable[[Work], None] | None = field(default=None, repr=False)


@contextmanager
def claimed(office: Office, unit_key: str, holder: str) -> Iterator[Claim]:
    """Hold a unit while a stage runs.

    Raises:
        BusyError: another run holds it; its sweep, or the next one, does the work.
    """
    with office.warehouse.transaction() as work:
        unit = work.row("extract", "unit", unit_key=unit_key)
        if unit is None:
            raise ConflictError(f"There is no unit {unit_key}.", next_step="Discover units again.")
        claim = work.row(
            "extract", "claim_unit", unit_key=unit_key, holder=holder, seconds=LEASE_SECONDS
        )
        if claim is None:
            raise BusyError(f"Unit {unit_key} is held by {unit['lease_holder']}.")
    fence = int(claim["fence"])
    try:
        yield Claim(unit, holder, fence)
    finally:
        with office.warehouse.transaction() as work:
            work.run("extract", "release_unit", unit_key=unit_key, fence=fence)


def input_key(*parts: object) -> str:
    """Hash of what a stage depends on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def previous_output(office: Office, claim: Claim, stage: str) -> str | None:
    """The artefact of the stage before, or None while it has not run."""
    before = STAGES[STAGES.index(stage) - 1]
    with office.warehouse.transaction() as work:
        row = work.row("extract", "stage_of_unit", unit_key=claim.key, stage=before)
    # A fixed-width column answers an empty text as blanks.
    return None if row is None else str(row["output_sha256"]).strip()


def run_stage(
    office: Office, claim: Claim, stage: str, key: str, compute: Callable[[], StageResult]
) -> bool:
    """Run `compute` unless the stage already ran on `key`; True when it ran."""
    with office.warehouse.transaction() as work:
        known = work.row("extract", "stage_of_unit", unit_key=claim.key, stage=stage)
    if known is not None and known["input_key"] == key:
        return False
    result = compute()
    output = result.kept
    if result.frame is not None:
        output = office.objects.put(to_parquet(result.frame), ".parquet")
    with office.warehouse.transaction() as work:
        hold_fence(work, claim)
        save_result(office, work, claim, stage, key, result, output)
    return True


def save_result(
    office: Office, work: Work, claim: Claim, stage: str, key: str, result: StageResult, output: str
) -> None:
    """Save what a stage made, under the fence that the caller's transaction holds.

    Args:
        office: the office.
        work: the caller's transaction.
        claim: the unit, held.
        stage: one of `STAGES`.
        key: hash of what the stage depended on.
        result: what it made.
        output: hash of its rows as they are kept; empty where they are not.
    """
    save_findings(work, claim.key, stage, result.findings)
    if result.also_save is not None:
        result.also_save(work)
    work.run(
        "extract", "save_stage", unit_key=claim.key, stage=stage, input_key=key,
        output_sha256=output, state="blocked" if result.blocked else "done",
        row_count=result.row_count, finding_count=len(result.findings),
        sums=sums_as_stored(result.sums), altered=result.altered, at=office.now(),
    )  # fmt: skip
    reason = next((f.message for _, f in result.findings if f.severity is Severity.CRITICAL), "")
    work.run(
        "extract", "set_unit_state", unit_key=claim.key,
        state="blocked" if result.blocked else STATE_AFTER[stage],
        blocked_reason=reason if result.blocked else "", at=office.now(),
    )  # fmt: skip


def hold_fence(work: Work, claim: Claim) -> None:
    """Lock the unit's row; refuse when another run has taken the unit since."""
    if work.row("extract", "fenced_unit", unit_key=claim.key, fence=claim.fence) is None:
        raise BusyError(f"Unit {claim.key} was taken over by another run; nothing was saved.")


def save_findings(
    work: Work, unit_key: str, stage: str, findings: Sequence[tuple[str, Finding]]
) -> None:
    """Replace the stage's findings; each with the document it was made in (hash or empty)."""
    work.run("extract", "forget_findings", unit_key=unit_key, stage=stage)
    if not findings:
        return
    import polars as pl

    rows = [
        (
            unit_key, stage, sha256, told.code, told.severity.value, told.message,
            told.where.document, told.where.line, told.where.field, told.found, told.blocks,
            told.next_step,
        )
        for sha256, told in findings
    ]  # fmt: skip
    schema = {name: pl.Int64 if name == "line" else pl.String for name in FINDING}
    work.copy("extract", "copy_findings", pl.DataFrame(rows, schema=schema, orient="row"))


def to_parquet(frame: pl.DataFrame) -> bytes:
    """The frame as bytes that are the same for the same rows.

    Categories are written as the text they stand for: their numbers differ between processes.
    """
    import polars.selectors as cs

    buffer = io.BytesIO()
    frame.with_columns(cs.categorical().cast(str)).write_parquet(
        buffer, compression="zstd", statistics=False
    )
    return buffer.getvalue()


def kept(office: Office, sha256: str) -> pl.DataFrame:
    """The rows that a stage before has kept."""
    return from_parquet(office.objects.get(sha256, ".parquet"))


def from_parquet(content: bytes) -> pl.DataFrame:
    """The frame of such bytes."""
    import polars as pl

    return pl.read_parquet(io.BytesIO(content))
