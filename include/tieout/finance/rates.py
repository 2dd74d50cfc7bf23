"""Published exchange rates, and what finance decided about using them.

A rate is units of the target per one unit of the source. Most series publish one direction only; a
rate that was divided or crossed says from which published numbers, so that nobody takes a derived
rate for a published one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.mappings import MappingSet


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """A rate and the day it was published.

    Attributes:
        rate: units of the target per 1 of the source.
        published_on: never after the day it was asked for.
        derivation: the published numbers it was reckoned from, such as `1 / USD 1.1621 per EUR`;
            empty where the series publishes it as it stands.
    """

    rate: Decimal
    published_on: date
    derivation: str = ""


#: (source, target, day, staleness in days) → the last rate published within reach, or none.
RateOn = Callable[[str, str, date, int], PublishedRate | None]


#: The rate type of an entity whose currency no series publishes: nothing is compared, and told.
NO_SERIES: Final = "none"


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """Which series an entity's journals are compared with, and how old a publication may be."""

    rate_type: str
    staleness_days: int


def rate_policy(mapping: MappingSet, entity: str, kind: str, on: date) -> RatePolicy | None:
    """The policy for an entity's journals of a kind; none where finance has not stated all of it.

    Raises:
        ConfigurationError: two rules fit equally, or the staleness is no number.
    """
    row = mapping.best("dates_and_rates", entity, on, journal_kind=kind)
    if row is not None and row["rate_type"] == NO_SERIES:
        return RatePolicy(NO_SERIES, 0)
    if row is None or not row["rate_type"] or not row["staleness_days"]:
        return None
    if not row["staleness_days"].isdecimal():
        raise ConfigurationError(
            f"staleness_days of {row.name} says {row['staleness_days']!r}, which is no number.",
            next_step="Propose the row with a whole number of days.",
        )
    return RatePolicy(row["rate_type"], int(row["staleness_days"]))
