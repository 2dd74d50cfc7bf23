"""Close a month: from source documents to a ledger that ties.

Takes in what the sources offer, brings every unit from extract to build, accrues what is incurred
and not booked, asks each entity's controller once for its list of journals, posts inside the
posting window and ties out.

**Rerun:** clear any task, or start a new run: the ledger does not change, since a journal posts
once by its external id and a stage whose inputs are known does nothing. A changed list of journals
asks in a new run. **Wait:** a task in *awaiting_input* waits for a controller, see *Required
Actions*.
"""

from airflow.sdk import dag

from tieout.orchestration import (
    Owner,
    Tag,
    close_entity,
    declared,
    due_entities,
    process_unit,
    schedule,
    sweep_sources,
    verdict,
)


@dag(
    schedule=schedule("0 6 * * *"),
    **declared(Owner.CONTROLLING, Tag.BUILDS, Tag.POSTS, Tag.PROVES, doc=__doc__, runs_at_once=6),
)
def month_end_close() -> None:
    """Extract … build per unit, then approve, post and tie out per entity."""
    units = process_unit.expand(unit=sweep_sources())
    entities = due_entities(accrue=True)
    units >> entities
    close_entity.expand(entity=entities) >> verdict()


month_end_close()
