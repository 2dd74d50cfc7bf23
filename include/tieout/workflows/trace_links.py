"""From a journal line to the source lines behind it, and from a source line to journal lines.

Both directions are one look-up by index. A share is stated in minor units of the journal's currency
where a source line is split over several journal lines; else it stands behind the journal line with
its full amount, which only the kept source says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.warehouse.line_sets import BLOCK_LINES
from tieout.warehouse.store import Work


@dataclass(frozen=True, slots=True)
class SourceBehind:
    """What one document gives to a journal line.

    Attributes:
        document: its SHA-256.
        amount_minor: what all of its lines give together; debit positive.
        source_lines: the lines, ascending.
        shares_minor: beside them; None where a line stands with its full amount.
    """

    document: str
    name: str
    amount_minor: int
    source_lines: Sequence[int]
    shares_minor: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class JournalLineReached:
    """A journal line that a source line stands behind; `share_minor` as in `SourceBehind`."""

    external_id: str
    state: str
    line_number: int
    share_minor: int | None


@dataclass(frozen=True, slots=True)
class LineEnded:
    """Where a source line ended, and the journal lines it stands behind.

    A line has one state; journal lines of superseded and reversed journals are shown with theirs.
    """

    state: str
    reason: str
    external_id: str
    unit_key: str
    reached: Sequence[JournalLineReached]


def sources_behind(work: Work, external_id: str, line_number: int) -> list[SourceBehind]:
    """The source lines behind one journal line, by document; empty for an unknown one."""
    found: dict[str, SourceBehind] = {}
    for row in work.rows(
        "cockpit", "trace_behind_line", external_id=external_id, line_number=line_number
    ):
        lines = [row["block"] * BLOCK_LINES + place for place in row["offsets"]]
        shares = row["shares_minor"] or [None] * len(lines)
        before = found.get(row["document"])
        found[row["document"]] = SourceBehind(
            row["document"],
            row["name"],
            row["amount_minor"] + (before.amount_minor if before else 0),
            [*(before.source_lines if before else ()), *lines],
            [*(before.shares_minor if before else ()), *shares],
        )
    return list(found.values())


def line_ended(work: Work, document: str, source_line: int) -> LineEnded | None:
    """Where one line of a document ended; None while no build has disposed of it."""
    ended = work.row("cockpit", "trace_end_of_source", document=document, source_line=source_line)
    if ended is None:
        return None
    reached = work.rows(
        "cockpit", "trace_from_source", document=document, block=source_line // BLOCK_LINES,
        place=source_line % BLOCK_LINES,
    )  # fmt: skip
    return LineEnded(
        ended["state"],
        ended["reason"],
        ended["external_id"],
        ended["unit_key"],
        [
            JournalLineReached(
                row["external_id"], row["state"], row["line_number"], row["share_minor"]
            )
            for row in reached
        ],
    )
