"""Read the ledger back and compare source, journal and ledger per entity and class.

**Rerun:** any time; it changes no number, and keeps every comparison.
"""

from airflow.sdk import dag

from tieout.orchestration import (
    Owner,
    Tag,
    declared,
    due_entities,
    schedule,
    tie_out_entity,
    verdict,
)


@dag(
    schedule=schedule("0 3 * * *"),
    **declared(Owner.CONTROLLING, Tag.PROVES, doc=__doc__),
)
def tie_out() -> None:
    """One comparison per entity."""
    tie_out_entity.expand(entity=due_entities()) >> verdict()


tie_out()
