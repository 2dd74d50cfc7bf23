"""Find the accounts of each row: pay component, source account, expense type, tax code or party."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.staged import (
    CODE,
    ReferenceView,
    Schema,
    answered,
    grouped,
    named,
    waits,
)
from tieout.finance.mappings import MappingRow, MappingSet
from tieout.stages.reconcile.conditions import Conditions, conditions_of, with_conditions
from tieout.stages.reconcile.tax_reclaim import with_reclaim

ANSWER: Final[Schema] = {
    "component_class": CODE,
    "debit_account": CODE,
    "credit_account": CODE,
    "dimensions": pl.String,
    "summarise": CODE,
    "account_rule": CODE,
    "_hold": pl.String,
    "_cause": pl.String,
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
) -> pl.DataFrame:
    """Add class, accounts, dimensions and summarisation, or what `account` waits for.

    Rules are those of the day `_on` of each row.
    """
    if kind == "pay_line":
        coded = frame.with_columns(_pay_code())
    else:
        coded = with_reclaim(frame, mapping).with_columns(_expense_code()).drop("_as_cost")
    coded, added = with_conditions(coded, provider, mapping)
    distinct, place = grouped(coded, ["entity", "_coding", "_code", "_on", *added])
    answers = [
        _answer(
            _rules(
                mapping, entity, coding, code, provider, on, conditions_of(added, tuple(stated))
            ),
            coding,
            code,
            reference,
        )
        for entity, coding, code, on, *stated in distinct.iter_rows()
    ]
    return answered(coded, place, answers, ANSWER, "account").drop("_coding", "_code", *added)


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
    # A tax that is not reclaimed is looked up, and booked, as its expense is.
    part = pl.when("_as_cost").then(pl.lit("tax_cost")).otherwise(pl.col("part").cast(pl.String))
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


def _rules(
    mapping: MappingSet,
    entity: str,
    coding: str,
    code: str,
    provider: str,
    on: date,
    conditions: Conditions,
) -> tuple[list[MappingRow | None], tuple[str, ...]]:
    """The rules that answer, one unless conditions differ; and who said the conditions."""
    wanted = {"provider": provider, "coding": coding, "source_code": code}
    found: list[MappingRow | None] = []
    for stated in conditions.asked():
        row = mapping.best("accounts", entity, on, **wanted, **stated)
        if row not in found:
            found.append(row)
    narrowed = any(row and (row["cost_center_type"] or row["tax_treatment"]) for row in found)
    return found, conditions.rules if narrowed else ()


def _answer(
    found: tuple[list[MappingRow | None], tuple[str, ...]],
    coding: str,
    code: str,
    reference: ReferenceView,
) -> dict[str, object]:
    rows, conditions = found
    row = rows[0]
    if len(rows) > 1:
        # A split over cost centers of several types, which the rules book apart.
        return {**dict.fromkeys(ANSWER), "account_rule": "", **waits("mapping_conflict", code)}
    if row is None or row["source_code"] != code or not _informs_or_books(row):
        # A wildcard never decides an account: an unknown code is held, not defaulted. Nor does a
        # rule without accounts: its lines would count as built and stand in no journal.
        return {**dict.fromkeys(ANSWER), "account_rule": "", **waits("account_unmapped", code)}
    closed = ",".join(
        account
        for account in (row["debit_account"], row["credit_account"])
        if account and not reference.accounts.get(account, False)
    )
    return {
        "component_class": row["component_class"] or _default_class(coding, row["debit_account"]),
        "debit_account": row["debit_account"],
        "credit_account": row["credit_account"],
        "dimensions": row["dimensions"] or "none",
        "summarise": row["summarise"] or "cost_center",
        "account_rule": "\n".join((named(row), *conditions)),
        **(waits("account_closed", closed) if closed else waits("")),
    }
