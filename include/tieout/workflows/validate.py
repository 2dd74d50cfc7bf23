"""validate: typed rows under contract, expectations on the totals of each document."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from tieout.errors import Finding
from tieout.warehouse.store import Row, Work
from tieout.workflows.extract import unit_documents
from tieout.workflows.office import Office
from tieout.workflows.unit_rules import control_mismatches, hold_documents
from tieout.workflows.units import (
    Claim,
    StageResult,
    claimed,
    from_parquet,
    input_key,
    previous_output,
    run_stage,
    to_parquet,
)

if TYPE_CHECKING:
    import pandas as pd

    from tieout.contracts.expectations import ExpectationOutcome
    from tieout.stages.validate.totals import DocumentTotals

#: Frame of each kind of unit.
FRAME_KINDS = {"payroll": "pay_line", "expense": "expense_line"}


def validate(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        before = previous_output(office, claim, "validate")
        if not before:
            return False
        key = input_key("validate", "1.0", before)
        return run_stage(office, claim, "validate", key, lambda: _compute(office, claim, before))


def _compute(office: Office, claim: Claim, before: str) -> StageResult:
    from tieout.contracts.expectations import check_totals
    from tieout.stages.validate.rows import validate_rows
    from tieout.stages.validate.totals import document_totals

    documents = unit_documents(office, claim)
    names = {row["sha256"]: row["name"] for row in documents}
    kind = str(claim.unit["kind"])
    frame = from_parquet(office.objects.get(before, ".parquet"))
    validated = validate_rows(FRAME_KINDS[kind], frame, names)
    totals = document_totals(validated.frame, _stated(documents))
    totals = _with_drift(office, claim, totals)
    outcomes = check_totals(kind, _totals_frame(totals))
    currencies = {row["sha256"]: str(row["currency"]) for row in documents}
    mismatches = control_mismatches(totals, names, currencies, claim.key)
    result = hold_documents(validated.frame, mismatches)
    findings: list[tuple[str, Finding]] = [("", told) for told in validated.findings]
    findings += mismatches
    whole = result.filter(result["document_holds"].list.len() > 0).height

    def also_save(work: Work) -> None:
        _save_totals(work, claim, totals, outcomes, office)

    return StageResult(
        to_parquet(result), result.height, findings, whole == result.height, also_save
    )


def _with_drift(office: Office, claim: Claim, totals: list[DocumentTotals]) -> list[DocumentTotals]:
    """How far the line count of a pay run lies from that of the run before, in percent."""
    with office.warehouse.transaction() as work:
        before = work.value("validate", "previous_run_totals", unit_key=claim.key)
    if not before:
        return totals
    lines = sum(total.line_count for total in totals)
    drift = round((lines - int(before)) * 100 / int(before))
    return [replace(total, drift_percent=drift) for total in totals]


def _stated(documents: list[Row]) -> dict[str, tuple[str, int, int, int]]:
    return {
        row["sha256"]: (row["origin"], row["line_count"], row["debit_minor"], row["credit_minor"])
        for row in documents
        if row["origin"] is not None
    }


def _totals_frame(totals: list[DocumentTotals]) -> pd.DataFrame:
    import pandas  # noqa: ICN001 - heavy import

    return pandas.DataFrame([asdict(total) for total in totals])


def _save_totals(
    work: Work,
    claim: Claim,
    totals: list[DocumentTotals],
    outcomes: list[ExpectationOutcome],
    office: Office,
) -> None:
    from tieout.contracts.expectations import SUITE_VERSION

    work.run_many(
        "validate",
        "save_read_totals",
        [
            {
                "sha256": total.document,
                "line_count": total.line_count,
                "debit_minor": total.debit,
                "credit_minor": total.credit,
            }
            for total in totals
        ],
    )
    for outcome in outcomes:
        work.run(
            "validate", "save_expectation", unit_key=claim.key, suite=f"{claim.unit['kind']}_batch",
            suite_version=SUITE_VERSION, expectation=outcome.expectation,
            severity=outcome.severity, success=outcome.success, observed=outcome.observed,
            at=office.now(),
        )  # fmt: skip
