"""build: corrections of what the ledger holds: reverse and rebook, or the difference alone.

The original is never edited. Either its opposite and the rebuilt journal go together, or, where
policy says so, one journal books what changed per account and dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256

from tieout.finance.journals import JournalKey, JournalTies
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


@dataclass(frozen=True, eq=False)
class InLedger:
    """A journal of the ledger of which documents were replaced or taken back at their source.

    Attributes:
        built: the journal as it was posted.
        replaced: those documents; what others gave to the journal stays.
        withdrawn: those of them that nothing takes the place of.
        revision: of the journal that takes it back; more than 1 when an earlier one was dropped.
    """

    built: BuiltJournal
    replaced: frozenset[str]
    withdrawn: frozenset[str] = frozenset()
    revision: int = 1

    @property
    def whole(self) -> bool:
        """Whether nothing of the journal stays."""
        return set(self.built.links["document"].unique()) <= self.replaced

    def correction_key(self, period: str) -> JournalKey:
        """The identity of the journal that takes it back in `period`."""
        part = "" if self.whole else sha256("|".join(sorted(self.replaced)).encode()).hexdigest()
        return correction_key(self.built.journal, period, self.revision, part[:12])

    @property
    def named(self) -> tuple[str, str]:
        """How a correction names it among its inputs."""
        journal = self.built.journal
        return "journal", f"{journal.external_id}@{journal.content_hash}"


@dataclass(frozen=True, eq=False)
class TakenBack:
    """The opposites of what the ledger holds, and what takes its place (none: nothing does)."""

    reversals: tuple[BuiltJournal, ...]
    rebooked: BuiltJournal | None

    @property
    def journals(self) -> tuple[BuiltJournal, ...]:
        """All that goes together, the reversals first."""
        return self.reversals if self.rebooked is None else (*self.reversals, self.rebooked)


def reverse_and_rebook(
    originals: Sequence[InLedger], rebuilt: BuiltJournal | None, on: date, period: str
) -> TakenBack:
    """Opposites that name their originals, and the rebuilt journal that names the last of them.

    Args:
        originals: what the ledger holds of the run or report, oldest first; at least one.
        rebuilt: the journal of the corrected source, under its own new revision; none when the
            source took it all back.
        on: accounting date of the opposites, in a period that is open.
        period: that period.
    """
    first = originals[0].correction_key(period).external_id()
    reversals = tuple(_opposed(original, on, period, first) for original in originals)
    if rebuilt is None:
        return TakenBack(reversals, None)
    ties = replace(
        rebuilt.journal.ties, supersedes=originals[-1].built.journal.external_id, pair=first
    )
    rebooked = replace(rebuilt, journal=replace(rebuilt.journal, ties=ties))
    return TakenBack(reversals, rebooked)


def _opposed(original: InLedger, on: date, period: str, pair: str) -> BuiltJournal:
    journal = original.built.journal
    key, memo = original.correction_key(period), f"Reversal of {journal.external_id}"
    if original.whole:
        return opposite_with_sources(
            original.built, opposite(journal, key, on, memo=memo, pair=pair)
        )
    ties = JournalTies(
        reverses=journal.external_id, pair=pair, chain=journal.ties.chain or journal.key.batch
    )
    rules = tuple(one for one in journal.input_versions if one[0] == "rule")
    heading = Heading(key, on, journal.currency, memo, (original.named, *rules), ties)
    made = journal_of(
        heading, (_negated(one) for one in entries_of(original.built, original.replaced))
    )
    if made is None:
        message = f"nothing of {journal.external_id} was replaced"
        raise ValueError(message)
    return made


def difference_only(rebuilt: BuiltJournal, originals: Sequence[InLedger]) -> BuiltJournal | None:
    """The rebuilt journal reduced to what changed since the ledger's; none when nothing did.

    It keeps the identity of the rebuilt one and supersedes nothing: the originals stay as they are.
    """
    journal = rebuilt.journal
    entries = [
        _negated(one)
        for original in originals
        for one in entries_of(original.built, original.replaced)
    ]
    heading = Heading(
        journal.key,
        journal.accounting_date,
        journal.currency,
        f"{journal.memo} difference",
        (*journal.input_versions, *(original.named for original in originals)),
        journal.ties,
    )
    return journal_of(heading, [*entries, *entries_of(rebuilt)])


def corrected(
    journals: Sequence[BuiltJournal],
    originals: Mapping[str, Sequence[InLedger]],
    policies: Mapping[str, CorrectionPolicy],
    period: AccountingPeriod,
) -> tuple[BuiltJournal, ...]:
    """What a build must book where the ledger holds an earlier version of its sources.

    Args:
        journals: what was built anew, by entity.
        originals: entity → what the ledger holds of sources that were replaced.
        policies: entity → how to correct; reverse and rebook where none is stated.
        period: where corrections are booked; it is open.

    What was withdrawn is taken back alone. A source that was corrected and is held as a whole
    waits: nothing is taken back before what replaces it can be booked.
    """
    made: list[BuiltJournal] = []
    by_entity = {item.journal.key.entity: item for item in journals}
    for entity in sorted({*by_entity, *originals}):
        rebuilt, held = by_entity.get(entity), list(originals.get(entity, ()))
        if rebuilt is None:
            held = [replace(one, replaced=one.withdrawn) for one in held if one.withdrawn]
        if held and rebuilt is not None and policies.get(entity) is CorrectionPolicy.DELTA:
            changed = difference_only(rebuilt, held)
            made += [changed] if changed is not None else []
            if changed is not None:
                continue
        if held:
            on = period.ends if rebuilt is None else rebuilt.journal.accounting_date
            made += reverse_and_rebook(held, rebuilt, on, period.code).journals
        elif rebuilt is not None:
            made.append(rebuilt)
    return tuple(made)


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
