"""Type canonical text rows and check them against their contract; every failure is told.

A row that can't be typed or breaks its contract keeps a place in the frame with a hold, so that it
can be counted, shown and released; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandera.errors
import polars as pl

from tieout.contracts.rows import MODELS, Typed
from tieout.contracts.staged import Holds, in_order
from tieout.errors import Finding, Place
from tieout.finance.money import CurrencyUnknownError, minor_digits
from tieout.finance.words import finding

#: Told once per row and field, but no mail gets a million of them.
FINDINGS_TOLD = 200


@dataclass(frozen=True)
class Validated:
    """The typed frame with a `holds` list per row (`code|cause`), and what was found."""

    frame: pl.DataFrame
    findings: tuple[Finding, ...]


def validate_rows(kind: str, frame: pl.DataFrame, names: dict[str, str]) -> Validated:
    """Type and check a canonical frame.

    Args:
        kind: contract name, `pay_line` or `expense_line`.
        frame: canonical text columns plus `document` (sha256), `line_no`, `file_line`, `holds`.
        names: document name by sha256, for people.
    """
    ordered = in_order(frame)
    typed = _type_times(_type_amounts(ordered), kind)
    findings = list(_unreadable(typed, names))
    told_before = typed["holds"].list.len() > 0
    held = _hold_unreadable(typed, kind)
    typed, broken = _check_contract(kind, held, told_before, names)
    return Validated(typed, tuple(findings + broken))


def _exponents(currencies: pl.Series) -> dict[str, int | None]:
    """Digits of the minor unit by currency; None for a code that is none."""
    known: dict[str, int | None] = {}
    for code in currencies.unique().sort().to_list():
        try:
            known[code] = minor_digits(code)
        except CurrencyUnknownError:
            known[code] = None
    return known


def _type_amounts(frame: pl.DataFrame) -> pl.DataFrame:
    """Decimal text to minor units, exactly: digits are moved, nothing is rounded."""
    exponents = _exponents(frame["currency"])
    known = {code: digits for code, digits in exponents.items() if digits is not None}
    if len(exponents) == len(known) and len(set(known.values())) == 1:
        digits: pl.Expr = pl.lit(next(iter(known.values())))
    else:
        digits = pl.col("currency").replace_strict(known, default=None, return_dtype=pl.Int64)
        frame = frame.with_columns(_digits=digits)
        digits = pl.col("_digits")
    minor = pl.lit(None, dtype=pl.Int64)
    for exponent in sorted(set(known.values())):
        text = pl.col("amount")
        readable = text.str.contains(_amount_form(exponent)) & (digits == exponent)
        scaled = text.cast(pl.Decimal(38, exponent), strict=False).to_physical().cast(pl.Int64)
        minor = pl.when(readable).then(scaled).otherwise(minor)
    return (
        frame.with_columns(amount_minor=minor)
        .with_columns(
            _bad_amount=pl.col("amount_minor").is_null() & digits.is_not_null(),
            _bad_currency=digits.is_null(),
            amount_minor=pl.col("amount_minor").fill_null(0),
        )
        .drop("_digits", strict=False)
    )


def _amount_form(exponent: int) -> str:
    """A plain decimal that the minor unit can hold: further decimals are zeros.

    At most 14 digits stand before the point, so that minor units fit 64 bits.
    """
    fraction = f"[0-9]{{1,{exponent}}}0*" if exponent else "0+"
    return rf"^[+-]?[0-9]{{1,14}}(\.{fraction})?$"


def _type_times(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Dates and instants; what was found stays beside them in `_raw_…`, `_bad_…` marks it."""
    days, instants = Typed.DATES[kind], Typed.INSTANTS[kind]
    parsed = [pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in days] + [
        pl.col(name).str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")
        for name in instants
    ]
    typed = frame.with_columns(
        *parsed, *(pl.col(name).alias(f"_raw_{name}") for name in (*days, *instants))
    )
    return typed.with_columns(
        *(
            ((pl.col(f"_raw_{name}") != "") & pl.col(name).is_null()).alias(f"_bad_{name}")
            for name in days
        ),
        *(pl.col(name).is_null().alias(f"_bad_{name}") for name in instants),
    )


def _hold_unreadable(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """A hold for each value that could not be read."""
    holds = Holds(frame)
    fields = ("amount", *Typed.DATES[kind], *Typed.INSTANTS[kind])
    holds.where(
        (
            pl.col("_bad_currency"),
            "currency_unknown",
            pl.col("currency").str.replace_all(r"\d", "#"),
        ),
        *((pl.col(f"_bad_{name}"), "value_unreadable", pl.lit(name)) for name in fields),
    )
    return holds.written()


def _unreadable(frame: pl.DataFrame, names: dict[str, str]) -> Iterator[Finding]:
    marks = [name for name in frame.columns if name.startswith("_bad_")]
    for mark in marks:
        field = mark.removeprefix("_bad_")
        raw = f"_raw_{field}" if f"_raw_{field}" in frame.columns else field
        bad = frame.filter(pl.col(mark)).select("document", "line_no", "file_line", raw)
        for document, line_no, file_line, found in bad.head(FINDINGS_TOLD).iter_rows():
            place = Place(names.get(document, document[:12]), file_line or line_no, field)
            if field == "currency":
                shown = _shown(found, field)
                yield finding(
                    "currency_unknown", where=place, found=shown, currency=shown or "(empty)"
                )
            else:
                kind = "readable amount" if field == "amount" else "readable date"
                yield finding(
                    "value_unreadable",
                    where=place,
                    found=_shown(found, field),
                    line=file_line or line_no,
                    field=field,
                    type=kind,
                )


def _shown(found: object, field: str) -> str:
    """What was found, digits masked where it may be somebody's pay.

    No currency has digits: where they stand in its column, the columns have shifted.
    """
    text = str(found or "")[:40]
    return re.sub(r"\d", "#", text) if field in {"amount", "currency"} else text


def _check_contract(
    kind: str, frame: pl.DataFrame, told_before: pl.Series, names: dict[str, str]
) -> tuple[pl.DataFrame, list[Finding]]:
    marks = [name for name in frame.columns if name.startswith("_")]
    checked = frame.drop(marks)
    # What its reader told of a row is not told again; the contract speaks of all others.
    numbered = frame.with_row_index("_row")
    untold = numbered.filter(~told_before) if told_before.any() else numbered
    try:
        MODELS[kind].validate(untold.drop(marks), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return _hold_failures(kind, checked, untold, errors.failure_cases, names)
    return checked, []


def _unread(numbered: pl.DataFrame) -> pl.DataFrame:
    """The values that typing has told of: `_row` and `column`."""
    marks = [name for name in numbered.columns if name.startswith("_bad_")]
    return pl.concat(
        [
            pl.DataFrame(schema={"_row": numbered.schema["_row"], "column": pl.String}),
            *(
                numbered.filter(pl.col(mark)).select(
                    "_row", column=pl.lit(mark.removeprefix("_bad_"))
                )
                for mark in marks
            ),
        ]
    )


def _columns_at_fault(structural: pl.DataFrame) -> Iterator[str]:
    """The columns that are missing or of a wrong type; their rules fail as a consequence."""
    for column, check, case in structural.select("column", "check", "failure_case").iter_rows():
        if check == "column_in_dataframe":
            yield str(case)
        elif str(check).startswith("dtype"):
            yield str(column)


def _hold_failures(
    kind: str,
    frame: pl.DataFrame,
    sound: pl.DataFrame,
    cases: pl.DataFrame,
    names: dict[str, str],
) -> tuple[pl.DataFrame, list[Finding]]:
    structural = cases.filter(pl.col("index").is_null())
    if structural.height:
        # A missing column or wrong type is no row's fault: every row waits.
        what = ", ".join(sorted(set(_columns_at_fault(structural))))
        holds = Holds(frame)
        holds.where((pl.lit(value=True), "contract_drift", pl.lit(what)))
        told = finding("contract_drift", found=what, provider="The source", column=what)
        return holds.written(), [told]
    failing = cases.select(
        pl.col("index").cast(pl.Int64),
        # A rule over several columns bears the name of the contract; people know it as the row.
        pl.col("column").replace(MODELS[kind].__name__, "row").fill_null("row"),
        pl.col("check"),
    ).unique()
    indexed = sound.select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("index"),
        "_row", "document", "line_no", "file_line",
    )  # fmt: skip
    found = (
        failing.join(indexed, on="index")
        .join(_unread(sound), on=["_row", "column"], how="anti")
        .sort("document", "line_no", "column", "check")
    )
    findings = [
        finding(
            "value_unreadable",
            where=Place(names.get(document, document[:12]), file_line or line_no, column),
            line=file_line or line_no,
            field=column,
            type=f"value of its contract ({str(check).split('(')[0].replace('_', ' ')})",
            found="a value outside its contract",
        )
        for document, line_no, file_line, column, check in found.select(
            "document", "line_no", "file_line", "column", "check"
        )
        .head(FINDINGS_TOLD)
        .iter_rows()
    ]
    first = found.group_by("_row", maintain_order=True).agg(pl.col("column").first())
    holds = Holds(frame)
    holds.entries(first["_row"], "value_unreadable|" + first["column"])
    return holds.written(), findings
