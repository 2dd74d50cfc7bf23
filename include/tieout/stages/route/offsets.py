"""route: a report that owes more than it is owed stands as a receivable, not as negative clearing.

Personal items, advances and credits are netted per employee and report. As long as the net is
positive it is repaid through the route's clearing account; a negative one is what the employee
owes, and payroll or payables would never clear it.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.staged import CODE, Holds
from tieout.finance.mappings import MappingRow, MappingSet

#: How finance names the account in its rules: coding `party`, this code.
RECEIVABLE: Final = "employee_receivable"
_NET: Final = ("entity", "employee_ref", "report_key")


def net_offsets(frame: pl.DataFrame, mapping: MappingSet, on: date) -> pl.DataFrame:
    """The routed rows, of which those of a negative report clear over the receivable account.

    Args:
        frame: all routed rows of a unit, so that a report is netted as a whole.
        mapping: finance's rules.
        on: the day they are asked for.

    Without a rule that names the account the rows wait: none is guessed.
    """
    repaid = (
        pl.col("route").is_in(["payroll", "ap"])
        & (pl.col("payee") == "employee")
        & (pl.col("is_test") != "yes")
    )
    net = pl.when(repaid).then("amount_minor").otherwise(0).sum().over(_NET)
    owing = frame.select((repaid & (net < 0)).alias("_")).to_series()
    if not owing.any():
        return frame
    rules = {entity: _rule(mapping, entity, on) for entity in frame["entity"].unique()}
    accounts = {e: "" if row is None else row["debit_account"] for e, row in rules.items()}
    names = {e: "" if row is None else row.name for e, row in rules.items()}
    marked = frame.with_columns(
        _owing=owing,
        _account=pl.col("entity").replace_strict(accounts, return_dtype=pl.String),
        _name=pl.col("entity").replace_strict(names, return_dtype=pl.String),
    )
    settled = pl.col("_owing") & (pl.col("_account") != "")
    told = pl.col("route_rule").cast(pl.String).fill_null("")
    marked = marked.with_columns(
        clearing_account=pl.when(settled).then("_account").otherwise("clearing_account"),
        route_rule=pl.when(settled)
        .then(pl.concat_str(told, pl.lit("\n"), "_name"))
        .otherwise(told)
        .cast(CODE),
    )
    holds = Holds(marked)
    holds.where(
        (pl.col("_owing") & (pl.col("_account") == ""), "receivable_unmapped", pl.col("entity"))
    )
    return holds.written().drop("_owing", "_account", "_name")


def _rule(mapping: MappingSet, entity: str, on: date) -> MappingRow | None:
    row = mapping.best("accounts", entity, on, coding="party", source_code=RECEIVABLE)
    return row if row is not None and row["source_code"] == RECEIVABLE else None
