"""What payroll was handed over from a folder's expenses: the store's rule, without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from tests.builders.rules import some_rules
from tieout.finance.company import Company, Entity
from tieout.workflows.headless_batches import HandedOver, handed_over

#: Noon in Berlin.
CUTOFF = datetime(2026, 10, 20, 10, tzinfo=UTC)
AFTER = datetime(2026, 11, 2, 6, tzinfo=UTC)
COMPANY = Company(
    "tieout",
    {
        "DE01": Entity(
            code="DE01", name="", erp_ref="4", country="DE", functional_currency="EUR",
            timezone="Europe/Berlin", fiscal_calendar="calendar-months",
            valid_from=date(2020, 1, 1), report_to=(),
        )
    },
    {},
)  # fmt: skip
RULES = (
    some_rules()
    .row("cutoffs", entity="DE01", period="2026-10", payroll_cutoff="2026-10-20T12:00:00")
    .row("cutoffs", entity="DE01", period="2026-11", payroll_cutoff="2026-11-20T12:00:00")
    .mapping()
)


def part(amount: int, **stated: Any) -> dict[str, Any]:
    """A routed part of an approved report."""
    return {
        "entity": "DE01", "employee_ref": "300149", "report_key": "R1", "report_ref": "R-1",
        "pay_code": "9100", "currency": "EUR", "route": "payroll", "payee": "employee",
        "approved_at": CUTOFF, "amount_minor": amount, "is_test": "no", "document_holds": [],
        **stated,
    }  # fmt: skip


def given(*parts: dict[str, Any], known_at: datetime = AFTER) -> HandedOver:
    """What was handed over of these parts."""
    schema = {"document_holds": pl.List(pl.String)}
    frame = pl.DataFrame(list(parts), schema_overrides=schema)
    return handed_over(frame, COMPANY, RULES, known_at)


def test_an_approval_at_the_cutoff_is_in_and_one_a_second_later_rides_with_the_next() -> None:
    """The employee relies on it: the cutoff is the last instant that counts, in local time."""
    late = part(700, approved_at=CUTOFF.replace(second=1), report_key="R2", report_ref="R-2")
    assert given(part(1000), late) == {("DE01", "2026-10"): 1000}
    december = datetime(2026, 12, 1, tzinfo=UTC)
    assert given(part(1000), late, known_at=december) == {
        ("DE01", "2026-10"): 1000,
        ("DE01", "2026-11"): 700,
    }


def test_nothing_is_handed_over_before_its_cutoff() -> None:
    """Payroll relies on it: a batch that may still grow is not with payroll."""
    assert given(part(1000), known_at=datetime(2026, 10, 20, 9, tzinfo=UTC)) == {}


def test_an_employee_who_owes_is_paid_nothing() -> None:
    """The controller relies on it: offsets are netted per employee and report."""
    assert given(part(1000), part(-300, pay_code="")) == {("DE01", "2026-10"): 700}
    assert given(part(1000), part(-1000, pay_code="")) == {}
    assert given(part(1000), part(-1000, report_key="R2")) == {("DE01", "2026-10"): 1000}


def test_only_what_payroll_pays_to_employees_counts() -> None:
    """The controller relies on it: cards, payables, tests and held documents are not in a batch."""
    others = (
        {"route": "ap"},
        {"payee": "company_card"},
        {"is_test": "yes"},
        {"document_holds": ["report_revised|R-1"]},
        {"entity": "FR01"},
    )
    for other in others:
        assert given(part(1000, **other)) == {}
