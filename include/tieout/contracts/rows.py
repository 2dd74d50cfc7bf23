"""Row contracts, typed: what a pay line and an expense line must be once their text is read.

Checked by pandera on the collected frame (a lazy one is not checked at all), without coercion (it
rounds silently) and never dropping rows. A row that fails is held; the others go on. Every field
takes its checks and its meaning from `tieout.contracts.row_fields`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, cast

import pandera.polars as pa
import polars as pl

from tieout.contracts.meaning import FieldMeaning, FieldType, RowContract
from tieout.contracts.row_fields import (
    CONTRACTS,
    CURRENCY,
    DOCUMENT,
    ENTITY,
    EXPENSE_LINE,
    FILE_LINE,
    LINE_NO,
    PAY_LINE,
)

#: Columns that every typed row frame carries beside its own.
ROW_IDENTITY: Final = ("document", "line_no", "file_line")


#: How a typed frame holds a value of each type.
DTYPES: Final[dict[FieldType, Any]] = {
    FieldType.TEXT: pl.String(),
    FieldType.DECIMAL: pl.String(),
    FieldType.INTEGER: pl.Int64(),
    FieldType.DATE: pl.Date(),
    FieldType.INSTANT: pl.Datetime("us", "UTC"),
    FieldType.FLAG: pl.Boolean(),
    FieldType.INTEGERS: pl.List(pl.Int64()),
    FieldType.TEXTS: pl.List(pl.String()),
}
#: Types that have an empty value of their own; a missing one of any other type is null.
_EMPTY_TEXT: Final = frozenset({FieldType.TEXT, FieldType.DECIMAL})


def frame_schema(contract: RowContract) -> pa.DataFrameSchema:
    """The pandera schema of a contract's typed frame, as strict as the models of rows below."""
    return pa.DataFrameSchema(
        {
            field.name: pa.Column(
                DTYPES[field.type],
                checks=[_check(name, told) for name, told in _checks(field).items()],
                nullable=not field.required and field.type not in _EMPTY_TEXT,
                description=field.meaning,
                metadata=_metadata(field),
            )
            for field in contract.fields
        },
        name=contract.name,
        coerce=False,
        strict=True,
    )


def _check(name: str, told: Any) -> pa.Check:
    """The check that a model's field of the same words has."""
    make = getattr(pa.Check, name)
    return cast("pa.Check", make(**told) if isinstance(told, dict) else make(told))


def _metadata(field: FieldMeaning) -> dict[str, object]:
    return {
        "unit": field.unit,
        "sign": field.sign,
        "sensitivity": field.sensitivity.value,
        "key": field.key,
        "required": field.required,
    }


def _checks(field: FieldMeaning) -> dict[str, Any]:
    """The checks of a text or an integer; typing has already proved days and instants."""
    if field.choices:
        return {"isin": list(field.allowed)}
    if field.code_list is not None:
        empty = set() if field.required else {""}
        return {"isin": sorted(field.code_list.codes | empty)}
    if field.length is not None:
        return {"str_length": {"min_value": field.length, "max_value": field.length}}
    if field.least is not None:
        return {"ge": field.least}
    if field.pattern and field.type in {FieldType.TEXT, FieldType.DECIMAL}:
        return {"str_matches": field.pattern}
    if field.required and field.type is FieldType.TEXT:
        return {"str_length": {"min_value": 1}}
    return {}


def _said(field: FieldMeaning, *, read_before: bool = False) -> Any:
    """A model's field with its meaning; without checks where typing has read the text before."""
    return pa.Field(
        nullable=field.type is FieldType.DATE and not field.required,
        description=field.meaning,
        metadata=_metadata(field),
        **({} if read_before else _checks(field)),
    )


class _Base(pa.DataFrameModel):
    document: str = _said(DOCUMENT)
    line_no: int = _said(LINE_NO)
    file_line: int = _said(FILE_LINE)
    entity: str = _said(ENTITY)
    currency: str = _said(CURRENCY)

    class Config:
        """No coercion, no silent extra columns."""

        coerce = False
        strict = "filter"


class PayLineRow(_Base):
    """A typed pay line: component-coded or account-coded."""

    coding: str = _said(PAY_LINE["coding"])
    component_code: str = _said(PAY_LINE["component_code"])
    voucher_key: str = _said(PAY_LINE["voucher_key"])
    source_account: str = _said(PAY_LINE["source_account"])
    contra_account: str = _said(PAY_LINE["contra_account"])
    employee_ref: str = _said(PAY_LINE["employee_ref"])
    amount: str = _said(PAY_LINE["amount"], read_before=True)
    cost_center_code: str = _said(PAY_LINE["cost_center_code"])
    project_code: str = _said(PAY_LINE["project_code"])
    earned_for: pl.Date = _said(PAY_LINE["earned_for"])
    posting_date: pl.Date = _said(PAY_LINE["posting_date"])
    amount_minor: int = _said(PAY_LINE["amount_minor"])

    @pa.dataframe_check(name="coding_names_its_code")
    def coding_names_its_code(cls, checked: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - pandera's form
        """A component line names a component; an account line an account and a voucher."""
        met = pl.lit(value=True)
        for rule in PAY_LINE.rules:
            filled = pl.all_horizontal(pl.col(name) != "" for name in rule.needed)
            met &= (pl.col(rule.field) != rule.value) | filled
        return checked.lazyframe.select(met)


class ExpenseLineRow(_Base):
    """A typed accounting part of an approved expense."""

    report_key: str = _said(EXPENSE_LINE["report_key"])
    report_ref: str = _said(EXPENSE_LINE["report_ref"])
    revision: str = _said(EXPENSE_LINE["revision"])
    document_ref: str = _said(EXPENSE_LINE["document_ref"])
    employee_ref: str = _said(EXPENSE_LINE["employee_ref"])
    approved_at: Annotated[pl.Datetime, "us", "UTC"] = _said(EXPENSE_LINE["approved_at"])
    policy_ref: str = _said(EXPENSE_LINE["policy_ref"])
    approver_ref: str = _said(EXPENSE_LINE["approver_ref"])
    entry_ref: str = _said(EXPENSE_LINE["entry_ref"])
    allocation_ref: str = _said(EXPENSE_LINE["allocation_ref"])
    part: str = _said(EXPENSE_LINE["part"])
    expense_type: str = _said(EXPENSE_LINE["expense_type"])
    expense_type_name: str = _said(EXPENSE_LINE["expense_type_name"])
    spend_date: pl.Date = _said(EXPENSE_LINE["spend_date"])
    country: str = _said(EXPENSE_LINE["country"])
    spend_amount: str = _said(EXPENSE_LINE["spend_amount"])
    spend_currency: str = _said(EXPENSE_LINE["spend_currency"])
    exchange_rate: str = _said(EXPENSE_LINE["exchange_rate"])
    rate_direction: str = _said(EXPENSE_LINE["rate_direction"])
    amount: str = _said(EXPENSE_LINE["amount"], read_before=True)
    tax_code: str = _said(EXPENSE_LINE["tax_code"])
    tax_base: str = _said(EXPENSE_LINE["tax_base"])
    payment_type: str = _said(EXPENSE_LINE["payment_type"])
    payee: str = _said(EXPENSE_LINE["payee"])
    cost_center_code: str = _said(EXPENSE_LINE["cost_center_code"])
    project_code: str = _said(EXPENSE_LINE["project_code"])
    receipt: str = _said(EXPENSE_LINE["receipt"])
    is_test: str = _said(EXPENSE_LINE["is_test"])
    amount_minor: int = _said(EXPENSE_LINE["amount_minor"])


MODELS: Final[dict[str, type[pa.DataFrameModel]]] = {
    "pay_line": PayLineRow,
    "expense_line": ExpenseLineRow,
}


class Typed:
    """Which text columns become which type; all others stay text."""

    DATES: ClassVar[dict[str, tuple[str, ...]]] = {
        name: CONTRACTS[name].names(FieldType.DATE) for name in MODELS
    }
    INSTANTS: ClassVar[dict[str, tuple[str, ...]]] = {
        name: CONTRACTS[name].names(FieldType.INSTANT) for name in MODELS
    }
