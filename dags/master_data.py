"""Read master data of ERP and HR: what changed, what is closed, who is aligned.

**Rerun:** any time; an unchanged object keeps its validity.
"""

from airflow.sdk import dag

from tieout.orchestration import Owner, Tag, declared, schedule
from tieout.orchestration import master_data as read_master_data


@dag(
    schedule=schedule("30 1 * * *"),
    **declared(Owner.FINANCE_OPERATIONS, Tag.READS, doc=__doc__),
)
def master_data() -> None:
    """One task reads, compares and aligns."""
    read_master_data()


master_data()
