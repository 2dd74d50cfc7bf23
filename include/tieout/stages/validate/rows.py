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
from tieout.contracts.staged import add_hold
from tieout.errors import Finding, Place
from tieout.finance.money import CurrencyUnknownError, minor_digits
from tieout.finance.words import finding

#: A plain decimal: sign, digits, optional point and digits; at most 14 digits before the point,
#: so that minor units fit 64 bits.
AMOUNT = r"^[+-]?[0-9]{1,14}(\.[0-9]+)?$"
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
    typed = _type_amounts(frame)
    typed = _type_times(typed, kind)
    findings = list(_unreadable(typed, names))
    typed, broken = _check_contract(kind, typed, names)
    return Validated(typed.sort("document", "line_no"), tuple(findings + broken))


def _digits(currencies: pl.Series) -> pl.DataFrame:
    known: list[tuple[str, int | None]] = []
    for code in currencies.unique().to_list():
        try:
            known.append((code, minor_digits(code)))
        except CurrencyUnknownError:
            known.append((code, None))
    return pl.DataFrame(known, schema={"currency": pl.String, "_digits": pl.Int64}, orient="row")


def _type_amounts(frame: pl.DataFrame) -> pl.DataFrame:
    """Decimal text to minor units, exactly: digits are moved, nothing is rounded."""
    joined = frame.join(
        _digits(frame["currency"]), on="currency", how="left", maintain_order="left"
    )
    text = pl.col("amount").str.strip_prefix("+")
    parts = text.str.strip_prefix("-").str.splitn(".", 2)
    fraction = parts.struct.field("field_1").fill_null("").str.strip_chars_end("0")
    readable = (
        pl.col("amount").str.contains(AMOUNT)
        & pl.col("_digits").is_not_null()
        & (fraction.str.len_chars() <= pl.col("_digits"))
    )
    whole = parts.struct.field("field_0").cast(pl.Int64, strict=False)
    scale = pl.lit(10, dtype=pl.Int64).pow(pl.col("_digits"))
    padded = fraction.str.pad_end(4, "0").cast(pl.Int64, strict=False)
    minor = whole * scale + (padded * scale).floordiv(pl.lit(10_000, dtype=pl.Int64))
    signed = pl.when(text.str.starts_with("-")).then(-minor).otherwise(minor)
    return (
        joined.with_columns(
            amount_minor=pl.when(readable).then(signed).otherwise(0).cast(pl.Int64),
            _bad_amount=~readable & pl.col("_digits").is_not_null(),
            _bad_currency=pl.col("_digits").is_null(),
        )
        .with_columns(
            add_hold(
                pl.col("_bad_currency"),
                "currency_unknown",
                pl.col("currency").str.replace_all(r"\d", "#"),
            ),
        )
        .with_columns(
            add_hold(pl.col("_bad_amount"), "value_unreadable", pl.lit("amount")),
        )
    )


def _type_times(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    for column in Typed.DATES[kind]:
        raw = pl.col(column)
        frame = frame.with_columns(
            raw.alias(f"_raw_{column}"),
            pl.when(raw != "").then(raw).str.to_date("%Y-%m-%d", strict=False).alias(column),
        ).with_columns(
            ((pl.col(f"_raw_{column}") != "") & pl.col(column).is_null()).alias(f"_bad_{column}")
        )
        frame = frame.with_columns(
            add_hold(pl.col(f"_bad_{column}"), "value_unreadable", pl.lit(column))
        )
    for column in Typed.INSTANTS[kind]:
        parsed = pl.col(column).str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")
        frame = frame.with_columns(
            pl.col(column).alias(f"_raw_{column}"), parsed.alias(column)
        ).with_columns(pl.col(column).is_null().alias(f"_bad_{column}"))
        frame = frame.with_columns(
            add_hold(pl.col(f"_bad_{column}"), "value_unreadable", pl.lit(column))
        )
    return frame


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
    kind: str, frame: pl.DataFrame, names: dict[str, str]
) -> tuple[pl.DataFrame, list[Finding]]:
    checked = frame.drop([name for name in frame.columns if name.startswith("_")])
    # Rows that could not be typed already have a hold; the contract speaks of the others.
    sound = checked.filter(pl.col("holds").list.len() == 0)
    try:
        MODELS[kind].validate(sound, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return _hold_failures(kind, checked, sound, errors.failure_cases, names)
    return checked, []


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
        held = frame.with_columns(add_hold(pl.lit(value=True), "contract_drift", pl.lit(what)))
        return held, [finding("contract_drift", found=what, provider="The source", column=what)]
    failing = cases.select(
        pl.col("index").cast(pl.Int64),
        # A rule over several columns bears the name of the contract; people know it as the row.
        pl.col("column").replace(MODELS[kind].__name__, "row").fill_null("row"),
        pl.col("check"),
    ).unique()
    indexed = sound.with_row_index("index").select(
        pl.col("index").cast(pl.Int64), "document", "line_no", "file_line"
    )
    found = failing.join(indexed, on="index").sort("document", "line_no", "column", "check")
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
    marks = found.group_by("document", "line_no").agg(_field=pl.col("column").first())
    held = frame.join(marks, on=["document", "line_no"], how="left", maintain_order="left")
    held = held.with_columns(
        add_hold(pl.col("_field").is_not_null(), "value_unreadable", pl.col("_field").fill_null(""))
    ).drop("_field")
    return held, findings
