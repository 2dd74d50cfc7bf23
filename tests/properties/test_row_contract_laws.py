"""Whatever row is stored satisfies its published contract."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from polars.testing import assert_frame_equal

from sandbox.company.build import Company, generate
from tests.builders.expenses import an_expense_report
from tests.builders.generated_rows import employees_of_month, rows_of_month
from tests.builders.pay_runs import a_pay_run
from tests.harness.contract_pages import schema_path
from tieout.contracts.columns import FRAMES
from tieout.contracts.json_schema import json_rows
from tieout.contracts.meaning import FieldType
from tieout.contracts.row_fields import CONTRACTS
from tieout.stages.validate.rows import validate_rows

#: What may stand in any column of a broken source; some of it is right in some column.
STRANGE = (
    *("", " ", "x", "0", "1.50", "-3", "+2.00", "1e3", "1,00", ".5", "NaN", "2026-10-31"),
    *("2026-1-5", "2026-02-30", "2026-10-05T16:40:00Z", "2026-10-05T16:40:00.125+02:00"),
    *("EUR", "eur", "DE", "DEU", "M", "yes", "tax", "component", "account", "cost", "employee"),
    *("EUR\n", "DE\n", "active"),
)
#: Long and short alike, so that both codings and every part come.
SOUND = {
    "pay_line": a_pay_run().component("GROSS", "1.00").voucher_line("V1", "6020", "2.00").frame(),
    "expense_line": an_expense_report()
    .cost("e1", "MEALS", "1.00")
    .tax("e2", "X", "2", "S")
    .frame(),
}


@cache
def published(name: str) -> Draft202012Validator:
    """The validator of a published schema, read from its file."""
    path = schema_path(CONTRACTS[name])
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def faults(name: str, rows: list[dict[str, Any]]) -> list[str]:
    """Where rows break their published contract."""
    return [
        f"{row['line_no']} {fault.json_path}: {fault.validator}"
        for row in rows
        for fault in published(name).iter_errors(row)
    ]


def read_back(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The typed frame that JSON rows stand for."""
    contract = CONTRACTS[name]
    frame = pl.DataFrame(
        rows,
        schema={
            field.name: pl.Int64 if field.type is FieldType.INTEGER else pl.String
            for field in contract.fields
        },
    )
    days, instants = contract.names(FieldType.DATE), contract.names(FieldType.INSTANT)
    return frame.with_columns(
        *(pl.when(pl.col(day) != "").then(pl.col(day)).str.to_date().alias(day) for day in days),
        *(pl.col(it).str.to_datetime("%+", time_unit="us", time_zone="UTC") for it in instants),
    )


@pytest.fixture(scope="module", params=[1, 7])
def company(request: pytest.FixtureRequest) -> Company:
    """One generated month."""
    return generate(request.param)


def test_every_row_of_a_month_satisfies_its_published_contract_and_comes_back_whole(
    company: Company, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whoever reads stored rows relies on it: all fields are there, of the form that is published.

    The rows come from the files, reports and documents of every provider, by way of JSON and back.
    """
    config = request.config.rootpath / "include" / "config"
    read = rows_of_month(company, tmp_path / "inputs", config)
    assert set(read) == set(SOUND)
    for name, frame in read.items():
        typed = validate_rows(name, frame, {}).frame
        assert typed.filter(pl.col("holds").list.len() > 0).height == 0
        rows = json.loads(json.dumps(json_rows(CONTRACTS[name], typed)))
        assert len(rows) == frame.height > 1_000
        assert faults(name, rows) == []
        columns = [field.name for field in CONTRACTS[name].fields]
        assert_frame_equal(read_back(name, rows), typed.select(columns))
    people = employees_of_month(company, config)
    rows = json.loads(json.dumps(json_rows(CONTRACTS["employee"], people)))
    assert faults("employee", rows) == []
    assert_frame_equal(pl.DataFrame(rows, schema=people.schema), people)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choice=st.data(), name=st.sampled_from(sorted(SOUND)))
def test_a_row_that_its_published_contract_refuses_is_held(
    choice: st.DataObject, name: str
) -> None:
    """Whoever reads stored rows relies on it: the check of the rows lets through nothing more."""
    frame = SOUND[name]
    for column in choice.draw(st.lists(st.sampled_from(FRAMES[name]), min_size=1, max_size=3)):
        value = choice.draw(st.sampled_from(STRANGE))
        frame = frame.with_columns(pl.lit(value).alias(column))
    typed = validate_rows(name, frame, {}).frame
    stored = typed.filter(pl.col("holds").list.len() == 0)
    assert faults(name, json_rows(CONTRACTS[name], stored)) == []


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_column_that_no_contract_states_is_refused_and_never_written(name: str) -> None:
    """Finance relies on it: nothing that only one vendor knows goes on."""
    typed = validate_rows(name, SOUND[name].with_columns(badge=pl.lit("7")), {}).frame
    rows = json_rows(CONTRACTS[name], typed)
    assert faults(name, rows) == []
    assert "badge" not in rows[0]
    assert faults(name, [{**rows[0], "badge": "7"}]) == ["1 $: additionalProperties"]
