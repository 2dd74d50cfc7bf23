"""Totals inside a file against what was read from it."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from tieout.adapters.delimited.bulk import Bulk
from tieout.adapters.delimited.bulk_amounts import canonical_amounts
from tieout.adapters.delimited.columns import Layout
from tieout.adapters.delimited.cuts import Cell, letters
from tieout.adapters.delimited.grid import Grid
from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.contracts.findings import Findings
from tieout.contracts.source_text import FRACTION_DIGITS, is_number

_FULL = "Ask the provider for the full file."


def check_footer(
    grid: Grid, layout: Layout, legs: Legs, profile: DelimitedProfile, findings: Findings
) -> None:
    """Sum each amount column and compare it with the footer row; say what differs."""
    if profile.control.row != "footer":
        return
    if not grid.footers:
        findings.add(
            "control_total_mismatch",
            f"The row {profile.container.footer!r} with the totals is missing: the file was cut.",
            field="footer",
            next_step=_FULL,
        )
        return
    line, totals = grid.footers[-1]
    for name in _summed_columns(profile):
        cut = layout.cell(name)
        stated = legs.parse(line, name, cut(totals).strip())
        if stated is None:
            continue
        quiet = Legs(profile, layout, Findings(findings.document), legs.digits)
        texts = [cut(cells).strip() for _, cells in grid.rows]
        read = Decimal(0)
        if grid.bulk:
            read, unusual = _bulk_sum(grid.bulk, cut, quiet)
            texts += unusual
        amounts = (quiet.parse(0, name, text or "0") for text in texts)
        read = sum((Decimal(amount) for amount in amounts if amount), read)
        if read != Decimal(stated):
            findings.add(
                "control_total_mismatch",
                f"File does not add up: {name} stated {stated}, read {read}.",
                line=line,
                field=name,
                found=str(read),
                next_step=_FULL,
            )


def _bulk_sum(bulk: Bulk, cut: Cell, legs: Legs) -> tuple[Decimal, list[str]]:
    """The exact sum of a column with as many decimals as it shows, and the texts left out of it."""
    texts = bulk.texts(cut)
    amounts = canonical_amounts(texts, legs.profile.number_form, legs.most_decimals)
    frame = pl.DataFrame({"text": texts, "amount": amounts})
    unusual = frame.filter(pl.col("amount").is_null() & (pl.col("text") != ""))["text"].to_list()
    shown = pl.col("amount").str.len_bytes() - pl.col("amount").str.find(".", literal=True) - 1
    total, decimals = frame.select(
        pl.col("amount").str.to_decimal(scale=FRACTION_DIGITS).sum(), shown.max().alias("shown")
    ).row(0)
    return (total or Decimal(0)).quantize(Decimal(1).scaleb(-(decimals or 0))), unusual


def _summed_columns(profile: DelimitedProfile) -> list[str]:
    if profile.control.check != "every_amount_column":
        return list(profile.control.check)
    if profile.shape.kind == "wide":
        return list(profile.shape.components)
    amounts = ("amount", "debit", "credit", "debit_amount", "credit_amount")
    return [str(profile.columns.at[name]) for name in amounts if name in profile.columns.at]


def check_count(grid: Grid, profile: DelimitedProfile, findings: Findings) -> None:
    """Compare the number of rows with the trailer's."""
    origin = profile.control.count.removeprefix("record:")
    if not origin or not grid.footers:
        return
    line, cells = grid.footers[-1]
    text = letters(origin.split(",")[1])(cells).strip()
    if not is_number(text) or int(text) != grid.row_count:
        findings.add(
            "control_total_mismatch",
            f"File does not add up: rows stated {text or '(empty)'}, read {grid.row_count}.",
            line=line,
            field="count",
            found=str(grid.row_count),
            next_step=_FULL,
        )
