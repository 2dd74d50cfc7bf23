"""The alignment report as the API answers it: sums per entity; people for finance operations only.

Nothing here knows a person's pay. An amount behind too few people is null and says so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.reading import ALL, Reader, UnknownObjectError
from tieout.errors import ConfigurationError
from tieout.finance.alignment import percent_of
from tieout.finance.mappings import MappingSet
from tieout.finance.reference import KINDS
from tieout.finance.words import CATALOGUE
from tieout.warehouse.store import Row, Work
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.readiness import gate_of
from tieout.workflows.reference import HR_SOURCE, LEDGER_SOURCE, reference_as_of

#: Kinds of journal that an entity's gate is shown for.
GATED: Final = ("payroll", "expense")


def alignment_of(office: Office, work: Work, reader: Reader, period: str) -> list[dict[str, Any]]:
    """How each entity's employees stand, what is at risk, and whether its gate is open."""
    mapping = known_mappings(office, work, office.now())
    rows = work.rows("reconcile", "newest_alignment", period=period, entities=list(reader.entities))
    return [_entity_answer(work, mapping, row, period) for row in rows]


def _entity_answer(work: Work, mapping: MappingSet, row: Row, period: str) -> dict[str, Any]:
    pay, expense = row["pay_at_risk_minor"], row["expense_at_risk_minor"]
    currency = str(row["currency"])
    return {
        "entity": row["entity"],
        "headcount": row["headcount"],
        "aligned": row["aligned_count"],
        "differs": row["differs_count"],
        "missing": row["missing_count"],
        "percent": str(percent_of(row["aligned_count"], row["headcount"])),
        "without_pay_line": row["unpaid_count"],
        "not_in_hr": row["unknown_count"],
        "reasons": dict(row["reasons"]),
        "currency": currency,
        "pay_at_risk": amount_text(pay, currency),
        "expenses_at_risk": amount_text(expense, currency),
        "masked": pay is None or expense is None,
        "due_at": instant_text(row["due_at"]),
        "owner": CATALOGUE["alignment_differs"].owner,
        "readiness": _readiness(work, mapping, row["entity"], period),
        "taken_at": instant_text(row["taken_at"]),
        "confirmed_at": instant_text(row["confirmed_at"]),
    }


def _readiness(work: Work, mapping: MappingSet, entity: str, period: str) -> dict[str, Any]:
    """The strictest of the gates; a policy that can't be read keeps it shut and says why."""
    try:
        gates = [gate_of(work, mapping, entity, period, kind) for kind in GATED]
    except ConfigurationError as error:
        return {"open": False, "threshold_percent": None, "why": error.message}
    strictest = max(gates, key=lambda gate: gate.threshold_percent)
    return {
        "open": strictest.open,
        "threshold_percent": f"{strictest.threshold_percent.normalize():f}",
        "why": strictest.why,
    }


def people_answer(work: Work, period: str, entity: str) -> dict[str, Any]:
    """Who of an entity is not aligned, and in what; no pay, no name.

    Raises:
        UnknownObjectError: nothing was compared yet.
    """
    row = work.row("reconcile", "newest_alignment", period=period, entities=[entity])
    if row is None or entity == ALL:
        raise UnknownObjectError(
            f"No alignment of {entity!r} in {period} is known.",
            next_step="Read the master data first.",
        )
    return {
        "period": period,
        "entity": row["entity"],
        "headcount": row["headcount"],
        "people": [
            {
                "employee": found["employee_ref"],
                "standing": found["standing"],
                "missing_in": list(found["missing_in"]),
                "differences": list(found["differences"]),
            }
            for found in work.rows("reconcile", "alignment_people", run_id=row["id"])
        ],
    }


def reference_answer(
    work: Work, reader: Reader, kind: str, valid_on: date, known_at: datetime
) -> dict[str, Any]:
    """Master data of a kind as true on a day, by what was known at an instant.

    Raises:
        UnknownObjectError: there is no such kind.
    """
    if kind not in KINDS:
        raise UnknownObjectError(
            f"There is no kind of master data {kind!r}.",
            next_step=f"Ask for one of {', '.join(KINDS)}.",
        )
    source = HR_SOURCE if kind == "employee" else LEDGER_SOURCE
    rows = reference_as_of(work, source, kind, valid_on, known_at)
    return {
        "kind": kind,
        "as_of": valid_on.isoformat(),
        "known_at": instant_text(known_at),
        "objects": [_object(row) for row in rows if _covered(reader, row)],
    }


def _covered(reader: Reader, row: Row) -> bool:
    return not row["entities"] or any(reader.covers(entity) for entity in row["entities"])


def _object(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "ref": row["ref"],
        "name": row["name"],
        "active": row["active"],
        "missing": row["missing"],
        "parent": row["parent_code"],
        "entities": list(row["entities"]),
        "valid_from": row["valid_from"].isoformat() if row["valid_from"] else None,
        "valid_to": row["valid_to"].isoformat() if row["valid_to"] else None,
        "known_from": instant_text(row["known_from"]),
    }
