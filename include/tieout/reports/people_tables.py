"""The table of how the systems agree on an entity's people: counts and reasons, nobody's name."""

from __future__ import annotations

from tieout.finance.alignment import percent_of
from tieout.reports import facts as of
from tieout.reports.figures import count, counted, money
from tieout.reports.grid import Cell, Column, Table, table


def alignment(found: of.AlignmentFact) -> Table:
    """Everybody once: aligned, differing or missing, and why."""
    share = percent_of(found.aligned_count, found.headcount)
    apart = found.headcount - found.aligned_count
    sentence = (
        f"HR, payroll, expense platform and ERP agree on {count(found.aligned_count)} of "
        f"{counted(found.headcount, 'active employee')} ({share} %)."
    )
    if apart:
        sentence += (
            f" At risk at the next cutoff: pay {money(found.pay_at_risk_minor, found.currency)}, "
            f"expenses {money(found.expense_at_risk_minor, found.currency)}."
        )
    if found.gate:
        sentence += f" Release needs a second person: {found.gate}."
    rows = [(Cell(reason), Cell(count(people))) for reason, people in found.reasons]
    if found.unpaid_count:
        rows.append((Cell("without a line in the last pay run"), Cell(count(found.unpaid_count))))
    if found.unknown_count:
        rows.append((Cell("paid, but not known to HR"), Cell(count(found.unknown_count))))
    columns = (Column("Where they disagree"), Column("People", number=True))
    return table("Alignment of people", sentence, columns, rows)
