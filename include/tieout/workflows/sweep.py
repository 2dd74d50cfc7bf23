"""Sweep the sources of a kind: take in what is there, answer which units are due.

One source that fails holds back nobody else; it is told as an exception and by the run's end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tieout.errors import SettingsError, Severity, VendorRefusedError, VendorUnavailableError
from tieout.finance.periods import AccountingPeriod, calendar_month, period_of
from tieout.finance.words import finding
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.expected import expected_runs
from tieout.workflows.intake import take_in
from tieout.workflows.office import Office


@dataclass(frozen=True, slots=True)
class Sweep:
    """Units that are due, and sources that could not be read."""

    units: list[str]
    failed: list[str]


def closing_period(office: Office, stated: str = "") -> AccountingPeriod:
    """The stated period, else the month before the present one: the one being closed."""
    if stated:
        return calendar_month(stated)
    first = office.now().date().replace(day=1)
    return period_of(first - timedelta(days=1))


def sweep(office: Office, period: AccountingPeriod, kind: str = "") -> Sweep:
    """Take in documents of a kind (`payroll`, `expense`, empty for both); list due units."""
    failed = []
    for provider in office.unit_providers(kind):
        try:
            take_in(office, provider, period)
        except (VendorUnavailableError, VendorRefusedError, SettingsError) as error:
            failed.append(provider)
            _tell(office, provider, period, error.message)
        else:
            with office.warehouse.transaction() as work:
                settle_object(work, "source", provider, [], "it answers again", office.now())
    _miss(office, period, kind)
    return Sweep(due_units(office, period, kind), failed)


def _miss(office: Office, period: AccountingPeriod, kind: str) -> None:
    """An expected pay run that has not arrived is as visible as a wrong one."""
    if kind == "expense":
        return
    for provider in office.unit_providers("payroll"):
        with office.warehouse.transaction() as work:
            for entity in office.company.provider(provider).pays_for:
                key = f"{provider}|{entity}|{period.code}"
                missing = []
                run = next(
                    run
                    for run in expected_runs(office, work, entity, period.code)
                    if run.provider == provider
                )
                if run.state in {"missing", "late"}:
                    told = finding(
                        "document_missing", provider=provider, entity=entity, period=period.code,
                        severity=Severity.WARNING if run.state == "late" else None,
                    )  # fmt: skip
                    missing.append(
                        open_exception(
                            work, told, at=office.now(), object_kind="expected_run",
                            object_key=key, entity=entity, period=period.code, cause=provider,
                        )
                    )  # fmt: skip
                settle_object(
                    work, "expected_run", key, missing, f"it is {run.state}", office.now()
                )


def due_units(office: Office, period: AccountingPeriod, kind: str = "") -> list[str]:
    """Keys of a period's units, the oldest first, at most 1,024; expenses before pay runs.

    Pay runs repay expenses, so the batches of a sweep are handed over before runs are built.
    """
    with office.warehouse.transaction() as work:
        rows = work.rows("extract", "due_units", period=period.code, kind=kind)
    return [row["unit_key"] for row in rows]


def _tell(office: Office, provider: str, period: AccountingPeriod, reason: str) -> None:
    with office.warehouse.transaction() as work:
        open_exception(
            work,
            finding("source_unreachable", provider=provider, reason=reason),
            at=office.now(),
            object_kind="source",
            object_key=provider,
            period=period.code,
            cause=provider,
        )
