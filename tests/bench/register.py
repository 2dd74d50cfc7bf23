"""Draws the pay register of one entity: amounts in integers, defects by kind, text at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tests.bench.company import (
    CODES_OF_ENTITY,
    ON_PROJECT,
    PERIOD,
    PROJECTS_OF_ENTITY,
    BenchEntity,
    Dialect,
    dialect_of,
)

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

#: Lines that one employee has on average, by the shares below.
LINES_OF_EMPLOYEE: Final = 13.2
#: Code → share of the employees who have it, in the order of the register.
HAVING: Final = {
    "B100": 1.0, "B110": 0.6, "B120": 0.5, "B130": 0.15, "B190": 0.2, "K100": 0.2,
    "D100": 1.0, "D110": 1.0, "D120": 0.9, "D190": 0.05, "T100": 1.0, "T110": 0.8,
    "E100": 1.0, "E110": 1.0, "E120": 0.9, "A100": 0.8, "N100": 1.0, "I100": 1.0,
}  # fmt: skip
CODES: Final = list(HAVING)
EARNED: Final = ("B100", "B110", "B120", "B130", "B190")
WITHHELD: Final = ("D100", "D110", "D120", "D190", "T100", "T110")
#: Months that retro pay is for; a cost center may have been another one then.
EARLIER: Final = ("2026-08", "2026-09")
#: What holds an employee; told by the row, so that the others of the file go on.
OF_EMPLOYEE: Final = (
    "unknown_component", "unknown_cost_center", "closed_cost_center", "no_cost_center",
    "closed_account", "unknown_project", "bad_date", "duplicate", "off_by_one",
)  # fmt: skip
#: What holds a file, since its amounts or rows can't be trusted; one entity each.
OF_FILE: Final = {
    10: "unreadable_amount",
    14: "three_decimals",
    25: "wrong_width",
    38: "wrong_entity",
    50: "unknown_currency",
}
HEADER: Final = (
    "company", "pay_group", "period", "pay_date", "run", "employee", "cost_center", "project",
    "component", "amount", "currency", "earned_for",
)  # fmt: skip


@dataclass(frozen=True)
class Register:
    """A file as its provider would deliver it, with what its manifest states (minor units)."""

    text: str
    line_count: int
    debit: int
    credit: int


def register_of(entity: BenchEntity, employees: int, seed: int) -> Register:
    """Draw the register of `employees`."""
    draw = np.random.default_rng([seed, entity.number])
    frame = _lines(entity, employees, draw)
    frame = _damage_employees(entity, frame, employees, draw)
    minor = frame["minor"]
    text = _text(entity, frame)
    return Register(
        text,
        frame.height,
        int(minor.clip(lower_bound=0).sum()),
        int(-minor.clip(upper_bound=0).sum()),
    )


def _amounts(employees: int, draw: np.random.Generator) -> dict[str, tuple[Marks, Ints]]:
    """Per component who has it and how much, in minor units; net pay balances the employee."""
    has = {code: draw.random(employees) < share for code, share in HAVING.items()}
    base = draw.integers(200_000, 900_000, employees)
    part = {code: draw.integers(10, 190, employees) for code in CODES}
    amount = {code: base * part[code] // 1000 for code in CODES}
    amount["B100"] = base
    # Some overtime is nothing at all, and some differences are taken back.
    amount["B120"] = np.where(draw.random(employees) < 0.1, 0, amount["B120"])
    amount["B190"] = np.where(draw.random(employees) < 0.4, -amount["B190"], amount["B190"])
    gross = sum((np.where(has[code], amount[code], 0) for code in EARNED), np.zeros_like(base))
    taken = sum((np.where(has[code], amount[code], 0) for code in WITHHELD), np.zeros_like(base))
    amount["N100"] = gross - taken
    amount["I100"] = gross
    return {code: (has[code], amount[code]) for code in CODES}


def _lines(entity: BenchEntity, employees: int, draw: np.random.Generator) -> pl.DataFrame:
    drawn = _amounts(employees, draw)
    person = np.arange(employees)
    home = draw.integers(1, CODES_OF_ENTITY + 1, employees)
    away = np.where(
        draw.random(employees) < 0.1, draw.integers(1, CODES_OF_ENTITY + 1, employees), home
    )
    project = np.where(
        draw.random(employees) < ON_PROJECT, draw.integers(1, PROJECTS_OF_ENTITY + 1, employees), 0
    )
    retro = draw.integers(1, len(EARLIER) + 1, employees)
    parts = []
    for at, code in enumerate(CODES):
        has, amount = drawn[code]
        center = away if code == "B120" else home
        month = (
            retro if code == "B190" else np.full(employees, 3 if code in {"N100", "I100"} else 0)
        )
        parts.append(
            pl.DataFrame(
                {
                    "person": person[has],
                    "at": np.full(int(has.sum()), at, dtype=np.int64),
                    "minor": amount[has],
                    "center": center[has],
                    "project": project[has],
                    "month": month[has],
                }
            )
        )
    frame = pl.concat(parts).sort("person", "at")
    months = dict(enumerate([PERIOD, *EARLIER, ""]))
    projects = {n: "P" + entity.project(n) for n in range(1, PROJECTS_OF_ENTITY + 1)} | {0: ""}
    centers = {n: entity.source_code(n) for n in range(1, CODES_OF_ENTITY + 1)}
    return frame.select(
        "person",
        "minor",
        company=pl.lit(entity.code_in_file),
        employee=pl.format("{}-{}", pl.lit(f"{entity.number:02d}"), pl.col("person") + 1),
        cost_center=pl.col("center").replace_strict(centers, return_dtype=pl.String),
        project=pl.col("project").replace_strict(projects, return_dtype=pl.String),
        component=pl.col("at").replace_strict(dict(enumerate(CODES)), return_dtype=pl.String),
        earned_for=pl.col("month").replace_strict(months, return_dtype=pl.String),
        currency=pl.lit(entity.currency),
    )


def _damage_employees(
    entity: BenchEntity,
    frame: pl.DataFrame,
    employees: int,
    draw: np.random.Generator,
) -> pl.DataFrame:
    """One employee in a hundred gets one defect; small registers take turns over the kinds."""
    count = max(1, round(employees / 100))
    chosen = draw.choice(employees, count, replace=False)
    firsts = frame.with_row_index("row").group_by("person").agg(pl.col("row").min()).sort("person")
    cells: dict[str, dict[int, object]] = {}
    doubled: list[int] = []
    for turn, person in enumerate(chosen.tolist()):
        row = int(firsts["row"][person])
        kind = OF_EMPLOYEE[(entity.number + turn) % len(OF_EMPLOYEE)]
        if kind == "duplicate":
            doubled.append(row)
        elif kind == "off_by_one":
            cells.setdefault("minor", {})[row] = int(frame["minor"][row]) + 1
        else:
            column, value = _broken(kind, entity)
            cells.setdefault(column, {})[row] = value
    for column, changed in cells.items():
        kept = frame[column].to_list() if frame.height < 1 else frame[column]
        frame = frame.with_columns(
            pl.Series(column, kept).scatter(list(changed), list(changed.values()))
        )
    if doubled:
        frame = pl.concat([frame, frame[doubled]])
    return frame


def _broken(kind: str, entity: BenchEntity) -> tuple[str, str]:
    """Column and value of a defect in an employee's first line, the basic pay."""
    return {
        "unknown_component": ("component", "X999"),
        "unknown_cost_center": ("cost_center", entity.source_code(99)),
        "closed_cost_center": ("cost_center", entity.source_code(90)),
        "no_cost_center": ("cost_center", ""),
        "closed_account": ("component", "B199"),
        "unknown_project": ("project", "P99999"),
        "bad_date": ("earned_for", "2026-13"),
    }[kind]


def _text(entity: BenchEntity, frame: pl.DataFrame) -> str:
    """The file: the provider's dialect, and the defect that holds all of it if it has one."""
    dialect = dialect_of(entity.provider)
    defect = OF_FILE.get(entity.number, "")
    written = frame.select(
        "company",
        pay_group=pl.lit("MONTHLY"),
        period=pl.lit(month_text(PERIOD, dialect)),
        pay_date=pl.lit("30.10.2026" if dialect.decimal == "," else "2026-10-30"),
        run=pl.lit("R1"),
        employee="employee",
        cost_center="cost_center",
        project="project",
        component="component",
        amount=amount_text(pl.col("minor"), entity.digits, dialect.decimal),
        currency="currency",
        earned_for=_months(frame, dialect),
    )
    middle = frame.height // 2
    if defect == "unreadable_amount":
        written = _with_cell(written, "amount", middle, "12O.50")
    elif defect == "three_decimals":
        written = _with_cell(written, "amount", middle, f"17{dialect.decimal}125")
    elif defect == "wrong_entity":
        # A sister company whose register comes in a file of its own.
        written = _with_cell(written, "company", middle, str(int(entity.code_in_file) - 1))
    elif defect == "unknown_currency":
        written = _with_cell(written, "currency", middle, "XYZ")
    text = written.select(HEADER).write_csv(separator=dialect.delimiter, quote_style="never")
    if defect == "wrong_width":
        lines = text.split("\n")
        lines[middle] += f"{dialect.delimiter}surplus"
        text = "\n".join(lines)
    return text


def _with_cell(frame: pl.DataFrame, column: str, row: int, value: str) -> pl.DataFrame:
    return frame.with_columns(frame[column].scatter(row, value))


def _months(frame: pl.DataFrame, dialect: Dialect) -> pl.Series:
    known = {month: month_text(month, dialect) for month in frame["earned_for"].unique().to_list()}
    return frame["earned_for"].replace_strict(known, return_dtype=pl.String)


def month_text(month: str, dialect: Dialect) -> str:
    """A month `YYYY-MM` as the provider writes it; empty stays empty."""
    if dialect.month_format == "%Y-%m" or not month:
        return month
    year, number = month.split("-")
    return f"{number}.{year}"


def amount_text(minor: pl.Expr, digits: int, decimal: str) -> pl.Expr:
    """Decimal text of minor units, digit by digit."""
    sign = pl.when(minor < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    if digits == 0:
        return pl.concat_str(sign, minor.abs().cast(pl.String))
    scale = 10**digits
    whole = (minor.abs() // scale).cast(pl.String)
    fraction = (minor.abs() % scale).cast(pl.String).str.zfill(digits)
    return pl.concat_str(sign, whole, pl.lit(decimal), fraction)
