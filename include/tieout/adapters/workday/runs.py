"""One pay run as the controls report states it, carried in the document's native reference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Columns that name a run in both reports; a lines report that lacks one can't be told apart by it.
RUN_COLUMNS: Final = (
    "Company_ID",
    "Pay_Group_ID",
    "Period_Start",
    "Period_End",
    "Run_Type",
    "Run_ID",
    "Sequence",
)


@dataclass(frozen=True, slots=True)
class PayRun:
    """A row of the controls report: which run, and what its lines must add up to."""

    row: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.row.get(column, "").strip()

    @property
    def run_ref(self) -> str:
        """Workday's id of the run, or what stands for it where the report has none."""
        return self["Run_ID"] or f"{self['Run_Type']}-{self['Period_End']}"

    @property
    def sequence(self) -> int:
        """Which delivery of the run this is; 1 where the report does not say."""
        return int(self["Sequence"]) if self["Sequence"].isdecimal() else 1

    @property
    def period(self) -> str:
        """The month in which the pay period ends, such as 2026-10; empty when it can't be told."""
        ends = self["Period_End"]
        return ends[:7] if len(ends) >= 10 else ""

    @property
    def native_ref(self) -> str:
        """The row as compact JSON; the same run in the same state always has the same."""
        return json.dumps(dict(sorted(self.row.items())), separators=(",", ":"))

    @classmethod
    def of(cls, native_ref: str) -> PayRun:
        """Read a reference that `native_ref` wrote."""
        return cls(json.loads(native_ref))


def front(native_ref: str) -> bytes:
    """The control row's line that stands before the lines report's body in a run's document."""
    return native_ref.encode() + b"\n"
