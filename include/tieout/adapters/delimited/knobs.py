"""The groups of knobs of a delimited or fixed-width file, each checked by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from tieout.contracts.file_profile import Knobs
from tieout.contracts.row_fields import EXPENSE_LINE

#: What a column of a pay file may be mapped to.
PAY_FIELDS: Final = (
    "entity",
    "period",
    "pay_group",
    "run_id",
    "pay_date",
    "posting_date",
    "earned_for",
    "currency",
    "employee_ref",
    "component_code",
    "amount",
    "side",
    "debit",
    "credit",
    "voucher",
    "source_account",
    "contra_account",
    "cost_center_code",
    "project_code",
    "debit_account",
    "debit_amount",
    "debit_cost_center_code",
    "credit_account",
    "credit_amount",
    "credit_cost_center_code",
)
#: What a column of an expense extract may be mapped to: the canonical fields themselves.
EXPENSE_FIELDS: Final = EXPENSE_LINE.names()
FIELDS: Final = tuple(dict.fromkeys((*PAY_FIELDS, *EXPENSE_FIELDS)))
#: Fields whose texts may be given a form.
FORMED: Final = (
    *("component_code", "source_account", "contra_account", "employee_ref", "cost_center_code"),
    *("project_code", "report_key", "document_ref", "entry_ref", "expense_type", "approver_ref"),
)
_SETTINGS: Final = ("required", "ignored", "unknown_columns")


class Records(Knobs):
    """First letters of each record of a fixed-width file."""

    line: str
    other: Sequence[str] = ()
    trailer: str = ""


class Container(Knobs):
    """How the bytes hold rows and fields.

    Attributes:
        footer: a row with this cell holds totals, no pay.
        comment: a row that begins with it is skipped.
    """

    kind: Literal["delimited", "fixed"] = "delimited"
    encoding: str
    encoding_fallbacks: Sequence[str] = Field(default=(), max_length=0)
    bom: Literal["forbid", "allow"] = "forbid"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    quote: str = Field(default='"', max_length=1)
    eol: Literal["crlf", "lf", "any"] = "any"
    preamble_rows: int = Field(default=0, ge=0)
    header_rows: Literal[0, 1] = 1
    columns_by: Literal["name", "position"] = "name"
    footer: str = ""
    comment: str = ""
    records: Records | None = None


class Values(Knobs):
    """How values are written.

    Attributes:
        scale: most digits after the decimal mark; none: as many as the currency has.
        blank_is: what an empty amount means.
        instant_format: how points in time are written; empty: ISO 8601 with its zone.
        time_zone: the zone of points in time that state none, as the IANA database names it.
    """

    decimal: Literal[".", ","] = "."
    grouping: str = Field(default="", max_length=1)
    scale: int | None = Field(default=None, ge=0, le=4)
    implied_decimals: int = Field(default=0, ge=0, le=4)
    date_format: str | Sequence[str] = "%Y-%m-%d"
    month_format: str = "%Y-%m"
    era_dates: bool = False
    two_digit_year_pivot: int = Field(default=69, ge=0, le=99)
    blank_is: Literal["missing", "zero"] = "missing"
    trim: bool = True
    cash_step: str = ""
    instant_format: str = ""
    time_zone: str = ""

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError(f"{value} is no zone of the IANA database") from error
        return value

    @property
    def date_forms(self) -> tuple[str, ...]:
        """All date forms."""
        forms = (self.date_format,) if isinstance(self.date_format, str) else self.date_format
        return tuple(form for form in forms if form != "era")

    @property
    def eras(self) -> bool:
        """Whether Japanese era dates may stand."""
        return self.era_dates or "era" in self.date_format


class Sign(Knobs):
    """How a file says debit and credit; a component stands in its own sense."""

    rule: Literal[
        "component", "signed", "two_columns", "dc_column", "type_sign", "both_sides_one_row"
    ] = "signed"
    negative: Literal["leading", "trailing", "parentheses"] = "leading"
    debit: Sequence[str] = ("D",)
    credit: Sequence[str] = ("C",)


class WideColumn(Knobs):
    """The component that one column of a pivoted file holds; `-` turns its sign."""

    code: str
    sign: Literal["+", "-"] = "+"


class Shape(Knobs):
    """One row per component (long), or one column per component (wide)."""

    kind: Literal["long", "wide"] = "long"
    components: Mapping[str, WideColumn] = Field(default_factory=dict)

    @field_validator("components", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {column: {"code": it} if isinstance(it, str) else it for column, it in value.items()}


class Columns(Knobs):
    """Where each field stands: a header name, a position from 1, or `from-to` letters."""

    at: Mapping[str, str | int] = Field(default_factory=dict)
    required: Sequence[str] = ()
    ignored: Sequence[str] = ()
    unknown_columns: Literal["refuse", "ignore"] = "refuse"

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        """Fields are written flat, beside the three settings."""
        if not isinstance(value, Mapping) or "at" in value:
            return value
        settings = {name: value[name] for name in _SETTINGS if name in value}
        at = {name: where for name, where in value.items() if name not in _SETTINGS}
        return {**settings, "at": at}

    @field_validator("at")
    @classmethod
    def _known(cls, value: Mapping[str, str | int]) -> Mapping[str, str | int]:
        unknown = sorted(set(value) - set(FIELDS))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is no field; fields are {', '.join(FIELDS)}")
        return value


class Identity(Knobs):
    """What makes a row one, and which rows are one voucher.

    Attributes:
        dedupe_key: columns whose equal values in two rows are told.
        group_key: columns that together name a voucher; empty: the file is one voucher.
    """

    dedupe_key: Sequence[str] = ()
    group_key: Sequence[str] = ()
    row_order_matters: Literal[False] = False


class Control(Knobs):
    """Totals inside the file.

    Attributes:
        origin: where totals stand: `manifest` beside the file or `file` inside it.
        row: `footer`: the footer row holds the sums of columns.
        check: which columns the footer sums; `every_amount_column` or their names.
        count: `record:Z,2-7`: where a trailer states the number of rows.
        report_total: the column that states what the cost and tax parts of each row's expense
            report sum to; expense extracts only.
        tolerance: allowed difference; differences are not forgiven.
    """

    origin: Literal["manifest", "file"] = "manifest"
    row: Literal["", "footer"] = ""
    check: Literal["every_amount_column"] | Sequence[str] = "every_amount_column"
    count: str = ""
    report_total: str = ""
    tolerance: Literal["0"] = "0"


class Dimensions(Knobs):
    """For people: which columns hold dimensions; `columns` is what acts."""

    cost_center: str = ""
    project: str = ""


class Privacy(Knobs):
    """Columns that are known and never leave the reader."""

    drop: Sequence[str] = ()
