"""Reads one delimited or fixed-width file as its provider's profile says."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.adapters.delimited.columns import Layout, find_columns
from tieout.adapters.delimited.control import check_count, check_footer
from tieout.adapters.delimited.grid import Grid, check_ends, split_file, widths_differ
from tieout.adapters.delimited.inferred import inferred_profile
from tieout.adapters.delimited.legs import Leg, Legs
from tieout.adapters.delimited.origins import Origins
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.rows import RowCodes
from tieout.contracts.file_profile import parse_profile
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import PayLines, derived_control, totals, totals_by
from tieout.contracts.source_text import (
    decode,
    foreign_kind,
    refuse_foreign,
)
from tieout.finance.documents import DocumentFacts, Reading, SourceDocument
from tieout.finance.money import CurrencyUnknownError, minor_digits

_DELIMITERS = (b",", b";", b"\t", b"|")


def detect(content: bytes) -> bool:
    """Whether the first line is text with separators; only a profile can say more."""
    if foreign_kind(content) or b"\x00" in content[:2000]:
        return False
    first = content.removeprefix(codecs.BOM_UTF8).lstrip()[:4000].splitlines()[:1]
    return bool(first) and any(first[0].count(mark) for mark in _DELIMITERS)


@dataclass
class _Seen:
    """What the rows showed beside their amounts."""

    currencies: set[str] = field(default_factory=set)
    unknown_codes: dict[str, list[int]] = field(default_factory=dict)
    keys: dict[tuple[str, ...], int] = field(default_factory=dict)
    first_line: dict[str, int] = field(default_factory=dict)


def read_file(
    document: SourceDocument, content: bytes, profile: Mapping[str, object] | None = None
) -> Reading:
    """Read a file with its provider's profile, or with what the file says beyond doubt.

    Raises:
        UnreadableDocumentError: the file is not what its profile says, or leaves a doubt.
        ConfigurationError: the profile has a wrong knob.
    """
    findings = Findings(document.name)
    refuse_foreign(content, findings)
    if profile is None:
        profile = inferred_profile(content, findings)
    knobs = parse_profile(DelimitedProfile, profile)
    text = _text(content, knobs, findings)
    grid = split_file(text, knobs, findings)
    layout = find_columns(grid, knobs, findings)
    facts = Origins(knobs, grid, layout, document.name, findings)
    stated = facts.facts(knobs.currency)
    lines, seen = _lines(grid, layout, knobs, stated, facts.posting_date(), findings)
    frame = lines.frame()
    _conclude(knobs, seen, findings)
    if frame.height == 0:
        findings.add("expectation_failed", "The file has no pay lines.", field="rows", found="0")
    vouchers = 0
    if knobs.coding == "account":
        vouchers = len(seen.first_line)
        for key, (debit, credit) in totals_by(frame, "voucher_key").items():
            if debit != credit:
                findings.add(
                    "journal_unbalanced",
                    f"Voucher {key}: debit {debit}, credit {credit}; no plug made.",
                    line=seen.first_line[key],
                    field="voucher",
                    found=str(debit - credit),
                )
    debit, credit = totals(frame)
    return Reading(
        facts=stated,
        frames={"pay_line": frame},
        control=derived_control(frame, knobs.currency),
        findings=findings.all(),
        summary={
            "format": f"{knobs.container.kind} text, {knobs.coding}-coded",
            "encoding": knobs.container.encoding,
            "vouchers": vouchers,
            "records": len(grid.rows),
            "lines": frame.height,
            "debit": str(debit),
            "credit": str(credit),
            "currency": knobs.currency,
        },
    )


def _text(content: bytes, knobs: DelimitedProfile, findings: Findings) -> str:
    encoding = knobs.container.encoding
    marked = content.startswith(codecs.BOM_UTF8)
    if marked and knobs.container.bom == "forbid" and not encoding.endswith("-sig"):
        raise findings.unreadable(
            f"The file begins with the mark of UTF-8, the profile says {encoding}.",
            line=1,
            field="encoding",
            next_step="Ask the provider which encoding is right.",
        )
    text = decode(content, encoding, findings).removeprefix("\ufeff")
    check_ends(text, knobs.container, findings)
    return text


def _lines(
    grid: Grid,
    layout: Layout,
    knobs: DelimitedProfile,
    stated: DocumentFacts,
    posting_date: str,
    findings: Findings,
) -> tuple[PayLines, _Seen]:
    try:
        digits: int | None = minor_digits(knobs.currency)
    except CurrencyUnknownError:
        digits = None
    legs, lines, seen = Legs(knobs, layout, findings, digits), PayLines(), _Seen()
    row = RowCodes(legs, stated, posting_date)
    key = [layout.cell(name) for name in knobs.identity.dedupe_key]
    voucher = [layout.cell(name) for name in knobs.identity.group_key]
    for line, cells in widths_differ(grid.rows, layout.width, findings):
        shared = row.shared(line, cells)
        if key:
            _note_key(line, tuple(cut(cells) for cut in key), knobs, seen, findings)
        if knobs.coding == "account":
            parts = [cut(cells).strip() for cut in voucher] or [legs.text(cells, "voucher")]
            shared["voucher_key"] = " ".join(part for part in parts if part) or "1"
            seen.first_line.setdefault(shared["voucher_key"], line)
        seen.currencies.add(shared["currency"])
        for leg in legs.of(line, cells):
            _add(lines, line, shared, leg, knobs, seen, findings)
    check_footer(grid, layout, legs, knobs, findings)
    check_count(grid, knobs, findings)
    return lines, seen


def _add(
    lines: PayLines,
    line: int,
    shared: Mapping[str, str],
    leg: Leg,
    knobs: DelimitedProfile,
    seen: _Seen,
    findings: Findings,
) -> None:
    values = {**shared, **leg.codes, "amount": leg.amount}
    column = "component_code" if knobs.coding == "component" else "source_account"
    if not values.get(column):
        findings.add(
            "value_unreadable",
            f"Line {line}: {column.replace('_', ' ')} is empty.",
            line=line,
            field=str(knobs.columns.at.get(column, column)),
            found="(empty)",
        )
        return
    number = lines.add(line, values)
    if column == "component_code" and knobs.components and values[column] not in knobs.components:
        seen.unknown_codes.setdefault(values[column], []).append(number)


def _note_key(
    line: int,
    key: tuple[str, ...],
    knobs: DelimitedProfile,
    seen: _Seen,
    findings: Findings,
) -> None:
    """Two equal rows are legal pay; two rows with the key of one are told."""
    first = seen.keys.setdefault(key, line)
    if first != line:
        names = knobs.identity.dedupe_key
        findings.add(
            "expectation_failed",
            f"Lines {first} and {line} have the same {', '.join(names)}.",
            line=line,
            field=names[-1],
            found=f"also in line {first}",
        )


def _conclude(knobs: DelimitedProfile, seen: _Seen, findings: Findings) -> None:
    for code, numbers in sorted(seen.unknown_codes.items()):
        findings.warn(
            "contract_drift",
            f"Pay code {code} is new: {len(numbers)} lines have it, the profile does not.",
            field=str(knobs.columns.at.get("component_code", "component")),
            found=code,
            next_step="Add it to the provider's components and to the account mapping.",
        )
    for currency in sorted(seen.currencies):
        try:
            minor_digits(currency)
        except CurrencyUnknownError as error:
            findings.add("currency_unknown", error.message, field="currency", found=currency)
    if len(seen.currencies) > 1:
        findings.add(
            "expectation_failed",
            "The lines are in several currencies: a pay run has one.",
            field="currency",
            found=", ".join(sorted(seen.currencies)),
        )
