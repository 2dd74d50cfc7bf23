"""The report as a spreadsheet: real numbers, frozen heads, filters; text stays text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tieout.finance.money import minor_digits, to_decimal
from tieout.reports import facts as of
from tieout.reports.causes import OWNERS
from tieout.reports.figures import words
from tieout.reports.grid import total
from tieout.reports.view import ReportView

#: More rows than this belong on a page, not into a mail.
MOST_ITEMS: Final = 50_000
#: Text that looks like a formula, a link or a number stays what it is: text.
_OPTIONS: Final = {
    "in_memory": True,
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount cell: minor units, or none to show."""

    amount_minor: int | None
    currency: str


Value = str | int | Amount | None
Sheet = tuple[str, Sequence[str], list[tuple[Value, ...]]]


def workbook(facts: of.ReportFacts, view: ReportView, as_of: datetime) -> bytes:
    """All facts as XLSX: Summary, Causes, Items, Tie-out, About."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, dict(_OPTIONS))
    # The format knows no zone; the moment itself stands on the sheet About.
    book.set_properties({"title": view.subject, "created": as_of.astimezone(UTC)})
    formats = _Formats(book)
    sheets = (_summary(facts), _causes(facts, view), _items(facts, view), _tie_out(facts))
    for name, labels, rows in (*sheets, _about(facts, view)):
        _write(book.add_worksheet(name), labels, rows, formats)
    book.close()
    return buffer.getvalue()


class _Formats:
    """Cell formats by number of decimals, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[int, Any] = {}
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})

    def amount(self, currency: str) -> Any:
        digits = minor_digits(currency)
        if digits not in self._made:
            places = f".{'0' * digits}" if digits else ""
            self._made[digits] = self._book.add_format({"num_format": f"#,##0{places}"})
        return self._made[digits]


def _write(
    sheet: Any, labels: Sequence[str], rows: Iterable[tuple[Value, ...]], formats: _Formats
) -> None:
    widths = [len(label) for label in labels]
    for index, label in enumerate(labels):
        sheet.write_string(0, index, label, formats.head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            _write_cell(sheet, last, index, value, formats)
            widths[index] = max(widths[index], len(str(value or "")))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(labels) - 1)
    for index, width in enumerate(widths):
        sheet.set_column(index, index, min(max(width + 2, 12), 60))


def _write_cell(sheet: Any, row: int, column: int, value: Value, formats: _Formats) -> None:
    if isinstance(value, Amount):
        if value.amount_minor is not None and value.currency:
            exact: Decimal = to_decimal(value.amount_minor, value.currency)
            sheet.write_number(row, column, exact, formats.amount(value.currency))
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def _summary(facts: of.ReportFacts) -> Sheet:
    labels = (
        "Entity", "Period", "Currency", "Place", "Reason", "Lines", "Debit", "Credit",
        "Certified documents", "Documents without certificate",
    )  # fmt: skip
    certified = sum(part.document_count for part in facts.certified)
    rows: list[tuple[Value, ...]] = []
    for currency in sorted({part.currency for part in facts.sums}):
        mine = [part for part in facts.sums if part.currency == currency]
        whole: list[tuple[str, str, list[of.StageSum]]] = [("received", "", mine)]
        whole.append(("built", "", [part for part in mine if part.stage in of.BUILT]))
        whole += [(stage, "", [p for p in mine if p.stage == stage]) for stage in of.STAGES
                  if stage != of.EXCLUDED]  # fmt: skip
        whole += [(of.EXCLUDED, part.reason, [part]) for part in mine if part.stage == of.EXCLUDED]
        for place, reason, parts in whole:
            rows.append(
                (
                    facts.entity.code, facts.period.code, currency, place, reason,
                    sum(part.line_count for part in parts),
                    Amount(total(part.debit_minor for part in parts), currency),
                    Amount(total(part.credit_minor for part in parts), currency),
                    certified, facts.uncertified_count,
                )
            )  # fmt: skip
    return "Summary", labels, rows


def _causes(facts: of.ReportFacts, view: ReportView) -> Sheet:
    labels = (
        "Cause", "Code", "State", "Severity", "Items", "At risk", "Currency", "Due", "Owner",
        "Blocks", "Next", "Batches", "How settled", "Link",
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            cause.title, cause.code, cause.state, cause.severity, cause.item_count,
            Amount(at.amount_minor, at.currency), at.currency,
            cause.due_at.astimezone(UTC).isoformat() if cause.due_at else "",
            OWNERS.get(cause.owner, cause.owner), cause.blocks, cause.next_step,
            ", ".join(cause.batches), cause.how, view.links[0].address,
        )
        for cause in facts.causes
        for at in cause.at_risk or (of.AtRisk("", None),)
    ]  # fmt: skip
    return "Causes", labels, rows


def _items(facts: of.ReportFacts, view: ReportView) -> Sheet:
    labels = ("Id", "Entity", "Batch", "Document", "Line", "Code", "State")
    rows: list[tuple[Value, ...]] = [
        (item.exception_id, facts.entity.code, item.batch, item.document, item.line, item.code,
         words(item.state))
        for item in facts.items[:MOST_ITEMS]
    ]  # fmt: skip
    if len(facts.items) > MOST_ITEMS:
        rest = len(facts.items) - MOST_ITEMS
        rows.append((None, "", "", f"{rest:,} more: {view.links[0].address}", None, "", ""))
    return "Items", labels, rows


def _tie_out(facts: of.ReportFacts) -> Sheet:
    labels = ("Class", "Currency", "Source", "Journal", "Ledger", "Difference", "Cause")
    rows: list[tuple[Value, ...]] = [
        (
            words(row.component_class), row.currency,
            Amount(row.source_minor, row.currency), Amount(row.journal_minor, row.currency),
            Amount(row.ledger_minor, row.currency), Amount(row.difference_minor, row.currency),
            facts.tie_out.note if row.difference_minor else "",
        )
        for row in facts.tie_out.classes
    ]  # fmt: skip
    return "Tie-out", labels, rows


def _about(facts: of.ReportFacts, view: ReportView) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        ("Entity", f"{facts.entity.code} {facts.entity.name}"),
        ("Period", facts.period.code),
        ("State", view.state_word),
        ("As of", view.as_of),
        ("Tie-out", facts.tie_out.state or "not compared yet"),
        ("Correlation id", view.correlation_id),
        ("Content hash", facts.content_hash),
        ("Dates of dues", "UTC"),
        *((link.text, link.address) for link in view.links),
    ]
    rows += [
        (journal.external_id, f"{words(journal.state)}, ERP {journal.ledger_number or '-'}")
        for journal in facts.journals
    ]
    return "About", ("Fact", "Value"), rows
