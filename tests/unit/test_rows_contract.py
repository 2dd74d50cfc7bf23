"""Row contracts: what a typed row must be, and how pandera and polars must be used to see it."""

from __future__ import annotations

from decimal import Decimal

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest

from tests.builders.expenses import an_expense_report
from tests.builders.pay_runs import a_pay_run
from tieout.contracts.rows import MODELS, PayLineRow
from tieout.stages.validate.rows import validate_rows


class Positive(pa.DataFrameModel):
    """A contract of one column, for the traps."""

    value: int = pa.Field(gt=1)


def a_typed_frame() -> pl.DataFrame:
    """Two sound pay lines."""
    run = a_pay_run().component("GROSS", "1.00").voucher_line("V1", "6020", "2.00")
    return validate_rows("pay_line", run.frame(), {}).frame


@pytest.mark.promise("S114")
@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("coding", "neither", "coding"),
        ("entity", "", "entity"),
        ("document", "short", "document"),
        ("component_code", "", "row"),
    ],
)
def test_a_row_that_breaks_its_contract_is_held_and_the_others_go_on(
    column: str, value: str, told: str
) -> None:
    """Its line number is kept, so that finance finds it in the file."""
    run = a_pay_run().component("GROSS", "1.00").component("GROSS", "2.00")
    frame = run.frame().with_columns(
        pl.when(pl.col("line_no") == 2).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )
    checked = validate_rows("pay_line", frame, {})
    held = checked.frame.filter(pl.col("holds").list.len() > 0)
    assert held["line_no"].to_list() == [2]
    assert held["holds"].to_list() == [[f"value_unreadable|{told}"]]
    assert checked.frame.height == 2
    assert told in {found.where.field for found in checked.findings}
    assert {found.where.line for found in checked.findings} == {3}


@pytest.mark.promise("S114")
def test_a_missing_column_is_nobodys_row_and_holds_all_of_them() -> None:
    """The provider changed its format: named by the column, told once."""
    frame = a_pay_run().component("GROSS", "1.00").component("GROSS", "2.00").frame()
    checked = validate_rows("pay_line", frame.drop("voucher_key"), {})
    assert checked.frame["holds"].to_list() == [["contract_drift|voucher_key"]] * 2
    assert [found.code for found in checked.findings] == ["contract_drift"]
    assert "voucher_key is new or gone" in checked.findings[0].message


@pytest.mark.promise("S114")
def test_an_account_line_names_its_account_and_its_voucher() -> None:
    """Without a voucher nobody could hold what belongs together."""
    run = (
        a_pay_run()
        .voucher_line("V1", "6020", "1.00")
        .voucher_line("", "6020", "1.00")
        .voucher_line("V1", "", "1.00")
    )
    holds = validate_rows("pay_line", run.frame(), {}).frame["holds"].to_list()
    assert holds == [[], ["value_unreadable|row"], ["value_unreadable|row"]]


@pytest.mark.promise("S114")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("country", "DEU"),
        ("country", "de"),
        ("payee", "the bank"),
        ("part", "tip"),
        ("employee_ref", ""),
        ("report_key", ""),
    ],
)
def test_an_expense_part_outside_its_contract_is_held(column: str, value: str) -> None:
    """Countries as two capital letters; parts and payees from closed lists."""
    rows = an_expense_report().cost("e1", "MEALS", "1.00").frame()
    broken = rows.with_columns(pl.lit(value).alias(column))
    frame = validate_rows("expense_line", broken, {}).frame
    assert frame["holds"].to_list() == [[f"value_unreadable|{column}"]]


def test_a_failing_row_is_never_quoted() -> None:
    """Pandera's own report quotes the whole row, which may be somebody's pay."""
    run = a_pay_run().component("", "4321.98", employee="E-1001")
    checked = validate_rows("pay_line", run.frame(), {})
    assert len(checked.findings) == 1
    for secret in ("4321", "432198", "E-1001"):
        assert secret not in str(checked.findings)


def test_all_failures_are_told_at_once_with_the_row_they_stand_in() -> None:
    """Lazy validation keeps the row number; without it the first failure hides the rest."""
    frame = a_typed_frame().with_columns(
        entity=pl.lit(""), coding=pl.Series(["component", "neither"])
    )
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        PayLineRow.validate(frame, lazy=True)
    cases = caught.value.failure_cases
    columns = cases.filter(pl.col("schema_context") == "Column")
    assert columns.sort("column", "index").select("column", "index").rows() == [
        ("coding", 1),
        ("entity", 0),
        ("entity", 1),
    ]


def test_trap_a_lazy_frame_is_not_checked_at_all() -> None:
    """Why the stage validates collected frames: the value 1 passes `gt(1)` here."""
    frame = pl.DataFrame({"value": [1]})
    Positive.validate(frame.lazy(), lazy=True).collect()
    with pytest.raises(pandera.errors.SchemaErrors):
        Positive.validate(frame, lazy=True)


def test_trap_coercion_to_a_bare_decimal_loses_the_cents() -> None:
    """Why amounts are integers and nothing is coerced: 1.25 silently becomes 1."""

    class Coerced(pa.DataFrameModel):
        value: pl.Decimal

        class Config:
            coerce = True

    frame = pl.DataFrame({"value": [Decimal("1.25"), Decimal("2.75")]})
    assert Coerced.validate(frame)["value"].to_list() != [Decimal("1.25"), Decimal("2.75")]


def test_trap_coercion_of_text_rounds_without_a_word() -> None:
    """Why decimals are counted before anything is typed."""
    schema = pa.DataFrameSchema({"value": pa.Column(pl.Decimal(18, 2), coerce=True)})
    rounded = schema.validate(pl.DataFrame({"value": ["0.125"]}))["value"].to_list()
    assert rounded != [Decimal("0.125")]
    run = a_pay_run().component("GROSS", "0.125")
    assert validate_rows("pay_line", run.frame(), {}).frame["holds"].to_list() == [
        ["value_unreadable|amount"]
    ]


def test_trap_dropping_broken_rows_tells_nobody() -> None:
    """Why no contract of ours may drop: the row is gone and the sums still look fine."""

    class Dropping(Positive):
        class Config:
            drop_invalid_rows = True

    kept = Dropping.validate(pl.DataFrame({"value": [1, 2]}), lazy=True)
    assert kept["value"].to_list() == [2]


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_no_contract_coerces_or_drops(kind: str) -> None:
    """The traps above stay shut."""
    schema = MODELS[kind].to_schema()
    assert schema.coerce is False
    assert schema.drop_invalid_rows is False
    assert [name for name, column in schema.columns.items() if column.coerce] == []
    assert schema.columns["amount_minor"].dtype.type == pl.Int64
