"""The knobs of a provider that sends FEC files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from tieout.contracts.file_profile import FileProfile, Knobs


class Container(Knobs):
    """How the bytes hold the file; empty encoding and delimiter are found from the file."""

    kind: Literal["fec"] = "fec"
    encoding: str = ""
    delimiter: Literal["", "\t", "|", ";", ","] = ""
    header_rows: Literal[1] = 1


class Values(Knobs):
    """How values are written; the law wants a decimal comma."""

    decimal: Literal[",", "."] = ","
    date_format: Literal["%Y%m%d"] = "%Y%m%d"


class PeriodKnobs(Knobs):
    """Where entity and date stand.

    Attributes:
        entity: `file:` and a pattern whose first group in the file's name is the entity's code.
    """

    entity: str = r"file:^(\d{9})"
    posting_date: Literal["EcritureDate"] = "EcritureDate"


class Dimensions(Knobs):
    """Names of extra columns that hold dimensions; empty: there are none."""

    cost_center: str = ""
    project: str = ""


class Privacy(Knobs):
    """Columns that never leave the reader; only what a journal needs is read at all."""

    drop: Sequence[str] = ("CompAuxNum", "CompAuxLib", "EcritureLib")


class FecProfile(FileProfile):
    """A provider that sends FEC files.

    Attributes:
        group_key: the columns that together name one voucher.
    """

    kind: Literal["fec", ""] = "fec"
    container: Container = Field(default_factory=Container)
    sign: Literal["two_columns", "amount_and_side"] = "two_columns"
    shape: Literal["long"] = "long"
    values: Values = Field(default_factory=Values)
    period: PeriodKnobs = Field(default_factory=PeriodKnobs)
    group_key: Sequence[str] = ("JournalCode", "EcritureNum", "EcritureDate")
    dims: Dimensions = Field(default_factory=Dimensions)
    privacy: Privacy = Field(default_factory=Privacy)
