"""What HR and the ERP are known to say in the seeded month, and one comparison of two entities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from tests.cockpit.seeding import NOW, PERIOD
from tieout.finance.ledger import ReferenceObject
from tieout.warehouse.store import Work
from tieout.workflows.office import Office
from tieout.workflows.reference import HR_SOURCE, LEDGER_SOURCE, keep_snapshot

#: Everybody by entity. UK01's journal waits, and one of its three people is not aligned.
PEOPLE: Final = {"DE01": ("D-1", "D-2"), "UK01": ("U-1", "U-2", "U-3")}
APART: Final = "U-2"


def know_people(office: Office) -> None:
    """Keep a reading of HR and of the ERP, and what comparing them gave."""
    people = [
        ReferenceObject(
            "employee", number, number, "", entities=(entity,), fields={"status": "active"},
            begins=date(2024, 1, 1),
        )
        for entity, numbers in PEOPLE.items()
        for number in numbers
    ]  # fmt: skip
    centers = [
        ReferenceObject("cost_center", "CC4100", "11", "Sales", entities=("DE01", "UK01")),
        ReferenceObject("cost_center", "CC4200", "12", "Plant", active=False, entities=("UK01",)),
        ReferenceObject("cost_center", "CC9000", "13", "Group"),
    ]
    with office.warehouse.transaction() as work:
        keep_snapshot(office, work, HR_SOURCE, people, PERIOD)
        keep_snapshot(office, work, LEDGER_SOURCE, centers, PERIOD)
        for entity, numbers in PEOPLE.items():
            _compared(work, entity, numbers)


def _compared(work: Work, entity: str, numbers: Sequence[str]) -> None:
    apart = sum(number == APART for number in numbers)
    run = work.row(
        "reconcile", "insert_alignment_run", entity=entity, period=PERIOD, content_hash="a" * 64,
        at=NOW, headcount=len(numbers), aligned_count=len(numbers) - apart, differs_count=apart,
        missing_count=0, unpaid_count=0, unknown_count=0, reasons={"cost center": apart},
        pay_at_risk_minor=None if apart else 0, expense_at_risk_minor=0,
        currency="GBP" if entity == "UK01" else "EUR", due_at=None,
    )  # fmt: skip
    assert run is not None
    for number in numbers:
        differs = number == APART
        work.run(
            "reconcile", "insert_alignment_row", run_id=run["id"], employee_ref=number,
            standing="differs" if differs else "aligned", missing_in=[],
            differences=["cost center: HR A, ERP B"] if differs else [],
        )  # fmt: skip
