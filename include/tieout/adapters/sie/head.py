"""What the records outside the vouchers say, and the checks on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tieout.adapters.sie.lexis import Record, checksum
from tieout.contracts.findings import Findings
from tieout.contracts.source_text import iso_date

_ASK = "Ask the provider for a SIE 4 file of the pay run."
_TYPES = {
    "1": "year-end balances",
    "2": "period balances",
    "3": "object balances",
}


#: Records whose first field is kept as it stands.
_KEPT = {
    "#FLAGGA": "flag",
    "#SIETYP": "sie_type",
    "#PROGRAM": "program",
    "#ORGNR": "organisation",
    "#VALUTA": "currency",
    "#FORMAT": "code_page",
}


@dataclass
class Head:
    """The file's own facts; names and addresses are not kept."""

    flag: str = ""
    sie_type: str = ""
    program: str = ""
    organisation: str = ""
    currency: str = ""
    code_page: str = ""
    years: list[tuple[date, date]] = field(default_factory=list)
    accounts: set[str] = field(default_factory=set)
    checksums: list[tuple[int, str]] = field(default_factory=list)

    def take(self, record: Record) -> None:
        """Keep what the record says; records that we do not know are skipped."""
        first = record.field(0)
        kept = _KEPT.get(record.label)
        if kept is not None:
            setattr(self, kept, first)
        elif record.label == "#KONTO":
            self.accounts.add(first)
        elif record.label == "#KSUMMA":
            self.checksums.append((record.line, first))
        elif record.label == "#RAR":
            start, end = iso_date(record.field(1)), iso_date(record.field(2))
            if start and end:
                self.years.append((start, end))


def organisation_number(text: str) -> str:
    """Ten digits of a Swedish organisation number; a century in front of twelve is dropped."""
    digits = "".join(letter for letter in text if letter.isdigit())
    return digits[-10:] if len(digits) in (10, 12) else digits


def check_type(head: Head, findings: Findings) -> None:
    """Stop at the SIE types that hold balances only.

    Raises:
        UnreadableDocumentError: type 1, 2, 3 or none of the four.
    """
    found = head.sie_type or "1"
    if found == "4":
        return
    if found in _TYPES:
        said = "" if head.sie_type else " (no #SIETYP means type 1)"
        raise findings.unreadable(
            f"SIE type {found}{said} is recognised and holds {_TYPES[found]}, no vouchers.",
            field="#SIETYP",
            next_step=_ASK,
        )
    raise findings.unreadable(f"SIE type {found} is unknown.", field="#SIETYP", next_step=_ASK)


def check_flag(head: Head, allowed: Sequence[int], findings: Findings) -> None:
    """A file that a receiver has already imported is asked about, never imported silently."""
    if head.flag in [str(flag) for flag in allowed]:
        return
    imported = head.flag == "1"
    findings.add(
        "status_unknown",
        "The file says that a receiver has imported it already (#FLAGGA 1)."
        if imported
        else "The file's #FLAGGA is neither 0 nor 1.",
        line=1,
        field="#FLAGGA",
        found=head.flag or "(empty)",
        next_step="Ask whether it was booked; allow the flag in the profile if it was not.",
    )


def check_sum(head: Head, entries: Sequence[Record], encoding: str, findings: Findings) -> str:
    """Verify #KSUMMA; answers `verified`, `wrong` or `none`."""
    stated = [(line, text) for line, text in head.checksums if text]
    if not stated:
        if head.checksums:
            findings.add(
                "control_total_mismatch",
                "A checksum was begun and not written: the file was cut.",
                line=head.checksums[0][0],
                field="#KSUMMA",
                next_step="Ask the provider for the full file.",
            )
            return "wrong"
        return "none"
    last_line, text = stated[-1]
    first_line = head.checksums[0][0]
    covered = [entry for entry in entries if first_line < entry.line < last_line]
    computed = str(checksum(covered, encoding))
    if text == computed:
        return "verified"
    findings.add(
        "control_total_mismatch",
        f"File does not add up: checksum stated {text}, read {computed}.",
        line=last_line,
        field="#KSUMMA",
        found=computed,
        next_step="Ask the provider for the full file.",
    )
    return "wrong"
