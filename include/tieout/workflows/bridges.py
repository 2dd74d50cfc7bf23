"""Bridges of an entity's period: clearing to open items, approved amounts to other rates."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.finance.clearing import ClearingAccount
from tieout.warehouse.store import Work


@dataclass(frozen=True, slots=True)
class ExchangeBridge:
    """Foreign entries of one currency: approved + difference explained = at the reference rate.

    `derived_count` entries were compared with a rate that the source publishes only the other way
    round, or through a third currency; each entry's own row says from which numbers.
    """

    spend_currency: str
    currency: str
    reference_source: str
    entry_count: int
    approved_minor: int
    reference_minor: int
    difference_minor: int
    differing_count: int
    derived_count: int


def clearing_of(work: Work, entity: str, period: str) -> list[ClearingAccount]:
    """Roll-forward of each clearing account that the entity's expenses use."""
    rows = work.rows("certify", "clearing", entity=entity, period=period)
    return [ClearingAccount(entity=entity, **row) for row in rows]


def exchange_of(work: Work, entity: str, period: str) -> list[ExchangeBridge]:
    """What another rate than the platform's would have given, by currency; nothing of it books."""
    rows = work.rows("certify", "exchange", entity=entity, period=period)
    return [ExchangeBridge(**row) for row in rows]
