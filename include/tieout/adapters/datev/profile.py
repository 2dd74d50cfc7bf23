"""The knobs of a DATEV provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from tieout.contracts.file_profile import FileProfile, Knobs


class Container(Knobs):
    """How the bytes hold the batch; an empty encoding is found from the bytes."""

    kind: Literal["extf"] = "extf"
    encoding: str = ""
    category: int = 21
    columns_by: Literal["title"] = "title"
    delimiter: Literal[";"] = ";"


class Values(Knobs):
    """The format fixes its values; they may be stated, not changed."""

    decimal: Literal[","] = ","
    date_format: Literal["%d%m"] = "%d%m"
    year_from: Sequence[str] = ("fiscal_year_start", "date_from", "date_to")


class PeriodKnobs(Knobs):
    """Where period and entity stand."""

    entity: Sequence[Literal["header.consultant", "header.client"]] | str = (
        "header.consultant",
        "header.client",
    )
    period_end: Literal["header.date_to"] = "header.date_to"
    posting_date: Literal["Belegdatum"] = "Belegdatum"


class Control(Knobs):
    """The account that must end at zero over the whole batch (wage clearing)."""

    zero_account: str = ""


class Dimensions(Knobs):
    """Which of the two cost fields is what."""

    kost1: Literal["cost_center", "project", "drop"] = "cost_center"
    kost2: Literal["cost_center", "project", "drop"] = "project"


class DatevProfile(FileProfile):
    """A provider that sends booking batches."""

    kind: Literal["extf", ""] = "extf"
    container: Container = Field(default_factory=Container)
    sign: Literal["unsigned_with_contra"] = "unsigned_with_contra"
    shape: Literal["long"] = "long"
    values: Values = Field(default_factory=Values)
    period: PeriodKnobs = Field(default_factory=PeriodKnobs)
    control: Control = Field(default_factory=Control)
    dims: Dimensions = Field(default_factory=Dimensions)
