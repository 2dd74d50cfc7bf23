"""The knobs of a SIE provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from tieout.contracts.file_profile import FileProfile, Knobs

Use = Literal["cost_center", "project", "drop"]


class Container(Knobs):
    """How the bytes hold the file.

    Attributes:
        encoding: empty: found from the bytes; the header can only say PC8 (code page 437).
        allow_flag: values of #FLAGGA that may be read; 1 means that a receiver imported it.
        iso_dates: whether `2018-05-02` is accepted beside `20180502`.
    """

    kind: Literal["sie"] = "sie"
    encoding: str = ""
    allow_flag: Sequence[int] = (0,)
    iso_dates: bool = False


class PeriodKnobs(Knobs):
    """Where date, entity and run stand; the format fixes them."""

    posting_date: Literal["#VER.date"] = "#VER.date"
    entity: Literal["#ORGNR"] = "#ORGNR"
    run_id: Literal["sha256", "manifest"] = "sha256"


class SieProfile(FileProfile):
    """A provider that sends SIE 4 files.

    Attributes:
        dims: what a dimension number means; numbers that are not named, and 7 (a person), are
            dropped.
    """

    kind: Literal["sie", ""] = "sie"
    container: Container = Field(default_factory=Container)
    sign: Literal["signed"] = "signed"
    shape: Literal["long"] = "long"
    period: PeriodKnobs = Field(default_factory=PeriodKnobs)
    dims: Mapping[str, Use] = {"1": "cost_center", "6": "project", "7": "drop"}
