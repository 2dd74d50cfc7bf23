"""Runs all contestants in turns and compares their journals before any figure is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tests.bench import canonical
from tests.bench.contestants import (
    YARDSTICKS,
    Ground,
    Outcome,
    run_build,
    run_product,
    run_yardstick,
)
from tests.bench.measuring import Cost, median_cost


class JournalsDifferError(Exception):
    """Two contestants do not have the same journals: no figure of the run counts."""


@dataclass
class Contest:
    """All rounds: costs by contestant, and the digest of the journals that all have."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)
    reruns: list[Cost] = field(default_factory=list)
    facts: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    journal_lines: int = 0

    def median(self, name: str) -> Cost:
        """The median cost of a contestant."""
        return median_cost(self.costs[name])

    def ratio(self, figure: str, name: str, of: str = "product") -> float:
        """The median over the rounds of the product's figure to a yardstick's in the same round."""
        pairs = zip(self.costs[of], self.costs[name], strict=True)
        shares = (getattr(mine, figure) / getattr(other, figure) for mine, other in pairs)
        return float(median(shares))


def contest(ground: Ground, pairs: int) -> Contest:
    """Run `pairs` rounds.

    In every round the product and each yardstick run once, the order turned by one place from
    round to round but the floor last, since it stores what another one made.

    Raises:
        JournalsDifferError: names the first line that differs, and whose it is.
    """
    found = Contest()
    runners: Mapping[str, Callable[[Ground], Outcome]] = {
        "product": run_product,
        "build": run_build,
        **{name: _yardstick(name) for name in YARDSTICKS},
    }
    for turn in range(pairs):
        journals: dict[str, list[str]] = {}
        before_floor = [name for name in runners if name != "floor"]
        for name in (*_turned(before_floor, turn), "floor"):
            outcome = runners[name](ground)
            found.costs.setdefault(name, []).append(outcome.cost)
            if name == "product":
                found.reruns += [outcome.rerun] if outcome.rerun else []
                found.facts = outcome.facts
            if outcome.journals is not None:
                journals[name] = outcome.journals
        _compare(journals)
        found.journal_lines = len(journals["product"])
        found.digest = canonical.digest(journals["product"])
    return found


def _yardstick(name: str) -> Callable[[Ground], Outcome]:
    return lambda ground: run_yardstick(name, ground)


def _turned(names: Sequence[str], turn: int) -> list[str]:
    turn %= len(names)
    return [*names[turn:], *names[:turn]]


def _compare(journals: Mapping[str, list[str]]) -> None:
    mine = journals["product"]
    if not mine:
        raise JournalsDifferError("The product built no journal.")
    for name, theirs in journals.items():
        if difference := canonical.first_difference(mine, theirs):
            raise JournalsDifferError(f"product and {name} differ: {difference}")
