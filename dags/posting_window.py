"""Post what is approved and allowed now, then tie it out.

Outside an entity's window its journals stay queued and say until when. **Rerun:** any time; the
ledger is asked by external id before anything is sent, and an unclear answer is looked up.
"""

from airflow.sdk import dag

from tieout.orchestration import (
    Owner,
    Tag,
    approved_entities,
    declared,
    post_entity,
    schedule,
    verdict,
)


@dag(
    schedule=schedule("*/15 * * * *"),
    **declared(Owner.CONTROLLING, Tag.POSTS, Tag.PROVES, doc=__doc__),
)
def posting_window() -> None:
    """Post → tie_out per entity."""
    post_entity.expand(entity=approved_entities()) >> verdict()


posting_window()
