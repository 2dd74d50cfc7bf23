"""Store what a build decided: journals, lineage, dispositions, exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tieout.errors import Finding, Place, Severity
from tieout.finance.mappings import MappingSet
from tieout.finance.states import COMMITTED
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.journals import move_journal, supersede
from tieout.workflows.mappings import FILES_AUTHOR, SETUP
from tieout.workflows.office import Office
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
) -> None:
    """Write all of a build in the caller's transaction; what it replaces is superseded."""
    at = office.now()
    committed = sorted(COMMITTED)
    work.run("build", "forget_open_dispositions", unit_key=claim.key, states=committed)
    wanted = {item.journal.external_id for item in built.journals}
    known = {row["external_id"]: row for row in journals}
    for external_id, row in known.items():
        if row["state"] in PENDING and external_id not in wanted:
            supersede(work, external_id, row["state"], at, "its inputs or rules changed")
    for item in built.journals:
        if item.journal.external_id not in known:
            _insert(office, work, claim, mapping, item)
    for part in built.disposed:
        work.run(
            "build", "insert_disposition", document=part.document, unit_key=claim.key,
            state=part.state, reason=part.reason, external_id=part.external_id or None,
            source_lines=list(part.source_lines), debit_minor=part.debit_minor,
            credit_minor=part.credit_minor,
        )  # fmt: skip
    opened = [_open(office, work, claim, mapping, cause) for cause in built.held]
    settle_object(work, "unit", claim.key, opened, "its cause is gone; the lines were built", at)


def _insert(
    office: Office, work: Work, claim: Claim, mapping: MappingSet, item: BuiltJournal
) -> None:
    journal, at = item.journal, office.now()
    work.run(
        "build", "insert_journal", external_id=journal.external_id, journal_key=journal.key.text(),
        entity=journal.key.entity, kind=journal.key.kind.value, period=journal.key.period,
        batch=journal.key.batch, revision=journal.key.revision, part=journal.key.part,
        unit_key=claim.key, accounting_date=journal.accounting_date, currency=journal.currency,
        memo=journal.memo, debit_minor=journal.debit_minor, line_count=len(journal.lines),
        content_hash=journal.content_hash, content=journal.canonical_json(),
        correlation_id=journal.correlation_id, makers=_makers(mapping, item), at=at,
    )  # fmt: skip
    work.run_many(
        "build",
        "insert_journal_line",
        [
            {
                "external_id": journal.external_id,
                "line_number": line.number,
                "account": line.account,
                "cost_center": line.cost_center,
                "project": line.project,
                "component_class": line.component_class,
                "amount_minor": line.amount_minor,
                "description": line.description,
                "people_count": line.people_count,
            }
            for line in journal.lines
        ],
    )
    work.run_many(
        "build",
        "insert_lineage",
        [
            {
                "external_id": journal.external_id,
                "line_number": link.line_number,
                "document": link.document,
                "source_lines": list(link.source_lines),
                "amount_minor": link.amount_minor,
            }
            for link in item.lineage
        ],
    )
    work.run_many(
        "build",
        "insert_source_total",
        [
            {"external_id": journal.external_id, "component_class": name, "amount_minor": total}
            for name, total in item.source_totals.items()
        ],
    )
    move_journal(work, journal.external_id, "draft", "validated", at)
    move_journal(work, journal.external_id, "validated", "awaiting_approval", at)


def _makers(mapping: MappingSet, item: BuiltJournal) -> list[str]:
    """Everyone who shaped the content: authors and releasers of the rules it used."""
    used = {value for kind, value in item.journal.input_versions if kind == "rule"}
    people = {
        person
        for row in mapping.rows
        if f"{row.table}:{row.key}@{row.version}" in used
        for person in (row.author, row.decided_by)
    }
    # A successor shapes the content through the cost centers of its lines.
    centers = {line.cost_center for line in item.journal.lines}
    for row in mapping.table("successors"):
        if row["entity"] == item.journal.key.entity and row["successor"] in centers:
            people |= {row.author, row.decided_by}
    return sorted(people - {"", FILES_AUTHOR, SETUP})


def _due(
    office: Office, mapping: MappingSet, entity: str, period: str, kind: str
) -> datetime | None:
    """When the window closes that a held line would miss; none for an unknown entity."""
    if entity not in office.company.entities:
        return None
    return window_of(mapping, office.company.entity(entity), period, kind).closes_at


def _open(office: Office, work: Work, claim: Claim, mapping: MappingSet, cause: HeldCause) -> int:
    period = str(claim.unit["period"])
    known = [
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
    told = told_cause(cause, claim.key, known)
    return open_exception(
        work, told, at=office.now(), object_kind="unit", object_key=claim.key, period=period,
        cause=f"{cause.entity}|{cause.cause}", entity=cause.entity, batch=claim.key,
        item_count=cause.item_count, at_risk_minor=cause.at_risk_minor, currency=cause.currency,
        due_at=_due(office, mapping, cause.entity, period, str(claim.unit["kind"])),
    )  # fmt: skip
