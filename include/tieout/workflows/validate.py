"""validate: typed rows under contract, expectations on the totals of each document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tieout.errors import Finding
from tieout.finance.periods import calendar_month
from tieout.warehouse.store import Row, Work
from tieout.workflows.batch_checks import (
    Batch,
    measured,
    must_wait,
    save_outcomes,
    surroundings,
)
from tieout.workflows.extract import unit_documents
from tieout.workflows.mappings import known_mappings
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
    from tieout.contracts.measures import Before, Surroundings
    from tieout.contracts.suites import BatchRow
    from tieout.stages.validate.totals import DocumentTotals

#: Frame of each kind of unit.
FRAME_KINDS = {"payroll": "pay_line", "expense": "expense_line"}


def validate(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        before = previous_output(office, claim, "validate")
        if not before:
            return False
        around = _surroundings(office, claim)
        # Net pay is held against the stated one, so what counts as net pay shapes the answer.
        key = input_key("validate", "1.1", before, sorted(around.net_pay_codes))
        return run_stage(
            office, claim, "validate", key, lambda: _compute(office, claim, before, around)
        )


def _compute(office: Office, claim: Claim, before: str, around: Surroundings) -> StageResult:
    from tieout.contracts.expectations import check_many
    from tieout.stages.validate.rows import validate_rows
    from tieout.stages.validate.totals import document_totals, passed_on, what_changed

    documents = unit_documents(office, claim)
    names = {row["sha256"]: row["name"] for row in documents}
    kind = str(claim.unit["kind"])
    frame = from_parquet(office.objects.get(before, ".parquet"))
    validated = validate_rows(FRAME_KINDS[kind], frame, names)
    totals = document_totals(validated.frame, _stated(documents))
    rows = measured(kind, validated.frame, totals, around)
    outcomes = check_many(kind, {claim.key: rows})[claim.key]
    currencies = {row["sha256"]: str(row["currency"]) for row in documents}
    mismatches = control_mismatches(totals, names, currencies, claim.key)
    waiting = mismatches + must_wait(kind, rows, names, claim.key)
    result = hold_documents(validated.frame, waiting)
    findings: list[tuple[str, Finding]] = [("", told) for told in validated.findings]
    findings += waiting
    whole = result.filter(result["document_holds"].list.len() > 0).height

    def also_save(work: Work) -> None:
        _save_totals(work, totals, rows)
        save_outcomes(work, _batch(claim), outcomes, office.now())

    return StageResult(
        to_parquet(result), result.height, findings, whole == result.height, passed_on(result),
        what_changed(frame, result), also_save,
    )  # fmt: skip


def _surroundings(office: Office, claim: Claim) -> Surroundings:
    documents = unit_documents(office, claim)
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, office.now())
        before = _before(work, claim)
    return surroundings(
        office.company, mapping, str(claim.unit["provider"]),
        calendar_month(str(claim.unit["period"])), before=before,
        stated={row["sha256"]: (row["headcount"], row["net_pay_minor"]) for row in documents},
    )  # fmt: skip


def _before(work: Work, claim: Claim) -> Before:
    """What the run before measured; a drift from it is told."""
    from tieout.contracts.measures import Before

    row = work.row("validate", "previous_run_totals", unit_key=claim.key)
    if row is None:
        return Before()
    return Before(row["read_line_count"], row["read_headcount"], row["read_net_pay_minor"])


def _batch(claim: Claim) -> Batch:
    unit = claim.unit
    return Batch(claim.key, str(unit["kind"]), str(unit["period"]), str(unit["entity"]))


def _stated(documents: list[Row]) -> dict[str, tuple[str, int, int, int]]:
    return {
        row["sha256"]: (row["origin"], row["line_count"], row["debit_minor"], row["credit_minor"])
        for row in documents
        if row["origin"] is not None
    }


def _save_totals(work: Work, totals: Sequence[DocumentTotals], rows: Sequence[BatchRow]) -> None:
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
    work.run_many(
        "validate",
        "save_read_people",
        [
            {
                "sha256": row["document"],
                "headcount": row.get("headcount"),
                "net_pay_minor": row.get("net_pay"),
            }
            for row in rows
        ],
    )
