"""extract: join the documents of a unit into one frame."""

from __future__ import annotations

from typing import Any

from tieout.errors import Finding, Place, Severity
from tieout.finance.certificates import Sums
from tieout.warehouse.store import Row
from tieout.workflows.office import Office
from tieout.workflows.units import (
    Claim,
    StageResult,
    claimed,
    from_parquet,
    input_key,
    run_stage,
    to_parquet,
)


def extract(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        documents = unit_documents(office, claim)
        key = input_key("extract", "1", [row["sha256"] for row in documents])
        return run_stage(office, claim, "extract", key, lambda: _compute(office, documents))


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


def _compute(office: Office, documents: list[Row]) -> StageResult:
    from tieout.stages.extract.unit_frame import (
        ReadDocument,
        unit_frame,
    )

    if not documents:
        return StageResult()
    read = [
        ReadDocument(
            row["sha256"],
            row["name"],
            from_parquet(office.objects.get(row["frame_sha256"], ".parquet")),
            stored_findings(row),
        )
        for row in documents
    ]
    frame = unit_frame(read)
    findings = [(document.sha256, told) for document in read for told in document.findings]
    whole = frame.filter(frame["document_holds"].list.len() > 0).height
    return StageResult(
        to_parquet(frame),
        frame.height,
        findings,
        blocked=whole == frame.height and whole > 0,
        sums={"": Sums(frame.height)},
    )
