"""Read master data of ERP, HR and expense platform; keep what changed with its validity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from tieout.errors import Finding, SettingsError, VendorRefusedError, VendorUnavailableError
from tieout.finance.documents import DocumentRef, Reading, SourceDocument
from tieout.finance.ledger import LedgerPeriod, ReferenceObject
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import finding
from tieout.ports import Wanted
from tieout.warehouse.store import Work
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.office import Office
from tieout.workflows.record_checks import check_employees
from tieout.workflows.reference import (
    EXPENSE_SOURCE,
    HR_SOURCE,
    LEDGER_SOURCE,
    SnapshotCounts,
    current_objects,
    keep_snapshot,
)

if TYPE_CHECKING:
    import polars as pl

#: What HR says of an employee beside number, entity and status.
_HR_FIELDS = (
    "cost_center_code", "department", "project_code", "pay_group", "payroll_provider",
    "expense_ref", "status", "hire_date", "leave_date",
)  # fmt: skip


def refresh_ledger(office: Office, period: AccountingPeriod) -> SnapshotCounts:
    """Snapshot the ERP's master data and posting periods."""
    ledger = office.ledger()
    objects = ledger.reference_data()
    periods = ledger.periods()
    with office.warehouse.transaction() as work:
        counts = keep_snapshot(office, work, LEDGER_SOURCE, objects, period.code)
        _keep_periods(work, periods, office.now())
    return counts


def refresh_people(office: Office, period: AccountingPeriod) -> SnapshotCounts:
    """Snapshot HR's view of employees: no pay, no name."""
    from tieout.stages.validate.employees import check_employee_rows

    source = office.people()
    people: list[ReferenceObject] = []
    rows: list[dict[str, str]] = []
    findings: list[Finding] = []
    held: set[str] = set()
    for ref in source.discover(Wanted(period)):
        content, media_type = source.fetch(ref)
        office.objects.put(content)
        reading = _read(office, ref, content, media_type)
        checked = check_employee_rows(reading.frames["employee"], ref.name, reading.findings)
        findings += [*reading.findings, *checked.findings]
        people += _people(checked.sound)
        held |= checked.held
        rows += reading.frames["employee"].to_dicts()
    with office.warehouse.transaction() as work:
        kept = [one.item for one in current_objects(work, HR_SOURCE, "employee") if not one.missing]
        known = [(item.code, item.active) for item in kept]
        wrong = check_employees(
            office.suites,
            work,
            office.company,
            HR_SOURCE,
            period.code,
            rows,
            known,
            office.now(),
        )
        if wrong:
            # The last snapshot stays: a truncated extract makes nobody a leaver.
            _tell_findings(work, source.provider, [*findings, *wrong], period, office.now())
            return SnapshotCounts(HR_SOURCE, len(people), 0, 0, 0, 0)
        _tell_findings(work, source.provider, findings, period, office.now())
        # A row that can't be taken is not missing: what was known of the employee stays.
        people += [item for item in kept if item.code in held]
        return keep_snapshot(office, work, HR_SOURCE, people, period.code)


def refresh_profiles(office: Office, period: AccountingPeriod) -> list[SnapshotCounts]:
    """Snapshot whom the expense platforms know; one that fails leaves the others' news alone.

    A provider that states no profiles, such as a folder of extracts, is not asked and not compared.
    """
    counts = []
    for provider in office.unit_providers("expense"):
        failed = []
        try:
            platform = office.profiles(provider)
            if platform is None:
                continue
            profiles = platform.profiles()
        except (VendorUnavailableError, VendorRefusedError, SettingsError) as error:
            failed.append(finding("source_unreachable", provider=provider, reason=error.message))
        with office.warehouse.transaction() as work:
            _settle(work, f"profiles|{provider}", failed, period, office.now())
            if not failed:
                source = f"{EXPENSE_SOURCE}:{provider}"
                counts.append(keep_snapshot(office, work, source, profiles, period.code))
    return counts


def _read(office: Office, ref: DocumentRef, content: bytes, media_type: str) -> Reading:
    document = SourceDocument.of(ref, content, media_type, office.now())
    return office.people().read(document, content)


def _people(rows: pl.DataFrame) -> list[ReferenceObject]:
    return [
        ReferenceObject(
            kind="employee",
            code=row["employee_ref"],
            ref=row["employee_ref"],
            name="",
            active=row["status"] != "left",
            entities=(row["entity"],),
            fields={name: row[name] or "" for name in _HR_FIELDS},
            begins=_day(row["hire_date"]),
            ends=_day(row["leave_date"]),
        )
        for row in rows.iter_rows(named=True)
    ]


def _day(text: str | None) -> date | None:
    """A stated day, which the contract has read before; none where none is stated."""
    return date.fromisoformat(text) if text else None


def _tell_findings(
    work: Work,
    provider: str,
    findings: Sequence[Finding],
    period: AccountingPeriod,
    at: datetime,
) -> None:
    """What is wrong with HR's rows: a broken row by its line, other trouble once for each kind."""
    counted = Counter(_cause(one) for one in findings)
    first = {_cause(one): one for one in reversed(findings)}
    told = [
        open_exception(
            work, first[cause], at=at, object_kind="master_data", object_key=provider,
            period=period.code, cause=cause, item_count=count,
        )
        for cause, count in sorted(counted.items())
    ]  # fmt: skip
    settle_object(work, "master_data", provider, told, "HR's rows are sound", at)


def _cause(told: Finding) -> str:
    """What makes it one exception with others of its kind; a broken row stands alone."""
    place = told.where
    if told.code == "employee_unsound":
        return f"{told.code}|{place.document}|{place.line}"
    return f"{told.code}|{place.field}"


def _settle(
    work: Work, key: str, told: Sequence[Finding], period: AccountingPeriod, at: datetime
) -> None:
    still_open = [
        open_exception(
            work, one, at=at, object_kind="source", object_key=key, period=period.code, cause=key
        )
        for one in told
    ]
    settle_object(work, "source", key, still_open, "it answers again", at)


def _keep_periods(work: Work, periods: Sequence[LedgerPeriod], at: datetime) -> None:
    work.run_many(
        "reconcile",
        "upsert_ledger_period",
        [_as_row(period) | {"seen_at": at} for period in periods],
    )


def _as_row(period: LedgerPeriod) -> dict[str, object]:
    return {
        "ledger": LEDGER_SOURCE,
        "code": period.code,
        "ref": period.ref,
        "name": period.name,
        "starts": period.starts,
        "ends": period.ends,
        "closed": period.closed,
        "locked": period.locked,
    }
