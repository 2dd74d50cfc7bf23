"""NetSuite's accounting periods: the year, its quarters, and the months from September on."""

from __future__ import annotations

import calendar
from datetime import date

from sandbox.company.netsuite import Row, flag
from sandbox.company.plan import Plan


def accounting_periods(plan: Plan) -> list[Row]:
    """The year, its last two quarters, and the months from September: that one closed."""
    year = plan.period_ends.year
    rows = [
        _period("300", f"FY {year}", date(year, 1, 1), date(year, 12, 31), None, "year"),
        _period("303", f"Q3 {year}", date(year, 7, 1), date(year, 9, 30), "300", "quarter"),
        _period("304", f"Q4 {year}", date(year, 10, 1), date(year, 12, 31), "300", "quarter"),
    ]
    for month in (9, 10, 11, 12):
        first = date(year, month, 1)
        last = first.replace(day=calendar.monthrange(year, month)[1])
        parent = "303" if month == 9 else "304"
        name = f"{calendar.month_abbr[month]} {year}"
        rows.append(_period(str(310 + month), name, first, last, parent, "month"))
    return rows


def _period(
    period_id: str, name: str, first: date, last: date, parent: str | None, size: str
) -> Row:
    past, future = last < date(2026, 10, 1), first > date(2026, 11, 30)
    whole = size != "month"
    return {
        "id": period_id,
        "periodname": name,
        "startdate": first.isoformat(),
        "enddate": last.isoformat(),
        "parent": parent,
        "isposting": flag(not whole),
        "isquarter": flag(size == "quarter"),
        "isyear": flag(size == "year"),
        "isadjust": "F",
        "isinactive": "F",
        "closed": flag(past),
        "closedondate": "2026-10-08" if past else None,
        "alllocked": flag(past or (future and not whole)),
        "aplocked": flag(past or (future and not whole)),
        "arlocked": flag(past or (future and not whole)),
        "allownonglchanges": "T",
        "lastmodifieddate": "2026-10-08 09:00:00",
    }
