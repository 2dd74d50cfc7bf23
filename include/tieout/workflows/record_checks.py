"""Suites on what the store takes in or makes beside units: employees, rates, journals.

Each runs in the caller's transaction, one call of the library for all batches, keeps its outcomes,
and answers what blocks: the caller decides what waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tieout.errors import Finding, Place
from tieout.finance.company import Company
from tieout.finance.periods import calendar_month
from tieout.finance.words import finding
from tieout.ports import Rates
from tieout.warehouse.store import Work
from tieout.workflows.asking_suites import Suites
from tieout.workflows.batch_checks import Batch

if TYPE_CHECKING:
    from tieout.contracts.staged import ReferenceView
    from tieout.contracts.suites import BatchRow
    from tieout.stages.build.build import BuiltJournal

#: A rate is compared with what it was so long before.
_A_MONTH: Final = timedelta(days=30)


def check_employees(
    suites: Suites,
    work: Work,
    company: Company,
    source: str,
    period: str,
    rows: Sequence[Mapping[str, str]],
    known: Sequence[tuple[str, bool]],
    at: datetime,
) -> list[Finding]:
    """Run the suite on one snapshot of employees and tell what blocks it.

    A snapshot that is told about must not be taken: the last one stays, so that a truncated
    extract makes nobody a leaver.

    Args:
        suites: who asks, at once or later.
        work: the transaction in which the outcomes are stored.
        company: whose entities count.
        source: name of the system of record, as snapshots call it.
        period: code of the period in which it is read.
        rows: all canonical `employee` rows of the reading.
        known: employee number and whether active, of the snapshot before; empty for the first.
        at: business time.
    """
    import polars as pl

    from tieout.contracts.columns import EMPLOYEE
    from tieout.contracts.measures import measure_employees

    stated = [{name: row.get(name) or "" for name in EMPLOYEE} for row in rows]
    frame = pl.DataFrame(stated, schema=dict.fromkeys(EMPLOYEE, pl.String))
    active = sum(active for _, active in known) if known else None
    row = measure_employees(frame, company.entities, active, [ref for ref, _ in known])
    batch = Batch(f"{source} {at.date().isoformat()}", "employees", period)
    return _checked(suites, work, {batch: row}, at)[batch.key]


def check_journals(
    suites: Suites, work: Work, made: Sequence[BuiltJournal], reference: ReferenceView, at: datetime
) -> dict[str, list[Finding]]:
    """Run the suite on journals before anybody is asked to approve them; findings by external id.

    Args:
        suites: who asks, at once or later.
        work: the transaction in which they are stored.
        made: what was built.
        reference: what the ERP takes postings on, as known.
        at: business time.
    """
    import polars as pl

    from tieout.contracts.measures import OpenCodes, measure_journal

    amount = pl.col("amount_minor").sum()

    open_codes = OpenCodes(
        *(
            {code for code, usable in codes.items() if usable}
            for codes in (reference.accounts, reference.cost_centers, reference.projects)
        )
    )
    rows = {}
    for item in made:
        key = item.journal.key
        before = work.row(
            "validate", "debit_before", entity=key.entity, kind=key.kind.value, period=key.period
        )
        batch = Batch(item.journal.external_id, "journal", key.period, key.entity)
        rows[batch] = measure_journal(
            item.journal,
            dict(item.links.group_by("line_number").agg(amount).iter_rows()),
            calendar_month(key.period),
            open_codes,
            None if before is None else int(before["debit_minor"]),
        )
    return _checked(suites, work, rows, at)


def check_rates(
    suites: Suites, work: Work, unit_key: str, period: str,
    wanted: Sequence[tuple[str, str, date, int]],
    rates: Rates, at: datetime,
) -> list[Finding]:  # fmt: skip
    """Run the suite on the rates that a unit's expenses are compared with.

    They explain and are not booked, so nothing waits for them; what is told is noted.

    Args:
        suites: who asks, at once or later.
        work: the transaction in which the outcomes are stored.
        unit_key: the unit.
        period: its period.
        wanted: source, target, day and staleness by policy of every rate, once.
        rates: the published ones.
        at: business time.
    """
    from tieout.contracts.measures import RateRow, measure_rates

    if not wanted:
        return []
    rows = []
    for source, target, on, staleness in wanted:
        now = rates.rate(source, target, on, staleness)
        before = rates.rate(source, target, on - _A_MONTH, staleness)
        rate, published_on = (now.rate, now.published_on) if now else (None, None)
        rows.append(
            RateRow(source, target, on, rate, published_on, before.rate if before else None)
        )
    batch = Batch(f"rates {unit_key}", "rates", period)
    reach = max(staleness for *_, staleness in wanted)
    return _checked(suites, work, {batch: measure_rates(rows, reach)}, at)[batch.key]


def _checked(
    suites: Suites, work: Work, rows: Mapping[Batch, BatchRow], at: datetime
) -> dict[str, list[Finding]]:
    """Outcomes stored; what blocks each batch, by its key."""
    from tieout.contracts.suites import blocking

    told: dict[str, list[Finding]] = {batch.key: [] for batch in rows}
    if not rows:
        return told
    suites.ask(work, {batch: [row] for batch, row in rows.items()}, at)
    for batch, row in rows.items():
        told[batch.key] = [
            finding(
                "expectation_failed",
                where=Place(batch.key),
                expectation=one.name,
                run=batch.key,
                found=f"{one.column} is not what it must be",
                blocks=batch.key,
            )
            for _, one in blocking(batch.kind, [row])
        ]
    return told
