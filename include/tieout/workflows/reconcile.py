"""reconcile: map the rows of a unit with the rules and master data as known now."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tieout.finance.periods import calendar_month
from tieout.warehouse.store import Work
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.reference import LEDGER_SOURCE
from tieout.workflows.units import (
    Claim,
    StageResult,
    claimed,
    input_key,
    kept,
    previous_output,
    run_stage,
)
from tieout.workflows.validate import FRAME_KINDS

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.staged import ReferenceView
    from tieout.finance.mappings import MappingSet


def reconcile(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        before = previous_output(office, claim, "reconcile")
        if not before:
            return False
        # Rules and master data of one instant: nothing that becomes known meanwhile is mixed in.
        known_at = office.now()
        with office.warehouse.transaction() as work:
            mapping = known_mappings(office, work, known_at)
            version = work.value(
                "reconcile", "reference_version", source=LEDGER_SOURCE, known_at=known_at
            )
        key = input_key("reconcile", "4", before, mapping.version, version)
        return run_stage(
            office, claim, "reconcile", key,
            lambda: reconciled(office, claim, kept(office, before), mapping, known_at),
        )  # fmt: skip


def reference_view(work: Work, known_at: datetime) -> ReferenceView:
    """What is known of the ERP at an instant: code → usable."""
    from tieout.contracts.staged import ReferenceView

    kinds: dict[str, dict[str, bool]] = {"account": {}, "cost_center": {}, "project": {}}
    for row in work.rows("reconcile", "reference_view", source=LEDGER_SOURCE, known_at=known_at):
        kinds[row["kind"]][row["code"]] = bool(row["usable"])
    return ReferenceView(kinds["account"], kinds["cost_center"], kinds["project"])


def reconciled(
    office: Office, claim: Claim, frame: pl.DataFrame, mapping: MappingSet, known_at: datetime
) -> StageResult:
    """Rows mapped with the rules given and the master data as known at an instant."""
    from tieout.stages.reconcile import reconcile as stage
    from tieout.stages.validate.totals import passed_on, what_changed

    with office.warehouse.transaction() as work:
        reference = reference_view(work, known_at)
    mapped = stage.reconcile(
        FRAME_KINDS[str(claim.unit["kind"])],
        frame,
        str(claim.unit["provider"]),
        mapping,
        reference,
        calendar_month(str(claim.unit["period"])).ends,
    )
    return StageResult(
        frame=mapped, row_count=mapped.height, sums=passed_on(mapped),
        altered=what_changed(frame, mapped),
    )  # fmt: skip
