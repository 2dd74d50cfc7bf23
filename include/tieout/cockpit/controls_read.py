"""Questions to the books that must have no answer; a row is a broken promise."""

from __future__ import annotations

from typing import Any, Final

from tieout.warehouse import audit
from tieout.warehouse.store import Work

#: The files of sql/controls, the gravest first.
CONTROLS: Final = (
    "posted_twice",
    "posted_without_approval",
    "posted_without_attempt",
    "approved_by_a_maker",
    "released_by_the_first_person",
    "unbalanced_journals",
    "uncovered_documents",
    "lines_disposed_twice",
    "lineage_off_the_line",
    "lineage_off_the_source",
    "lines_without_a_link",
    "states_without_history",
    "audit_gaps",
)


def broken(work: Work, control: str) -> list[dict[str, Any]]:
    """The rows of one control; none when its promise holds."""
    return work.rows("controls", control)


def controls_answer(work: Work) -> dict[str, Any]:
    """Each control with its number of rows; the audit chain is computed link by link as well."""
    counts = {control: len(broken(work, control)) for control in CONTROLS}
    first = audit.first_broken_link(work)
    return {
        "holds": first is None and not any(counts.values()),
        "controls": [
            {"name": name, "row_count": count, "holds": count == 0}
            for name, count in counts.items()
        ],
        "audit_chain": {"holds": first is None, "first_broken": first},
    }
