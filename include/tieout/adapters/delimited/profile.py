"""The profile of a provider that sends delimited or fixed-width files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from tieout.adapters.delimited.knobs import (
    Columns,
    Container,
    Control,
    Dimensions,
    Identity,
    Privacy,
    Shape,
    Sign,
    Values,
)
from tieout.contracts.file_profile import FileProfile
from tieout.contracts.source_text import NumberForm


class DelimitedProfile(FileProfile):
    """A provider that sends delimited or fixed-width files.

    Attributes:
        period: origin of entity, period, pay group, pay date, posting date and run id:
            `column:`, `cell:row,column`, `record:type,from-to`, `file:pattern`, or `const:`.
    """

    kind: Literal["delimited"] = "delimited"
    container: Container
    columns: Columns = Field(default_factory=Columns)
    sign: Sign = Field(default_factory=Sign)
    shape: Shape = Field(default_factory=Shape)
    values: Values = Field(default_factory=Values)
    period: Mapping[
        Literal["entity", "period", "pay_group", "pay_date", "posting_date", "run_id"], str
    ] = Field(default_factory=dict)
    identity: Identity = Field(default_factory=Identity)
    control: Control = Field(default_factory=Control)
    dims: Dimensions = Field(default_factory=Dimensions)
    privacy: Privacy = Field(default_factory=Privacy)

    @field_validator("sign", mode="before")
    @classmethod
    def _sign_by_name(cls, value: Any) -> Any:
        """The short forms: a rule's name alone, or how a minus is written."""
        if value == "parentheses":
            return {"rule": "signed", "negative": "parentheses"}
        if value == "trailing_minus":
            return {"rule": "signed", "negative": "trailing"}
        return {"rule": value} if isinstance(value, str) else value

    @field_validator("shape", mode="before")
    @classmethod
    def _shape_by_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"kind": value}
        if isinstance(value, Mapping) and set(value) == {"wide"}:
            return {"kind": "wide", "components": value["wide"]}
        return value

    @field_validator("period")
    @classmethod
    def _origins(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        known = ("column:", "cell:", "record:", "file:", "const:")
        wrong = sorted(name for name, origin in value.items() if not origin.startswith(known))
        if wrong:
            raise ValueError(f"{', '.join(wrong)} must begin with one of {' '.join(known)}")
        return value

    @model_validator(mode="after")
    def _complete(self) -> DelimitedProfile:
        """Every sign rule and shape needs its columns."""
        missing = [name for name in self.needed if name not in self.columns.at]
        if missing:
            raise ValueError(f"columns lack {', '.join(missing)}, which sign and shape need")
        if self.shape.kind == "wide" and not self.shape.components:
            raise ValueError("a wide shape needs shape.components: column to component code")
        if self.container.kind == "fixed" and self.container.records is None:
            raise ValueError("a fixed-width container needs container.records")
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        """Fields that the file can't be read without."""
        if self.shape.kind == "wide":
            return ()
        code = ("component_code",) if self.coding == "component" else ("source_account",)
        amounts = {
            "two_columns": ("debit", "credit"),
            "dc_column": ("amount", "side"),
            "type_sign": ("amount", "side"),
        }
        if self.sign.rule == "both_sides_one_row":
            return ("debit_account", "debit_amount", "credit_account", "credit_amount")
        return (*code, *amounts.get(self.sign.rule, ("amount",)))

    @property
    def number_form(self) -> NumberForm:
        """How amounts are written."""
        return NumberForm(
            decimal=self.values.decimal,
            grouping=self.values.grouping,
            implied=self.values.implied_decimals,
            negative=self.sign.negative,
        )

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Columns that are read by their names, beside the fields."""
        origins = self.period.values()
        columns = [it.removeprefix("column:") for it in origins if it.startswith("column:")]
        columns += [*self.identity.dedupe_key, *self.identity.group_key, *self.shape.components]
        if self.control.check != "every_amount_column":
            columns += self.control.check
        return tuple(columns)
