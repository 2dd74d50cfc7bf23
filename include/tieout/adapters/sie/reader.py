"""Reads one SIE 4 file: each #TRANS becomes an account-coded line, debit positive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.adapters.sie.encoding import choose_encoding
from tieout.adapters.sie.head import (
    Head,
    check_flag,
    check_sum,
    check_type,
    organisation_number,
)
from tieout.adapters.sie.lexis import Record, records
from tieout.adapters.sie.profile import SieProfile
from tieout.adapters.sie.vouchers import Line, Voucher, VoucherBook, outside, unbalanced
from tieout.contracts.file_profile import parse_profile
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import PayLines, derived_control, totals
from tieout.contracts.source_text import decode, physical_lines, refuse_foreign
from tieout.finance.documents import DocumentFacts, Reading, SourceDocument

_COLUMN = {"cost_center": "cost_center_code", "project": "project_code"}
_UTF8_MARK = b"\xef\xbb\xbf"


def detect(content: bytes) -> bool:
    """Whether the first record is #FLAGGA, or a SIE record stands near the start."""
    head = content.removeprefix(_UTF8_MARK)[:2000].lstrip()
    return head.startswith((b"#FLAGGA", b"#SIETYP", b"#FORMAT", b"#PROGRAM")) or (
        head.startswith(b"#") and b"#SIETYP" in head
    )


def read_file(
    document: SourceDocument, content: bytes, profile: Mapping[str, object] | None = None
) -> Reading:
    """Read a file with its provider's profile, or with the format's defaults.

    Raises:
        UnreadableDocumentError: no SIE file, or a type that holds no vouchers.
        ConfigurationError: the profile has a wrong knob.
    """
    knobs = parse_profile(SieProfile, profile)
    findings = Findings(document.name)
    refuse_foreign(content, findings)
    if not detect(content):
        raise findings.unreadable("The first record is not #FLAGGA: this is no SIE file.", line=1)
    encoding = choose_encoding(content, knobs.container.encoding, findings)
    lines = physical_lines(decode(content, encoding, findings))
    head, book, entries = _collect(lines, knobs, findings)
    check_type(head, findings)
    if entries and entries[0].label != "#FLAGGA":
        findings.add(
            "document_unreadable",
            "The first record is not #FLAGGA: the beginning of the file is missing.",
            line=entries[0].line,
            field=entries[0].label,
        )
    else:
        check_flag(head, knobs.container.allow_flag, findings)
    checksum = check_sum(head, entries, encoding, findings)
    _check_vouchers(head, book.vouchers, findings)
    currency = head.currency or knobs.currency or "SEK"
    entity = _entity(head, knobs, findings)
    frame = _lines(book.vouchers, currency, entity, knobs).frame()
    debit, credit = totals(frame)
    return Reading(
        facts=DocumentFacts(entity=entity, period=_period(book.vouchers), currency=currency),
        frames={"pay_line": frame},
        control=derived_control(frame, currency),
        findings=findings.all(),
        summary={
            "format": "SIE 4",
            "encoding": encoding,
            "encoding_declared": head.code_page,
            "vouchers": len(book.vouchers),
            "records": sum(book.line_records.values()),
            "lines": frame.height,
            "debit": str(debit),
            "credit": str(credit),
            "currency": currency,
            "source_entity": organisation_number(head.organisation),
            "program": head.program,
            "checksum": checksum,
            "vouchers_without_lines": sum(not voucher.lines for voucher in book.vouchers),
        },
    )


def _collect(
    lines: Sequence[str], knobs: SieProfile, findings: Findings
) -> tuple[Head, VoucherBook, list[Record]]:
    head, book = Head(), VoucherBook(findings, knobs.container.iso_dates)
    entries: list[Record] = []
    for record in records(lines):
        if not isinstance(record, Record):
            number, why = record
            findings.add(
                "value_unreadable",
                f"Line {number} is no SIE record: {why}.",
                line=number,
                field="record",
            )
            continue
        entries.append(record)
        if not book.take(record):
            head.take(record)
    book.end(len(lines))
    return head, book, entries


def _check_vouchers(head: Head, vouchers: Sequence[Voucher], findings: Findings) -> None:
    if not any(voucher.lines for voucher in vouchers):
        findings.add(
            "expectation_failed", "The file has no voucher with lines.", field="#VER", found="0"
        )
    for voucher, debit, credit in unbalanced(vouchers):
        findings.add(
            "journal_unbalanced",
            f"Voucher {voucher.key}: debit {debit}, credit {credit}; no plug made.",
            line=voucher.file_line,
            field="#VER",
            found=str(debit - credit),
        )
    if head.years:
        for voucher in outside(vouchers, head.years):
            findings.add(
                "date_outside_period",
                f"Voucher {voucher.key} is dated outside the file's fiscal years.",
                line=voucher.file_line,
                field="#VER date",
                found=voucher.posting_date,
            )
    if head.accounts:
        used = {line.account: line for voucher in vouchers for line in voucher.lines}
        for account in sorted(used.keys() - head.accounts):
            findings.warn(
                "account_unmapped",
                f"Account {account} is used and has no #KONTO in the file.",
                line=used[account].file_line,
                field="#TRANS account",
                found=account,
            )


def _entity(head: Head, knobs: SieProfile, findings: Findings) -> str:
    if not knobs.entities:
        return ""
    number = organisation_number(head.organisation)
    for code, entity in knobs.entities.items():
        if organisation_number(code) == number and number:
            return entity
    findings.add(
        "expectation_failed",
        f"Organisation number {number or '(none)'} is no entity of "
        f"{knobs.provider or 'this provider'}.",
        field="#ORGNR",
        found=number or "(empty)",
        next_step="Add it to the provider's entities, or return the file.",
    )
    return ""


def _period(vouchers: Sequence[Voucher]) -> str:
    """The month of all vouchers when they share one; a file of several months says none."""
    months = {voucher.posting_date[:7] for voucher in vouchers if voucher.lines}
    month = months.pop() if len(months) == 1 else ""
    return month if len(month) == 7 and month[4:5] == "-" else ""


def _lines(vouchers: Sequence[Voucher], currency: str, entity: str, knobs: SieProfile) -> PayLines:
    lines = PayLines()
    for voucher in vouchers:
        shared = {
            "coding": "account",
            "voucher_key": voucher.key,
            "currency": currency,
            "entity": entity,
            "posting_date": voucher.posting_date,
        }
        for line in voucher.lines:
            lines.add(
                line.file_line,
                {
                    **shared,
                    **_dimensions(line, knobs),
                    "source_account": line.account,
                    "amount": line.amount,
                },
            )
    return lines


def _dimensions(line: Line, knobs: SieProfile) -> dict[str, str]:
    """Cost center and project; every other dimension is dropped, since it may name a person."""
    return {
        _COLUMN[use]: line.objects[number]
        for number, use in knobs.dims.items()
        if use != "drop" and number in line.objects
    }
