"""Draws the expense extract of one currency: approved entries, some with reclaimable tax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from tests.bench.company import (
    CODES_OF_ENTITY,
    EXPENSE_TYPES,
    ON_PROJECT,
    PERIOD,
    PROJECTS_OF_ENTITY,
    TAX_CODES,
    BenchEntity,
    Dialect,
)
from tests.bench.register import amount_text

#: Lines that one entry has on average: cost, and tax for three of ten.
LINES_OF_ENTRY: Final = 1.3
ENTRIES_OF_REPORT: Final = 5
#: Share of the entries that are spent in another currency, and paid by the company's card.
FOREIGN, BY_CARD = 0.3, 0.25
#: What holds an entry, told by its first row.
OF_ENTRY: Final = (
    "unknown_type", "unknown_cost_center", "closed_cost_center", "no_cost_center",
    "unknown_project", "unknown_tax_code", "unreadable_amount", "bad_date", "unknown_payee",
)  # fmt: skip
EXPENSE_HEADER: Final = (
    "report", "document", "company", "employee", "approved", "entry", "part", "type", "spent_on",
    "country", "spent", "spend_currency", "rate", "direction", "amount", "currency", "tax_code",
    "payment", "payee", "cost_center", "project",
)  # fmt: skip


def extract_of(
    entities: Sequence[BenchEntity], entries: int, seed: int, dialect: Dialect
) -> tuple[str, int]:
    """The file of all entities of one currency, and its lines."""
    draw = np.random.default_rng([seed, 1_000 + entities[0].number])
    owner = np.sort(draw.integers(0, len(entities), entries))
    code = draw.integers(1, CODES_OF_ENTITY + 1, entries)
    project = np.where(
        draw.random(entries) < ON_PROJECT, draw.integers(1, PROJECTS_OF_ENTITY + 1, entries), 0
    )
    report = np.arange(entries) // ENTRIES_OF_REPORT
    frame = pl.DataFrame(
        {
            # A report is of one person and one entity: that of its first entry.
            "owner": owner[report * ENTRIES_OF_REPORT],
            "entry": np.arange(1, entries + 1),
            "report_no": report,
            "person": draw.integers(1, 500, report[-1] + 1)[report],
            "code": code,
            "project_no": project,
            "type": np.array(list(EXPENSE_TYPES))[draw.integers(0, len(EXPENSE_TYPES), entries)],
            "day": draw.integers(1, 29, entries),
            "minor": draw.integers(500, 300_000, entries),
            "foreign": draw.random(entries) < FOREIGN,
            "rate": draw.integers(5_000, 20_000, entries),
            "by_card": draw.random(report[-1] + 1)[report] < BY_CARD,
            "taxed": draw.random(entries) < LINES_OF_ENTRY - 1,
            "tax": np.array(list(TAX_CODES))[draw.integers(0, len(TAX_CODES), entries)],
        }
    )
    rows = _rows(frame, entities, dialect)
    rows = _damage(rows, entities, entries, draw)
    text = rows.select(EXPENSE_HEADER).write_csv(separator=dialect.delimiter, quote_style="never")
    return text, rows.height


def _rows(frame: pl.DataFrame, entities: Sequence[BenchEntity], dialect: Dialect) -> pl.DataFrame:
    """Cost rows and tax rows in the order of the entries; a fifth of the amount is tax."""
    tax = pl.col("minor") // 5
    cost = frame.with_columns(part=pl.lit("cost"), tax_code=pl.lit(""))
    taxes = frame.filter("taxed").with_columns(
        part=pl.lit("tax_reclaimable"), minor=tax, tax_code=pl.col("tax")
    )
    both = pl.concat([cost, taxes]).sort("entry", "part")
    digits, currency = entities[0].digits, entities[0].currency
    decimal = dialect.decimal
    foreign = "USD" if currency != "USD" else "EUR"
    own = pl.col("owner")
    spent = pl.when("foreign").then(pl.col("minor") * 100 // pl.col("rate") * 100)
    day = pl.col("day").cast(pl.String).str.zfill(2)
    year, month = PERIOD.split("-")
    spent_on = (
        pl.concat_str(pl.lit(f"{PERIOD}-"), day)
        if decimal == "."
        else pl.concat_str(day, pl.lit(f".{month}.{year}"))
    )
    numbers = dict(enumerate(entities))

    def by_owner(values: dict[int, str]) -> pl.Expr:
        return own.replace_strict(values, return_dtype=pl.String)

    prefix = by_owner({at: f"{one.number:02d}" for at, one in numbers.items()})
    return both.select(
        report=pl.format("R-{}-{}", pl.lit(currency), pl.col("report_no")),
        document=pl.format("D-{}-{}", pl.lit(currency), pl.col("report_no")),
        company=by_owner({at: one.code_in_file for at, one in numbers.items()}),
        employee=pl.format("{}-{}", prefix, pl.col("person")),
        approved=pl.format("{}-{}T09:30:00+00:00", pl.lit(PERIOD), _approval_day()),
        entry=pl.format("N-{}", pl.col("entry")),
        part="part",
        type="type",
        spent_on=spent_on,
        country=by_owner({at: one.country for at, one in numbers.items()}),
        spent=pl.when("foreign")
        .then(amount_text(spent, 2, decimal))
        .otherwise(amount_text(pl.col("minor"), digits, decimal)),
        spend_currency=pl.when("foreign").then(pl.lit(foreign)).otherwise(pl.lit(currency)),
        rate=pl.when("foreign").then(amount_text(pl.col("rate"), 4, decimal)).otherwise(pl.lit("")),
        direction=pl.when("foreign").then(pl.lit("M")).otherwise(pl.lit("")),
        amount=amount_text(pl.col("minor"), digits, decimal),
        currency=pl.lit(currency),
        tax_code="tax_code",
        payment=pl.when("by_card").then(pl.lit("CARD")).otherwise(pl.lit("CASH")),
        payee=pl.when("by_card").then(pl.lit("CARD")).otherwise(pl.lit("EMPLOYEE")),
        cost_center=pl.concat_str(pl.lit("K"), prefix, pl.col("code").cast(pl.String).str.zfill(2)),
        project=pl.when(pl.col("project_no") > 0)
        .then(pl.concat_str(pl.lit("P"), prefix, pl.col("project_no").cast(pl.String).str.zfill(3)))
        .otherwise(pl.lit("")),
    )


def _approval_day() -> pl.Expr:
    """One instant for each report, late in the month."""
    return (20 + pl.col("report_no") % 8).cast(pl.String)


def _damage(
    rows: pl.DataFrame, entities: Sequence[BenchEntity], entries: int, draw: np.random.Generator
) -> pl.DataFrame:
    """One entry in a hundred gets one defect."""
    chosen = draw.choice(rows.height, max(1, round(entries / 100)), replace=False)
    codes = {one.code_in_file: one for one in entities}
    cells: dict[str, dict[int, str]] = {}
    for turn, row in enumerate(sorted(chosen.tolist())):
        owner = codes[rows["company"][row]]
        kind = OF_ENTRY[(entities[0].number + turn) % len(OF_ENTRY)]
        column, value = _broken(kind, owner)
        cells.setdefault(column, {})[row] = value
    for column, changed in cells.items():
        rows = rows.with_columns(rows[column].scatter(list(changed), list(changed.values())))
    return rows


def _broken(kind: str, owner: BenchEntity) -> tuple[str, str]:
    return {
        "unknown_type": ("type", "YACHT"),
        "unknown_cost_center": ("cost_center", owner.source_code(99)),
        "closed_cost_center": ("cost_center", owner.source_code(90)),
        "no_cost_center": ("cost_center", ""),
        "unknown_project": ("project", "P99999"),
        "unknown_tax_code": ("tax_code", "XX"),
        "unreadable_amount": ("amount", "12O.50"),
        "bad_date": ("spent_on", "31.31.2026"),
        "unknown_payee": ("payee", "NOBODY"),
    }[kind]
