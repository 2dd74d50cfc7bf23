"""When the suites are asked about batches: at once, or all at the end of a load.

A call of the library costs the same for one batch as for fifty. What must wait is decided from the
same statements before either way; the suites' answers are the record of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tieout.warehouse.store import Work
from tieout.workflows.batch_checks import Batch, save_outcomes

if TYPE_CHECKING:
    from tieout.contracts.suites import BatchRow

Batches = Mapping[Batch, "Sequence[BatchRow]"]


class Suites(Protocol):
    """Takes measured batches; their outcomes are stored sooner or later."""

    def ask(self, work: Work, batches: Batches, at: datetime) -> None:
        """Ask the suites of the batches' kinds about them."""


class AskNow:
    """Asks in the caller's transaction."""

    def ask(self, work: Work, batches: Batches, at: datetime) -> None:
        """One call for each kind; the outcomes are stored."""
        from tieout.contracts.expectations import check_many

        for kind in sorted({batch.kind for batch in batches}):
            own = {batch.key: rows for batch, rows in batches.items() if batch.kind == kind}
            outcomes = check_many(kind, own)
            for batch in batches:
                if batch.kind == kind:
                    save_outcomes(work, batch, outcomes.get(batch.key, ()), at)


@dataclass
class AskLater:
    """Collects what is to be asked about many units at once."""

    waiting: dict[Batch, Sequence[BatchRow]] = field(default_factory=dict)

    def ask(self, work: Work, batches: Batches, at: datetime) -> None:
        """Nothing is stored yet."""
        self.waiting.update(batches)
