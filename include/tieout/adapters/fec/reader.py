"""Reads one FEC file: each row becomes an account-coded line, debit positive."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import polars as pl

from tieout.adapters.fec.entries import (
    account,
    check_other_fields,
    posting_date,
    signed_amounts,
)
from tieout.adapters.fec.layout import Layout, parse_layout, rows
from tieout.adapters.fec.profile import FecProfile
from tieout.contracts.file_profile import parse_profile
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import PayLines, derived_control, totals, totals_by
from tieout.contracts.source_text import (
    decimals,
    decode,
    found_encoding,
    is_number,
    physical_lines,
    refuse_foreign,
)
from tieout.finance.documents import DocumentFacts, Reading, SourceDocument
from tieout.finance.money import CurrencyUnknownError, minor_digits

_NAMES: Final = (b"journalcode", b"ecriturenum", b"comptenum")


def detect(content: bytes) -> bool:
    """Whether the first line names the columns of the layout."""
    first = content[:2000].splitlines()[:1]
    return bool(first) and sum(name in first[0].lower() for name in _NAMES) >= 2


@dataclass
class _Entries:
    """What the rows gave: lines, and per voucher its first physical line."""

    lines: PayLines = field(default_factory=PayLines)
    first_line: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    records: int = 0


def read_file(
    document: SourceDocument, content: bytes, profile: Mapping[str, object] | None = None
) -> Reading:
    """Read a file with its provider's profile, or with the format's defaults (currency EUR).

    Raises:
        UnreadableDocumentError: no FEC file, or columns are missing.
        ConfigurationError: the profile has a wrong knob.
    """
    knobs = parse_profile(FecProfile, profile)
    findings = Findings(document.name)
    refuse_foreign(content, findings)
    encoding = knobs.container.encoding or found_encoding(content, "iso-8859-15")
    lines = physical_lines(decode(content, encoding, findings).removeprefix("\ufeff"))
    layout = parse_layout(lines[0], knobs, findings)
    currency = knobs.currency or "EUR"
    entity = _entity(document.name, knobs, findings)
    entries = _entries(lines, layout, knobs, {"currency": currency, "entity": entity}, findings)
    frame = entries.lines.frame()
    _check_decimals(frame, currency, findings)
    _check_vouchers(frame, entries, findings)
    debit, credit = totals(frame)
    return Reading(
        facts=DocumentFacts(entity=entity, period=_period(frame), currency=currency),
        frames={"pay_line": frame},
        control=derived_control(frame, currency),
        findings=findings.all(),
        summary={
            "format": f"FEC, {layout.form[0]} and {layout.form[1]}",
            "encoding": encoding,
            "vouchers": len(entries.first_line),
            "records": entries.records,
            "lines": frame.height,
            "debit": str(debit),
            "credit": str(credit),
            "currency": currency,
            "delimiter": {"\t": "tab", "|": "bar"}.get(layout.delimiter, layout.delimiter),
        },
    )


def _entries(
    lines: Sequence[str],
    layout: Layout,
    knobs: FecProfile,
    shared: Mapping[str, str],
    findings: Findings,
) -> _Entries:
    entries = _Entries()
    group = [name.lower() for name in knobs.group_key]
    absent = [name for name in group if name not in layout.positions]
    if absent:
        raise findings.unreadable(
            f"The header lacks {', '.join(absent)}, by which vouchers are told apart.",
            line=1,
            field=absent[0],
        )
    named = {
        "cost_center_code": knobs.dims.cost_center.lower(),
        "project_code": knobs.dims.project.lower(),
    }
    dimensions = {to: column for to, column in named.items() if column}
    for line, row in rows(lines, layout, findings):
        entries.records += 1
        number = account(row, line, findings)
        amounts = signed_amounts(row, layout, knobs.values.decimal, line, findings)
        day = posting_date(row, line, findings)
        check_other_fields(row, line, findings)
        if not number or not amounts:
            continue
        key = " ".join(row[name] for name in group)
        entries.first_line.setdefault(key, line)
        if is_number(row["ecriturenum"]):
            entries.numbers[row["journalcode"]].add(int(row["ecriturenum"][:18]))
        for amount in amounts:
            entries.lines.add(
                line,
                {
                    **shared,
                    "coding": "account",
                    "voucher_key": key,
                    "source_account": number,
                    "amount": amount,
                    "posting_date": day,
                    **{to: row.get(column, "") for to, column in dimensions.items()},
                },
            )
    return entries


def _check_decimals(frame: pl.DataFrame, currency: str, findings: Findings) -> None:
    try:
        allowed = minor_digits(currency)
    except CurrencyUnknownError as error:
        findings.add("currency_unknown", error.message, field="currency", found=currency)
        return
    for line, amount in frame.select("file_line", "amount").iter_rows():
        if decimals(amount) > allowed:
            findings.add(
                "value_unreadable",
                f"Line {line}: the amount has more than {allowed} decimals, "
                f"which {currency} does not have.",
                line=line,
                field="Debit",
            )


def _check_vouchers(frame: pl.DataFrame, entries: _Entries, findings: Findings) -> None:
    if frame.height == 0:
        findings.add("expectation_failed", "The file has no entries.", field="rows", found="0")
    for key, (debit, credit) in totals_by(frame, "voucher_key").items():
        if debit != credit:
            findings.add(
                "journal_unbalanced",
                f"Voucher {key}: debit {debit}, credit {credit}; no plug made.",
                line=entries.first_line[key],
                field="EcritureNum",
                found=str(debit - credit),
            )
    together: set[int] = set().union(*entries.numbers.values())
    if not _gap(together):
        return
    for journal, numbers in sorted(entries.numbers.items()):
        missing = _gap(numbers)
        if missing:
            findings.warn(
                "expectation_failed",
                f"Journal {journal}: entry numbers jump; {missing} is missing.",
                field="EcritureNum",
                found=str(missing),
                next_step="Ask the provider whether an entry was left out.",
            )


def _gap(numbers: set[int]) -> int | None:
    """The first number that is missing between the smallest and the largest."""
    if not numbers or len(numbers) == max(numbers) - min(numbers) + 1:
        return None
    ordered = sorted(numbers)
    return next(low + 1 for low, high in pairwise(ordered) if high > low + 1)


def _entity(name: str, knobs: FecProfile, findings: Findings) -> str:
    if not knobs.entities:
        return ""
    pattern = knobs.period.entity.removeprefix("file:")
    match = re.search(pattern, name)
    code = match.group(1) if match else ""
    if code in knobs.entities:
        return knobs.entities[code]
    findings.add(
        "expectation_failed",
        f"The file's name does not tell one of the entities of "
        f"{knobs.provider or 'this provider'}.",
        field="file name",
        found=code or "(no code)",
        next_step="Add the code to the provider's entities, or return the file.",
    )
    return ""


def _period(frame: pl.DataFrame) -> str:
    months = frame["posting_date"].str.slice(0, 7).unique().to_list()
    month = str(months[0]) if len(months) == 1 else ""
    return month if re.fullmatch(r"\d{4}-\d{2}", month) else ""
