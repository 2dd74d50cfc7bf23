"""report: one data-quality mail per entity and period to its finance list.

The report's key is made of entity, period and the hash of its facts: the same facts are mailed
once, also when everything is green; changed facts make a new mail. No facts go below entity and
cause or class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import finding
from tieout.workflows.exceptions import open_exception
from tieout.workflows.office import Office
from tieout.workflows.outbox import REFUSED, Letter, enqueue, is_known, send_waiting, state_of
from tieout.workflows.report_facts import read_facts

KIND: Final = "data_quality"


def report(office: Office, period: AccountingPeriod) -> Mapping[str, str]:
    """Write a report for each entity with facts in the period, then send what waits.

    Returns:
        Entity → `sent`, `waiting` (the next run sends it), `refused` or `withdrawn`.
    """
    with office.warehouse.transaction() as work:
        rows = work.rows("report", "entities_with_facts", period=period.code)
    known = office.company.entities
    keys = {
        row["entity"]: _write(office, known[row["entity"]], period)
        for row in rows
        if row["entity"] in known
    }
    send_waiting(office, KIND)
    return {
        entity: state_of(office, key) if key else REFUSED for entity, key in sorted(keys.items())
    }


def _write(office: Office, entity: Entity, period: AccountingPeriod) -> str:
    """Put an entity's report into the outbox unless it says nothing new; returns its key."""
    if not entity.report_to:
        _tell_not_addressed(office, entity, period, "its report list is empty")
        return ""
    facts = read_facts(office, entity, period)
    if is_known(office, facts.message_key):
        return facts.message_key
    # Charts and spreadsheets cost seconds: only a new report draws them.
    from tieout.reports.message import compose

    try:
        content = compose(
            facts,
            sender=office.sender,
            recipients=entity.report_to,
            as_of=office.now(),
            airflow_url=office.airflow_url,
        )
    except ConfigurationError as error:
        # One entity's wrong address is told, and stops no other entity's report.
        _tell_not_addressed(office, entity, period, error.message)
        return ""
    enqueue(office, Letter(facts.message_key, KIND, content, entity.report_to))
    return facts.message_key


def _tell_not_addressed(
    office: Office, entity: Entity, period: AccountingPeriod, reason: str
) -> None:
    message = f"report {entity.code} {period.code}"
    with office.warehouse.transaction() as work:
        open_exception(
            work,
            finding("mail_refused", message=message, found=reason),
            at=office.now(), object_kind="mail", object_key=f"report|{entity.code}|{period.code}",
            entity=entity.code, period=period.code, cause="report_to",
        )  # fmt: skip
