"""What the API accepts: typed, nothing unknown, nothing too long."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from tieout.finance.periods import AccountingPeriod
from tieout.workflows.office import Office
from tieout.workflows.sweep import closing_period

#: No control sign: the store keeps none, and no page should have to show one.
PLAIN: Final = r"^[^\x00-\x1f\x7f]*$"
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=PLAIN),
]
Cell = Annotated[str, StringConstraints(max_length=300, pattern=PLAIN)]
Name = Annotated[str, Path(max_length=300, pattern=PLAIN)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PeriodWanted(_Strict):
    """`?period=2026-10`; without it, the month being closed."""

    period: str = ""

    def of(self, office: Office) -> AccountingPeriod:
        """The period; raises PeriodUnknownError when the text is none."""
        return closing_period(office, self.period)


class ExceptionsWanted(PeriodWanted):
    """`?period=&state=open|closed`."""

    state: Literal["", "open", "closed"] = ""


class ReferenceWanted(_Strict):
    """`?as_of=2026-10-31&known_at=2026-11-02T06:00:00Z`; today and now without them."""

    as_of: date | None = None
    known_at: AwareDatetime | None = None


class NothingWanted(_Strict):
    """No query at all."""


class ReasonGiven(_Strict):
    """Why."""

    reason: Reason


class ReadinessReleased(_Strict):
    """Why journals of a period may go in spite of the alignment."""

    period: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    reason: Reason


class DecisionGiven(_Strict):
    """Why, where one likes to say it."""

    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=500, pattern=PLAIN)
    ] = ""


class MappingProposed(_Strict):
    """A row of one of finance's tables, valid from a day."""

    table: Annotated[str, StringConstraints(max_length=60, pattern=PLAIN)]
    content: Annotated[dict[Cell, Cell], Field(min_length=1, max_length=40)]
    valid_from: date
    valid_to: date | None = None
    reason: Reason


class TableWanted(_Strict):
    """One of finance's tables."""

    table: Annotated[str, StringConstraints(max_length=60, pattern=PLAIN)]


class TogetherGiven(DecisionGiven):
    """Proposals that become active as one act."""

    ids: Annotated[list[Annotated[int, Field(gt=0, lt=2**63)]], Field(min_length=1, max_length=500)]


class ExpectationAnswered(_Strict):
    """What a person says of a pay run that has not arrived."""

    entity: Annotated[str, StringConstraints(max_length=60, pattern=PLAIN)]
    provider: Annotated[str, StringConstraints(max_length=60, pattern=PLAIN)]
    period: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]
    state: Literal["late", "cancelled"]
    reason: Reason
