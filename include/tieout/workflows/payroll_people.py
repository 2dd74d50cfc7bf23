"""Take from each regular pay run whom it pays on which cost centers, and what those cost.

A pay run is the payroll system's own statement of its people, so no further report is needed. Taken
are numbers and cost centers, and per cost center one sum; no person's pay leaves the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tieout.finance.ledger import ReferenceObject
from tieout.finance.periods import AccountingPeriod
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office
from tieout.workflows.reference import PAYROLL_SOURCE, SnapshotCounts, keep_snapshot
from tieout.workflows.units import from_parquet

if TYPE_CHECKING:
    import polars as pl

#: What joins several codes of one person.
JOIN: Final = ","


def refresh_payroll(office: Office, period: AccountingPeriod) -> SnapshotCounts | None:
    """Take what is new in the period's regular pay runs; none when nothing is."""
    with office.warehouse.transaction() as work:
        units = work.rows("reconcile", "payroll_outputs", period=period.code)
    if not units or all(unit["taken"] for unit in units):
        return None
    import polars as pl

    frames = [
        (unit, from_parquet(office.objects.get(unit["output_sha256"], ".parquet")))
        for unit in units
    ]
    people = _people(
        pl.concat([_employees(str(unit["provider"]), frame) for unit, frame in frames])
    )
    covers = frozenset(
        entity for _, frame in frames for entity in frame["entity"].unique().to_list()
    )
    with office.warehouse.transaction() as work:
        # Posting asks for it as well: of two at once the second finds it done.
        work.rows("reconcile", "lock_payroll_people")
        again = work.rows("reconcile", "payroll_outputs", period=period.code)
        if all(unit["taken"] for unit in again):
            return None
        for unit, frame in frames:
            _save_centers(office, work, unit, frame, period)
        return keep_snapshot(office, work, PAYROLL_SOURCE, people, period.code, covers)


def _employees(provider: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Entity, employee and cost center of each line that names an employee."""
    import polars as pl

    return (
        frame.filter(pl.col("employee_ref").fill_null("") != "")
        .select("employee_ref", "entity", pl.col("cost_center_code").fill_null(""))
        .with_columns(provider=pl.lit(provider))
        .unique()
    )


def _people(rows: pl.DataFrame) -> list[ReferenceObject]:
    """One object per employee: a run of two entities pays a person in the first of them."""
    import polars as pl

    grouped = (
        rows.group_by("employee_ref")
        .agg(
            pl.col("entity").unique().sort(),
            pl.col("provider").unique().sort().first(),
            pl.col("cost_center_code").filter(pl.col("cost_center_code") != "").unique().sort(),
        )
        .sort("employee_ref")
    )
    return [
        ReferenceObject(
            kind="employee",
            code=row["employee_ref"],
            ref=row["employee_ref"],
            name="",
            entities=tuple(row["entity"]),
            fields={
                "provider": row["provider"],
                "cost_center_codes": JOIN.join(row["cost_center_code"]),
            },
        )
        for row in grouped.iter_rows(named=True)
    ]


def _save_centers(
    office: Office, work: Work, unit: Row, frame: pl.DataFrame, period: AccountingPeriod
) -> None:
    key = str(unit["unit_key"])
    work.run("reconcile", "forget_payroll_centers", unit_key=key)
    work.run(
        "reconcile", "save_payroll_reading", unit_key=key, period=period.code,
        output_sha256=unit["output_sha256"], read_at=office.now(),
    )  # fmt: skip
    work.run_many(
        "reconcile",
        "insert_payroll_center",
        [
            row | {"unit_key": key, "provider": unit["provider"]}
            for row in _centers(frame).iter_rows(named=True)
        ],
    )


def _centers(frame: pl.DataFrame) -> pl.DataFrame:
    """What each cost center is debited, and how many people stand behind it."""
    import polars as pl

    needs_center = pl.col("dimensions").str.contains("cost_center").fill_null(value=False)
    return (
        frame.filter(
            needs_center
            & (pl.col("debit_account").fill_null("") != "")
            & (pl.col("cost_center_code").fill_null("") != "")
        )
        .group_by("entity", "cost_center_code", "currency")
        .agg(
            debit_minor=pl.col("amount_minor").sum(),
            people_count=pl.col("employee_ref").filter(pl.col("employee_ref") != "").n_unique(),
        )
        .sort("entity", "cost_center_code", "currency")
    )
