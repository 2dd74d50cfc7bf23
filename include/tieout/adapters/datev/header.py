"""Line 1 of a booking batch: who, which fiscal year, which period, which currency.

Source: DATEV's own format descriptors, as read in the reference of payroll formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tieout.contracts.findings import Findings
from tieout.contracts.source_text import is_number, iso_date

MARKERS: Final = ("EXTF", "DTVF")
_VERSIONS: Final = ("510", "700")
_FORMAT_VERSIONS: Final = range(7, 14)
#: What other categories of the same layout hold.
CATEGORIES: Final = {
    "16": "debtors and creditors",
    "20": "account captions",
    "21": "booking batch",
    "46": "payment terms",
    "48": "other addresses",
    "65": "recurring bookings",
    "66": "quantities",
}


@dataclass(frozen=True, slots=True)
class Header:
    """What line 1 says; a date is none when the field holds no date."""

    consultant: str
    client: str
    fiscal_year_start: date | None
    account_length: int | None
    date_from: date | None
    date_to: date | None
    label: str
    locked: str
    currency: str
    format_version: str


def parse_header(fields: Sequence[str], category: int, findings: Findings) -> Header:
    """Read and check line 1; what is wrong in it is found, not thrown.

    Raises:
        UnreadableDocumentError: no EXTF or DTVF batch, or a category that holds no bookings.
    """
    row = [*fields, *[""] * (31 - len(fields))]
    if row[0] not in MARKERS:
        raise findings.unreadable("The first field is not EXTF or DTVF.", line=1, field="marker")
    _check_category(row[2], row[3], category, findings)
    if row[1] not in _VERSIONS:
        findings.add(
            "contract_drift",
            f"Header version {row[1] or '(empty)'} is not 510 or 700.",
            line=1,
            field="version",
            found=row[1],
        )
    if not (is_number(row[4]) and int(row[4]) in _FORMAT_VERSIONS):
        findings.warn(
            "contract_drift",
            f"Format version {row[4] or '(empty)'} is not one of 7 to 13; columns go by title.",
            line=1,
            field="format version",
            found=row[4],
        )
    if row[6] or row[9]:
        findings.add(
            "status_unknown",
            "The header says that a receiver has imported the batch already.",
            line=1,
            field="imported",
            found=row[6] or "by a user",
            next_step="Ask the provider whether this batch is the current one.",
        )
    length = int(row[13]) if is_number(row[13]) and 4 <= int(row[13]) <= 8 else None
    header = Header(
        consultant=row[10],
        client=row[11],
        fiscal_year_start=iso_date(row[12]),
        account_length=length,
        date_from=iso_date(row[14]),
        date_to=iso_date(row[15]),
        label=row[16],
        locked=row[20],
        currency=row[21],
        format_version=row[4],
    )
    _check_identity(header, row, findings)
    return header


def _check_category(found: str, name: str, category: int, findings: Findings) -> None:
    if found == str(category):
        return
    meaning = CATEGORIES.get(found)
    if found != "21" and meaning is not None:
        raise findings.unreadable(
            f"Category {found} ({name or meaning}) is recognised and is no booking batch: "
            f"it holds {meaning}.",
            line=1,
            field="category",
            next_step="Ask the provider for the booking batch (category 21).",
        )
    if name.strip().lower() != "buchungsstapel":
        raise findings.unreadable(
            f"Category {found or '(empty)'} ({name}) is not a booking batch (category 21).",
            line=1,
            field="category",
            next_step="Ask the provider for the booking batch (category 21).",
        )
    findings.add(
        "contract_drift",
        f"Category is {found or '(empty)'}, a booking batch has {category}.",
        line=1,
        field="category",
        found=found,
        next_step="Ask the provider, or state the category in the profile.",
    )


def _check_identity(header: Header, row: Sequence[str], findings: Findings) -> None:
    wrong = [
        ("consultant", row[10], _between(row[10], 1001, 9_999_999)),
        ("client", row[11], _between(row[11], 1, 99_999)),
        ("fiscal year start", row[12], header.fiscal_year_start is not None),
        ("account length", row[13], header.account_length is not None),
        ("date from", row[14], header.date_from is not None),
        ("date to", row[15], header.date_to is not None),
    ]
    for field, found, sound in wrong:
        if not sound:
            findings.add(
                "value_unreadable",
                f"Header field {field} is not what a batch needs; are the fields shifted?",
                line=1,
                field=field,
                found=found,
            )
    if header.date_from and header.date_to and header.date_from > header.date_to:
        findings.add(
            "date_outside_period",
            "The batch ends before it begins.",
            line=1,
            field="date to",
            found=f"{header.date_from} to {header.date_to}",
        )


def _between(text: str, low: int, high: int) -> bool:
    return is_number(text) and low <= int(text[:12]) <= high
