"""Clearing roll-forward: opening + booked in - paid out = closing, and closing = the open items.

A clearing account is credited by the expense journal that books the cost and debited by what pays
it. Its balance at a period's end is the sum of the items that nobody paid yet, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClearingAccount:
    """One clearing account of an entity in a period; amounts in minor units, a debt is positive.

    Attributes:
        opening_minor: balance before the period.
        booked_minor: credited in the period.
        paid_minor: debited in the period.
        open_minor: sum of the items that are not paid at the period's end.
        oldest: when the oldest of them was approved; None when nothing is open.
    """

    entity: str
    route: str
    account: str
    currency: str
    opening_minor: int
    booked_minor: int
    paid_minor: int
    open_minor: int
    open_count: int
    oldest: datetime | None

    @property
    def closing_minor(self) -> int:
        """Balance at the period's end."""
        return self.opening_minor + self.booked_minor - self.paid_minor

    @property
    def unexplained_minor(self) -> int:
        """What no open item stands for."""
        return self.closing_minor - self.open_minor

    @property
    def ties(self) -> bool:
        """Whether every minor unit of the balance is an item somebody is owed."""
        return self.unexplained_minor == 0

    def oldest_days(self, now: datetime) -> int | None:
        """Age of the oldest open item in whole days."""
        return None if self.oldest is None else max((now - self.oldest).days, 0)
