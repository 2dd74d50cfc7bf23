"""Read one approved expense report into canonical lines; pure, and all that is wrong is told.

The lines are the parts of `parts.py`, numbered in the order of the report; `file_line` is the
number of the entry (cash advances follow the entries). What a person wrote freely (names, vendors,
descriptions) is left behind.

Control totals: the platform states one number, `totalApprovedAmount`. The identities tie every
part to it; the line count and the sums of positive and negative parts are then ours.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tieout.adapters.concur.amounts import Amounts
from tieout.adapters.concur.envelope import opened
from tieout.adapters.concur.headers import Header, header_findings, header_of
from tieout.adapters.concur.lines import ReportReader
from tieout.adapters.concur.profile import ConcurProfile
from tieout.contracts.columns import EXPENSE_LINE, ROW_KEYS
from tieout.finance.documents import ControlOrigin, ControlTotals, Reading, SourceDocument

SCHEMA: Final = dict.fromkeys(ROW_KEYS, pl.Int64) | dict.fromkeys(EXPENSE_LINE, pl.String)


def read_report(profile: ConcurProfile, document: SourceDocument, content: bytes) -> Reading:
    """Canonical lines of one financial document.

    Raises:
        UnreadableDocumentError: the bytes are no expense document.
    """
    envelope = opened(content, document.name)
    header = header_of(profile, envelope, document.name)
    reader = ReportReader(profile, header, Amounts(document.name, header.currency))
    findings = list(header_findings(profile, envelope, header))
    rows = reader.rows(envelope)
    findings += reader.amounts.findings + reader.findings
    kept = [] if header.is_test else rows
    control = _control(reader, kept, header)
    return Reading(
        facts=header.facts(),
        frames={"expense_line": _frame(kept)},
        control=control,
        findings=tuple(findings),
        summary={
            **_read_totals(control),
            "format": "expense document",
            "entries": len(envelope.entries),
            "cash_advances": len(envelope.advances),
            "lines": len(kept),
        },
    )


def _frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    numbered = [{**row, "line_no": number} for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(numbered, schema=SCHEMA)


def _control(
    reader: ReportReader, rows: list[dict[str, object]], header: Header
) -> ControlTotals | None:
    if not reader.amounts.currency_known:
        return None
    amounts = [minor for minor in reader.parts_minor if minor is not None] if rows else []
    return ControlTotals(
        origin=ControlOrigin.STATED if reader.total_stated else ControlOrigin.DERIVED,
        currency=header.currency,
        line_count=len(rows),
        debit_minor=sum(amount for amount in amounts if amount > 0),
        credit_minor=-sum(amount for amount in amounts if amount < 0),
    )


def _read_totals(control: ControlTotals | None) -> dict[str, str | int]:
    """What was read, beside what was stated: the same, since the identities tie both."""
    if control is None:
        return {}
    return {
        "read_line_count": control.line_count,
        "read_debit_minor": control.debit_minor,
        "read_credit_minor": control.credit_minor,
    }
