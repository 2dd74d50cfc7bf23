"""Row contracts, version 1: what a typed pay line and a typed expense line must be.

Checked by pandera on the collected frame (a lazy one is not checked at all), without coercion (it
rounds silently) and never dropping rows. A row that fails is held; the others go on.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

import pandera.polars as pa
import polars as pl

CONTRACT_VERSION: Final = "1.0"

#: Columns that every typed row frame carries beside its own.
ROW_IDENTITY: Final = ("document", "line_no", "file_line")


class _Base(pa.DataFrameModel):
    document: str = pa.Field(str_length={"min_value": 64, "max_value": 64})
    line_no: int = pa.Field(ge=1)
    file_line: int = pa.Field(ge=0)
    entity: str = pa.Field(str_length={"min_value": 1})
    amount_minor: int
    currency: str = pa.Field(str_matches=r"^[A-Z]{3}$")

    class Config:
        """No coercion, no silent extra columns."""

        coerce = False
        strict = "filter"


class PayLineRow(_Base):
    """A typed pay line: component-coded or account-coded."""

    coding: str = pa.Field(isin=["component", "account"])
    component_code: str
    voucher_key: str
    source_account: str
    contra_account: str
    employee_ref: str
    cost_center_code: str
    project_code: str
    earned_for: pl.Date = pa.Field(nullable=True)
    posting_date: pl.Date = pa.Field(nullable=True)

    @pa.dataframe_check(name="coding_names_its_code")
    def coding_names_its_code(cls, checked: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - pandera's form
        """A component line names a component; an account line an account and a voucher."""
        component = (pl.col("coding") == "component") & (pl.col("component_code") != "")
        account = (
            (pl.col("coding") == "account")
            & (pl.col("source_account") != "")
            & (pl.col("voucher_key") != "")
        )
        return checked.lazyframe.select(component | account)


class ExpenseLineRow(_Base):
    """A typed accounting part of an approved expense."""

    report_key: str = pa.Field(str_length={"min_value": 1})
    document_ref: str = pa.Field(str_length={"min_value": 1})
    employee_ref: str = pa.Field(str_length={"min_value": 1})
    approved_at: Annotated[pl.Datetime, "us", "UTC"]
    part: str = pa.Field(isin=["cost", "tax_reclaimable", "tax_cost", "advance", "personal"])
    expense_type: str
    payee: str = pa.Field(isin=["employee", "company_card"])
    country: str = pa.Field(str_matches=r"^([A-Z]{2})?$")
    tax_code: str
    cost_center_code: str
    project_code: str


MODELS: Final[dict[str, type[pa.DataFrameModel]]] = {
    "pay_line": PayLineRow,
    "expense_line": ExpenseLineRow,
}


class Typed:
    """Which text columns become which type; all others stay text."""

    DATES: ClassVar[dict[str, tuple[str, ...]]] = {
        "pay_line": ("earned_for", "posting_date"),
        "expense_line": ("spend_date",),
    }
    INSTANTS: ClassVar[dict[str, tuple[str, ...]]] = {
        "pay_line": (),
        "expense_line": ("approved_at",),
    }
