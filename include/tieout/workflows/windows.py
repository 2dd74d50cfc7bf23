"""Posting windows of an entity as finance's rules state them."""

from __future__ import annotations

from datetime import time

from tieout.errors import ConfigurationError
from tieout.finance.company import Entity
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month
from tieout.finance.windows import PostingWindow, WindowRule, posting_window


def window_of(mapping: MappingSet, entity: Entity, period: str, journal_kind: str) -> PostingWindow:
    """The window in which journals of a kind may post for a period.

    Raises:
        ConfigurationError: no rule covers the entity and kind.
    """
    wanted = calendar_month(period)
    row = mapping.best("windows", entity.code, wanted.ends, journal_kind=journal_kind)
    if row is None:
        raise ConfigurationError(
            f"No posting window covers {journal_kind} of {entity.code}.",
            blocks=f"posting of {entity.code}",
            next_step="Add a row to calendars/windows.csv.",
        )
    rule = WindowRule(
        int(row["opens_business_day"]),
        time.fromisoformat(row["opens_time"]),
        int(row["closes_business_day"]),
        time.fromisoformat(row["closes_time"]),
    )
    return posting_window(entity, wanted, rule)
