"""Tell the expense platform which of its documents the ledger holds, so that it can pay or close.

Only documents whose every line is built and whose journal was read back are told; repeating a
notice changes nothing there.
"""

from __future__ import annotations

from tieout.errors import VendorUnavailableError
from tieout.finance.periods import AccountingPeriod
from tieout.ports import BookedNotice
from tieout.workflows.exceptions import open_exception
from tieout.workflows.office import Office


def report_booked(office: Office, period: AccountingPeriod) -> int:
    """Send what was not told yet; returns how many documents were accepted."""
    told = 0
    for provider in office.unit_providers("expense"):
        if office.tells_status(provider):
            told += _report(office, provider, period)
    return told


def _report(office: Office, provider: str, period: AccountingPeriod) -> int:
    with office.warehouse.transaction() as work:
        waiting = work.rows("post", "booked_documents", provider=provider, period=period.code)
    if not waiting:
        return 0
    notices = [
        BookedNotice(
            native_ref=row["native_ref"],
            entity=row["entity"],
            ledger_number=row["ledger_number"] or row["ledger_ref"],
            posting_date=row["accounting_date"],
        )
        for row in waiting
    ]
    try:
        answers = office.status_sink(provider).report_booked(notices)
    except VendorUnavailableError:
        # The booking stands; the platform hears of it with the next run.
        return 0
    by_ref = {row["native_ref"]: row for row in waiting}
    accepted = 0
    with office.warehouse.transaction() as work:
        for answer in answers:
            row = by_ref[answer.native_ref]
            if answer.taken:
                accepted += 1
                work.run("post", "mark_reported", sha256=row["sha256"], at=office.now())
            elif answer.finding is not None:
                open_exception(
                    work,
                    answer.finding,
                    at=office.now(),
                    object_kind="report",
                    object_key=row["name"],
                    entity=row["entity"],
                    period=period.code,
                    cause=row["sha256"][:16],
                )
    return accepted
