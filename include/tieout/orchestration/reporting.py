"""Tell finance and the expense platform how things stand."""

from __future__ import annotations

from airflow.sdk import task

from tieout.orchestration import context


@task
def send_reports() -> dict[str, str]:
    """Write the data-quality reports to the outbox and send what waits there."""
    from tieout.workflows.report import report

    here = context.office()
    return dict(report(here, context.period(here)))


@task
def report_status() -> int:
    """Tell the expense platform which of its documents the ledger holds."""
    from tieout.workflows.status import report_booked

    here = context.office()
    return report_booked(here, context.period(here))
