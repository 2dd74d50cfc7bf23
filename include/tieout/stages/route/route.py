"""route: each approved expense part to payroll, payables, card clearing or nowhere, by policy.

The decision depends on the entity, who is owed, the expense type and its tax treatment; it
stores the rule and its version. Offsets (personal items, advances) follow the
employee's non-taxable route.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.staged import CODE, Schema, answered, grouped, held, named, waits
from tieout.finance.mappings import MappingSet
from tieout.stages.route.offsets import net_offsets

#: Parts that reduce what the employee is owed rather than cost anything.
OFFSETS = ("advance", "personal")

ANSWER: Final[Schema] = {
    "taxable": pl.Boolean,
    "route": pl.String,
    "rule": pl.String,
    "rule_version": pl.Int64,
    "pay_code": pl.String,
    "clearing_account": pl.String,
    "tax_rule": CODE,
    "route_rule": CODE,
    "_hold": pl.String,
    "_cause": pl.String,
}


def route_expenses(frame: pl.DataFrame, mapping: MappingSet, on: date) -> pl.DataFrame:
    """Add `taxable`, `route`, `rule`, `rule_version`, `pay_code`, `clearing_account`, or holds."""
    marked = frame.with_columns(_offset=pl.col("part").is_in(OFFSETS))
    distinct, place = grouped(marked, ["entity", "payee", "expense_type", "country", "_offset"])
    answers = [
        _answer(entity, payee, expense_type, country or "", offset, mapping, on)
        for entity, payee, expense_type, country, offset in distinct.iter_rows()
    ]
    answered_rows = answered(marked, place, answers, ANSWER, "route").drop("_offset")
    return net_offsets(held(answered_rows, "route"), mapping, on)


def _answer(
    entity: str,
    payee: str,
    expense_type: str,
    country: str,
    offset: bool,  # noqa: FBT001 - a column of the key
    mapping: MappingSet,
    on: date,
) -> dict[str, object]:
    answer: dict[str, object] = {
        "taxable": False,
        "route": "",
        "rule": "",
        "rule_version": 0,
        "pay_code": "",
        "clearing_account": "",
        "tax_rule": "",
        "route_rule": "",
        **waits(""),
    }
    taxable = False
    if not offset:
        treatment = mapping.best(
            "tax_treatment", entity, on, expense_type=expense_type, spend_country=country
        )
        if treatment is None or treatment["taxable"] not in {"yes", "no"}:
            # Above a limit a part is taxable: without the quantity, either answer is a guess.
            return answer | waits("tax_treatment_missing", expense_type)
        taxable = treatment["taxable"] == "yes"
        answer |= {"taxable": taxable, "tax_rule": named(treatment)}
    rule = mapping.best(
        "routing",
        entity,
        on,
        payee=payee,
        taxable="yes" if taxable else "no",
        expense_type=expense_type,
    )
    if rule is None:
        return answer | waits("route_undecided", expense_type)
    return answer | {
        "route": rule["route"],
        "rule": rule["rule"],
        "rule_version": rule.version,
        "pay_code": rule["pay_code"],
        "clearing_account": rule["clearing_account"],
        "route_rule": named(rule),
        **waits("" if rule["route"] else "route_undecided", expense_type),
    }
