"""Whole columns of amounts to canonical text, exactly as `canonical_amount` reads each.

What these expressions do not recognise is null: it is read alone, where its trouble is told. Only
text is handled, never a float. Patterns are Rust's: `$` is the end of the text.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tieout.contracts.source_text import FRACTION_DIGITS, WHOLE_DIGITS, NumberForm

_WHOLE: Final = f"(?:0|[1-9][0-9]{{0,{WHOLE_DIGITS - 1}}})"


def canonical_amounts(texts: pl.Series, form: NumberForm, most_decimals: int) -> pl.Series:
    """Decimal text with a point for each text; null where it must be read alone.

    Args:
        texts: amounts as they stand in the file.
        form: how the file writes amounts.
        most_decimals: digits after the mark that may carry something.
    """
    texts = texts.str.strip_chars(" ")
    if form.implied:
        return _reformed(texts, form, most_decimals)
    plain = texts.str.contains(f"^{_WHOLE}{_fraction(form.decimal, most_decimals)}$")
    if form.negative == "leading":
        plain |= texts.str.contains(f"^-{_not_zero(form.decimal, most_decimals)}$")
    read = _pointed(texts, form)
    if plain.all():
        return read
    rest = (~plain).arg_true()
    return read.scatter(rest, _reformed(texts.gather(rest), form, most_decimals))


def negated(amounts: pl.Expr) -> pl.Expr:
    """The other sign of canonical amounts; zero has none."""
    return (
        pl.when(_is_zero(amounts))
        .then(amounts)
        .when(amounts.str.starts_with("-"))
        .then(amounts.str.strip_prefix("-"))
        .otherwise(pl.concat_str(pl.lit("-"), amounts))
    )


def _is_zero(amounts: pl.Expr) -> pl.Expr:
    return ~amounts.str.contains("[1-9]")


def is_filled(amounts: pl.Expr) -> pl.Expr:
    """Whether canonical amounts are other than zero."""
    return amounts.str.contains("[1-9]")


def _pointed(texts: pl.Series, form: NumberForm) -> pl.Series:
    if form.decimal == ".":
        return texts
    return texts.str.replace(form.decimal, ".", literal=True)


def _reformed(texts: pl.Series, form: NumberForm, most_decimals: int) -> pl.Series:
    """Other ways to write the same: signs, thousands marks, implied decimals, leading zeros."""
    text = pl.col("text")
    minus, body = _sign(text, form.negative)
    whole = "[0-9]+"
    if form.grouping:
        mark = _letter(form.grouping)
        whole = f"(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+)"
    fraction = "" if form.implied else f"(?:{_letter(form.decimal)}[0-9]+)?"
    written = body.str.contains(f"^{whole}{fraction}$")
    if form.grouping:
        body = body.str.replace_all(form.grouping, "", literal=True)
    if form.implied:
        padded = body.str.pad_start(form.implied + 1, "0")
        point = padded.str.len_bytes().cast(pl.Int64) - form.implied
        body = pl.concat_str(padded.str.head(point), pl.lit("."), padded.str.slice(point))
    elif form.decimal != ".":
        body = body.str.replace(form.decimal, ".", literal=True)
    body = body.str.replace("^0+([0-9])", "${1}")
    sound = body.str.contains(f"^{_WHOLE}{_fraction('.', most_decimals)}$")
    frame = pl.DataFrame({"text": texts}).select(minus=minus, body=body, sound=written & sound)
    signed = pl.when(pl.col("minus") & is_filled(pl.col("body"))).then(
        pl.concat_str(pl.lit("-"), "body")
    )
    return frame.select(amount=pl.when("sound").then(signed.otherwise(pl.col("body")))).to_series()


def _sign(text: pl.Expr, negative: str) -> tuple[pl.Expr, pl.Expr]:
    """Whether it is negative, and the text without its sign; a half sign stays and fits nothing."""
    if negative == "trailing":
        return text.str.ends_with("-"), text.str.strip_suffix("-")
    if negative == "parentheses":
        both = text.str.starts_with("(") & text.str.ends_with(")")
        inside = text.str.strip_prefix("(").str.strip_suffix(")")
        return both, pl.when(both).then(inside).otherwise(text)
    return text.str.starts_with("-"), text.str.strip_prefix("-").str.strip_prefix("+")


def _fraction(decimal: str, most: int) -> str:
    """At most `most` digits that carry something, and zeros up to the digits we can hold."""
    zeros = f"0{{0,{FRACTION_DIGITS - most}}}"
    digits = f"[0-9]{{1,{most}}}{zeros}" if most else f"0{{1,{FRACTION_DIGITS}}}"
    return f"(?:{_letter(decimal)}{digits})?"


def _not_zero(decimal: str, most: int) -> str:
    """An unsigned amount that is not zero: minus nothing is written without a sign."""
    mark, zeros = _letter(decimal), f"0{{0,{FRACTION_DIGITS - most}}}"
    small = "|".join(f"0{{{n}}}[1-9][0-9]{{0,{most - 1 - n}}}" for n in range(most))
    whole = f"[1-9][0-9]{{0,{WHOLE_DIGITS - 1}}}{_fraction(decimal, most)}"
    return f"(?:{whole}|0{mark}(?:{small}){zeros})" if most else whole


def _letter(mark: str) -> str:
    return f"\\x{{{ord(mark):x}}}"
