"""What a data-quality report states of one entity and period, and the hash that makes it once.

All amounts are integer minor units. `None` as an amount means: too few lines of pay stand behind
it to show it. Nothing here goes below entity × cause or class.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod

#: Where a source line can be, in the order in which money flows.
EXCLUDED, CARRIED, HELD, WAITING = "excluded", "carried over", "held", "not built yet"
UNAPPROVED, UNDERWAY, BOOKED = "built, to be approved", "built, on its way", "in the ledger"
STAGES: Final = (EXCLUDED, CARRIED, HELD, WAITING, UNAPPROVED, UNDERWAY, BOOKED)
BUILT: Final = (UNAPPROVED, UNDERWAY, BOOKED)

#: Facts that may change without anything having changed for the reader.
_NOT_FACTS: Final = frozenset({"compared_at", "exception_id"})


@dataclass(frozen=True, slots=True)
class StageSum:
    """Source lines that ended in one place; `reason` is the rule that excluded them."""

    stage: str
    reason: str
    currency: str
    line_count: int
    debit_minor: int | None
    credit_minor: int | None


@dataclass(frozen=True, slots=True)
class Certified:
    """Documents whose control totals have one origin, and where their lines ended."""

    origin: str
    document_count: int
    in_count: int
    built_count: int
    held_count: int
    excluded_count: int
    carried_count: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """An amount that waits for a cure."""

    currency: str
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Cause:
    """Exceptions of one cause: what is wrong, how much waits for it, whose step is next.

    `state` is open, closed or waived; `company_wide` marks what belongs to no single entity.
    """

    code: str
    title: str
    severity: str
    state: str
    item_count: int
    at_risk: tuple[AtRisk, ...]
    owner: str
    due_at: datetime | None
    blocks: str
    next_step: str
    batches: tuple[str, ...]
    how: str = ""
    company_wide: bool = False


@dataclass(frozen=True, slots=True)
class FindingCount:
    """Findings of one code in the entity's source documents."""

    code: str
    title: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class FailedExpectation:
    """An expectation of a unit's totals that does not hold."""

    unit_key: str
    expectation: str
    severity: str
    observed: str


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """A component class in source, journals and ledger; no ledger sum before it was read."""

    component_class: str
    currency: str
    source_minor: int
    journal_minor: int
    ledger_minor: int | None

    @property
    def difference_minor(self) -> int | None:
        """Source to journal plus journal to ledger, each without sign."""
        if self.ledger_minor is None:
            return None
        return abs(self.source_minor - self.journal_minor) + abs(
            self.journal_minor - self.ledger_minor
        )


@dataclass(frozen=True, slots=True)
class TieOut:
    """The newest comparison; `state` is tied, open or empty when nothing was compared yet."""

    state: str
    note: str
    compared_at: datetime | None
    classes: tuple[ClassTotal, ...]


@dataclass(frozen=True, slots=True)
class JournalFact:
    """A journal and what the ledger calls it."""

    external_id: str
    kind: str
    state: str
    ledger_ref: str
    ledger_number: str
    line_count: int
    debit_minor: int
    currency: str
    unit_key: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class BatchFact:
    """A reimbursement batch and how far payroll has paid it."""

    batch_key: str
    cutoff_at: datetime
    line_count: int
    employee_count: int
    total_minor: int
    paid_minor: int
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class AlignmentFact:
    """How the systems agree on the entity's people; `gate` says why its release is shut."""

    headcount: int
    aligned_count: int
    differs_count: int
    missing_count: int
    unpaid_count: int
    unknown_count: int
    reasons: tuple[tuple[str, int], ...]
    currency: str
    pay_at_risk_minor: int | None
    expense_at_risk_minor: int | None
    gate: str


@dataclass(frozen=True, slots=True)
class Item:
    """One place to look at: an exception, or a finding in a document. No person, no amount."""

    exception_id: int | None
    batch: str
    document: str
    line: int | None
    code: str
    state: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything that one report states."""

    entity: Entity
    period: AccountingPeriod
    sums: tuple[StageSum, ...]
    certified: tuple[Certified, ...]
    uncertified_count: int
    causes: tuple[Cause, ...]
    findings: tuple[FindingCount, ...]
    expectations: tuple[FailedExpectation, ...]
    tie_out: TieOut
    journals: tuple[JournalFact, ...]
    batches: tuple[BatchFact, ...]
    items: tuple[Item, ...]
    alignment: AlignmentFact | None = None

    @property
    def content_hash(self) -> str:
        """The same for the same facts to the same addresses; times of looking do not count."""
        stated = {name: value for name, value in asdict(self).items() if name != "entity"}
        stated["entity"] = [self.entity.code, self.entity.name, list(self.entity.report_to)]
        text = json.dumps(_facts_only(stated), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def message_key(self) -> str:
        """The report's key in the outbox."""
        return f"data_quality|{self.entity.code}|{self.period.code}|{self.content_hash[:32]}"

    @property
    def open_causes(self) -> tuple[Cause, ...]:
        """What waits for a person, the entity's own and the company's."""
        return tuple(cause for cause in self.causes if cause.state == "open")

    @property
    def closed_causes(self) -> tuple[Cause, ...]:
        """What was wrong in this period and is settled."""
        return tuple(cause for cause in self.causes if cause.state != "open")

    @property
    def critical_count(self) -> int:
        """How many things need a person before the period can be closed."""
        open_count = sum(cause.severity == "critical" for cause in self.open_causes)
        failed = sum(failed.severity == "critical" for failed in self.expectations)
        return open_count or failed

    @property
    def state(self) -> str:
        """`action`, `waits` or `ok`; green needs the evidence of a comparison that ties."""
        if self.critical_count:
            return "action"
        tied = self.tie_out.state == "tied" and all(
            journal.state == "tied_out" for journal in self.journals
        )
        return "ok" if tied and not self.uncertified_count else "waits"

    def line_count(self, *stages: str) -> int:
        """Source lines in some places, or all that were received."""
        return sum(part.line_count for part in self.sums if part.stage in (stages or STAGES))


def _facts_only(value: object) -> object:
    if isinstance(value, dict):
        return {
            str(name): _facts_only(inner) for name, inner in value.items() if name not in _NOT_FACTS
        }
    if isinstance(value, list | tuple):
        return [_facts_only(inner) for inner in value]
    return value
