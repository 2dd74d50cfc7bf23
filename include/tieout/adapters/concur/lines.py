"""Walk one report entry by entry: its lines, and all that is wrong with their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tieout.adapters.concur.amounts import Amounts, plain_text
from tieout.adapters.concur.canonical import text_of
from tieout.adapters.concur.envelope import Envelope, first_filled, objects
from tieout.adapters.concur.headers import Header
from tieout.adapters.concur.identities import Checks, JournalRow, total
from tieout.adapters.concur.parts import Part, Parties, journal_row, parts_of, tax_rows
from tieout.adapters.concur.profile import ConcurProfile
from tieout.contracts.columns import EXPENSE_LINE
from tieout.errors import Finding, Place, Severity
from tieout.finance.words import finding

RECEIPTS: Final = {"T": "tax", "R": "yes", "N": "no"}
#: Parts that cost the company something; their sum is what was approved.
APPROVED_PARTS: Final = ("cost", "tax_reclaimable", "tax_cost")


@dataclass
class ReportReader:
    """Walks one report; collects findings and the minor amounts of its parts.

    Attributes:
        parts_minor: the amount of each line in minor units, none where it can't be read.
        total_stated: whether the report says what it must sum to.
    """

    profile: ConcurProfile
    header: Header
    amounts: Amounts
    findings: list[Finding] = field(default_factory=list)
    parts_minor: list[int | None] = field(default_factory=list)
    total_stated: bool = False
    _approved: list[int | None] = field(default_factory=list)
    _entries: list[int | None] = field(default_factory=list)

    def rows(self, envelope: Envelope) -> list[dict[str, object]]:
        """All lines of the report, in its order."""
        rows: list[dict[str, object]] = []
        for number, entry in enumerate(envelope.entries, start=1):
            rows.extend(self._entry(entry, number))
        self._check_total(envelope.report, total(self._entries))
        for number, advance in enumerate(envelope.advances, start=len(envelope.entries) + 1):
            rows.append(self._advance(advance, number))
        return rows

    def _check_total(self, report: Mapping[str, Any], entries_minor: int | None) -> None:
        stated = report.get("totalApprovedAmount")
        self.total_stated = stated is not None
        if stated is None or not self.amounts.currency_known:
            return
        path = "report.totalApprovedAmount"
        stated_minor = self.amounts.minor(stated, None, path)
        checks = self._checks()
        self.findings += checks.equal(stated_minor, entries_minor, None, path)
        if entries_minor == stated_minor:
            self.findings += checks.equal(stated_minor, total(self._approved), None, path)

    def _checks(self) -> Checks:
        return Checks(self.header.document, self.header.currency)

    def _entry(self, entry: Mapping[str, Any], line: int) -> Iterator[dict[str, object]]:
        personal = self._personal(entry, line)
        shared = self._entry_columns(entry, line)
        gross: list[int | None] = []
        name = self.header.document
        for place, allocation in enumerate(objects(entry.get("allocation"), name, "allocation"), 1):
            path = f"allocation[{place}]"
            dims = self._dimensions(allocation, entry)
            objects(allocation.get("tax"), name, f"{path}.tax")
            taxes = tax_rows(allocation, self.profile.tax_codes, self.amounts, line, path)
            journals = objects(allocation.get("journal"), name, f"{path}.journal")
            for position, journal in enumerate(journals, 1):
                at = f"{path}.journal[{position}]"
                row = journal_row(journal, taxes, self.amounts, line, at)
                gross.append(row.gross_minor)
                for part in self._parts(row, journal, line, at, personal=personal):
                    yield {**shared, **dims, **self._part_columns(part, shared)}
        self._check_entry(entry, gross, line)

    def _parts(
        self, row: JournalRow, journal: Mapping[str, Any], line: int, path: str, *, personal: bool
    ) -> Iterator[Part]:
        payee, told = Parties(self.header.document, self.profile).of(row, line, path)
        self.findings += told
        if self.amounts.currency_known:
            self.findings += self._checks().of_row(row, line, path)
        for part in parts_of(row, payee, journal, personal=personal):
            self.parts_minor.append(part.amount_minor)
            if part.part in APPROVED_PARTS:
                self._approved.append(part.amount_minor)
            yield part

    def _check_entry(self, entry: Mapping[str, Any], gross: list[int | None], line: int) -> None:
        path = "entryApprovedAmount"
        stated = self.amounts.minor(entry.get(path), line, path)
        self._entries.append(stated)
        if self.amounts.currency_known:
            self.findings += self._checks().equal(stated, total(gross), line, path)

    def _personal(self, entry: Mapping[str, Any], line: int) -> bool:
        value = text_of(entry.get("entryIsPersonal"))
        if value not in {"Y", "N"}:
            self._unreadable("entryIsPersonal", value, "Y or N", line)
        return value == "Y"

    def _dimensions(
        self, allocation: Mapping[str, Any], entry: Mapping[str, Any]
    ) -> dict[str, str]:
        dims = self.profile.dims
        codes = {
            f"{name}_code": first_filled(allocation, dims.get(name, ()))
            or first_filled(entry, dims.get(name, ()))
            for name in ("cost_center", "project")
        }
        return {**codes, "allocation_ref": text_of(allocation.get("allocationId"))}

    def _entry_columns(self, entry: Mapping[str, Any], line: int) -> dict[str, object]:
        currency = text_of(entry.get("entryCurrAlphaCode"))
        foreign = currency != self.header.currency
        receipt = text_of(entry.get("entryReceiptType"))
        if receipt and receipt not in RECEIPTS:
            self._unreadable("entryReceiptType", receipt, "T, R or N", line, Severity.WARNING)
        return {
            **self.header.columns(),
            "file_line": line,
            "entry_ref": text_of(entry.get("entryId")),
            "expense_type": text_of(entry.get("expenseTypeCode")),
            "expense_type_name": text_of(entry.get("expenseTypeName")),
            "spend_date": text_of(entry.get("entryDate"))[:10],
            "country": first_filled(entry, self.profile.countries),
            "spend_amount": self.amounts.spend(
                entry.get("reportEntryTransactionAmount"), currency, line
            ),
            "spend_currency": currency,
            "exchange_rate": plain_text(entry.get("entryExchangeRate")) if foreign else "",
            "rate_direction": text_of(entry.get("entryExchangeRateDirection")) if foreign else "",
            "payment_type": text_of(entry.get("reportEntryPatKey")),
            "receipt": RECEIPTS.get(receipt, ""),
        }

    def _part_columns(self, part: Part, shared: Mapping[str, object]) -> dict[str, object]:
        base = part.tax_base_minor
        return {
            "part": part.part,
            "payee": part.payee,
            "amount": self.amounts.text(part.amount_minor, part.found),
            "tax_code": part.tax_code,
            "tax_base": "" if base is None else self.amounts.text(base, ""),
            "country": part.country or shared["country"],
        }

    def _advance(self, advance: Mapping[str, Any], line: int) -> dict[str, object]:
        """A cash advance used up: credits the advance, debits what the employee is owed."""
        path = "cashAdvanceApplicationAmount"
        value = advance.get(path)
        minor = self.amounts.minor(value, line, path)
        if minor is not None and minor > 0:
            self._unreadable(path, plain_text(value), "negative amount", line)
        self.parts_minor.append(minor)
        blank: dict[str, object] = dict.fromkeys(EXPENSE_LINE, "")
        return {
            **blank,
            **self.header.columns(),
            "file_line": line,
            "entry_ref": text_of(advance.get("cashAdvanceId")),
            "part": "advance",
            "payee": "employee",
            "amount": self.amounts.text(minor, value),
        }

    def _unreadable(
        self, name: str, found: str, kind: str, line: int, severity: Severity = Severity.CRITICAL
    ) -> None:
        self.findings.append(
            finding(
                "value_unreadable",
                where=Place(self.header.document, line, name),
                found=found or "(empty)",
                blocks="report" if severity is Severity.CRITICAL else "nothing",
                severity=severity,
                line=line,
                field=name,
                type=kind,
            )
        )
