"""Take finalised pay runs and dropped files, and build their journals.

**Rerun:** any time; the same bytes are a duplicate, other bytes of a run take the first's place.
"""

from airflow.sdk import dag

from tieout.orchestration import (
    Owner,
    Tag,
    declared,
    process_unit,
    schedule,
    sweep_sources,
    verdict,
)


@dag(
    schedule=schedule("*/15 * * * *"),
    **declared(Owner.FINANCE_OPERATIONS, Tag.READS, Tag.BUILDS, doc=__doc__),
)
def payroll_intake() -> None:
    """Sweep the payroll providers and bring their runs to journals."""
    process_unit.expand(unit=sweep_sources("payroll")) >> verdict()


payroll_intake()
