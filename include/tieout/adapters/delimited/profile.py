"""The profile of a provider that sends delimited or fixed-width files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from tieout.adapters.delimited.knobs import (
    EXPENSE_FIELDS,
    FORMED,
    PAY_FIELDS,
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
from tieout.contracts.row_fields import EXPENSE_LINE
from tieout.contracts.source_text import NumberForm


class DelimitedProfile(FileProfile):
    """A provider that sends delimited or fixed-width files.

    Attributes:
        period: origin of entity, period, pay group, pay date, posting date and run id:
            `column:`, `cell:row,column`, `record:type,from-to`, `file:pattern`, or `const:`.
        frame: what a row is: a line of pay, or an accounting part of an approved expense, whose
            columns are then the canonical fields of the expense line.
        forms: regular expression that each filled text of a field must match, such as four digits
            of an employee number: a spreadsheet that strips zeros is seen.
        constants: canonical value of each expense field that no column states.
        codes: canonical value by the file's own word, for each expense field with a closed list.
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
    frame: Literal["pay_line", "expense_line"] = "pay_line"
    forms: Mapping[str, str] = Field(default_factory=dict)
    constants: Mapping[str, str] = Field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)

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

    @field_validator("forms")
    @classmethod
    def _patterns(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for name, pattern in value.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{name}: {pattern} is no regular expression: {error}") from error
        return value

    def has_form(self, field: str, text: str) -> bool:
        """Whether a filled text is as the profile says that it is written."""
        pattern = self.forms.get(field)
        return not pattern or not text or re.fullmatch(pattern, text) is not None

    @field_validator("period")
    @classmethod
    def _origins(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        known = ("column:", "cell:", "record:", "file:", "const:")
        wrong = sorted(name for name, origin in value.items() if not origin.startswith(known))
        if wrong:
            raise ValueError(f"{', '.join(wrong)} must begin with one of {' '.join(known)}")
        return value

    @model_validator(mode="after")
    def _of_its_frame(self) -> DelimitedProfile:
        """Fields and knobs belong to the frame that the profile reads."""
        fields = PAY_FIELDS if self.frame == "pay_line" else EXPENSE_FIELDS
        strange = {*self.columns.at, *self.constants, *self.codes, *self.forms} - set(fields)
        if strange:
            raise ValueError(f"{', '.join(sorted(strange))} is no field of {self.frame}")
        if unread := sorted(set(self.forms) - set(FORMED)):
            raise ValueError(f"{', '.join(unread)} has its form from the other knobs")
        if self.frame == "pay_line":
            if self.constants or self.codes or self.control.report_total:
                raise ValueError("constants, codes and control.report_total are for expense_line")
            return self
        twice = sorted(set(self.columns.at) & set(self.constants))
        if twice:
            raise ValueError(f"{', '.join(twice)} stands in columns and in constants")
        if self.sign.rule not in ("signed", "component") or self.shape.kind == "wide":
            raise ValueError("an expense line has one signed amount a row")
        self._check_choices()
        return self

    def _check_choices(self) -> None:
        stated: list[tuple[str, Iterable[str]]] = [
            *((name, (value,)) for name, value in self.constants.items()),
            *((name, words.values()) for name, words in self.codes.items()),
        ]
        for name, values in stated:
            allowed = EXPENSE_LINE[name].choices
            wrong = sorted(set(values) - set(allowed)) if allowed else []
            if wrong:
                raise ValueError(f"{name} is {', '.join(wrong)}; it may be {', '.join(allowed)}")

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
        self._check_places()
        return self

    def _check_places(self) -> None:
        """Where no header names the columns, each is a position or a span of letters."""
        container, places = self.container, [str(at) for at in self.columns.at.values()]
        if container.kind == "fixed":
            form, awaited = r"[1-9]\d*-[1-9]\d*", "letters such as 7-11"
        elif container.columns_by == "position" or not container.header_rows:
            form, awaited = r"[1-9]\d*", "a position from 1"
            places += self.named_columns if not container.header_rows else ()
        else:
            return
        if wrong := [place for place in places if not re.fullmatch(form, place, re.ASCII)]:
            raise ValueError(f"{', '.join(wrong)} must be {awaited}")

    @property
    def needed(self) -> tuple[str, ...]:
        """Fields that the file can't be read without."""
        if self.frame == "expense_line":
            stated = {*self.constants, *(("currency",) if self.currency else ())}
            return tuple(
                name
                for name in EXPENSE_FIELDS
                if EXPENSE_LINE[name].required and name not in stated
            )
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
        facts = [fact for fact in self.period if fact not in self.columns.at]
        origins = [self.period[fact] for fact in facts]
        columns = [it.removeprefix("column:") for it in origins if it.startswith("column:")]
        columns += [*self.identity.dedupe_key, *self.identity.group_key, *self.shape.components]
        columns += [self.control.report_total] if self.control.report_total else []
        if self.control.check != "every_amount_column":
            columns += self.control.check
        return tuple(columns)
