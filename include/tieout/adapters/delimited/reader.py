"""Reads one delimited or fixed-width file as its provider's profile says."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Final

import polars as pl

from tieout.adapters.delimited.bulk_lines import read_bulk
from tieout.adapters.delimited.bulk_split import split_in_bulk
from tieout.adapters.delimited.columns import Layout, find_columns
from tieout.adapters.delimited.control import check_count, check_footer
from tieout.adapters.delimited.expenses import read_expenses
from tieout.adapters.delimited.grid import Grid, check_ends, split_file
from tieout.adapters.delimited.inferred import inferred_profile
from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.origins import Origins
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.rows import Basis, RowReader, Seen
from tieout.contracts.file_profile import parse_profile
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import derived_control, totals, totals_by
from tieout.contracts.source_text import UTF16_MARKS, decode, foreign_kind, refuse_foreign
from tieout.finance.documents import Reading, SourceDocument
from tieout.finance.money import CurrencyUnknownError, minor_digits

#: From this size on whole columns are read faster than rows; both readings are equal.
BULK_BYTES: Final = 64 * 1024
_DELIMITERS = (b",", b";", b"\t", b"|")


def detect(content: bytes) -> bool:
    """Whether the first line is text with separators; only a profile can say more."""
    if foreign_kind(content) or b"\x00" in content[:2000]:
        return False
    first = content.removeprefix(codecs.BOM_UTF8).lstrip()[:4000].splitlines()[:1]
    return bool(first) and any(first[0].count(mark) for mark in _DELIMITERS)


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
    grid, layout = _grid(content, knobs, findings)
    facts = Origins(knobs, grid, layout, document.name, findings)
    stated = facts.facts(knobs.currency)
    if knobs.frame == "expense_line":
        return read_expenses(grid, layout, knobs, stated, findings)
    return _pay_run(grid, Basis(knobs, layout, stated, facts.posting_date()), findings)


def _pay_run(grid: Grid, basis: Basis, findings: Findings) -> Reading:
    knobs, stated = basis.profile, basis.stated
    frame, seen = _lines(grid, basis, findings)
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
        control=derived_control(frame, knobs.currency, (debit, credit)),
        findings=findings.all(),
        summary={
            "format": f"{knobs.container.kind} text, {knobs.coding}-coded",
            "encoding": knobs.container.encoding,
            "vouchers": vouchers,
            "records": grid.row_count,
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
    if content.startswith(UTF16_MARKS) and not encoding.lower().startswith("utf-16"):
        raise findings.unreadable(
            f"The file begins with the mark of UTF-16, the profile says {encoding}.",
            line=1,
            field="encoding",
            next_step="Ask the provider which encoding is right.",
        )
    text = decode(content, encoding, findings).removeprefix("\ufeff")
    check_ends(text, knobs.container, findings)
    return text


def _grid(content: bytes, knobs: DelimitedProfile, findings: Findings) -> tuple[Grid, Layout]:
    """The parts of the file and where its columns stand; a large file's rows as columns."""
    text, grid = _text(content, knobs, findings), None
    if len(content) >= BULK_BYTES and (written := _in_utf8(content, text, knobs)):
        grid = split_in_bulk(written, knobs.container, findings)
        del written
    if grid is None:
        grid = split_file(text, knobs, findings)
    layout = find_columns(grid, knobs, findings)
    del text
    wanted = layout.positions(knobs.named_columns)
    if grid.bulk and not grid.bulk.is_split and not grid.bulk.split(wanted, knobs.container):
        text = decode(content, knobs.container.encoding, findings).removeprefix("\ufeff")
        grid = split_file(text, knobs, findings)
    return grid, layout


def _in_utf8(content: bytes, text: str, knobs: DelimitedProfile) -> bytes | None:
    """The bytes themselves where they are UTF-8 as they stand; none for text that has no UTF-8."""
    same = codecs.lookup(knobs.container.encoding).name in {"utf-8", "ascii"}
    if same and not content.startswith(codecs.BOM_UTF8):
        return content
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _lines(grid: Grid, basis: Basis, findings: Findings) -> tuple[pl.DataFrame, Seen]:
    knobs = basis.profile
    try:
        digits: int | None = minor_digits(knobs.currency)
    except CurrencyUnknownError:
        digits = None
    legs = Legs(knobs, basis.layout, findings, digits)
    if grid.bulk:
        frame, seen = read_bulk(grid, basis, legs, findings)
    else:
        reader = RowReader(basis, legs, findings)
        for line, cells in grid.rows:
            reader.take(line, cells)
        frame, seen = reader.lines.frame(), reader.seen
    check_footer(grid, basis.layout, legs, knobs, findings)
    check_count(grid, knobs, findings)
    return frame, seen


def _conclude(knobs: DelimitedProfile, seen: Seen, findings: Findings) -> None:
    for code, count in sorted(seen.unknown_codes.items()):
        findings.warn(
            "contract_drift",
            f"Pay code {code} is new: {count} lines have it, the profile does not.",
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
