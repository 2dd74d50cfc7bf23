"""Vouchers of a SIE file: opened by #VER, filled by #TRANS between braces, each summing to zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from tieout.adapters.sie.lexis import Record
from tieout.contracts.findings import Findings, masked
from tieout.contracts.source_text import (
    NumberForm,
    ValueUnreadableError,
    canonical_amount,
    canonical_date,
    is_number,
    iso_date,
)

_FORM: Final = NumberForm(decimal=".")
_LINES: Final = ("#TRANS", "#RTRANS", "#BTRANS")


@dataclass(frozen=True, slots=True)
class Line:
    """One #TRANS: debit positive; objects by dimension number."""

    file_line: int
    account: str
    amount: str
    objects: dict[str, str]


@dataclass(slots=True)
class Voucher:
    """One #VER with its lines."""

    file_line: int
    ordinal: int
    series: str
    number: str
    posting_date: str
    lines: list[Line] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What people find it by; the ordinal tells vouchers without a number apart."""
        return f"{self.series}{self.number} {self.posting_date} #{self.ordinal}".strip()


@dataclass
class VoucherBook:
    """Collects vouchers record by record.

    #RTRANS and #BTRANS tell the history of a voucher and never count: by the standard each added
    line follows as #TRANS again.
    """

    findings: Findings
    iso_dates: bool
    vouchers: list[Voucher] = field(default_factory=list)
    line_records: Counter[str] = field(default_factory=Counter)
    _open: Voucher | None = None
    _inside: bool = False

    def take(self, record: Record) -> bool:
        """Take a record of a voucher; false when it belongs to the file's head."""
        if record.label == "#VER":
            self._begin(record)
        elif record.label == "{":
            self._brace_opens(record)
        elif record.label == "}":
            self._brace_closes(record)
        elif record.label in _LINES:
            self._line(record)
        else:
            return False
        return True

    def end(self, last_line: int) -> None:
        """Say what is still open at the end of the file: it was cut."""
        if self._inside or (self._open is not None and not self._open.lines):
            self.findings.add(
                "document_unreadable",
                "The last voucher is not closed: the file was cut.",
                line=last_line,
                field="}",
                next_step="Ask the provider for the full file.",
            )

    def _begin(self, record: Record) -> None:
        if self._inside:
            self.findings.add(
                "document_unreadable",
                f"Line {record.line}: a voucher begins while the one before is not closed.",
                line=record.line,
                field="#VER",
                next_step="Ask the provider for the full file.",
            )
            self._inside = False
        self._open = Voucher(
            file_line=record.line,
            ordinal=len(self.vouchers) + 1,
            series=record.field(0),
            number=record.field(1),
            posting_date=self._date(record),
        )
        self.vouchers.append(self._open)

    def _date(self, record: Record) -> str:
        text = record.field(2)
        day = iso_date(text)
        if day is not None:
            return day.isoformat()
        try:
            if self.iso_dates:
                return canonical_date(text, ("%Y-%m-%d",))
            raise ValueUnreadableError("a date YYYYMMDD")
        except ValueUnreadableError as error:
            self.findings.add(
                "value_unreadable",
                f"Line {record.line}: the voucher's date is not {error}.",
                line=record.line,
                field="#VER date",
                found=text or "(empty)",
            )
        return text

    def _brace_opens(self, record: Record) -> None:
        if self._open is None or self._inside:
            self._stray(record, "a brace opens outside a voucher")
        self._inside = True

    def _brace_closes(self, record: Record) -> None:
        if not self._inside:
            self._stray(record, "a brace closes that was not opened")
        self._inside, self._open = False, None

    def _line(self, record: Record) -> None:
        self.line_records[record.label] += 1
        if self._open is None or not self._inside:
            self._stray(record, f"{record.label} stands outside a voucher")
            return
        if record.label != "#TRANS":
            return
        line = self._transaction(record)
        if line is not None:
            self._open.lines.append(line)

    def _transaction(self, record: Record) -> Line | None:
        account = record.field(0)
        if not is_number(account):
            self._bad(record, "account", "an account number", account)
            return None
        try:
            amount = canonical_amount(record.field(1), _FORM)
        except ValueUnreadableError as error:
            self._bad(record, "amount", str(error), masked(record.field(1)))
            return None
        if len(amount.partition(".")[2].rstrip("0")) > 2:
            self._bad(record, "amount", "an amount of at most 2 decimals", masked(amount))
        return Line(record.line, account, amount, self._objects(record))

    def _objects(self, record: Record) -> dict[str, str]:
        if record.objects is None:
            self._bad(record, "objects", "an object list in braces", "(none)")
        pairs = list(record.objects or ())
        if len(pairs) % 2:
            self._bad(record, "objects", "pairs of dimension and object", "an odd list")
            return {}
        objects: dict[str, str] = {}
        for dimension, code in zip(pairs[::2], pairs[1::2], strict=True):
            if dimension in objects:
                self._bad(record, "objects", "one object per dimension", f"dimension {dimension}")
            objects[dimension] = code
        return objects

    def _bad(self, record: Record, field_name: str, awaited: str, found: str) -> None:
        self.findings.add(
            "value_unreadable",
            f"Line {record.line}: {field_name} of {record.label} is not {awaited}.",
            line=record.line,
            field=field_name,
            found=found or "(empty)",
        )

    def _stray(self, record: Record, what: str) -> None:
        self.findings.add(
            "document_unreadable",
            f"Line {record.line}: {what}.",
            line=record.line,
            field=record.label,
            next_step="Ask the provider for the full file.",
        )


def unbalanced(vouchers: Sequence[Voucher]) -> Iterator[tuple[Voucher, Decimal, Decimal]]:
    """Vouchers whose debit and credit differ, with both sums."""
    for voucher in vouchers:
        amounts = [Decimal(line.amount) for line in voucher.lines]
        debit = sum((amount for amount in amounts if amount > 0), Decimal(0))
        credit = -sum((amount for amount in amounts if amount < 0), Decimal(0))
        if debit != credit:
            yield voucher, debit, credit


def outside(vouchers: Sequence[Voucher], years: Sequence[tuple[date, date]]) -> Iterator[Voucher]:
    """Vouchers with lines whose date lies in none of the file's fiscal years."""
    for voucher in vouchers:
        day = iso_date(voucher.posting_date.replace("-", ""))
        if voucher.lines and day and not any(start <= day <= end for start, end in years):
            yield voucher
