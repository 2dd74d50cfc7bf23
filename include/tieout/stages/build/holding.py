"""Decide each row's disposition: what is held takes its atom of holding with it.

An atom balances by itself: an expense entry, a voucher, or employee x run; by policy the whole run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

#: Classes that inform and never book.
INFORMATION: Final = "information"


def atoms(kind: str, holding: Mapping[str, str]) -> pl.Expr:
    """The atom of each row; entities whose policy is `run` get one atom per entity and unit."""
    whole_run = pl.col("entity").replace_strict(dict(holding), default="run") == "run"
    if kind == "expense_line":
        own = pl.concat_str("document", "entry_ref", separator="|")
    else:
        component = pl.col("coding") == "component"
        own = (
            pl.when(component & (pl.col("employee_ref") != ""))
            .then(pl.concat_str(pl.lit("e|"), pl.col("employee_ref")))
            .when(component)
            .then(pl.lit("run"))
            .otherwise(pl.concat_str(pl.lit("v|"), pl.col("document"), pl.col("voucher_key")))
        )
    return (
        pl.when(whole_run)
        .then(pl.concat_str(pl.lit("run|"), pl.col("entity")))
        .otherwise(pl.concat_str(pl.col("entity"), pl.lit("|"), own))
        .alias("atom")
    )


def dispose(
    kind: str,
    frame: pl.DataFrame,
    holding: Mapping[str, str],
    currencies: Mapping[str, str],
    document_holds: Mapping[str, list[str]],
) -> pl.DataFrame:
    """Add `atom`, `state` (built, held, excluded) and `reason` to every row.

    Args:
        kind: `pay_line` or `expense_line`.
        frame: reconciled (and routed) rows.
        holding: entity → `run` or `atom`.
        currencies: entity → functional currency; a row in another one is held.
        document_holds: document → further `code|cause` texts that hold all of it, beside those
            in the column `document_holds`.
    """
    wrong_currency = pl.col("currency") != pl.col("entity").replace_strict(
        dict(currencies), default=""
    )
    marked = frame.with_columns(
        holds=pl.when(wrong_currency & (pl.col("holds").list.len() == 0))
        .then(pl.concat_list(pl.lit("value_unreadable|currency")))
        .otherwise(pl.col("holds"))
    ).with_columns(atoms(kind, holding))
    marked = _hold_documents(marked, document_holds)
    information = (pl.col("component_class") == INFORMATION).fill_null(value=False)
    test = pl.col("is_test") == "yes" if "is_test" in frame.columns else pl.lit(value=False)
    own = pl.col("holds").list.len() > 0
    nothing = (pl.col("amount_minor") == 0) & ~own
    excluded = information | test | nothing
    # A row that books nothing can't hold its atom back.
    causes = (
        marked.filter(own & ~information & ~test)
        .group_by("atom", maintain_order=True)
        .agg(_first=pl.col("holds").list.first().sort().first())
    )
    causes = _unbalanced(marked.filter(~excluded), causes)
    joined = marked.join(causes, on="atom", how="left", maintain_order="left")
    return joined.with_columns(
        state=pl.when(excluded)
        .then(pl.lit("excluded"))
        .when(pl.col("_first").is_not_null())
        .then(pl.lit("held"))
        .otherwise(pl.lit("built")),
        reason=pl.when(test)
        .then(pl.lit("rule:test_document"))
        .when(information)
        .then(pl.lit("rule:information_only"))
        .when(nothing)
        .then(pl.lit("rule:zero_amount"))
        .otherwise(pl.col("_first").fill_null("")),
    ).drop("_first")


def _hold_documents(frame: pl.DataFrame, document_holds: Mapping[str, list[str]]) -> pl.DataFrame:
    """What holds a document is a hold of each of its rows, and the document is their atom."""
    further = pl.DataFrame(
        {"document": list(document_holds), "_further": list(document_holds.values())},
        schema={"document": pl.String, "_further": pl.List(pl.String)},
    )
    nothing = pl.lit([], dtype=pl.List(pl.String))
    joined = frame.join(further, on="document", how="left", maintain_order="left").with_columns(
        _whole=pl.col("document_holds").list.concat(pl.col("_further").fill_null(nothing))
    )
    whole = pl.col("_whole").list.len() > 0
    return joined.with_columns(
        holds=pl.col("holds").list.concat(pl.col("_whole")).list.unique(maintain_order=True),
        atom=pl.when(whole)
        .then(pl.concat_str(pl.lit("document|"), pl.col("document")))
        .otherwise(pl.col("atom")),
    ).drop("_further", "_whole")


def _unbalanced(frame: pl.DataFrame, causes: pl.DataFrame) -> pl.DataFrame:
    """Atoms without a hold whose legs do not sum to zero: no plug is made, they are held."""
    amount = pl.col("amount_minor")
    debit = pl.when(pl.col("debit_account").fill_null("") != "").then(amount).otherwise(0)
    credit = pl.when(pl.col("credit_account").fill_null("") != "").then(amount).otherwise(0)
    residual = (
        frame.join(causes, on="atom", how="anti")
        .group_by("atom", maintain_order=True)
        .agg(_residual=(debit - credit).sum())
        .filter(pl.col("_residual") != 0)
        .select(
            "atom",
            _first=pl.concat_str(
                pl.lit("journal_unbalanced|"), pl.col("_residual").cast(pl.String)
            ),
        )
    )
    return pl.concat([causes, residual])
