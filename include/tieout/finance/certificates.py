"""The completeness certificate: what came in is what was built, excluded, held and carried on.

For an entity's period, per kind and currency:

    opening held + carried in + came in = built + excluded + held + carried out

What came in is what the documents' control totals say, not what we found in our own tables; the
ends are the dispositions of the lines. Each stage says what passed it, so that a line that is lost,
doubled or altered is told with the stage that did it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

#: How a source line may end.
STATES: Final = ("built", "held", "excluded", "carried_over")
#: The stages that pass every line on, in their order.
PASSING: Final = ("extract", "validate", "reconcile", "route")


@dataclass(frozen=True, slots=True)
class Sums:
    """Lines with the sums of their positive and of their negative amounts, in minor units."""

    line_count: int = 0
    debit_minor: int = 0
    credit_minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.line_count + other.line_count,
            self.debit_minor + other.debit_minor,
            self.credit_minor + other.credit_minor,
        )

    def as_list(self) -> list[int]:
        """Count, debit, credit."""
        return [self.line_count, self.debit_minor, self.credit_minor]


def sums_as_stored(sums: Mapping[str, Sums]) -> dict[str, object]:
    """What a stage passed on, as it is kept: currency → count, debit, credit."""
    return {currency: one.as_list() for currency, one in sorted(sums.items())}


@dataclass(frozen=True, slots=True)
class DocumentIn:
    """A document of the period.

    Attributes:
        origin: who stated its totals; `none` when nobody did.
        stated: its control totals.
        read: what its lines sum to; None while it is not validated.
        disposed: the sums of its dispositions over all ends.
        built_count: how many of its lines stand in a journal.
    """

    sha256: str
    name: str
    kind: str
    unit_key: str
    currency: str
    origin: str
    stated: Sums | None
    read: Sums | None
    disposed: Sums
    built_count: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """Lines of documents that ended alike.

    Attributes:
        unit_period: the period that the lines came for.
        journal_period: the period of the journal that carries them; empty unless built.
        carried_to: the period they were carried to; empty unless carried over.
    """

    kind: str
    currency: str
    unit_period: str
    state: str
    journal_period: str
    carried_to: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class StagePassed:
    """What one stage of a unit passed on: currency → sums; before typing only lines are counted.

    `altered` says which lines it changed that it had to pass on as they were; empty for none.
    """

    unit_key: str
    stage: str
    sums: Mapping[str, Sums]
    altered: str = ""

    @property
    def line_count(self) -> int:
        """Lines over all currencies."""
        return sum(sums.line_count for sums in self.sums.values())


@dataclass(frozen=True, slots=True)
class ExpectedRun:
    """A pay run that should have arrived: arrived, missing, late or cancelled, and who says so."""

    provider: str
    state: str
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """The one equation of a kind and currency."""

    kind: str
    currency: str
    opening_held: Sums = field(default_factory=Sums)
    carried_in: Sums = field(default_factory=Sums)
    came_in: Sums = field(default_factory=Sums)
    built: Sums = field(default_factory=Sums)
    excluded: Sums = field(default_factory=Sums)
    held: Sums = field(default_factory=Sums)
    carried_out: Sums = field(default_factory=Sums)

    @property
    def left(self) -> Sums:
        """What there was to book."""
        return self.opening_held + self.carried_in + self.came_in

    @property
    def right(self) -> Sums:
        """What became of it."""
        return self.built + self.excluded + self.held + self.carried_out


@dataclass(frozen=True, slots=True)
class PeriodCertificate:
    """An entity's period; `failures` is empty when everything is accounted for."""

    entity: str
    period: str
    flows: tuple[Flow, ...]
    documents: tuple[DocumentIn, ...]
    stages: tuple[StagePassed, ...]
    expected: tuple[ExpectedRun, ...]
    failures: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether every line that came in is accounted for at every stage."""
        return not self.failures

    def content(self) -> dict[str, object]:
        """What the hash covers; names of documents are for people and stay out."""
        return {
            "entity": self.entity,
            "period": self.period,
            "flows": [
                {
                    "kind": flow.kind,
                    "currency": flow.currency,
                    **{name: getattr(flow, name).as_list() for name in FLOW_FIELDS},
                }
                for flow in self.flows
            ],
            "documents": [
                [one.sha256, one.origin, one.currency, _listed(one.stated), _listed(one.read)]
                for one in self.documents
            ],
            "stages": [
                [one.unit_key, one.stage, sums_as_stored(one.sums), one.altered]
                for one in self.stages
            ],
            "expected": [[one.provider, one.state, one.reason, one.by] for one in self.expected],
            "failures": list(self.failures),
        }

    def canonical_json(self) -> str:
        """The same certificate gives the same bytes on every machine."""
        return json.dumps(self.content(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON; what an approval is signed over."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


#: The members of the equation, as they are listed.
FLOW_FIELDS: Final = (
    "opening_held", "carried_in", "came_in", "built", "excluded", "held", "carried_out",
)  # fmt: skip


def _listed(sums: Sums | None) -> list[int] | None:
    return None if sums is None else sums.as_list()
