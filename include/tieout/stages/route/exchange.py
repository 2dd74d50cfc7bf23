"""route: bridge each foreign expense entry from the platform's rate to the reference rate.

Cost and liability stand at the approved amount in reimbursement currency. What another rate would
have given is explained per entry, with rate, date and source of both, and is not booked. An entry
that can't be explained is held: by finance's policy no difference goes unexplained.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from tieout.contracts.staged import Holds
from tieout.errors import Finding
from tieout.finance.mappings import MappingSet
from tieout.finance.money import (
    AmountUnreadableError,
    CurrencyUnknownError,
    minor_digits,
    round_half_away,
    to_minor,
)
from tieout.finance.rates import NO_SERIES, PublishedRate, RateOn, RatePolicy, rate_policy
from tieout.finance.words import finding


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
    reference_derivation: str
    reference_minor: int


@dataclass(frozen=True)
class Bridged:
    """The frame, with what can't be bridged held, and the bridges of the rest.

    Attributes:
        told: which entries finance's policy compares with no rate at all.
        asked: source, target, day and staleness of every rate that was looked up, once, in order.
    """

    frame: pl.DataFrame
    bridges: Sequence[Bridge]
    told: Sequence[Finding] = ()
    asked: Sequence[tuple[str, str, date, int]] = ()


@dataclass(frozen=True, slots=True)
class _Unexplained(Exception):
    """Why an entry has no bridge: the hold of its rows."""

    code: str
    cause: str


class _Reference:
    """Looks up each rate once, by the policy of the entity that asks."""

    def __init__(self, mapping: MappingSet, on: date, series: str, rate_on: RateOn) -> None:
        self._series = series
        self._policy = cache(lambda entity: rate_policy(mapping, entity, "expense", on))
        self._rate = cache(rate_on)
        self.asked: set[tuple[str, str, date, int]] = set()

    def is_waived(self, entity: str) -> bool:
        """Whether the entity's policy says that its expenses are compared with no rate."""
        policy = self._policy(entity)
        return policy is not None and policy.rate_type == NO_SERIES

    def rate(self, entity: str, spent: str, target: str, day: date) -> PublishedRate:
        """The rate of a day; raises _Unexplained."""
        policy: RatePolicy | None = self._policy(entity)
        if policy is None or policy.rate_type != self._series:
            raise _Unexplained("exchange_rate_unstated", policy.rate_type if policy else "expense")
        question = (spent, target, day, policy.staleness_days)
        self.asked.add(question)
        found = self._rate(*question)
        if found is None:
            within = f"{day} or the {policy.staleness_days} days before"
            raise _Unexplained("exchange_rate_missing", f"{spent} to {target} on {within}")
        return found


def bridge_entries(
    frame: pl.DataFrame, mapping: MappingSet, on: date, series: str, rate_on: RateOn
) -> Bridged:
    """Bridge the foreign cost entries of a typed frame.

    The entry's own spend amount and rate repeat on each of its parts, so they are taken once.

    Args:
        frame: routed rows.
        mapping: finance's rules; `dates_and_rates` states rate type and staleness.
        on: the day at which the policy must hold.
        series: the rate type that `rate_on` answers for.
        rate_on: see `RateOn`.
    """
    entries = _foreign_entries(frame)
    reference = _Reference(mapping, on, series, rate_on)
    bridges: list[Bridge] = []
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    apart: Counter[tuple[str, str, str]] = Counter()
    for row in entries.iter_rows(named=True):
        if reference.is_waived(str(row["entity"])):
            apart[str(row["entity"]), str(row["spend_currency"]), str(row["currency"])] += 1
            continue
        try:
            bridges.append(_bridge(row, reference))
        except _Unexplained as why:
            waiting[why.code, why.cause] += row["_rows"]
    holds = Holds(frame)
    for (code, cause), rows in sorted(waiting.items()):
        holds.rows(pl.Series(sorted(rows), dtype=pl.UInt32), code, pl.lit(cause))
    told = tuple(
        finding("exchange_not_compared", code=f"{spent} to {target}", entity=entity, count=count)
        for (entity, spent, target), count in sorted(apart.items())
    )
    return Bridged(holds.written(), bridges, told, sorted(reference.asked))


def _foreign_entries(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per entry of cost that was spent in another currency, with the rows of its parts."""
    foreign = frame.with_row_index("_row").filter(
        pl.col("part").is_in(["cost", "tax_reclaimable", "tax_cost"])
        & (pl.col("spend_currency") != pl.col("currency"))
        & (pl.col("spend_currency") != "")
    )
    return (
        foreign.group_by("document", "entry_ref", maintain_order=True)
        .agg(
            pl.col(
                "entity", "spend_date", "spend_amount", "spend_currency", "currency",
                "exchange_rate", "rate_direction",
            ).first(),
            approved_minor=pl.col("amount_minor").sum(),
            _rows=pl.col("_row"),
        )
        .sort("document", "entry_ref")
    )  # fmt: skip


def _bridge(row: Mapping[str, object], reference: _Reference) -> Bridge:
    spent, target, day = str(row["spend_currency"]), str(row["currency"]), row["spend_date"]
    if not isinstance(day, date):
        raise _Unexplained("value_unreadable", "spend_date")
    try:
        spend_minor = to_minor(str(row["spend_amount"]), spent)
        scale = Decimal(10) ** (minor_digits(target) - minor_digits(spent))
    except AmountUnreadableError as error:
        raise _Unexplained("value_unreadable", "spend_amount") from error
    except CurrencyUnknownError as error:
        raise _Unexplained("value_unreadable", "spend_currency") from error
    published = reference.rate(str(row["entity"]), spent, target, day)
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
        reference_rate=str(published.rate),
        reference_date=published.published_on,
        reference_derivation=published.derivation,
        reference_minor=round_half_away(Decimal(spend_minor) * published.rate * scale),
    )
