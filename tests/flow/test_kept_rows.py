"""Every row that the store keeps of a month is what its published contract says."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from polars.testing import assert_frame_equal

from tests.builders.kept_rows import kept_frame
from tests.builders.office import Rehearsal
from tests.harness.contract_pages import schema_path
from tieout.contracts.json_schema import json_rows
from tieout.contracts.kept import KEPT, Kept
from tieout.contracts.meaning import FieldMeaning, FieldType
from tieout.contracts.row_fields import CONTRACTS
from tieout.contracts.rows import DTYPES, frame_schema
from tieout.workflows.units import from_parquet

#: What PostgreSQL calls a column of each type.
COLUMN_TYPES = {
    FieldType.TEXT: {"text", "character", "character varying", "uuid"},
    FieldType.DECIMAL: {"text", "numeric"},
    FieldType.INTEGER: {"integer", "bigint"},
    FieldType.DATE: {"date"},
    FieldType.INSTANT: {"timestamp with time zone"},
    FieldType.FLAG: {"boolean"},
    FieldType.INTEGERS: {"integer[]"},
    FieldType.TEXTS: {"text[]"},
}
#: Not read by this month's sources: the ERP of the demonstration keeps cost centers as departments.
ABSENT = {"department"}
COLUMNS = (
    "SELECT attname AS name, format_type(atttypid, NULL) AS type, attnotnull AS filled,"
    " atttypmod - 4 AS length FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
)
#: A view promises no NOT NULL; its rows are seen by the other test.
VIEWS = "SELECT TRUE FROM pg_views WHERE viewname = %s"
CHECKS = (
    "SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint"
    " WHERE conrelid = %s::regclass AND contype = 'c'"
)


def read_back(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The typed frame that published rows stand for."""
    contract = CONTRACTS[name]
    written = {FieldType.DATE: pl.String(), FieldType.INSTANT: pl.String()}
    frame = pl.DataFrame(
        rows,
        schema={one.name: written.get(one.type, DTYPES[one.type]) for one in contract.fields},
    )
    days, instants = contract.names(FieldType.DATE), contract.names(FieldType.INSTANT)
    return frame.with_columns(
        *(pl.when(pl.col(day) != "").then(pl.col(day)).str.to_date().alias(day) for day in days),
        *(
            pl.when(pl.col(at) != "")
            .then(pl.col(at))
            .str.to_datetime("%+", time_unit="us", time_zone="UTC")
            .alias(at)
            for at in instants
        ),
    )


def faults(name: str, rows: list[dict[str, Any]]) -> set[str]:
    """Where rows break their published contract, each kind of break once."""
    schema = json.loads(schema_path(CONTRACTS[name]).read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    return {
        f"{fault.json_path} {fault.validator}: {fault.instance!r}"
        for row in rows
        for fault in validator.iter_errors(row)
    }


@pytest.mark.promise("S25")
def test_every_row_that_is_kept_of_a_month_satisfies_its_published_contract(
    tied: Rehearsal,
) -> None:
    """Whoever reads the store relies on it, table by table: by JSON Schema and by pandera."""
    counts = {}
    for kept in KEPT:
        frame = kept_frame(kept, tied.rows)
        counts[kept.contract] = frame.height
        rows = json.loads(json.dumps(json_rows(CONTRACTS[kept.contract], frame)))
        assert faults(kept.contract, rows) == set()
        assert_frame_equal(read_back(kept.contract, rows), frame)
        frame_schema(CONTRACTS[kept.contract]).validate(frame, lazy=True)
    assert {name for name, count in counts.items() if not count} <= ABSENT
    for contract, stage in (("pay_line", "payroll"), ("expense_line", "expense")):
        rows = _validated_rows(tied, stage)
        assert len(rows) > 500
        assert faults(contract, rows) == set()


def _validated_rows(made: Rehearsal, kind: str) -> list[dict[str, Any]]:
    """The sound rows that the validate stage of all units of a kind left."""
    outputs = made.rows(
        "SELECT stage.output_sha256 FROM unit_stage AS stage JOIN work_unit USING (unit_key)"
        " WHERE stage.stage = 'validate' AND work_unit.kind = %s",
        kind,
    )
    contract = CONTRACTS["pay_line" if kind == "payroll" else "expense_line"]
    return [
        row
        for output in outputs
        for row in json_rows(
            contract,
            from_parquet(made.office.objects.get(output["output_sha256"], ".parquet")).filter(
                holds=[]
            ),
        )
    ]


@pytest.mark.parametrize("kept", KEPT, ids=lambda it: it.contract)
def test_the_columns_of_the_store_have_the_types_that_the_contract_states(
    warehouse_url: str, kept: Kept
) -> None:
    """Whoever reads the store relies on it: types, lengths, lists, and what may be missing."""
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(warehouse_url.replace("+psycopg", ""), row_factory=dict_row) as store:
        columns = {row["name"]: row for row in store.execute(COLUMNS, [kept.table])}
        view = store.execute(VIEWS, [kept.table]).fetchone()
        checks = " ".join(row["said"] for row in store.execute(CHECKS, [kept.table]))
    for field in CONTRACTS[kept.contract].fields:
        column, inner = kept.place(field.name)
        found = columns[column]
        if inner:
            assert found["type"] == "jsonb", field.name
            continue
        assert found["type"] in COLUMN_TYPES[field.type], field.name
        if view:
            continue
        assert found["filled"] or not field.required, f"{field.name} may be missing"
        assert _may_be_empty(found, field), f"{field.name} has no way to be missing"
        if field.length is not None:
            assert found["length"] == field.length, field.name
        if f"{column} = ANY" in checks:
            assert all(f"'{choice}'::text" in checks for choice in field.choices), field.name


def _may_be_empty(column: dict[str, Any], field: FieldMeaning) -> bool:
    """An optional text may be empty; anything else that is optional has to be nullable."""
    texts = {FieldType.TEXT, FieldType.DECIMAL}
    return field.required or field.type in texts or not column["filled"]
