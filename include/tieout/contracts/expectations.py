"""Runs the suites of `tieout.contracts.suites` with Great Expectations, many batches in one call.

Importing this module costs seconds: whoever has nothing to check leaves it alone. A call costs the
same for one batch and for a thousand, so ask once for all of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

from tieout.contracts.suites import SUITES, BatchRow, ExpectationOutcome, Expected, Suite

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

#: Name of the column that tells whose row it is.
_BATCH = "batch"
_ABSENT = "not stated"


def check_many(
    kind: str, batches: Mapping[str, Sequence[BatchRow]]
) -> dict[str, list[ExpectationOutcome]]:
    """Run the suite of `kind` on every batch at once; outcomes by batch, in the suite's order.

    Args:
        kind: a key of `SUITES`.
        batches: the rows of each batch; a batch without a row breaks what needs one.
    """
    suite = SUITES[kind]
    table = _table(kind, batches)
    if table.empty:
        return {}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    whole = (
        context.data_sources.add_pandas("batches")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
    )
    stated = context.suites.add(
        gx.ExpectationSuite(name=suite.name, expectations=[_stated(one) for one in suite.expected])
    )
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(name=suite.name, data=whole, suite=stated)
    )
    result = definition.run(
        batch_parameters={"dataframe": table},
        result_format={"result_format": "COMPLETE", "unexpected_index_column_names": [_BATCH]},
    )
    return _by_batch(suite, result, table)


def _table(kind: str, batches: Mapping[str, Sequence[BatchRow]]) -> pd.DataFrame:
    """One table of all rows; objects, since a float would lose cents of a large sum."""
    named = {_BATCH}
    for one in SUITES[kind].expected:
        named |= {one.column, one.equals} - {""}
    columns = sorted(named)
    rows = []
    for batch, own in batches.items():
        for row in own or ({},):
            measured = {"document_count": len(own), **row, _BATCH: batch}
            rows.append([measured.get(column) for column in columns])
    return pd.DataFrame(rows, columns=pd.Index(columns), dtype=object)


def _stated(one: Expected) -> Any:
    meta = {"name": one.name}
    if one.equals:
        return gxe.ExpectColumnPairValuesToBeEqual(
            column_A=one.column,
            column_B=one.equals,
            ignore_row_if="either_value_is_missing",
            meta=meta,
        )
    if one.never:
        return gxe.ExpectColumnValuesToNotBeInSet(
            column=one.column, value_set=list(one.never), meta=meta
        )
    return gxe.ExpectColumnValuesToBeBetween(
        column=one.column, min_value=one.low, max_value=one.high, meta=meta
    )


def _by_batch(
    suite: Suite, result: ExpectationSuiteValidationResult, table: pd.DataFrame
) -> dict[str, list[ExpectationOutcome]]:
    sizes = Counter(table[_BATCH])
    outcomes: dict[str, list[ExpectationOutcome]] = {batch: [] for batch in sizes}
    # The library answers in an order of its own.
    answers = {item.expectation_config.meta["name"]: item for item in result.results}
    for one in suite.expected:
        item = answers[one.name]
        if "unexpected_index_list" not in item.result:
            raise RuntimeError(f"{one.name} could not be checked: {item.exception_info}")
        told = Counter(place[_BATCH] for place in item.result["unexpected_index_list"] or ())
        present = table[one.column].notna()
        if one.equals:
            present &= table[one.equals].notna()
        stated = Counter(table[_BATCH][present])
        for batch in sizes:
            outcomes[batch].append(
                ExpectationOutcome(
                    expectation=one.name,
                    severity=one.severity,
                    success=not told[batch],
                    observed=(
                        f"{told[batch]} of {stated[batch]} {suite.rows}"
                        if stated[batch]
                        else _ABSENT
                    ),
                )
            )
    return outcomes
