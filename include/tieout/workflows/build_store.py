"""Store what a build decided: journals, lineage, dispositions, exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tieout.errors import Finding, Place, Severity
from tieout.finance.mappings import MappingSet
from tieout.finance.states import COMMITTED
from tieout.warehouse.store import Row, Work
from tieout.workflows.build_rows import copy_dispositions, parts_of
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.journal_store import save_journals
from tieout.workflows.journals import supersede
from tieout.workflows.mappings import FILES_AUTHOR, SETUP
from tieout.workflows.office import Office
from tieout.workflows.reconcile import reference_view
from tieout.workflows.record_checks import check_journals
from tieout.workflows.unit_rules import told_cause
from tieout.workflows.units import Claim
from tieout.workflows.windows import window_of

if TYPE_CHECKING:
    from tieout.stages.build.build import Built, BuiltJournal, HeldCause

#: Journals in these states may still be replaced by a newer revision.
PENDING: Final = frozenset(
    {"validated", "awaiting_approval", "rejected", "approved", "queued", "held"}
)


def save_build(
    office: Office,
    work: Work,
    claim: Claim,
    mapping: MappingSet,
    built: Built,
    journals: Sequence[Row],
    replaced: Sequence[Mapping[str, object]] = (),
) -> None:
    """Write all of a build in the caller's transaction; what it replaces is superseded.

    Args:
        office: the office.
        work: the caller's transaction.
        claim: the unit, held.
        mapping: the rules that were known.
        built: what was built.
        journals: every journal of the unit that the store holds.
        replaced: where lines of documents ended that a corrected delivery replaced.
    """
    at = office.now()
    committed = sorted(COMMITTED)
    work.run("build", "forget_open_dispositions", unit_key=claim.key, states=committed)
    wanted = {item.journal.external_id for item in built.journals}
    known = {row["external_id"]: row for row in journals}
    for external_id, row in known.items():
        if row["state"] in PENDING and external_id not in wanted:
            supersede(work, external_id, row["state"], at, "its inputs or rules changed")
    fresh = [item for item in built.journals if item.journal.external_id not in known]
    made = [(item, makers_of(mapping, item)) for item in fresh]
    told = check_journals(office.suites, work, fresh, reference_view(work, at), at)
    save_journals(work, made, claim.key, at, [key for key, wrong in told.items() if wrong])
    for item in fresh:
        _tell(work, claim, item, told[item.journal.external_id], at)
    copy_dispositions(work, claim.key, parts_of(built, replaced))
    known_findings = _findings(work, claim) if built.held else []
    opened = [_open(office, work, claim, mapping, cause, known_findings) for cause in built.held]
    settle_object(work, "unit", claim.key, opened, "its cause is gone; the lines were built", at)


def makers_of(mapping: MappingSet, item: BuiltJournal) -> list[str]:
    """Everyone who shaped the content: authors and releasers of the rules it used."""
    used = {value for kind, value in item.journal.input_versions if kind == "rule"}
    people = {
        person
        for name in used
        if (row := mapping.by_name.get(name)) is not None
        for person in (row.author, row.decided_by)
    }
    # A successor shapes the content through the cost centers of its lines.
    centers = {line.cost_center for line in item.journal.lines}
    for row in mapping.table("successors"):
        if row["entity"] in {item.journal.key.entity, "*", ""} and row["successor"] in centers:
            people |= {row.author, row.decided_by}
    return sorted(people - {"", FILES_AUTHOR, SETUP})


def _tell(
    work: Work, claim: Claim, item: BuiltJournal, wrong: Sequence[Finding], at: datetime
) -> None:
    """An exception for each expectation that a journal breaks."""
    for one in wrong:
        open_exception(
            work, one, at=at, object_kind="journal", object_key=item.journal.external_id,
            entity=item.journal.key.entity, period=item.journal.key.period, cause=one.message,
            batch=claim.key,
        )  # fmt: skip


def _due(
    office: Office, mapping: MappingSet, entity: str, period: str, kind: str
) -> datetime | None:
    """When the window closes that a held line would miss; none for an unknown entity."""
    if entity not in office.company.entities:
        return None
    return window_of(mapping, office.company.entity(entity), period, kind).closes_at


def _findings(work: Work, claim: Claim) -> list[Finding]:
    """What the stages of the unit found."""
    return [
        Finding(
            code=row["code"],
            message=row["message"],
            where=Place(row["document"], row["line"], row["field"]),
            found=row["found"],
            blocks=row["blocks"],
            next_step=row["next_step"],
            severity=Severity(row["severity"]),
        )
        for row in work.rows("extract", "unit_stage_findings", unit_key=claim.key)
    ]


def _open(
    office: Office,
    work: Work,
    claim: Claim,
    mapping: MappingSet,
    cause: HeldCause,
    known: Sequence[Finding],
) -> int:
    period = str(claim.unit["period"])
    told = told_cause(cause, claim.key, known)
    return open_exception(
        work, told, at=office.now(), object_kind="unit", object_key=claim.key, period=period,
        cause=f"{cause.entity}|{cause.cause}", entity=cause.entity, batch=claim.key,
        item_count=cause.item_count, at_risk_minor=cause.at_risk_minor, currency=cause.currency,
        due_at=_due(office, mapping, cause.entity, period, str(claim.unit["kind"])),
    )  # fmt: skip
