"""correct: what the ledger holds of sources that were replaced or taken back since it was posted.

The ledger's journal is never edited. Its opposite and the rebuilt journal go together, or only the
difference is booked, as the posting policy says; both stand in a period that is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tieout.finance.journals import Journal, JournalKind, Lineage
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import AccountingPeriod, calendar_month, next_period
from tieout.finance.states import COMMITTED, IN_LEDGER
from tieout.finance.stored import journal_from_json
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office
from tieout.workflows.units import Claim

if TYPE_CHECKING:
    from tieout.stages.build.build import Built, BuiltJournal
    from tieout.stages.build.corrections import CorrectionPolicy, InLedger

#: Months that a correction may wait for an open period.
_AHEAD: Final = 12


@dataclass(frozen=True, eq=False)
class Corrections:
    """How a unit's build corrects what the ledger holds of it.

    Attributes:
        period: where the unit's journals are booked: its own period, or the next open one when the
            ledger holds an earlier version and the unit's own is closed.
        originals: entity → what the ledger holds of sources that were replaced.
        policies: entity → how to correct.
    """

    period: AccountingPeriod
    originals: Mapping[str, Sequence[InLedger]]
    policies: Mapping[str, CorrectionPolicy]

    def applied(self, built: Built) -> Built:
        """What the build books with its corrections."""
        if not self.originals:
            return built
        from tieout.stages.build.corrections import corrected

        journals = corrected(built.journals, self.originals, self.policies, self.period)
        return replace(built, journals=journals)


def corrections_of(
    office: Office,
    claim: Claim,
    mapping: MappingSet,
    kind: JournalKind,
    journals: Sequence[Row],
) -> Corrections:
    """The corrections that a unit's build must make.

    Args:
        office: the office.
        claim: the unit, held.
        mapping: the rules that were known.
        kind: what the unit's journals book.
        journals: every journal of the unit that the store holds.
    """
    period = calendar_month(str(claim.unit["period"]))
    with office.warehouse.transaction() as work:
        originals = _originals(work, claim.key, _revisions(journals))
        if originals:
            period = open_period(work, period)
    policies = _policies(mapping, originals, kind.value, period)
    return Corrections(period, originals, policies)


def _originals(
    work: Work, unit_key: str, revisions: Mapping[str, int]
) -> dict[str, list[InLedger]]:
    """Entity → journals of the unit that the ledger holds of sources that were replaced since.

    What was taken back already, or is on its way to be, is not among it.
    """
    from tieout.stages.build.corrections import InLedger

    replaced: dict[str, set[str]] = defaultdict(set)
    withdrawn: dict[str, set[str]] = defaultdict(set)
    journals: dict[str, Journal] = {}
    for row in work.rows(
        "build", "replaced_in_ledger", unit_key=unit_key, states=sorted(IN_LEDGER),
        committed=sorted(COMMITTED),
    ):  # fmt: skip
        journals.setdefault(row["external_id"], journal_from_json(row["content"]))
        replaced[row["external_id"]].add(row["document"])
        if row["withdrawn"]:
            withdrawn[row["external_id"]].add(row["document"])
    found: dict[str, list[InLedger]] = defaultdict(list)
    for built in with_sources(work, list(journals.values())):
        name = built.journal.external_id
        found[built.journal.key.entity].append(
            InLedger(
                built,
                frozenset(replaced[name]),
                frozenset(withdrawn[name]),
                revisions.get(name, 1),
            )
        )
    return dict(found)


def _revisions(journals: Sequence[Row]) -> dict[str, int]:
    """A correction that was superseded is made again under the next revision."""
    revisions: dict[str, int] = {}
    for row in journals:
        if row["kind"] == JournalKind.CORRECTION and row["reverses"]:
            gone = row["state"] == "superseded"
            number = int(row["revision"]) + (1 if gone else 0)
            revisions[row["reverses"]] = max(revisions.get(row["reverses"], 1), number)
    return revisions


def with_sources(work: Work, journals: Sequence[Journal]) -> list[BuiltJournal]:
    """Stored journals with the source lines behind them and the totals of their classes."""
    from tieout.stages.build.build import BuiltJournal

    ids = [journal.external_id for journal in journals]
    links: dict[str, list[Lineage]] = defaultdict(list)
    for row in work.rows("build", "links_of_journals", external_ids=ids):
        links[row["external_id"]].append(
            Lineage(
                row["line_number"], row["document"], tuple(row["source_lines"]),
                row["amount_minor"],
            )
        )  # fmt: skip
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    for row in work.rows("build", "totals_of_journals", external_ids=ids):
        totals[row["external_id"]][row["component_class"]] = row["amount_minor"]
    return [
        BuiltJournal.of(journal, links[journal.external_id], totals[journal.external_id])
        for journal in journals
    ]


def _policies(
    mapping: MappingSet, entities: Iterable[str], kind: str, period: AccountingPeriod
) -> dict[str, CorrectionPolicy]:
    """Entity → how it corrects journals of a kind; none stated: reverse and rebook."""
    from tieout.stages.build.corrections import CorrectionPolicy

    stated = {
        entity: mapping.best("posting", entity, period.ends, journal_kind=kind)
        for entity in entities
    }
    return {
        entity: CorrectionPolicy(row["corrections"])
        for entity, row in stated.items()
        if row is not None and row["corrections"]
    }


def open_period(work: Work, period: AccountingPeriod) -> AccountingPeriod:
    """The period, or the next one that the ERP keeps open; a period that was never seen is open."""
    closed = {
        row["code"]: row["closed"] or row["locked"] for row in work.rows("build", "ledger_periods")
    }
    wanted = period
    for _ in range(_AHEAD):
        if not closed.get(wanted.code, False):
            return wanted
        wanted = next_period(wanted)
    return period
