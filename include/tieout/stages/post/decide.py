"""post: whether a journal may be sent now, and what the ledger's answer means.

The task's state decides nothing; these facts do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.finance.comparison import Difference
from tieout.finance.windows import PostingWindow

#: Beyond the ledger's longest run time, before "absent" is believed.
MARGIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The facts on which sending depends.

    `pair_waits` says why the journals that it goes together with can't go yet; empty: they can.
    `unready`: why the entity's alignment demands a second person, empty when it does not.
    """

    approved: bool
    inputs_current: bool
    frozen_reason: str
    window: PostingWindow
    period_open: bool
    period: str
    pair_waits: str = ""
    unready: str = ""


def why_not(ready: Readiness, at: datetime) -> str:
    """Why the journal can't post now, in one line; empty when it may."""
    if not ready.inputs_current:
        return "a source document of it was replaced; it is built anew"
    if not ready.approved:
        return "its approval is missing"
    if ready.unready:
        return ready.unready
    if ready.frozen_reason:
        return f"posting of the entity is frozen: {ready.frozen_reason}"
    if at < ready.window.opens_at:
        return f"queued until {ready.window.opens_at:%Y-%m-%d %H:%M}Z"
    if at >= ready.window.closes_at:
        return f"its posting window closed {ready.window.closes_at:%Y-%m-%d %H:%M}Z"
    if not ready.period_open:
        return f"ERP period {ready.period} is closed"
    return ready.pair_waits


def resolve_unclear(
    *, found: bool, differences: list[Difference], sent_at: datetime, at: datetime, longest_run: int
) -> str:
    """What an unclear attempt became: posted, different, absent, or still unclear.

    Absent is final only after the ledger's longest run time and a margin.
    """
    if found:
        return "different" if differences else "posted"
    return "absent" if at >= sent_at + timedelta(seconds=longest_run) + MARGIN else "unclear"
