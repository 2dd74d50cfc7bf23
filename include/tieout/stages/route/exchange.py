"""route: bridge each foreign expense entry from the platform's rate to the reference rate.

Cost and liability stand at the approved amount in reimbursement currency. What another rate would
have given is explained per entry, with rate, date and source of both, and is not booked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from tieout.finance.money import (
    AmountUnreadableError,
    CurrencyUnknownError,
    minor_digits,
    round_half_away,
    to_minor,
)

#: Units of target per 1 source on a day, with the day of publication; none when out of reach.
RateOn = Callable[[str, str, date], tuple[Decimal, date] | None]


@dataclass(frozen=True, slots=True)
class Bridge:
    """One entry at both rates; amounts in minor units of their currencies."""

    document: str
    entry_ref: str
    entity: str
    spend_date: date
    spend_currency: str
    spend_minor: int
    currency: str
    approved_minor: int
    platform_rate: str
    rate_direction: str
    reference_rate: str
    reference_date: date
    reference_minor: int


def bridge_entries(frame: pl.DataFrame, rate_on: RateOn) -> list[Bridge]:
    """Foreign cost entries of a typed frame; an entry without a published rate is left out.

    The entry's own spend amount and rate repeat on each of its parts, so they are taken once.
    """
    foreign = _foreign(frame)
    entries = (
        foreign.group_by("document", "entry_ref", maintain_order=True)
        .agg(
            pl.col(
                "entity", "spend_date", "spend_amount", "spend_currency", "currency",
                "exchange_rate", "rate_direction",
            ).first(),
            approved_minor=pl.col("amount_minor").sum(),
        )
        .sort("document", "entry_ref")
    )  # fmt: skip
    found = (_bridge(row, rate_on) for row in entries.iter_rows(named=True))
    return [bridge for bridge in found if bridge is not None]


def wanted_rates(frame: pl.DataFrame) -> list[tuple[str, str, date]]:
    """Source, target and day of every rate that the foreign entries want, once and in order."""
    columns = ("spend_currency", "currency", "spend_date")
    return _foreign(frame).select(columns).unique().sort(columns).rows()


def _foreign(frame: pl.DataFrame) -> pl.DataFrame:
    """Parts of entries in another currency whose day is known."""
    return frame.filter(
        pl.col("part").is_in(["cost", "tax_reclaimable", "tax_cost"])
        & (pl.col("spend_currency") != pl.col("currency"))
        & (pl.col("spend_currency") != "")
        & pl.col("spend_date").is_not_null()
    )


def _bridge(row: Mapping[str, object], rate_on: RateOn) -> Bridge | None:
    spent, target, day = str(row["spend_currency"]), str(row["currency"]), row["spend_date"]
    if not isinstance(day, date):
        return None
    published = rate_on(spent, target, day)
    if published is None:
        return None
    rate, published_on = published
    try:
        spend_minor = to_minor(str(row["spend_amount"]), spent)
        scale = Decimal(10) ** (minor_digits(target) - minor_digits(spent))
    except (AmountUnreadableError, CurrencyUnknownError):
        return None
    return Bridge(
        document=str(row["document"]),
        entry_ref=str(row["entry_ref"]),
        entity=str(row["entity"]),
        spend_date=day,
        spend_currency=spent,
        spend_minor=spend_minor,
        currency=target,
        approved_minor=int(str(row["approved_minor"])),
        platform_rate=str(row["exchange_rate"]),
        rate_direction=str(row["rate_direction"]),
        reference_rate=str(rate),
        reference_date=published_on,
        reference_minor=round_half_away(Decimal(spend_minor) * rate * scale),
    )
