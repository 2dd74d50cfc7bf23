"""Keep master data with its history: who said what, true since when, known since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tieout.finance.ledger import ReferenceObject
from tieout.finance.reference import (
    Difference,
    Doubted,
    Group,
    Known,
    compare,
    effective_date,
    first_segments,
)
from tieout.finance.words import finding
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import close_exceptions, open_exception
from tieout.workflows.office import Office

#: Sources of master data: HR's employees, the ERP, and whom payroll and expense platform know.
HR_SOURCE, LEDGER_SOURCE = "people", "ledger"
PAYROLL_SOURCE, EXPENSE_SOURCE = "payroll", "expense"
_DOUBTED = "extract_incomplete"


@dataclass(frozen=True, slots=True)
class SnapshotCounts:
    """What a reading of master data found; `doubted` counts groups whose gaps are not believed."""

    source: str
    objects: int
    added: int
    changed: int
    closed: int
    missing: int
    doubted: int = 0


def keep_snapshot(
    office: Office,
    work: Work,
    source: str,
    read: Sequence[ReferenceObject],
    period: str,
    covers: frozenset[str] | None = None,
) -> SnapshotCounts:
    """Store what changed since the last reading of a source.

    Args:
        office: for business time and the entities' own dates.
        work: the transaction; a reading is kept whole or not at all.
        source: who said it.
        read: all that it said.
        period: under which the close hears of a reading that is doubted.
        covers: entities that the reading was about; nobody else's objects can be missing in it.
    """
    at = office.now()
    known = [
        _as_known(row)
        for row in work.rows("reconcile", "current_reference_objects", source=source)
        if covers is None or covers & set(row["entities"])
    ]
    found = compare(known, read, _believed(work, source))
    _tell_doubted(work, source, found.doubted, period, at)
    _save(office, work, source, found, at)
    counts = SnapshotCounts(
        source, len(found.read), len(found.added), len(found.changed), found.closed_count,
        len(found.missing), len(found.doubted),
    )  # fmt: skip
    if found.changes or found.doubted or not known:
        work.run(
            "reconcile", "insert_reference_snapshot", source=source, taken_at=at,
            object_count=counts.objects, added_count=counts.added, changed_count=counts.changed,
            closed_count=counts.closed, missing_count=counts.missing,
            doubted_count=counts.doubted,
            kinds={kind: count.as_json() for kind, count in found.kinds.items()},
        )  # fmt: skip
    return counts


def reference_as_of(
    work: Work, source: str, kind: str, valid_on: date, known_at: datetime
) -> list[Row]:
    """Master data of a kind as true on a day, by what was known at an instant."""
    return work.rows(
        "reconcile", "reference_as_of", source=source, kind=kind, valid_on=valid_on,
        known_at=known_at,
    )  # fmt: skip


def current_objects(work: Work, source: str, kind: str) -> list[Known]:
    """What is known last of a source's objects of one kind."""
    return [
        _as_known(row)
        for row in work.rows("reconcile", "current_reference_objects", source=source)
        if row["kind"] == kind
    ]


def _save(office: Office, work: Work, source: str, found: Difference, at: datetime) -> None:
    work.run_many(
        "reconcile",
        "insert_reference_object",
        [
            _said(item) | {
                "source": source, "kind": item.kind, "code": item.code, "active": part.active,
                "valid_from": part.valid_from, "valid_to": part.valid_to, "known_from": at,
            }
            for item in found.added
            for part in first_segments(item)
        ],
    )  # fmt: skip
    changed = [
        (before, item, effective_date(before.item, item, _read_on(office, item, at)), False)
        for before, item in found.changed
    ]
    # Gone from the extract is not closed: the last known facts stay, marked missing.
    missing = [(one, one.item, _read_on(office, one.item, at), True) for one in found.missing]
    work.run_many(
        "reconcile",
        "change_reference_object",
        [
            _said(item) | {
                "id": before.id, "active": item.active, "missing": gone, "effective": effective,
                "known_from": at,
            }
            for before, item, effective, gone in [*changed, *missing]
        ],
    )  # fmt: skip


def _said(item: ReferenceObject) -> dict[str, object]:
    return {
        "ref": item.ref, "name": item.name, "parent_code": item.parent_code,
        "entities": list(item.entities), "fields": dict(item.fields),
    }  # fmt: skip


def _read_on(office: Office, item: ReferenceObject, at: datetime) -> date:
    """The day of the reading, in the zone of the one entity that the object belongs to."""
    entity = office.company.entities.get(item.entities[0]) if len(item.entities) == 1 else None
    return at.astimezone(UTC).date() if entity is None else entity.local_date(at)


def _as_known(row: Row) -> Known:
    item = ReferenceObject(
        row["kind"], row["code"], row["ref"], row["name"], row["active"], row["parent_code"],
        tuple(row["entities"]), row["fields"],
    )  # fmt: skip
    return Known(row["id"], item, row["missing"])


def _key(group: Group) -> str:
    return "|".join(group)


def _believed(work: Work, source: str) -> frozenset[Group]:
    """Groups whose gap a person released: it is no fault of the extract."""
    return frozenset(
        (row["cause_key"].split("|")[0], row["entity"])
        for row in _open(work, source)
        if row["state"] == "released"
    )


def _open(work: Work, source: str) -> list[Row]:
    return [
        row
        for row in work.rows(
            "exceptions", "open_of_object", object_kind="master_data", object_key=source
        )
        if row["code"] == _DOUBTED
    ]


def _tell_doubted(
    work: Work, source: str, doubted: Sequence[Doubted], period: str, at: datetime
) -> None:
    told = [
        open_exception(
            work,
            finding(
                _DOUBTED, source=source, kind=one.kind.replace("_", " "),
                count=one.missing_count, known=one.known_count,
            ),
            at=at, object_kind="master_data", object_key=source, entity=one.entity, period=period,
            cause=_key((one.kind, one.entity)), item_count=one.missing_count,
        )
        for one in doubted
    ]  # fmt: skip
    gone = [int(row["id"]) for row in _open(work, source) if int(row["id"]) not in told]
    close_exceptions(work, gone, "the extract is whole, or its gap was confirmed", at)
