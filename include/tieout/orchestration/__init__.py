"""Airflow-facing: task groups, the approval operator, callbacks. Imports no data stack."""

from tieout.orchestration.entities import (
    approved_entities,
    close_entity,
    due_entities,
    post_entity,
    tie_out_entity,
)
from tieout.orchestration.plan import Owner, Tag, declared, schedule
from tieout.orchestration.reporting import report_status, send_reports
from tieout.orchestration.sources import master_data, sweep_sources
from tieout.orchestration.units import process_unit
from tieout.orchestration.verdict import verdict

__all__ = [
    "Owner",
    "Tag",
    "approved_entities",
    "close_entity",
    "declared",
    "due_entities",
    "master_data",
    "post_entity",
    "process_unit",
    "report_status",
    "schedule",
    "send_reports",
    "sweep_sources",
    "tie_out_entity",
    "verdict",
]
