"""A profile for a stranger's file, taken from what the file itself says beyond doubt.

Only for looking at a file: a provider's files are read by the profile that finance wrote. Nothing
is guessed: columns go by well-known names, the text must be Unicode, and amounts must show one
decimal mark that no other reading allows. Dates are not read, since their order can't be known.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

from tieout.adapters.delimited.grid import normalised
from tieout.contracts.findings import Findings
from tieout.contracts.source_text import decode, found_encoding

_NAMES: Final = {
    "source_account": (
        *("account", "accountnumber", "accountcode", "accountno", "glaccount", "ledgeraccount"),
        *("nominalcode", "konto", "kontonummer", "compte", "comptenum", "cuenta", "conto"),
        "sourceaccount",
    ),
    "component_code": ("paycomponentcode", "componentcode", "component", "paycode", "lohnart"),
    "debit": ("debit", "debitamount", "soll", "débit"),
    "credit": ("credit", "creditamount", "haben", "crédit"),
    "amount": ("amount", "betrag", "montant", "belopp", "signedamount"),
    "voucher": ("voucher", "journal", "journalid", "document", "beleg", "verifikat"),
    "employee_ref": ("employeeid", "employeenumber", "employee", "workerid", "personalnummer"),
    "cost_center_code": ("costcenter", "costcentre", "costcenterid", "kostenstelle", "department"),
    "project_code": ("project", "projectid", "projekt"),
    "currency": ("currency", "currencycode", "währung", "devise", "valuta"),
}
_AMOUNTS: Final = ("debit", "credit", "amount")
#: Integers say nothing of the mark; `1,234` may be either, so it is no proof.
_INTEGER: Final = re.compile(r"-?[0-9]+")
_PROVES: Final = {".": re.compile(r"-?[0-9]+\.[0-9]{1,2}"), ",": re.compile(r"-?[0-9]+,[0-9]{1,2}")}


def inferred_profile(content: bytes, findings: Findings) -> Mapping[str, object]:
    """The knobs that the file's own words allow.

    Raises:
        UnreadableDocumentError: the text is not Unicode, or names or amounts leave a doubt.
    """
    encoding = found_encoding(content, "")
    if not encoding:
        raise _doubt("its encoding is not Unicode and can't be known", findings)
    text = decode(content, encoding, findings).removeprefix("\ufeff")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max((",", ";", "\t", "|"), key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _doubt(f"its rows can't be split ({error})", findings) from error
    header, *body = [row for row in rows if any(cell.strip() for cell in row)]
    columns = _columns(header)
    coding = "account" if "source_account" in columns else "component"
    code = "source_account" if coding == "account" else "component_code"
    two = "debit" in columns and "credit" in columns
    if code not in columns or not (two or "amount" in columns):
        raise _doubt("its header names no account or pay code with amounts", findings)
    if two:
        columns.pop("amount", None)
    decimal = _decimal_mark(header, body, columns, findings)
    findings.warn(
        "contract_drift",
        "Read without a profile: columns by their names, one decimal mark by its only reading.",
        field="header",
        found=", ".join(sorted(columns.values())),
        next_step="Write a profile before this provider's files are booked.",
    )
    single = "component" if coding == "component" else "signed"
    return {
        "kind": "delimited",
        "container": {"encoding": encoding, "delimiter": delimiter, "bom": "allow"},
        "columns": {**columns, "unknown_columns": "ignore"},
        "sign": "two_columns" if two else single,
        "values": {"decimal": decimal},
        "coding": coding,
    }


def _columns(header: Sequence[str]) -> dict[str, str]:
    titles = {normalised(title): title for title in header}
    return {
        field: next(titles[name] for name in names if name in titles)
        for field, names in _NAMES.items()
        if any(name in titles for name in names)
    }


def _decimal_mark(
    header: Sequence[str],
    body: Sequence[Sequence[str]],
    columns: Mapping[str, str],
    findings: Findings,
) -> str:
    """The one mark under which every amount of every amount column is a plain number."""
    places = [header.index(columns[name]) for name in _AMOUNTS if name in columns]
    texts = [row[at].strip() for row in body for at in places if at < len(row)]
    written = [text for text in texts if text and not _INTEGER.fullmatch(text)]
    fitting = [
        mark
        for mark, pattern in _PROVES.items()
        if any(pattern.fullmatch(text) for text in written)
    ]
    if not written:
        return "."
    if len(fitting) != 1:
        raise _doubt("its amounts do not show one decimal mark", findings)
    return fitting[0]


def _doubt(why: str, findings: Findings) -> Exception:
    return findings.unreadable(
        f"This is delimited text, and {why}: only a provider's profile can say what it means.",
        next_step="Name the provider's profile.",
    )
