"""build: journals, lineage, dispositions and certificates of a unit, in one transaction.

Lines that a committed journal carries are left alone. A pending journal with the same content
stands, with its approvals; another content is a new revision and the old one is superseded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from tieout.finance.journals import JournalKind
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month
from tieout.finance.states import COMMITTED
from tieout.warehouse.store import Row, Work
from tieout.workflows.batches import settle_from_register
from tieout.workflows.build_holds import (
    disposed_replaced,
    reimbursed_by_entity,
    reimbursement_holds,
    uncommitted,
)
from tieout.workflows.build_store import PENDING, save_build
from tieout.workflows.certify import void_signed_otherwise
from tieout.workflows.correct import corrections_of
from tieout.workflows.extract import unit_documents
from tieout.workflows.intercompany import intercompany_of
from tieout.workflows.line_limit import built_within_limit
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.reference import LEDGER_SOURCE
from tieout.workflows.unit_rules import build_rules
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

    from tieout.stages.build.build import BuildRules, Built

KINDS: Final = {"payroll": JournalKind.PAYROLL, "expense": JournalKind.EXPENSE}


def build(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        before = previous_output(office, claim, "build")
        if not before:
            return False
        known_at = office.now()
        with office.warehouse.transaction() as work:
            mapping = known_mappings(office, work, known_at)
            journals, stands = standing(work, claim, known_at)
        key = input_key("build", "3", before, mapping.version, *stands)
        ran = run_stage(
            office, claim, "build", key,
            lambda: booked(office, claim, kept(office, before), mapping, journals, known_at),
        )  # fmt: skip
        if ran:
            # What was just stored changes the key; remember the one that finds nothing to do.
            with office.warehouse.transaction() as work:
                _, stands = standing(work, claim, known_at)
                key = input_key("build", "3", before, mapping.version, *stands)
                work.run("build", "set_stage_key", unit_key=claim.key, stage="build", input_key=key)
        return ran


def standing(work: Work, claim: Claim, known_at: datetime) -> tuple[list[Row], list[object]]:
    """The journals of a unit, and what of the store a build depends on.

    Who may use a cost center is the ERP's master data.
    """
    journals = work.rows("build", "journals_of_unit", unit_key=claim.key)
    batches = work.rows(
        "route", "batches_of", entity=claim.unit["entity"], period=claim.unit["period"]
    )
    states = [(row["external_id"], row["state"] in COMMITTED) for row in journals]
    handed = [(row["batch_key"], row["total_minor"]) for row in batches]
    reference = work.value(
        "reconcile", "reference_version", source=LEDGER_SOURCE, known_at=known_at
    )
    return journals, [states, handed, reference]


def booked(
    office: Office,
    claim: Claim,
    frame: pl.DataFrame,
    mapping: MappingSet,
    journals: Sequence[Row],
    known_at: datetime,
) -> StageResult:
    """Journals of the rows that no committed journal carries; all rows with their ending."""
    from tieout.stages.build.build import build as stage

    kind = str(claim.unit["kind"])
    frame = uncommitted(office, claim, frame)
    month = calendar_month(str(claim.unit["period"]))
    between = intercompany_of(office, mapping, month, known_at)
    frame = between.held(frame)
    holds = reimbursement_holds(office, claim, frame, mapping)
    own = [row for row in journals if row["kind"] == KINDS[kind]]
    revisions = _candidate_revisions(own)
    corrections = corrections_of(office, claim, mapping, KINDS[kind], journals)

    def rules(numbers: Mapping[str, int]) -> BuildRules:
        return build_rules(
            office.company, mapping, KINDS[kind], corrections.period, claim.key, frame, holds,
            numbers, _pay_dates(office, claim),
        )  # fmt: skip

    def booked(numbers: Mapping[str, int]) -> Built:
        return built_within_limit(
            office.ledger().limits.journal_lines, FRAME_KINDS[kind], frame, mapping, holds,
            lambda: between.applied(
                corrections.applied(stage(FRAME_KINDS[kind], frame, rules(numbers)))
            ),
        )  # fmt: skip

    built = booked(revisions)
    changed = _changed(built, journals)
    if changed:
        fresh = {**revisions, **{entity: _next_revision(own, entity) for entity in changed}}
        built = booked(fresh)
    replaced = disposed_replaced(office, claim)
    reimbursed = reimbursed_by_entity(claim, frame, mapping, built)

    def also_save(work: Work) -> None:
        save_build(office, work, claim, mapping, built, journals, replaced)
        work.rows("build", "insert_certificates", unit_key=claim.key, at=office.now())
        for entity in sorted({str(row["entity"]) for row in journals}):
            void_signed_otherwise(office, work, claim.key, entity)
        for entity, amount in reimbursed.items():
            settle_from_register(work, entity, str(claim.unit["period"]), amount, office.now())

    return StageResult(
        row_count=frame.height,
        blocked=not built.journals and bool(built.held),
        also_save=also_save,
    )


def _pay_dates(office: Office, claim: Claim) -> dict[str, date]:
    """The pay date that each entity's run states."""
    return {
        row["entity"]: date.fromisoformat(row["facts"]["pay_date"])
        for row in unit_documents(office, claim)
        if row["facts"].get("pay_date")
    }


def _candidate_revisions(journals: Sequence[Row]) -> dict[str, int]:
    """A pending journal is rebuilt under its own revision, to see whether it still stands."""
    revisions: dict[str, int] = {}
    for row in journals:
        entity = str(row["entity"])
        if row["state"] in PENDING:
            revisions[entity] = int(row["revision"])
        else:
            revisions[entity] = max(revisions.get(entity, 0), int(row["revision"]) + 1)
    return revisions


def _next_revision(journals: Sequence[Row], entity: str) -> int:
    return 1 + max(int(row["revision"]) for row in journals if row["entity"] == entity)


def _changed(built: Built, journals: Sequence[Row]) -> list[str]:
    """Entities whose pending journal no longer has the content that would be built now.

    A leg of another entity that changed makes the journal anew that it goes together with.
    """
    stored = {row["external_id"]: row["content_hash"] for row in journals}
    payer = {item.journal.external_id: item.journal.key.entity for item in built.journals}
    return sorted(
        {
            payer.get(item.journal.ties.pair, item.journal.key.entity)
            for item in built.journals
            if not item.journal.ties.reverses
            and stored.get(item.journal.external_id, item.journal.content_hash)
            != item.journal.content_hash
        }
    )
