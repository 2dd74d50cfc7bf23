"""Align: every active employee exactly once, what is at risk, and whose step it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.alignment import (
    Alignment,
    EntityAlignment,
    Standing,
    System,
    align,
    by_entity,
)
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import AccountingPeriod
from tieout.warehouse.store import Row, Work
from tieout.workflows.alignment_told import tell
from tieout.workflows.alignment_views import (
    Everybody,
    people_provider,
    persons,
    read_everybody,
)
from tieout.workflows.batches import cutoffs_of
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.payroll_people import refresh_payroll

#: Fewer people than this, and an amount is not shown where no policy states a group size.
SMALLEST_GROUP: Final = 5


@dataclass(frozen=True)
class Measured:
    """An entity's alignment with its money; an amount is none where too few stand behind it.

    Attributes:
        unpaid_count: active employees without a line in the last regular run.
        unknown_count: people in the last regular run whom HR does not know.
        pay_at_risk_minor: what the last run charged to the affected cost centers.
        expense_at_risk_minor: what waits to be repaid to the affected employees.
        closed: closed cost center → people on it and what the last run charged to it.
        due_at: the next payroll cutoff.
    """

    found: EntityAlignment
    unpaid_count: int
    unknown_count: int
    pay_at_risk_minor: int | None
    expense_at_risk_minor: int | None
    currency: str
    closed: Mapping[str, tuple[int, int | None]]
    due_at: datetime | None

    @property
    def at_risk_minor(self) -> int:
        """What may be shown of both."""
        return (self.pay_at_risk_minor or 0) + (self.expense_at_risk_minor or 0)


def align_people(office: Office, period: AccountingPeriod, entity: str = "") -> Mapping[str, int]:
    """Compare all systems, keep the result, tell what differs; counts by standing.

    The counts sum to the headcount. Pay runs that came since the last comparison are taken first.
    """
    refresh_payroll(office, period)
    counts = dict.fromkeys((str(standing) for standing in Standing), 0)
    with office.warehouse.transaction() as work:
        for measured in measure(office, work, period, entity):
            _keep(work, measured, period, office.now())
            tell(work, measured, period, office.now())
            for standing, count in measured.found.counts.items():
                counts[str(standing)] += count
    return counts


def measure(
    office: Office, work: Work, period: AccountingPeriod, entity: str = ""
) -> list[Measured]:
    """How each entity stands by what is known now, also one without anybody."""
    mapping = known_mappings(office, work, office.now())
    everybody = read_everybody(work, mapping, period, office.unit_providers("expense"))
    found = {
        one.entity: one
        for one in by_entity(
            align(person) for person in persons(everybody, people_provider(office), entity)
        )
    }
    wanted = [entity] if entity else sorted({*office.company.entities, *found})
    if not everybody.hr:
        return []
    return [
        _measured(
            office, work, mapping, everybody, found.get(code, EntityAlignment(code, ())), period
        )
        for code in wanted
        if code in office.company.entities
    ]


def _measured(
    office: Office,
    work: Work,
    mapping: MappingSet,
    everybody: Everybody,
    found: EntityAlignment,
    period: AccountingPeriod,
) -> Measured:
    entity = office.company.entity(found.entity)
    costs = _Costs(everybody, entity.code, entity.functional_currency)
    least = smallest_group(mapping, entity.code, period)
    moved = [row for row in found.rows if row.moves_money]
    affected = {center for row in moved for center in row.centers}
    waiting = work.value(
        "reconcile", "waiting_expenses", entity=entity.code, currency=entity.functional_currency,
        employees=sorted(row.employee_ref for row in moved),
    )  # fmt: skip
    upcoming = [
        cutoff.at for cutoff in cutoffs_of(office, mapping, entity.code) if cutoff.at > office.now()
    ]
    return Measured(
        found=found,
        unpaid_count=sum(System.PAYROLL in row.missing_in for row in found.rows),
        unknown_count=sum(
            entity.code in one.item.entities and code not in everybody.hr
            for code, one in everybody.payroll.items()
            if not one.missing
        ),
        pay_at_risk_minor=costs.of(affected, found.rows, least),
        expense_at_risk_minor=int(waiting) if not moved or len(moved) >= least else None,
        currency=entity.functional_currency,
        closed={
            center: (people, costs.of({center}, found.rows, least))
            for center, people in _closed(moved).items()
        },
        due_at=min(upcoming, default=None),
    )


def _closed(rows: Sequence[Alignment]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for center in row.closed_centers:
            found[center] = found.get(center, 0) + 1
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class _Costs:
    """What an entity's last regular run charged to cost centers, in its functional currency."""

    everybody: Everybody
    entity: str
    currency: str

    def of(self, centers: Collection[str], rows: Sequence[Alignment], least: int) -> int | None:
        """The sum over ERP cost centers; none when fewer than `least` people stand behind it."""
        if not centers:
            return 0
        hit = [row for row in self.everybody.centers if self._charges(row, centers)]
        people = sum(int(row["people_count"]) for row in hit)
        # A run of vouchers names nobody: then HR says how many stand on the cost centers.
        people = people or sum(bool(set(centers) & set(row.centers)) for row in rows)
        if people < least:
            return None
        return sum(int(row["debit_minor"]) for row in hit)

    def _charges(self, row: Row, centers: Collection[str]) -> bool:
        if row["entity"] != self.entity or row["currency"] != self.currency:
            return False
        translated = self.everybody.translation.of_code(
            row["provider"], self.entity, row["cost_center_code"]
        )
        return bool(set(centers) & set(translated.stated))


def smallest_group(mapping: MappingSet, entity: str, period: AccountingPeriod) -> int:
    """The policy's group size for pay, else the one that is safe without a policy."""
    try:
        policy = mapping.best("posting", entity, period.ends, journal_kind="payroll")
    except ConfigurationError:
        return SMALLEST_GROUP
    stated = "" if policy is None else policy["small_group_k"]
    return int(stated) if stated.isdigit() else SMALLEST_GROUP


def _keep(work: Work, measured: Measured, period: AccountingPeriod, at: datetime) -> None:
    """A new run when something is different; else the last one is confirmed."""
    found = measured.found
    stated: dict[str, object] = {
        "entity": found.entity,
        "period": period.code,
        "headcount": found.headcount,
        "aligned_count": found.aligned,
        "differs_count": found.counts[Standing.DIFFERS],
        "missing_count": found.counts[Standing.MISSING],
        "unpaid_count": measured.unpaid_count,
        "unknown_count": measured.unknown_count,
        "reasons": dict(found.reasons),
        "pay_at_risk_minor": measured.pay_at_risk_minor,
        "expense_at_risk_minor": measured.expense_at_risk_minor,
        "currency": measured.currency,
        "due_at": measured.due_at,
    }
    rows = [
        {
            "employee_ref": row.employee_ref,
            "standing": str(row.standing),
            "missing_in": [str(system) for system in row.missing_in],
            "differences": [str(one) for one in row.differences],
        }
        for row in found.rows
    ]
    content = hashlib.sha256(
        json.dumps([stated, rows], sort_keys=True, default=str).encode()
    ).hexdigest()
    last = newest(work, period.code, found.entity)
    if last is not None and last["content_hash"] == content:
        work.run("reconcile", "confirm_alignment", id=last["id"], at=at)
        return
    made = work.row("reconcile", "insert_alignment_run", content_hash=content, at=at, **stated)
    if made is None:
        message = "the store returned no comparison"
        raise AssertionError(message)
    work.run_many(
        "reconcile", "insert_alignment_row", [row | {"run_id": made["id"]} for row in rows]
    )


def newest(work: Work, period: str, entity: str) -> Row | None:
    """The newest comparison of an entity, or none."""
    return work.row("reconcile", "newest_alignment", period=period, entities=[entity])
