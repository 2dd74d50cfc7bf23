"""extract: join the documents of a unit into one frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tieout.errors import Finding, Place, Severity
from tieout.finance.certificates import Sums
from tieout.warehouse.store import Row
from tieout.workflows.office import Office
from tieout.workflows.units import (
    Claim,
    StageResult,
    claimed,
    input_key,
    kept,
    run_stage,
)

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.versions import Picked


def extract(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        documents = unit_documents(office, claim)
        picked = picked_version(office, claim)
        key = input_key("extract", "2", [row["sha256"] for row in documents], stands(picked))
        return run_stage(
            office, claim, "extract", key,
            lambda: joined(documents, picked, partial(kept_frame, office)),
        )  # fmt: skip


def picked_version(office: Office, claim: Claim) -> Picked:
    """The contract version that the unit's provider states, as it stands today."""
    from tieout.contracts.reading_version import picked_for

    contract = "pay_line" if claim.unit["kind"] == "payroll" else "expense_line"
    stated = office.company.provider(str(claim.unit["provider"])).contract
    return picked_for(contract, stated, office.now().date())


def stands(picked: Picked) -> list[object]:
    """What of a version shapes the answer: one that ends changes it, without a new file."""
    return [picked.contract, picked.version, picked.standing]


def unit_documents(office: Office, claim: Claim) -> list[Row]:
    """The current documents of a unit."""
    with office.warehouse.transaction() as work:
        return work.rows("extract", "unit_documents", unit_key=claim.key)


def stored_findings(row: Row) -> list[Finding]:
    """The findings of a document's reading, as they were told."""
    told: list[dict[str, Any]] = row["findings"].get("told", [])
    return [
        Finding(
            code=item["code"],
            message=item["message"],
            where=Place(**item["where"]),
            found=item["found"],
            blocks=item["blocks"],
            next_step=item["next_step"],
            severity=Severity(item["severity"]),
            lines=tuple(item["lines"]),
        )
        for item in told
    ]


def kept_frame(office: Office, row: Row) -> pl.DataFrame:
    """What was read from a document, as it is kept."""
    return kept(office, row["frame_sha256"])


def joined(
    documents: Sequence[Row], picked: Picked, frame_of: Callable[[Row], pl.DataFrame]
) -> StageResult:
    """The rows of a unit's documents under their contract version, with what was found."""
    from tieout.contracts.reading_version import read_by_version
    from tieout.stages.extract.unit_frame import ReadDocument, unit_frame

    if not documents:
        return StageResult()
    read = []
    for row in documents:
        rows, told = read_by_version(frame_of(row), picked, row["provider"], row["name"])
        read.append(ReadDocument(row["sha256"], row["name"], rows, [*stored_findings(row), *told]))
    frame = unit_frame(read)
    findings = [(document.sha256, told) for document in read for told in document.findings]
    whole = frame.filter(frame["document_holds"].list.len() > 0).height
    return StageResult(
        frame=frame,
        row_count=frame.height,
        findings=findings,
        blocked=whole == frame.height and whole > 0,
        sums={"": Sums(frame.height)},
    )
