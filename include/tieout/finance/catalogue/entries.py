"""What one code says, and whose step it is."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.errors import Severity


@dataclass(frozen=True, slots=True)
class Words:
    """The four parts of a code."""

    title: str
    blocks: str
    next_step: str
    owner: str
    severity: Severity = Severity.CRITICAL
    waivable: bool = True


def said(
    title: str,
    blocks: str,
    next_step: str,
    owner: str,
    *,
    warn: bool = False,
    waivable: bool = True,
) -> Words:
    """The words of a code; a warning blocks nothing by itself."""
    severity = Severity.WARNING if warn else Severity.CRITICAL
    return Words(title, blocks, next_step, owner, severity, waivable)


#: The roles whose step it can be.
OPS, LEAD, CTRL, PLAT = "finance_ops", "finance_lead", "controller", "platform"
