"""build: provisions and their use (vacation, bonus, 13th salary).

A provision sets a cost aside over time; when it is paid, the use takes it from what was set aside.
It is used up and never reversed; what is paid beyond it stays cost of the period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.entries import Entry, Heading, journal_of


def provision(heading: Heading, costs: Iterable[Entry], account: str) -> BuiltJournal | None:
    """Set `costs` aside on the provision's `account`; it keeps their cost centers.

    The balance stands per cost center, so that its use finds what was set aside for whom.
    """
    entries = [entry for cost in costs for entry in (cost, _aside(cost, account))]
    return journal_of(heading, entries)


def provision_use(
    heading: Heading, paid: Iterable[Entry], account: str, balances: Mapping[str, int]
) -> BuiltJournal | None:
    """Take what was paid from the provision, up to its balance.

    Args:
        heading: the journal's own.
        paid: the debits of cost that the pay run booked for what the provision is for.
        account: the provision's account.
        balances: cost center → what is set aside there, in minor units, as a positive number.

    The paid cost is credited and the provision debited; per cost center at most its balance,
    taken in the order of account, project and document.
    """
    left = defaultdict(int, balances)
    entries = []
    for cost in sorted(paid, key=lambda entry: (*entry.face, entry.source)):
        used = max(min(cost.amount_minor, left[cost.cost_center]), 0)
        if not used:
            continue
        left[cost.cost_center] -= used
        relieved = replace(cost, amount_minor=-used)
        entries += [relieved, _aside(relieved, account)]
    return journal_of(heading, entries)


def _aside(cost: Entry, account: str) -> Entry:
    return replace(cost.against(account, "provision"), cost_center=cost.cost_center)
