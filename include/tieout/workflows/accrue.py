"""accrue: what was incurred in a period and stands in no posted expense journal of it.

Accrued are expenses of the period that were approved after it, and approved ones that still wait
for a rule; where policy says so. What is booked or about to be is never accrued. The accrual and
its reversal are built, approved and numbered as a pair; another run changes nothing, and what was
accrued and is booked by now is given back in its own period.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tieout.finance.journals import JournalKey, JournalKind
from tieout.finance.mappings import MappingRow, MappingSet
from tieout.finance.money import to_minor
from tieout.finance.periods import AccountingPeriod, next_period
from tieout.finance.states import COMMITTED
from tieout.finance.stored import journal_from_json
from tieout.warehouse.store import Row, Work
from tieout.workflows.build_store import PENDING, makers_of
from tieout.workflows.correct import with_sources
from tieout.workflows.journal_store import save_journals
from tieout.workflows.journals import supersede
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.units import from_parquet

if TYPE_CHECKING:
    from tieout.stages.build.accruals import AccrualPair, Incurred
    from tieout.stages.build.build import BuiltJournal

KIND: Final = JournalKind.EXPENSE_ACCRUAL


def accrue_expenses(office: Office, period: AccountingPeriod) -> list[str]:
    """Build the accrual pairs of every entity whose policy wants them; their external ids.

    Safe to repeat: a pair that stands is left alone, a pending one of other content is replaced.
    """
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, office.now())
    made: list[str] = []
    for entity in sorted(office.company.entities):
        policy = mapping.best("accruals", entity, period.ends, journal_kind=KIND.value)
        if policy is not None and policy["basis"] == "items":
            made += _accrue_entity(office, mapping, entity, period, policy)
    return made


def _accrue_entity(
    office: Office, mapping: MappingSet, entity: str, period: AccountingPeriod, policy: MappingRow
) -> list[str]:
    with office.warehouse.transaction() as work:
        work.rows("build", "lock_accruals", entity=entity)
        stored = work.rows(
            "build", "accruals_of", entity=entity, period=period.code, kind=KIND.value
        )
        units = work.rows("build", "units_with_expenses", period=period.code)
        incurred, unit_key = _incurred(office, work, units, entity, period, policy)
        held = [row for row in stored if row["state"] in COMMITTED]
        pending = [row for row in stored if row["state"] in PENDING]
        accrued = with_sources(work, [journal_from_json(row["content"]) for row in held])
        pair = _pair(office, policy, entity, period, incurred, accrued, pending, stored)
        return _save(office, work, mapping, pair, unit_key, pending)


def _incurred(
    office: Office,
    work: Work,
    units: Sequence[Row],
    entity: str,
    period: AccountingPeriod,
    policy: MappingRow,
) -> tuple[list[Incurred], str]:
    """What is to accrue, and the first unit that it comes from."""
    from tieout.stages.build.incurred import incurred_expenses

    found: list[Incurred] = []
    first = ""
    for unit in units:
        frame = from_parquet(office.objects.get(unit["output_sha256"], ".parquet"))
        waiting = {
            (row["document"], row["line_no"])
            for row in work.rows("build", "held_lines", unit_key=unit["unit_key"])
        }
        later = unit["period"] > period.code
        items = incurred_expenses(
            frame, entity, period.ends, policy["liability_account"], None if later else waiting
        )
        if items and not first:
            first = unit["unit_key"]
        found += items
    return found, first or (units[0]["unit_key"] if units else "")


def _pair(
    office: Office,
    policy: MappingRow,
    entity: str,
    period: AccountingPeriod,
    incurred: Sequence[Incurred],
    accrued: Sequence[BuiltJournal],
    pending: Sequence[Row],
    stored: Sequence[Row],
) -> AccrualPair | None:
    """The pair that is still to book; a pending one is rebuilt under its own revision first."""
    from tieout.stages.build.accruals import accrual_pair, not_yet_accrued
    from tieout.stages.build.entries import Heading

    currency = office.company.entity(entity).functional_currency
    left = not_yet_accrued(incurred, accrued, {policy["liability_account"]})
    least = to_minor(policy["least_amount"], currency) if policy["least_amount"] else 0
    if abs(sum(item.cost.amount_minor for item in left)) < least:
        return None

    def built(revision: int) -> AccrualPair | None:
        key = JournalKey(
            office.company.tenant, entity, KIND, period.code,
            f"{KIND.value}:{entity}:{period.code}", revision,
        )  # fmt: skip
        memo = f"Expense accrual {entity} {period.code}"
        heading = Heading(key, period.ends, currency, memo, (("rule", policy.name),))
        return accrual_pair(heading, left, next_period(period))

    next_revision = 1 + max((int(row["revision"]) for row in stored), default=0)
    if pending:
        same = built(int(pending[0]["revision"]))
        if same is not None and (same.accrual.journal.content_hash == pending[0]["content_hash"]):
            return same
    return built(next_revision)


def _save(
    office: Office,
    work: Work,
    mapping: MappingSet,
    pair: AccrualPair | None,
    unit_key: str,
    pending: Sequence[Row],
) -> list[str]:
    at = office.now()
    wanted = [] if pair is None else list(pair.journals)
    ids = {item.journal.external_id for item in wanted}
    for row in pending:
        if row["external_id"] in ids:
            continue
        for one in (row, *work.rows("post", "pair_of", pair=row["pair"],
                                    external_id=row["external_id"])):  # fmt: skip
            if one["state"] in PENDING:
                supersede(work, one["external_id"], one["state"], at, "what is to accrue changed")
    if not ids & {row["external_id"] for row in pending}:
        made = [(item, makers_of(mapping, item)) for item in wanted]
        save_journals(work, made, unit_key, at)
    return sorted(ids)
