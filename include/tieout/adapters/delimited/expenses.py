"""An expense platform's extract: its lines, and what its rows must say together."""

from __future__ import annotations

from typing import Final

import polars as pl

from tieout.adapters.delimited.bulk import FILE_LINE
from tieout.adapters.delimited.bulk_amounts import canonical_amounts
from tieout.adapters.delimited.columns import Layout
from tieout.adapters.delimited.control import check_count, check_footer
from tieout.adapters.delimited.cuts import BLANKS
from tieout.adapters.delimited.expense_columns import all_cells, expense_lines
from tieout.adapters.delimited.grid import Grid
from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import derived_control, readable, totals
from tieout.finance.documents import ControlOrigin, DocumentFacts, Reading
from tieout.finance.money import CurrencyUnknownError, minor_digits

#: Parts that cost the company something; their sum is what was approved.
_APPROVED: Final = ("cost", "tax_reclaimable", "tax_cost")
#: What all rows of one financial document of the platform share.
_SHARED: Final = ("report_key", "employee_ref", "approved_at", "currency")
_FULL: Final = "Ask the provider for the full file."


def read_expenses(
    grid: Grid, layout: Layout, profile: DelimitedProfile, stated: DocumentFacts, findings: Findings
) -> Reading:
    """The reading of one extract; it may hold the reports of several entities, in one currency."""
    frame = expense_lines(grid, layout, profile, findings)
    cells = all_cells(grid, layout)
    _tell_doubled(cells, layout, profile, findings)
    _tell_mixed_documents(frame, findings)
    currency = _currency(frame, profile, findings)
    summable = readable(frame)
    summed = _report_totals(summable, cells, layout, profile, findings)
    legs = Legs(profile, layout, findings, _digits(currency))
    check_footer(grid, layout, legs, profile, findings)
    check_count(grid, profile, findings)
    if frame.height == 0:
        findings.add(
            "expectation_failed", "The file has no expense lines.", field="rows", found="0"
        )
    debit, credit = totals(summable)
    origin = ControlOrigin.STATED if summed else ControlOrigin.DERIVED
    return Reading(
        facts=stated,
        frames={"expense_line": frame},
        control=derived_control(summable, currency, (debit, credit), origin),
        findings=findings.all(),
        summary={
            "format": f"{profile.container.kind} text, expenses",
            "encoding": profile.container.encoding,
            "reports": frame["report_key"].n_unique(),
            "records": grid.row_count,
            "lines": frame.height,
            "debit": str(debit),
            "credit": str(credit),
            "currency": currency,
        },
    )


def _digits(currency: str) -> int | None:
    try:
        return minor_digits(currency)
    except CurrencyUnknownError:
        return None


def _currency(frame: pl.DataFrame, profile: DelimitedProfile, findings: Findings) -> str:
    """The one currency of the file; none, an unknown one or several are told."""
    found = sorted(frame["currency"].unique().to_list())
    for currency in found:
        try:
            minor_digits(currency)
        except CurrencyUnknownError as error:
            findings.add("currency_unknown", error.message, field="currency", found=currency)
    if len(found) > 1:
        findings.add(
            "expectation_failed",
            "The lines are in several currencies: control totals hold for one.",
            field="currency",
            found=", ".join(found),
            next_step="Let the platform write one file per reimbursement currency.",
        )
    return found[0] if len(found) == 1 else profile.currency


def _tell_doubled(
    cells: pl.DataFrame, layout: Layout, profile: DelimitedProfile, findings: Findings
) -> None:
    """Two rows with the key of one are told at the second."""
    names = profile.identity.dedupe_key
    if not names:
        return
    keys = [layout.cell(name).column().alias(f"key_{at}") for at, name in enumerate(names)]
    keyed = cells.select(FILE_LINE, pl.struct(keys).alias("key"))
    first = pl.col(FILE_LINE).first().over("key").alias("first")
    doubled = keyed.filter(pl.col("key").is_duplicated()).select(FILE_LINE, first)
    for line, before in doubled.filter(pl.col(FILE_LINE) != pl.col("first")).iter_rows():
        findings.add(
            "expectation_failed",
            f"Lines {before} and {line} have the same {', '.join(names)}.",
            line=line,
            field=names[-1],
            found=f"also in line {before}",
        )


def _tell_mixed_documents(frame: pl.DataFrame, findings: Findings) -> None:
    """A financial document is of one report, one person, one approval and one currency."""
    counted = frame.group_by("document_ref", maintain_order=True).agg(
        pl.col(FILE_LINE).min(),
        pl.col("line_no"),
        *(pl.col(name).n_unique().alias(name) for name in _SHARED),
    )
    mixed = counted.filter(pl.any_horizontal(pl.col(name) > 1 for name in _SHARED))
    for row in mixed.iter_rows(named=True):
        what = ", ".join(name.replace("_", " ") for name in _SHARED if row[name] > 1)
        findings.add(
            "expectation_failed",
            f"The lines of document {row['document_ref'] or '(empty)'} state more than one {what}.",
            line=row[FILE_LINE],
            field="document_ref",
            found=row["document_ref"],
            lines=tuple(row["line_no"]),
        )


def _report_totals(
    frame: pl.DataFrame,
    cells: pl.DataFrame,
    layout: Layout,
    profile: DelimitedProfile,
    findings: Findings,
) -> bool:
    """Hold each report against the total that its rows state; whether all of them state one."""
    name = profile.control.report_total
    if not name:
        return False
    texts = cells.select(layout.cell(name).column().str.strip_chars(BLANKS)).to_series()
    stated = canonical_amounts(texts, profile.number_form, 6)
    approved = (
        pl.when(pl.col("part").is_in(_APPROVED)).then(pl.col("amount")).otherwise(pl.lit("0"))
    )
    sums = (
        frame.with_columns(
            stated=stated.str.to_decimal(scale=6), approved=approved.str.to_decimal(scale=6)
        )
        .group_by("report_key", maintain_order=True)
        .agg(
            pl.col(FILE_LINE).min(),
            pl.col("line_no"),
            pl.col("approved").sum(),
            pl.col("stated").first(),
            one=(pl.col("stated").n_unique() == 1) & pl.col("stated").is_not_null().all(),
        )
    )
    wrong = sums.filter(~pl.col("one") | (pl.col("stated") != pl.col("approved")))
    for row in wrong.iter_rows(named=True):
        message = (
            f"Report {row['report_key']} does not add up to its {name}."
            if row["one"]
            else f"The lines of report {row['report_key']} do not state one {name}."
        )
        findings.add(
            "control_total_mismatch",
            message,
            line=row[FILE_LINE],
            field=name,
            found=row["report_key"],
            next_step=_FULL,
            lines=tuple(row["line_no"]),
        )
    return sums.height > 0 and bool(sums["one"].all())
