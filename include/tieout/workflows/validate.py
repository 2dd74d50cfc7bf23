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
    input_key,
    kept,
    previous_output,
    run_stage,
)

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.measures import Before, Surroundings
    from tieout.contracts.suites import BatchRow
    from tieout.finance.mappings import MappingSet
    from tieout.stages.validate.totals import DocumentTotals

#: Frame of each kind of unit.
FRAME_KINDS = {"payroll": "pay_line", "expense": "expense_line"}


def validate(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        before = previous_output(office, claim, "validate")
        if not before:
            return False
        with office.warehouse.transaction() as work:
            mapping = known_mappings(office, work, office.now())
        around = around_unit(office, claim, mapping)
        # Net pay is held against the stated one, so what counts as net pay shapes the answer.
        key = input_key("validate", "1.1", before, sorted(around.net_pay_codes))
        return run_stage(
            office,
            claim,
            "validate",
            key,
            lambda: validated(office, claim, kept(office, before), around),
        )


def validated(
    office: Office, claim: Claim, frame: pl.DataFrame, around: Surroundings
) -> StageResult:
    """Typed rows under contract, held where their document must wait."""
    from tieout.stages.validate.rows import validate_rows
    from tieout.stages.validate.totals import document_totals, passed_on, what_changed

    documents = unit_documents(office, claim)
    names = {row["sha256"]: row["name"] for row in documents}
    kind = str(claim.unit["kind"])
    checked = validate_rows(FRAME_KINDS[kind], frame, names)
    totals = document_totals(checked.frame, _stated(documents))
    rows = measured(kind, checked.frame, totals, around)
    currencies = {row["sha256"]: str(row["currency"]) for row in documents}
    mismatches = control_mismatches(totals, names, currencies, claim.key)
    waiting = mismatches + must_wait(kind, rows, names, claim.key)
    result = hold_documents(checked.frame, waiting)
    findings: list[tuple[str, Finding]] = [("", told) for told in checked.findings]
    findings += waiting
    whole = result.filter(result["document_holds"].list.len() > 0).height

    def also_save(work: Work) -> None:
        _save_totals(work, totals, rows)
        office.suites.ask(work, {_batch(claim): rows}, office.now())

    return StageResult(
        frame=result,
        row_count=result.height,
        findings=findings,
        blocked=whole == result.height,
        sums=passed_on(result),
        altered=what_changed(frame, result),
        also_save=also_save,
    )


def around_unit(office: Office, claim: Claim, mapping: MappingSet) -> Surroundings:
    """What the batch is held against beside itself."""
    documents = unit_documents(office, claim)
    with office.warehouse.transaction() as work:
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
