"""Rehearse the close every night: everything but posting, to find what would break.

**Rerun:** clear any task or start a new run; nothing is posted.
"""

from airflow.sdk import dag

from tieout.orchestration import (
    Owner,
    Tag,
    declared,
    master_data,
    process_unit,
    schedule,
    sweep_sources,
    verdict,
)


@dag(
    schedule=schedule("0 2 * * *"),
    **declared(Owner.FINANCE_OPERATIONS, Tag.READS, Tag.BUILDS, doc=__doc__),
)
def nightly_close() -> None:
    """Master data first, then every unit from extract to build."""
    swept = sweep_sources()
    master_data() >> swept
    process_unit.expand(unit=swept) >> verdict()


nightly_close()
