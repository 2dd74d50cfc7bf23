"""Find the accounts of each row: pay component, source account, expense type, tax code or party."""

from __future__ import annotations

from datetime import date

import polars as pl

from tieout.contracts.staged import ReferenceView, add_hold, add_used, join_answers, named
from tieout.finance.mappings import MappingRow, MappingSet

ANSWER = {
    "entity": pl.String,
    "_coding": pl.String,
    "_code": pl.String,
    "component_class": pl.String,
    "debit_account": pl.String,
    "credit_account": pl.String,
    "dimensions": pl.String,
    "summarise": pl.String,
    "_rule": pl.String,
    "_closed": pl.String,
}

#: What tie-out calls the legs of an expense whose rule names no class.
DEFAULT_CLASSES = {
    "expense_type": "expense_cost",
    "tax": "input_tax",
    "party": "advances_and_personal_items",
}

#: Which coding and code an expense part is looked up by.
EXPENSE_CODINGS = {
    "cost": ("expense_type", "expense_type"),
    "tax_cost": ("expense_type", "expense_type"),
    "tax_reclaimable": ("tax", "tax_code"),
    "advance": ("party", None),
    "personal": ("party", None),
}


def map_accounts(
    kind: str,
    frame: pl.DataFrame,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    on: date,
) -> pl.DataFrame:
    """Add class, debit and credit account, dimensions and summarisation, or a hold."""
    coded = frame.with_columns(_pay_code() if kind == "pay_line" else _expense_code())
    keys = ["entity", "_coding", "_code"]
    distinct = coded.select(keys).unique().sort(keys)
    answers = [
        _answer(entity, coding, code, provider, mapping, reference, on)
        for entity, coding, code in distinct.iter_rows()
    ]
    joined = join_answers(coded, keys, answers, ANSWER)
    unmapped = pl.col("_rule") == ""
    return (
        joined.with_columns(add_hold(unmapped, "account_unmapped", pl.col("_code")))
        .with_columns(add_hold(pl.col("_closed") != "", "account_closed", pl.col("_closed")))
        .with_columns(add_used("_rule"))
        .drop("_coding", "_code", "_rule", "_closed")
    )


def _pay_code() -> list[pl.Expr]:
    component = pl.col("coding") == "component"
    return [
        pl.when(component)
        .then(pl.lit("component"))
        .otherwise(pl.lit("source_account"))
        .alias("_coding"),
        pl.when(component)
        .then(pl.col("component_code"))
        .otherwise(pl.col("source_account"))
        .alias("_code"),
    ]


def _expense_code() -> list[pl.Expr]:
    part = pl.col("part")
    coding = part.replace_strict(
        {name: pair[0] for name, pair in EXPENSE_CODINGS.items()}, default="expense_type"
    )
    code = (
        pl.when(part == "tax_reclaimable")
        .then(pl.col("tax_code"))
        .when(part == "advance")
        .then(pl.lit("cash_advance"))
        .when(part == "personal")
        .then(pl.lit("company_card"))
        .otherwise(pl.col("expense_type"))
    )
    return [coding.alias("_coding"), code.alias("_code")]


def _default_class(coding: str, debit_account: str) -> str:
    """The class of a row whose rule names none; an account-coded line is its own account's."""
    if coding == "source_account":
        return f"account_{debit_account}"
    return DEFAULT_CLASSES.get(coding, coding)


def _informs_or_books(row: MappingRow) -> bool:
    """Whether the rule names an account, or says that its code informs only."""
    return bool(
        row["debit_account"] or row["credit_account"] or row["component_class"] == "information"
    )


def _answer(
    entity: str,
    coding: str,
    code: str,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    on: date,
) -> dict[str, object]:
    row = mapping.best("accounts", entity, on, provider=provider, coding=coding, source_code=code)
    answer: dict[str, object] = {"entity": entity, "_coding": coding, "_code": code}
    if row is None or row["source_code"] != code or not _informs_or_books(row):
        # A wildcard never decides an account: an unknown code is held, not defaulted. Nor does a
        # rule without accounts: its lines would count as built and stand in no journal.
        blank = dict.fromkeys(name for name in ANSWER if name not in answer)
        return answer | blank | {"_rule": "", "_closed": ""}
    closed = ",".join(
        account
        for account in (row["debit_account"], row["credit_account"])
        if account and not reference.accounts.get(account, False)
    )
    return answer | {
        "component_class": row["component_class"] or _default_class(coding, row["debit_account"]),
        "debit_account": row["debit_account"],
        "credit_account": row["credit_account"],
        "dimensions": row["dimensions"] or "none",
        "summarise": row["summarise"] or "cost_center",
        "_rule": named(row),
        "_closed": closed,
    }
