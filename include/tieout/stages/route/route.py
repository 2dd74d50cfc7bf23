"""route: each approved expense part to payroll, payables, card clearing or nowhere, by policy.

The decision depends on the entity, who is owed, the expense type and its tax treatment; it
stores the rule and its version. Offsets (personal items, advances) follow the
employee's non-taxable route.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from tieout.contracts.staged import add_hold, add_used, join_answers, named
from tieout.finance.mappings import MappingSet

#: Parts that reduce what the employee is owed rather than cost anything.
OFFSETS = ("advance", "personal")

ANSWER = {
    "entity": pl.String,
    "payee": pl.String,
    "expense_type": pl.String,
    "_offset": pl.Boolean,
    "taxable": pl.Boolean,
    "route": pl.String,
    "rule": pl.String,
    "rule_version": pl.Int64,
    "pay_code": pl.String,
    "clearing_account": pl.String,
    "_tax_rule": pl.String,
    "_route_rule": pl.String,
    "_untaxed": pl.Boolean,
}


def route_expenses(frame: pl.DataFrame, mapping: MappingSet, on: date) -> pl.DataFrame:
    """Add `taxable`, `route`, `rule`, `rule_version`, `pay_code`, `clearing_account`, or holds."""
    keys = ["entity", "payee", "expense_type", "_offset"]
    marked = frame.with_columns(_offset=pl.col("part").is_in(OFFSETS))
    distinct = marked.select(keys).unique().sort(keys)
    answers = [
        _answer(entity, payee, expense_type, offset, mapping, on)
        for entity, payee, expense_type, offset in distinct.iter_rows()
    ]
    joined = join_answers(marked, keys, answers, ANSWER)
    return (
        joined.with_columns(
            add_hold(pl.col("_untaxed"), "tax_treatment_missing", pl.col("expense_type"))
        )
        .with_columns(
            add_hold(
                ~pl.col("_untaxed") & (pl.col("route") == ""),
                "route_undecided",
                pl.col("expense_type"),
            )
        )
        .with_columns(add_used("_tax_rule"))
        .with_columns(add_used("_route_rule"))
        .drop("_offset", "_untaxed", "_tax_rule", "_route_rule")
    )


def _answer(
    entity: str,
    payee: str,
    expense_type: str,
    offset: bool,  # noqa: FBT001 - a column of the key
    mapping: MappingSet,
    on: date,
) -> dict[str, object]:
    answer: dict[str, object] = {
        "entity": entity,
        "payee": payee,
        "expense_type": expense_type,
        "_offset": offset,
        "taxable": False,
        "route": "",
        "rule": "",
        "rule_version": 0,
        "pay_code": "",
        "clearing_account": "",
        "_tax_rule": "",
        "_route_rule": "",
        "_untaxed": False,
    }
    taxable = False
    if not offset:
        treatment = mapping.best("tax_treatment", entity, on, expense_type=expense_type)
        if treatment is None or treatment["taxable"] not in {"yes", "no"}:
            # Above a limit a part is taxable: without the quantity, either answer is a guess.
            return answer | {"_untaxed": True}
        taxable = treatment["taxable"] == "yes"
        answer |= {"taxable": taxable, "_tax_rule": named(treatment)}
    rule = mapping.best(
        "routing",
        entity,
        on,
        payee=payee,
        taxable="yes" if taxable else "no",
        expense_type=expense_type,
    )
    if rule is None:
        return answer
    return answer | {
        "route": rule["route"],
        "rule": rule["rule"],
        "rule_version": rule.version,
        "pay_code": rule["pay_code"],
        "clearing_account": rule["clearing_account"],
        "_route_rule": named(rule),
    }
