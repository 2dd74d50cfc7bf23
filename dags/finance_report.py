"""Mail each entity's finance list how its data and its close stand; also when all is green.

**Rerun:** any time; a mail goes out once, by its key in the outbox.
"""

from airflow.sdk import dag

from tieout.orchestration import Owner, Tag, declared, schedule, send_reports


@dag(
    schedule=schedule("0 7 * * *"),
    **declared(Owner.FINANCE_OPERATIONS, Tag.REPORTS, doc=__doc__),
)
def finance_report() -> None:
    """Write to the outbox, then send."""
    send_reports()


finance_report()
