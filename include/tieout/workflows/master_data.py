"""Read master data, keep what changed with its validity, tell closed from missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.finance.ledger import LedgerPeriod, ReferenceObject
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import finding
from tieout.ports import Wanted
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.office import Office
from tieout.workflows.reconcile import LEDGER_SOURCE

HR_SOURCE = "people"


@dataclass(frozen=True, slots=True)
class SnapshotCounts:
    """What a reading of master data found."""

    source: str
    objects: int
    added: int
    changed: int
    closed: int
    missing: int


def refresh_ledger(office: Office) -> SnapshotCounts:
    """Snapshot the ERP's master data and posting periods."""
    ledger = office.ledger()
    objects = ledger.reference_data()
    periods = ledger.periods()
    with office.warehouse.transaction() as work:
        counts = _snapshot(work, LEDGER_SOURCE, objects, office.now())
        _keep_periods(work, periods, office.now())
    return counts


def refresh_people(office: Office, period: AccountingPeriod) -> SnapshotCounts:
    """Snapshot HR's view of employees: no pay, no name."""
    source = office.people()
    people: list[ReferenceObject] = []
    for ref in source.discover(Wanted(period)):
        content, media_type = source.fetch(ref)
        office.objects.put(content)
        people.extend(_people(office, ref, content, media_type))
    with office.warehouse.transaction() as work:
        return _snapshot(work, HR_SOURCE, people, office.now())


def _people(office: Office, ref: object, content: bytes, media_type: str) -> list[ReferenceObject]:
    from tieout.finance.documents import DocumentRef, SourceDocument

    if not isinstance(ref, DocumentRef):
        message = "a source offers document references"
        raise TypeError(message)
    document = SourceDocument.of(ref, content, media_type, office.now())
    reading = office.people().read(document, content)
    rows = reading.frames["employee"].iter_rows(named=True)
    return [
        ReferenceObject(
            kind="employee",
            code=row["employee_ref"],
            ref=row["employee_ref"],
            name="",
            active=row["status"] != "left",
            entities=(row["entity"],),
            fields={
                name: row[name]
                for name in ("cost_center_code", "department", "project_code", "pay_group",
                             "payroll_provider", "expense_ref", "hire_date", "leave_date")
            },
        )
        for row in rows
    ]  # fmt: skip


def _snapshot(
    work: Work, source: str, objects: Sequence[ReferenceObject], at: datetime
) -> SnapshotCounts:
    known = {
        (row["kind"], row["code"]): row
        for row in work.rows("reconcile", "current_reference_objects", source=source)
    }
    added = changed = closed = 0
    seen = set()
    for item in objects:
        identity = (item.kind, item.code)
        if identity in seen:
            continue
        seen.add(identity)
        before = known.get(identity)
        if before is not None and _same(before, item):
            continue
        if before is None:
            added += 1
        else:
            changed += 1
            closed += int(before["active"] and not item.active)
            work.run("reconcile", "end_reference_object", id=before["id"], known_to=at)
        _insert(work, source, item, at, missing=False)
    # Gone from the extract is not closed: the last known facts stay, marked missing.
    gone = [row for identity, row in known.items() if identity not in seen and not row["missing"]]
    for row in gone:
        work.run("reconcile", "end_reference_object", id=row["id"], known_to=at)
        _insert(work, source, _as_object(row), at, missing=True)
    counts = SnapshotCounts(source, len(seen), added, changed, closed, len(gone))
    if added or changed or gone or not known:
        work.run(
            "reconcile", "insert_reference_snapshot", source=source, taken_at=at,
            object_count=counts.objects, added_count=added, changed_count=changed,
            closed_count=closed, missing_count=len(gone),
        )  # fmt: skip
    return counts


def _same(row: Row, item: ReferenceObject) -> bool:
    return (
        row["ref"] == item.ref
        and row["name"] == item.name
        and row["active"] == item.active
        and not row["missing"]
        and row["parent_code"] == item.parent_code
        and tuple(row["entities"]) == tuple(item.entities)
        and dict(row["fields"]) == dict(item.fields)
    )


def _as_object(row: Row) -> ReferenceObject:
    return ReferenceObject(
        row["kind"], row["code"], row["ref"], row["name"], row["active"], row["parent_code"],
        tuple(row["entities"]), row["fields"],
    )  # fmt: skip


def _insert(work: Work, source: str, item: ReferenceObject, at: datetime, *, missing: bool) -> None:
    work.run(
        "reconcile", "insert_reference_object", source=source, kind=item.kind, code=item.code,
        ref=item.ref, name=item.name, active=item.active, missing=missing,
        parent_code=item.parent_code, entities=list(item.entities), fields=dict(item.fields),
        known_from=at,
    )  # fmt: skip


def _keep_periods(work: Work, periods: Sequence[LedgerPeriod], at: datetime) -> None:
    work.run_many(
        "reconcile",
        "upsert_ledger_period",
        [
            {
                "ledger": LEDGER_SOURCE,
                "code": period.code,
                "ref": period.ref,
                "name": period.name,
                "starts": period.starts,
                "ends": period.ends,
                "closed": period.closed,
                "locked": period.locked,
                "seen_at": at,
            }
            for period in periods
        ],
    )


def align(office: Office, period: AccountingPeriod) -> Mapping[str, int]:
    """Every active employee exactly once: aligned, or HR's cost center has no place in the ERP.

    Returns counts by state; they sum to headcount.
    """
    with office.warehouse.transaction() as work:
        rows = work.rows("reconcile", "alignment", hr=HR_SOURCE, ledger=LEDGER_SOURCE)
        counts: dict[str, int] = {}
        differing: dict[str, int] = {}
        for row in rows:
            counts[row["state"]] = counts.get(row["state"], 0) + 1
            if row["state"] != "aligned":
                differing[row["entity"]] = differing.get(row["entity"], 0) + 1
        opened = [
            open_exception(
                work, finding("alignment_differs", count=count), at=office.now(),
                object_kind="alignment", object_key=entity, entity=entity, period=period.code,
                cause=entity, item_count=count,
            )
            for entity, count in sorted(differing.items())
        ]  # fmt: skip
        for entity in office.company.entities:
            if entity not in differing:
                settle_object(work, "alignment", entity, opened, "HR and ERP agree", office.now())
    return counts
