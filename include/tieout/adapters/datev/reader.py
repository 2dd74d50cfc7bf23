"""Reads one booking batch: each row becomes two legs, account and contra account."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from tieout.adapters.datev.header import MARKERS, Header, parse_header
from tieout.adapters.datev.profile import DatevProfile
from tieout.adapters.datev.rows import Booking, columns_by_title, parse_row
from tieout.contracts.file_profile import parse_profile
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import PayLines, derived_control, totals, totals_by
from tieout.contracts.source_text import (
    decimals,
    decode,
    found_encoding,
    physical_lines,
    refuse_foreign,
)
from tieout.finance.documents import DocumentFacts, Reading, SourceDocument
from tieout.finance.money import CurrencyUnknownError, minor_digits

_COLUMN: Final = {"cost_center": "cost_center_code", "project": "project_code"}


def detect(content: bytes) -> bool:
    """Whether the first field is EXTF or DTVF."""
    head = content.removeprefix(b"\xef\xbb\xbf")[:6].lstrip(b'"')
    return head[:4].decode("latin-1") in MARKERS


def read_file(
    document: SourceDocument, content: bytes, profile: Mapping[str, object] | None = None
) -> Reading:
    """Read a batch with its provider's profile, or with the format's defaults.

    Raises:
        UnreadableDocumentError: not a booking batch, or no title line.
        ConfigurationError: the profile has a wrong knob.
    """
    knobs = parse_profile(DatevProfile, profile)
    findings = Findings(document.name)
    refuse_foreign(content, findings)
    encoding = knobs.container.encoding or found_encoding(content, "cp1252")
    lines = physical_lines(decode(content, encoding, findings))
    rows = _split(lines, findings)
    header = parse_header(next(rows)[1], knobs.container.category, findings)
    titles = next(rows, (2, []))[1]
    columns = columns_by_title(titles, findings)
    legs, records, vouchers = PayLines(), 0, 0
    currency = header.currency or knobs.currency
    for line, row in rows:
        records += 1
        if len(row) != len(titles):
            _torn(len(row), len(titles), line, findings)
            continue
        booking = parse_row(row, columns, header, line, findings)
        if booking is not None:
            vouchers += 1
            _check_currency(booking, currency, line, findings)
            _add_legs(legs, booking, line, vouchers, knobs, header)
    frame = legs.frame()
    currency = currency or _only(frame["currency"].unique().to_list())
    _check_batch(frame, records, knobs, findings)
    facts = _facts(header, currency, knobs, findings)
    debit, credit = totals(frame)
    return Reading(
        facts=facts,
        frames={"pay_line": frame},
        control=derived_control(frame, currency),
        findings=findings.all(),
        summary={
            "format": f"DATEV booking batch, format version {header.format_version}",
            "encoding": encoding,
            "vouchers": vouchers,
            "records": records,
            "lines": frame.height,
            "debit": str(debit),
            "credit": str(credit),
            "currency": currency,
            "source_entity": f"{header.consultant}/{header.client}",
        },
    )


def _split(lines: Sequence[str], findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Rows with their physical line; a field of a batch never spans lines, so each stands alone."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, next(csv.reader((line,), delimiter=";", strict=True))
        except csv.Error as error:
            if number <= 2:
                raise findings.unreadable(
                    "The header can't be split into fields.", line=number
                ) from error
            yield number, []


def _torn(found: int, awaited: int, line: int, findings: Findings) -> None:
    said = f"it has {found} fields" if found else "a quote is not closed"
    findings.add(
        "value_unreadable",
        f"Line {line} is not a row of this batch: {said}, the titles have {awaited}.",
        line=line,
        field="row",
        found=f"{found} fields",
        next_step="Ask the provider for the whole file again; this one was cut or overwritten.",
    )


def _check_currency(booking: Booking, currency: str, line: int, findings: Findings) -> None:
    try:
        allowed = minor_digits(booking.currency)
    except CurrencyUnknownError as error:
        findings.add(
            "currency_unknown", error.message, line=line, field="WKZ", found=booking.currency
        )
        return
    if decimals(booking.amount) > allowed:
        findings.add(
            "value_unreadable",
            f"Line {line}: Umsatz has more decimals than {booking.currency} has.",
            line=line,
            field="Umsatz",
        )
    if booking.currency != currency and currency:
        findings.add(
            "expectation_failed",
            f"Line {line} is in {booking.currency}, the batch in {currency}: "
            "a pay run has one currency.",
            line=line,
            field="WKZ Umsatz",
            found=booking.currency,
            next_step="Ask the provider to send the payroll batch in its own currency.",
        )


def _only(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else ""


def _add_legs(
    legs: PayLines,
    booking: Booking,
    line: int,
    number: int,
    knobs: DatevProfile,
    header: Header,
) -> None:
    shared = {
        "coding": "account",
        "voucher_key": f"{booking.voucher or '-'} {booking.posting_date} #{number}",
        "currency": booking.currency or knobs.currency,
        "entity": _entity(header, knobs),
        "posting_date": booking.posting_date,
    }
    for use, code in ((knobs.dims.kost1, booking.kost1), (knobs.dims.kost2, booking.kost2)):
        if use != "drop":
            shared[_COLUMN[use]] = code
    amount = booking.amount
    other = amount[1:] if amount.startswith("-") else f"-{amount}"
    for account, contra, signed in (
        (booking.account, booking.contra, amount),
        (booking.contra, booking.account, other),
    ):
        legs.add(
            line, {**shared, "source_account": account, "contra_account": contra, "amount": signed}
        )


def _entity(header: Header, knobs: DatevProfile) -> str:
    for code in (f"{header.consultant}/{header.client}", f"{header.consultant}-{header.client}"):
        if code in knobs.entities:
            return knobs.entities[code]
    return knobs.entities.get(header.client, "")


def _facts(header: Header, currency: str, knobs: DatevProfile, findings: Findings) -> DocumentFacts:
    entity = _entity(header, knobs)
    if knobs.entities and not entity:
        findings.add(
            "expectation_failed",
            f"Consultant {header.consultant}, client {header.client} is no entity of "
            f"{knobs.provider or 'this provider'}.",
            line=1,
            field="client",
            found=f"{header.consultant}/{header.client}",
            next_step="Add it to the provider's entities, or return the file.",
        )
    period = ""
    starts, ends = header.date_from, header.date_to
    if starts and ends and (starts.year, starts.month) == (ends.year, ends.month):
        period = f"{ends:%Y-%m}"
    return DocumentFacts(entity=entity, period=period, currency=currency)


def _check_batch(
    frame: pl.DataFrame, records: int, knobs: DatevProfile, findings: Findings
) -> None:
    if records == 0:
        findings.add("expectation_failed", "The batch has no bookings.", field="rows", found="0")
    zero = knobs.control.zero_account
    if not zero:
        return
    debit, credit = totals_by(frame, "source_account").get(zero, (Decimal(0), Decimal(0)))
    if debit != credit:
        findings.add(
            "expectation_failed",
            f"Clearing account {zero} does not end at zero: debit {debit}, credit {credit}.",
            field="Konto",
            found=str(debit - credit),
            next_step="Ask the provider for the full batch.",
        )
