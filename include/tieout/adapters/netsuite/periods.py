"""NetSuite's posting periods with their locks.

Locks are account-wide and a role may be able to pass them. That ability is not ours to use: a lock
counts as closed, whatever our role could do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tieout.adapters.netsuite.queries import Queries
from tieout.adapters.netsuite.reference_index import Unresolved
from tieout.finance.ledger import LedgerPeriod


def read_periods(queries: Queries) -> Sequence[LedgerPeriod]:
    """Base months in order; `code` is the month in which a period starts."""
    return [
        LedgerPeriod(
            code=row["startdate"][:7],
            ref=row["id"],
            name=row["periodname"],
            starts=date.fromisoformat(row["startdate"]),
            ends=date.fromisoformat(row["enddate"]),
            closed=row.get("closed") == "T",
            locked="T" in (row.get("alllocked"), row.get("aplocked")),
        )
        for row in queries.all_rows("periods")
    ]


def period_to_post(
    periods: Sequence[LedgerPeriod], code: str, accounting_date: date
) -> LedgerPeriod | Unresolved:
    """The open period of that code that holds the date, or why there is none."""
    named = [each for each in periods if each.code == code]
    if not named:
        return Unresolved("period_closed", f"NetSuite has no posting period {code}")
    if len(named) > 1:
        names = ", ".join(each.name for each in named)
        return Unresolved("period_closed", f"several posting periods begin in {code}: {names}")
    period = named[0]
    if not period.open:
        state = "closed" if period.closed else "locked"
        return Unresolved("period_closed", f"{period.name} is {state} in NetSuite")
    if not period.starts <= accounting_date <= period.ends:
        reason = f"{accounting_date.isoformat()} lies outside {period.name}"
        return Unresolved("date_outside_period", reason)
    return period
