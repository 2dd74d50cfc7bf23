"""Journals for tests, in finance's words."""

from __future__ import annotations

from datetime import date

from tieout.finance.journals import Journal, JournalKey, JournalKind, JournalLine

#: (account, cost center, project, minor units; debit positive)
Leg = tuple[str, str, str, int]

GROSS: Leg = ("6000", "CC4100", "", 12_500_000)
PROJECT: Leg = ("6010", "CC4100", "P-1001", 1_437_550)
CLEARING: Leg = ("2200", "", "", -13_937_550)


def a_journal(
    *legs: Leg,
    entity: str = "DE01",
    currency: str = "EUR",
    period: str = "2026-10",
    accounting_date: date = date(2026, 10, 31),
    batch: str = "de-datev:2026-10:run-1",
    revision: int = 1,
) -> Journal:
    """A balanced payroll journal; by default two costs against payroll clearing."""
    return Journal(
        key=JournalKey("demo", entity, JournalKind.PAYROLL, period, batch, revision),
        accounting_date=accounting_date,
        currency=currency,
        memo=f"Payroll {entity} {period}",
        lines=tuple(
            JournalLine(number, account, amount, cost_center, project, "wages", "Wages")
            for number, (account, cost_center, project, amount) in enumerate(
                legs or (GROSS, PROJECT, CLEARING), start=1
            )
        ),
        input_versions=(),
    )
