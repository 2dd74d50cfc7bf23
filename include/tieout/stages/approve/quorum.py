"""approve: who may approve, and whether what was approved is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from tieout.finance.money import to_minor


def allowed_approvers(controllers: Iterable[str], makers: Iterable[str]) -> list[str]:
    """Controllers of the entity who did not help to make the journals; may be empty."""
    return sorted(set(controllers) - set(makers))


def approvals_needed(debit_minor: int, currency: str, second_above: str) -> int:
    """One approval, or two above the policy's amount (decimal text; empty means never)."""
    if not second_above or Decimal(second_above) < 0:
        return 1
    return 2 if debit_minor > to_minor(second_above, currency) else 1


def is_approved(deciders: Sequence[str], makers: Iterable[str], needed: int) -> bool:
    """Whether enough different checkers approved this content."""
    return len(set(deciders) - set(makers)) >= needed
