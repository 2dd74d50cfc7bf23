"""What an account rule may ask for beside its code: the cost center's type, the tax treatment.

They are looked up only where some rule asks: most companies have none, and pay nothing for it. A
row whose split lies in cost centers of several types asks for each of them; if the rules then name
different accounts, nobody has decided, and the row is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from tieout.contracts.staged import Schema, answered, grouped
from tieout.finance.mappings import ANY, MappingSet

#: Answers as text: what the row is, and the rules that say so, each on a line of its own.
TYPES: Final[Schema] = {"_types": pl.String, "_type_rules": pl.String}
TREATMENT: Final[Schema] = {"_treatment": pl.String, "_treatment_rule": pl.String}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is known of a row: types of its cost centers, its tax treatment, and who says so."""

    types: tuple[str, ...] = ("",)
    treatment: str = ""
    rules: tuple[str, ...] = ()

    def asked(self) -> Iterator[dict[str, str]]:
        """The texts to look an account up with, one question for each type."""
        for kind in self.types:
            yield {"cost_center_type": kind, "tax_treatment": self.treatment}


def with_conditions(
    frame: pl.DataFrame, provider: str, mapping: MappingSet
) -> tuple[pl.DataFrame, list[str]]:
    """Add what rules ask for; returns the names of the added columns, none where none asks."""
    rules = mapping.table("accounts")
    added: list[str] = []
    if any(row["cost_center_type"] not in ANY for row in rules):
        frame = _with_types(frame, provider, mapping)
        added += TYPES
    if "expense_type" in frame.columns and any(row["tax_treatment"] not in ANY for row in rules):
        frame = _with_treatment(frame, mapping)
        added += TREATMENT
    return frame, added


def conditions_of(added: list[str], stated: tuple[str, ...]) -> Conditions:
    """What the added columns of one row say."""
    said = dict(zip(added, stated, strict=True))
    rules = f"{said.get('_type_rules', '')}\n{said.get('_treatment_rule', '')}".split("\n")
    return Conditions(
        types=tuple(said.get("_types", "").split("\n")),
        treatment=said.get("_treatment", ""),
        rules=tuple(rule for rule in rules if rule),
    )


def _with_types(frame: pl.DataFrame, provider: str, mapping: MappingSet) -> pl.DataFrame:
    distinct, place = grouped(frame, ["entity", "cost_center_code", "_on"])
    answers = []
    for entity, code, day in distinct.iter_rows():
        shares = mapping.cost_center_shares(provider, entity, code or "", day)
        rows = [
            mapping.best("cost_center_types", entity, day, cost_center=share.cost_center)
            for share in shares
        ]
        types = {"" if row is None else row["cost_center_type"] for row in rows} or {""}
        names = {row.name for row in rows if row is not None}
        answers.append(
            {"_types": "\n".join(sorted(types)), "_type_rules": "\n".join(sorted(names))}
        )
    return answered(frame, place, answers, TYPES)


def _with_treatment(frame: pl.DataFrame, mapping: MappingSet) -> pl.DataFrame:
    distinct, place = grouped(frame, ["entity", "expense_type", "country", "_on"])
    answers = []
    for entity, kind, country, on in distinct.iter_rows():
        row = mapping.best(
            "tax_treatment", entity, on, expense_type=kind or "", spend_country=country or ""
        )
        answers.append(
            {
                "_treatment": "" if row is None else row["taxable"],
                "_treatment_rule": "" if row is None else row.name,
            }
        )
    return answered(frame, place, answers, TREATMENT)
