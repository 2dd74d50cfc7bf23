"""build: corrections of what the ledger holds: reverse and rebook, or the difference alone.

The original is never edited. Either its opposite and the rebuilt journal go together, or, where
policy says so, one journal books what changed per account and dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tieout.finance.journals import JournalTies
from tieout.finance.periods import AccountingPeriod
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.entries import Entry, Heading, entries_of, journal_of
from tieout.stages.build.opposites import correction_key, opposite, opposite_with_sources


class CorrectionPolicy(StrEnum):
    """How a changed source reaches a ledger that holds its first version."""

    REVERSE_AND_REBOOK = "reverse_and_rebook"
    DELTA = "delta"


class LateCost(StrEnum):
    """What happens to a cost that arrives after its own period was closed or posted."""

    ACCRUE = "accrue"  # its true period is open: accrual there, reversal and cost here
    BOOK_NOW = "book_now"  # its period is closed: booked here, earned-for kept and disclosed
    ASK_CONTROLLER = "ask_controller"  # too large or over a year end: a person decides


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The opposites of what the ledger holds, and what takes its place (none: nothing does)."""

    reversals: tuple[BuiltJournal, ...]
    rebooked: BuiltJournal | None

    @property
    def journals(self) -> tuple[BuiltJournal, ...]:
        """All that goes together, the reversals first."""
        return self.reversals if self.rebooked is None else (*self.reversals, self.rebooked)


def reverse_and_rebook(
    originals: Sequence[BuiltJournal], rebuilt: BuiltJournal | None, on: date, period: str
) -> TakenBack:
    """Opposites that name their originals, and the rebuilt journal that names the last of them.

    Args:
        originals: what the ledger holds of the run or report, oldest first; at least one.
        rebuilt: the journal of the corrected source, under its own new revision; none when the
            source took it all back.
        on: accounting date of the opposites, in a period that is open.
        period: that period.
    """
    first = correction_key(originals[0].journal, period).external_id()
    reversals = tuple(
        opposite_with_sources(
            original,
            opposite(
                original.journal, correction_key(original.journal, period), on, pair=first,
                memo=f"Reversal of {original.journal.external_id}",
            ),
        )
        for original in originals
    )  # fmt: skip
    if rebuilt is None:
        return TakenBack(reversals, None)
    ties = replace(rebuilt.journal.ties, supersedes=originals[-1].journal.external_id, pair=first)
    return TakenBack(reversals, replace(rebuilt, journal=replace(rebuilt.journal, ties=ties)))


def difference_only(
    heading: Heading, originals: Iterable[BuiltJournal], rebuilt: BuiltJournal | None
) -> BuiltJournal | None:
    """One journal with what changed; none when nothing did.

    `heading` names the correction; it supersedes nothing, since the originals stay as they are.
    """
    held = list(originals)
    entries = [
        entry for original in held for entry in (_negated(one) for one in entries_of(original))
    ]
    if rebuilt is not None:
        entries += entries_of(rebuilt)
    chain = held[-1].journal.ties.chain or held[-1].journal.key.batch
    ties = JournalTies(chain="" if chain == heading.key.batch else chain)
    stated = [*heading.inputs, *(("journal", _named(one)) for one in held)]
    return journal_of(replace(heading, ties=ties, inputs=tuple(stated)), entries)


@dataclass(frozen=True, slots=True)
class LateCostPolicy:
    """What finance decided for costs that come late.

    Attributes:
        ask_when_closed: the controller decides when the true period is closed.
        ask_above_minor: the controller decides above this sum of an entity; none: no limit.
        ask_over_year_end: the controller decides when the true period lies in another year.
    """

    ask_when_closed: bool = False
    ask_above_minor: int | None = None
    ask_over_year_end: bool = True


def late_cost(
    earned_for: AccountingPeriod,
    booked_in: AccountingPeriod,
    amount_minor: int,
    policy: LateCostPolicy,
    *,
    earned_for_open: bool,
) -> LateCost:
    """What happens to a cost of an earlier period.

    Args:
        earned_for: the period it truly belongs to.
        booked_in: the period that is being closed.
        amount_minor: the late cost of the entity, together.
        policy: the entity's.
        earned_for_open: whether the ERP still takes journals in its true period.

    Raises:
        ValueError: the cost is not late.
    """
    if earned_for >= booked_in:
        message = f"a cost of {earned_for.code} is not late in {booked_in.code}"
        raise ValueError(message)
    limit = policy.ask_above_minor
    large = limit is not None and abs(amount_minor) > limit
    other_year = policy.ask_over_year_end and earned_for.fiscal_year != booked_in.fiscal_year
    if large or other_year or (policy.ask_when_closed and not earned_for_open):
        return LateCost.ASK_CONTROLLER
    return LateCost.ACCRUE if earned_for_open else LateCost.BOOK_NOW


def _negated(entry: Entry) -> Entry:
    return replace(entry, amount_minor=-entry.amount_minor)


def _named(built: BuiltJournal) -> str:
    return f"{built.journal.external_id}@{built.journal.content_hash}"
