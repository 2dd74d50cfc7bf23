"""The rules of generated runs, with one or two things that finance decided otherwise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from tests.builders.rules import Rules
from tests.properties.generated_runs import rules
from tieout.finance.mappings import MappingRow

#: What finance may have decided otherwise: an account, the shares of a split.
DECIDED = st.fixed_dictionaries(
    {"account": st.sampled_from(["6000", "6001"]), "percent": st.sampled_from(["33.34", "0.02"])}
)


def decided(account: str, percent: str) -> Rules:
    """The rules of generated runs with another account for wages, another split."""
    whole, others = Decimal(100), Decimal("33.33")
    shares = {"CC430": percent, "CC410": str(whole - others - Decimal(percent))}
    made = rules()
    made.rows = [
        replace(row, content={**row.content, **_otherwise(row, account, shares)})
        for row in made.rows
    ]
    return made


def _otherwise(row: MappingRow, account: str, shares: dict[str, str]) -> dict[str, str]:
    if row.table == "accounts" and row["source_code"] == "GROSS":
        return {"debit_account": account}
    if row.table == "cost_centers" and row["source_code"] == "460":
        return {"percent": shares.get(row["cost_center"], row["percent"])}
    return {}
