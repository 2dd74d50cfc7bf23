"""Tell what the alignment found: per entity and closed cost center, never per person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from tieout.errors import Finding
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import finding
from tieout.warehouse.store import Work
from tieout.workflows.exceptions import open_exception, settle_object

if TYPE_CHECKING:
    from tieout.workflows.alignment import Measured

#: As many kinds of disagreement are named in a sentence; the report holds them all.
_NAMED: Final = 3


def tell(work: Work, measured: Measured, period: AccountingPeriod, at: datetime) -> None:
    """Open what differs, with people, amount at risk and the next cutoff; close what is settled."""
    entity = measured.found.entity
    told = [
        open_exception(
            work, one, at=at, object_kind="alignment", object_key=entity, entity=entity,
            period=period.code, cause=cause, item_count=count, at_risk_minor=at_risk,
            currency=measured.currency if at_risk else "", due_at=measured.due_at,
        )
        for one, cause, count, at_risk in _found(measured)
    ]  # fmt: skip
    settle_object(work, "alignment", entity, told, "the systems agree", at)


def _found(measured: Measured) -> list[tuple[Finding, str, int, int]]:
    found, entity = measured.found, measured.found.entity
    told: list[tuple[Finding, str, int, int]] = []
    apart = found.headcount - found.aligned
    if apart:
        named = list(found.reasons.items())[:_NAMED]
        what = ", ".join(f"{name} {count}" for name, count in named)
        one = finding("alignment_differs", entity=entity, count=apart, what=what)
        told.append((one, entity, apart, measured.at_risk_minor))
    for center, (people, at_risk) in measured.closed.items():
        one = finding("cost_center_closed_people", code=center, count=people, entity=entity)
        told.append((one, center, people, at_risk or 0))
    if measured.unpaid_count:
        one = finding("pay_line_missing", count=measured.unpaid_count, entity=entity)
        told.append((one, entity, measured.unpaid_count, 0))
    if measured.unknown_count:
        one = finding("employee_unknown", count=measured.unknown_count, entity=entity)
        told.append((one, entity, measured.unknown_count, 0))
    return told
