"""One FEC row to its signed amounts, with the checks of the official test tool that matter here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.adapters.fec.layout import Layout
from tieout.contracts.findings import Findings, masked
from tieout.contracts.source_text import (
    NumberForm,
    ValueUnreadableError,
    canonical_amount,
    is_number,
    iso_date,
)

_SIDES: Final = {"d": 1, "+1": 1, "1": 1, "c": -1, "-1": -1}
#: Dates that no journal needs: a wrong one is worth a word, no more.
_OTHER_DATES: Final = ("PieceDate", "DateLet", "ValidDate")


def negated(amount: str) -> str:
    """The other sign; zero has none."""
    if not amount.strip("0."):
        return amount
    return amount[1:] if amount.startswith("-") else f"-{amount}"


def signed_amounts(
    row: Mapping[str, str], layout: Layout, decimal: str, line: int, findings: Findings
) -> list[str]:
    """Debit-positive amounts of a row: one, or two where both columns are filled; none: told."""
    form = NumberForm(decimal=decimal)
    if layout.form == ("Montant", "Sens"):
        amount = _amount(row, "Montant", form, line, findings)
        side = _SIDES.get(row["sens"].lower())
        if side is None:
            _bad(findings, line, "Sens", "D, C, +1 or -1", row["sens"])
        if amount is None or side is None:
            return []
        return [amount if side > 0 else negated(amount)]
    if not row["debit"] and not row["credit"]:
        _bad(findings, line, "Debit", "an amount: Debit and Credit are both empty", "")
        return []
    sides = [
        _amount(row, name, form, line, findings) if row[name.lower()] else "0"
        for name in layout.form
    ]
    debit, credit = sides
    if debit is None or credit is None:
        return []
    filled = [bool(amount.strip("-0.")) for amount in (debit, credit)]
    if all(filled):
        findings.add(
            "value_unreadable",
            f"Line {line}: Debit and Credit are both filled.",
            line=line,
            field="Debit",
            found="both",
            next_step="Ask the provider which side is meant.",
        )
        return [debit, negated(credit)]
    if not any(filled):
        findings.warn(
            "value_unreadable",
            f"Line {line}: Debit and Credit are both zero.",
            line=line,
            field="Debit",
            found="zero",
        )
    return [negated(credit) if filled[1] else debit]


def _amount(
    row: Mapping[str, str], name: str, form: NumberForm, line: int, findings: Findings
) -> str | None:
    text = row[name.lower()]
    try:
        return canonical_amount(text, form)
    except ValueUnreadableError as error:
        _bad(findings, line, name, str(error), masked(text))
    return None


def account(row: Mapping[str, str], line: int, findings: Findings) -> str:
    """The account, empty after telling that there is none."""
    number = row["comptenum"]
    if not number:
        _bad(findings, line, "CompteNum", "an account", "")
    elif not (is_number(number[:3]) and len(number) >= 3):
        findings.warn(
            "value_unreadable",
            f"Line {line}: CompteNum does not begin with three digits of the chart.",
            line=line,
            field="CompteNum",
            found=number,
        )
    return number


def posting_date(row: Mapping[str, str], line: int, findings: Findings) -> str:
    """ISO date of the entry; what is no date stays as it is and is told."""
    text = row["ecrituredate"]
    day = iso_date(text)
    if day is None:
        _bad(findings, line, "EcritureDate", "a date YYYYMMDD", text)
        return text
    if not 1900 <= day.year <= 2099:
        _bad(findings, line, "EcritureDate", "a date between 1900 and 2099", text)
    return day.isoformat()


def check_other_fields(row: Mapping[str, str], line: int, findings: Findings) -> None:
    """Fields that the law wants and a journal does not."""
    for name in _OTHER_DATES:
        text = row.get(name.lower(), "")
        if text and iso_date(text) is None:
            findings.warn(
                "value_unreadable",
                f"Line {line}: {name} is not a date YYYYMMDD.",
                line=line,
                field=name,
                found=text,
            )
    if "validdate" in row and not row["validdate"]:
        findings.warn(
            "value_unreadable",
            f"Line {line}: ValidDate is empty: the entry is not validated.",
            line=line,
            field="ValidDate",
            found="(empty)",
        )


def _bad(findings: Findings, line: int, field: str, awaited: str, found: str) -> None:
    findings.add(
        "value_unreadable",
        f"Line {line}: {field} is not {awaited}.",
        line=line,
        field=field,
        found=found or "(empty)",
    )
