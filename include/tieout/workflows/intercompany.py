"""Costs of a unit that another entity bears: by finance's rules of pairs, or the rows wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tieout.finance.company import Company
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import AccountingPeriod
from tieout.workflows.office import Office
from tieout.workflows.reference import LEDGER_SOURCE

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import Built
    from tieout.stages.build.intercompany import IntercompanyPolicy


@dataclass(frozen=True)
class Intercompany:
    """Who may use which cost center, and how pairs of entities settle.

    Attributes:
        owners: cost center → entities that may use it; none stated means all.
        policies: (paying entity, bearing entity) → rule.
        dates: entity → accounting date of its leg.
    """

    owners: Mapping[str, Sequence[str]]
    policies: Mapping[tuple[str, str], IntercompanyPolicy]
    dates: Mapping[str, date]

    def held(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows, of which those that no rule settles wait."""
        from tieout.stages.build.intercompany import hold_unsettled

        return hold_unsettled(frame, self.owners, self.policies)

    def applied(self, built: Built) -> Built:
        """The build with the legs of every entity that bears a cost of it."""
        from tieout.stages.build.intercompany import between_companies

        journals = [
            leg
            for item in built.journals
            for leg in (
                between_companies(item, self.owners, self.policies, self.dates)
                if not item.journal.ties.reverses
                else (item,)
            )
        ]
        return replace(built, journals=tuple(journals))


def intercompany_of(
    office: Office, mapping: MappingSet, period: AccountingPeriod, known_at: datetime
) -> Intercompany:
    """What is known about costs between entities at the end of a period."""
    with office.warehouse.transaction() as work:
        owners = {
            row["code"]: tuple(row["entities"])
            for row in work.rows(
                "build", "cost_center_owners", source=LEDGER_SOURCE, known_at=known_at
            )
        }
    return settled_by(office.company, mapping, period, owners)


def settled_by(
    company: Company,
    mapping: MappingSet,
    period: AccountingPeriod,
    owners: Mapping[str, Sequence[str]],
) -> Intercompany:
    """How entities settle at the end of a period, by finance's rules of pairs.

    `owners`: cost center → the entities that may use it; none stated means all.
    """
    from tieout.stages.build.intercompany import IntercompanyPolicy

    policies = {
        (row["paying_entity"], row["bearing_entity"]): IntercompanyPolicy(
            row["paying_entity"],
            row["bearing_entity"],
            row["due_from_account"],
            row["due_to_account"],
            row.number("markup_percent") or Decimal(0),
            row["markup_income_account"],
            row["markup_cost_account"],
            row.name,
        )
        for row in mapping.table("intercompany")
        if row.holds_on(period.ends)
    }
    return Intercompany(owners, policies, dict.fromkeys(company.entities, period.ends))
