"""Certificate and bridges of the month: read from the API, shown as one table, held to account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.demo.proof import written
from sandbox.demo.telling import Telling

HEADS = ("Entity", "Certificate", "Before", "In", "Built", "Excluded", "Held", "Carried",
         "Clearing", "Open items", "", "Foreign entries", "Explained")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certified:
    """An entity's proof; counts are source lines, amounts in the entity's currency.

    Attributes:
        clearing: balance of its clearing accounts.
        open_items: what the items that nobody paid yet sum to.
        explained: how far the platform's rates are from the reference rate, over all entries.
    """

    entity: str
    hash: str
    failures: tuple[str, ...]
    counts: Mapping[str, int]
    currency: str
    clearing: Decimal
    open_items: Decimal
    untied: tuple[str, ...]
    foreign_entries: int
    explained: Decimal


def certified_of(found: Mapping[str, Any]) -> Certified:
    """One entity of the API's answer."""
    certificate, accounts, bridges = found["certificate"], found["clearing"], found["exchange"]
    flows = certificate["flows"]
    names = ("opening_held", "carried_in", "came_in", "built", "excluded", "held", "carried_out")
    return Certified(
        entity=str(found["entity"]),
        hash=str(certificate["hash"]),
        failures=tuple(str(text) for text in certificate["failures"]),
        counts={name: sum(int(flow[name]["lines"]) for flow in flows) for name in names},
        currency=str(flows[0]["currency"]) if flows else "",
        clearing=_sum(accounts, "closing"),
        open_items=_sum(accounts, "open"),
        untied=tuple(str(one["account"]) for one in accounts if not one["ties"]),
        foreign_entries=sum(int(one["entries"]) for one in bridges),
        explained=_sum(bridges, "difference"),
    )


def _sum(rows: Iterable[Mapping[str, Any]], name: str) -> Decimal:
    return sum((Decimal(str(row[name])) for row in rows), Decimal())


def show_certified(telling: Telling, found: Sequence[Certified]) -> None:
    """One row per entity: its lines, its clearing accounts beside their open items, its rates."""
    rows = [
        (
            each.entity,
            each.hash[:12],
            str(each.counts["opening_held"] + each.counts["carried_in"]),
            *(str(each.counts[name]) for name in
              ("came_in", "built", "excluded", "held", "carried_out")),
            written(each.clearing),
            written(each.open_items),
            each.currency,
            str(each.foreign_entries),
            written(each.explained),
        )
        for each in found
    ]  # fmt: skip
    telling.figures(HEADS, rows, right=(2, 3, 4, 5, 6, 7, 8, 9, 11, 12))


def uncertified(found: Iterable[Certified]) -> list[str]:
    """What does not add up, in sentences."""
    told = []
    for each in found:
        told += [
            f"{each.entity}: the certificate does not add up: {text}." for text in each.failures
        ]
        told += [
            f"{each.entity}: clearing account {account} is not the sum of its open items."
            for account in each.untied
        ]
    return told
