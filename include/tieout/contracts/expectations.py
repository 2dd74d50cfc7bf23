"""Great Expectations on files and totals, one suite per batch kind, with a version.

They run on one row of totals per document (a row's own rules are the row contracts' matter). A
*critical* expectation blocks the unit, a *warning* is noted. Results hold counts and control
totals, never a person's amount.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

import great_expectations as gx
import great_expectations.expectations as gxe

if TYPE_CHECKING:
    import pandas as pd

SUITE_VERSION: Final = "1.0"


@dataclass(frozen=True, slots=True)
class ExpectationOutcome:
    """What one expectation said."""

    expectation: str
    severity: str
    success: bool
    observed: str


def _expect(name: str, severity: str, kind: type[Any], **values: object) -> Any:
    return kind(meta={"name": name, "severity": severity}, **values)


def _equal(name: str, column: str) -> Any:
    return _expect(
        name,
        "critical",
        gxe.ExpectColumnPairValuesToBeEqual,
        column_A=column,
        column_B=f"stated_{column}",
    )


def _between(name: str, severity: str, column: str, low: int | None, high: int) -> Any:
    return _expect(
        name, severity, gxe.ExpectColumnValuesToBeBetween,
        column=column, min_value=low, max_value=high,
    )  # fmt: skip


def _suite(kind: str) -> list[Any]:
    shared = [
        _expect("documents arrived", "critical", gxe.ExpectTableRowCountToBeBetween, min_value=1),
        _equal("line count equals the control total", "line_count"),
        _equal("debit sum equals the control total", "debit"),
        _equal("credit sum equals the control total", "credit"),
        _between("no line number twice", "critical", "repeated_lines", None, 0),
        _expect(
            "control total is stated by someone else",
            "warning",
            gxe.ExpectColumnValuesToNotBeInSet,
            column="origin",
            value_set=["derived", "none"],
        ),
    ]
    if kind == "payroll":
        shared.append(_between("one entity in a run", "critical", "entity_count", 1, 1))
        shared.append(
            _between("lines within a fifth of the run before", "warning", "drift_percent", -20, 20)
        )
    return shared


def check_totals(kind: str, totals: pd.DataFrame) -> list[ExpectationOutcome]:
    """Run the suite of `kind` (`payroll`, `expense`) on one row of totals per document.

    Columns: line_count, stated_line_count, debit, stated_debit, credit, stated_credit (minor
    units), repeated_lines, entity_count, origin, drift_percent.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = (
        context.data_sources.add_pandas("totals")
        .add_dataframe_asset("documents")
        .add_batch_definition_whole_dataframe("all")
    )
    suite = context.suites.add(gx.ExpectationSuite(name=f"{kind}_batch", expectations=_suite(kind)))
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=f"{kind}_batch", data=batch, suite=suite)
    )
    result = definition.run(
        batch_parameters={"dataframe": totals}, result_format={"result_format": "BASIC"}
    )
    return [
        ExpectationOutcome(
            expectation=item.expectation_config.meta["name"],
            severity=item.expectation_config.meta["severity"],
            success=bool(item.success),
            observed=_observed(item.result),
        )
        for item in result.results
    ]


def _observed(result: dict[str, Any]) -> str:
    if "unexpected_count" in result:
        return f"{result['unexpected_count']} of {result.get('element_count', '?')} documents"
    return str(result.get("observed_value", ""))
