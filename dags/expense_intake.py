"""Take approved expenses, route them, hand batches to payroll, report booked ones back.

**Rerun:** any time; a document is taken once by its hash and acknowledged once.
"""

from airflow.sdk import dag

from tieout.orchestration import (
    Owner,
    Tag,
    declared,
    process_unit,
    report_status,
    schedule,
    sweep_sources,
    verdict,
)


@dag(
    schedule=schedule("*/15 * * * *"),
    **declared(Owner.FINANCE_OPERATIONS, Tag.READS, Tag.BUILDS, doc=__doc__),
)
def expense_intake() -> None:
    """Sweep the expense platform, bring its units to journals, tell it what is booked."""
    process_unit.expand(unit=sweep_sources("expense")) >> [report_status(), verdict()]


expense_intake()
