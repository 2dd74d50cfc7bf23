"""Totals inside a file against what was read from it."""

from __future__ import annotations

from decimal import Decimal

from tieout.adapters.delimited.columns import Layout, letters
from tieout.adapters.delimited.grid import Grid
from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.contracts.findings import Findings
from tieout.contracts.source_text import is_number

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
        amounts = (quiet.parse(at, name, cut(cells).strip() or "0") for at, cells in grid.rows)
        read = sum((Decimal(amount) for amount in amounts if amount), Decimal(0))
        if read != Decimal(stated):
            findings.add(
                "control_total_mismatch",
                f"File does not add up: {name} stated {stated}, read {read}.",
                line=line,
                field=name,
                found=str(read),
                next_step=_FULL,
            )


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
    if not is_number(text) or int(text) != len(grid.rows):
        findings.add(
            "control_total_mismatch",
            f"File does not add up: rows stated {text or '(empty)'}, read {len(grid.rows)}.",
            line=line,
            field="count",
            found=str(len(grid.rows)),
            next_step=_FULL,
        )
