"""Columns by title, and one booking row to its two legs' values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tieout.adapters.datev.header import Header
from tieout.contracts.findings import Findings, masked
from tieout.contracts.source_text import (
    NumberForm,
    ValueUnreadableError,
    canonical_amount,
    is_number,
)

_FORM: Final = NumberForm(decimal=",", negative="leading")
#: Normalised titles of each field, over versions and writers.
_TITLES: Final = {
    "amount": ("umsatzohnesollhabenkz", "umsatz"),
    "side": ("sollhabenkennzeichen", "sollhaben", "sh"),
    "currency": ("wkzumsatz", "wkz"),
    "account": ("konto", "kontonummer"),
    "contra": ("gegenkontoohnebuschlüssel", "gegenkonto"),
    "tax_key": ("buschlüssel",),
    "day": ("belegdatum",),
    "voucher": ("belegfeld1",),
    "kost1": ("kost1kostenstelle", "kost1"),
    "kost2": ("kost2kostenstelle", "kost2"),
    "reversed": ("generalumkehrgu", "generalumkehr"),
}
_REQUIRED: Final = ("amount", "side", "account", "contra", "day")


def normalised(title: str) -> str:
    """Lower case letters and digits alone: titles differ in dash, blank and case."""
    return "".join(letter for letter in title.lower() if letter.isalnum())


def columns_by_title(titles: Sequence[str], findings: Findings) -> dict[str, int]:
    """Position of each field.

    Raises:
        UnreadableDocumentError: a required title is missing.
    """
    names = [normalised(title) for title in titles]
    positions: dict[str, int] = {}
    for field, wanted in _TITLES.items():
        for title in wanted:
            if names.count(title) > 1:
                raise findings.unreadable(
                    f"The title of {field} stands twice.", line=2, field=title
                )
            if title in names:
                positions[field] = names.index(title)
                break
    missing = [_TITLES[field][0] for field in _REQUIRED if field not in positions]
    if missing:
        raise findings.unreadable(
            f"The titles lack {', '.join(missing)}.",
            line=2,
            field=missing[0],
            next_step="Ask the provider which version of the format was written.",
        )
    return positions


@dataclass(frozen=True, slots=True)
class Booking:
    """One sound row: amount signed for `account`, its negative belongs to `contra`."""

    amount: str
    currency: str
    account: str
    contra: str
    voucher: str
    posting_date: str
    kost1: str
    kost2: str


def parse_row(
    row: Sequence[str], columns: dict[str, int], header: Header, line: int, findings: Findings
) -> Booking | None:
    """The booking of a row, or none after saying why it can't be one."""
    values = {field: row[position].strip() for field, position in columns.items()}
    amount = _amount(values, line, findings)
    sound = amount is not None
    for field in ("account", "contra"):
        sound &= _account_is_sound(values[field], field, header, line, findings)
    if not sound or amount is None:
        return None
    if values.get("tax_key"):
        findings.warn(
            "expectation_failed",
            "The row has a tax key: DATEV would split tax off at import; the gross is read.",
            line=line,
            field="BU-Schlüssel",
            found=values["tax_key"],
            next_step="Make sure that payroll cost carries no tax key.",
        )
    return Booking(
        amount=amount,
        currency=values.get("currency") or header.currency,
        account=values["account"],
        contra=values["contra"],
        voucher=values.get("voucher", ""),
        posting_date=posting_date(values["day"], header, line, findings),
        kost1=values.get("kost1", ""),
        kost2=values.get("kost2", ""),
    )


def _amount(values: dict[str, str], line: int, findings: Findings) -> str | None:
    """Debit of the account positive; a reversal row is a negative on the same side."""
    text, side, reversed_flag = values["amount"], values["side"], values.get("reversed", "")
    sound = True
    try:
        amount = canonical_amount(text, _FORM)
        if amount.startswith("-") or not amount.strip("0."):
            raise ValueUnreadableError("an amount above zero; the side is told by S or H")
    except ValueUnreadableError as error:
        findings.add(
            "value_unreadable",
            f"Line {line}: Umsatz is not {error}.",
            line=line,
            field="Umsatz",
            found=masked(text) or "(empty)",
        )
        sound, amount = False, ""
    wrong = [
        ("Soll/Haben-Kennzeichen", "S or H", side, side in ("S", "H")),
        ("Generalumkehr", "0, 1 or empty", reversed_flag, reversed_flag in ("", "0", "1")),
    ]
    for field, awaited, found, fits in wrong:
        if not fits:
            findings.add(
                "value_unreadable",
                f"Line {line}: {field} is not {awaited}.",
                line=line,
                field=field,
                found=found or "(empty)",
            )
            sound = False
    if not sound:
        return None
    return amount if (side == "S") != (reversed_flag == "1") else f"-{amount}"


def _account_is_sound(
    account: str, field: str, header: Header, line: int, findings: Findings
) -> bool:
    title = "Konto" if field == "account" else "Gegenkonto"
    if not (is_number(account) and len(account) <= 9):
        findings.add(
            "value_unreadable",
            f"Line {line}: {title} is not an account number of at most 9 digits.",
            line=line,
            field=title,
            found=account or "(empty)",
        )
        return False
    # A personal account has one digit more than a ledger account.
    if header.account_length is not None and len(account) > header.account_length + 1:
        findings.add(
            "value_unreadable",
            f"Line {line}: {title} is longer than the header's account length "
            f"{header.account_length}.",
            line=line,
            field=title,
            found=account,
        )
    return True


def posting_date(text: str, header: Header, line: int, findings: Findings) -> str:
    """ISO date of a `DDMM` text; the year comes from the batch's period, then its fiscal year.

    A date that no year of the batch has, or that lies outside it, is found; where the header has
    no dates at all the text stays as it is, since the header's own finding blocks the run.
    """
    digits = text.zfill(4)
    if not (is_number(digits) and len(digits) == 4):
        _bad_date(text, "a date DDMM", line, findings)
        return text
    begins = header.date_from or header.fiscal_year_start
    if begins is None:
        return text
    days = [day for year in (begins.year, begins.year + 1) if (day := _day(digits, year))]
    ends = header.date_to
    inside = [day for day in days if day >= begins and (ends is None or day <= ends)]
    if inside:
        return inside[0].isoformat()
    if not days:
        _bad_date(text, "a day of the batch's year", line, findings)
        return text
    findings.add(
        "date_outside_period",
        f"Line {line}: Belegdatum {text} lies outside the batch's period "
        f"{header.date_from} to {header.date_to}.",
        line=line,
        field="Belegdatum",
        found=text,
    )
    return days[0].isoformat()


def _bad_date(text: str, awaited: str, line: int, findings: Findings) -> None:
    findings.add(
        "value_unreadable",
        f"Line {line}: Belegdatum is not {awaited}.",
        line=line,
        field="Belegdatum",
        found=text or "(empty)",
    )


def _day(digits: str, year: int) -> date | None:
    try:
        return date(year, int(digits[2:]), int(digits[:2]))
    except ValueError:
        return None
