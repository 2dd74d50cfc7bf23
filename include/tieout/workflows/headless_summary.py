"""The summary of a build for a terminal or a script: counts and sums, nobody's pay."""

from __future__ import annotations

import resource
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from tieout.errors import Severity
from tieout.finance.certificates import STATES, Sums
from tieout.workflows.headless_output import findings_told, totals_told
from tieout.workflows.headless_values import FolderBuilt, Known, UnitBuilt
from tieout.workflows.unit_rules import shown

STAGES: Final = ("extract", "validate", "reconcile", "route", "build")


def is_held(built: FolderBuilt) -> bool:
    """Whether something waits: a held line, or a finding that blocks."""
    severities = {told["severity"] for told in findings_told(built)}
    held = any(part.state == "held" for unit in built.units for part in unit.disposed)
    return held or Severity.CRITICAL.value in severities


def summary_of(
    built: FolderBuilt, known: Known, clock: Mapping[str, float], workers: int
) -> dict[str, Any]:
    """All figures of a build.

    Args:
        built: what was built.
        known: what it was built with.
        clock: further wall times in seconds, beside those of the stages.
        workers: processes that were used.
    """
    severities = Counter(str(told["severity"]) for told in findings_told(built))
    seconds = {stage: sum(unit.seconds.get(stage, 0.0) for unit in built.units) for stage in STAGES}
    return {
        "tenant": known.company.tenant,
        "period": known.period.code,
        "known_at": known.known_at.isoformat(),
        "equal": not built.failures(),
        "documents": {
            "read": sum(len(unit.certificates) for unit in built.units),
            "unread": len(built.unread),
            "duplicates": len(built.duplicates),
        },
        "units": [_unit(unit) for unit in built.units],
        "journals": [
            {
                "external_id": item.journal.external_id,
                "entity": item.journal.key.entity,
                "kind": item.journal.key.kind.value,
                "currency": item.journal.currency,
                "lines": len(item.journal.lines),
                "debit": shown(item.journal.debit_minor, item.journal.currency),
                "content_hash": item.journal.content_hash,
            }
            for unit in built.units
            for item in unit.journals
        ],
        "totals": totals_told(built),
        "exceptions": [
            {
                "entity": cause.entity,
                "code": cause.code,
                "cause": cause.cause,
                "items": cause.item_count,
            }
            for unit in built.units
            for cause, _ in unit.held
        ],
        "findings": {level.value: severities[level.value] for level in Severity},
        "workers": workers,
        "seconds": {name: round(spent, 3) for name, spent in {**seconds, **clock}.items()},
        "peak_memory_mb": _peak_mb(workers),
    }


def _unit(unit: UnitBuilt) -> dict[str, Any]:
    ended = {
        state: sum((p.sums for p in unit.disposed if p.state == state), Sums()).line_count
        for state in STATES
    }
    return {
        "unit": unit.key,
        "kind": unit.kind,
        "period": unit.period,
        "documents": len(unit.certificates),
        "lines": {"in": sum(ended.values()), **ended},
        "journals": len(unit.journals),
    }


def _peak_mb(workers: int) -> int:
    """Resident memory at its highest, in MiB; with workers, theirs as if all peaked at once."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if workers > 1 else 0
    return int(own + workers * largest) // 1024


def table_of(summary: Mapping[str, Any]) -> str:
    """The summary for people."""
    rows = [f"{'unit':<58}{'lines':>8}{'built':>8}{'held':>8}{'excluded':>10}{'journals':>10}"]
    for unit in summary["units"]:
        lines = unit["lines"]
        rows.append(
            f"{unit['unit']:<58}{lines['in']:>8}{lines['built']:>8}{lines['held']:>8}"
            f"{lines['excluded']:>10}{unit['journals']:>10}"
        )
    rows.append("")
    rows += [
        f"{one['external_id']}  {one['debit']:>18} {one['currency']}  {one['lines']:>4} lines"
        for one in summary["journals"]
    ]
    rows += [
        f"held: {one['entity']} {one['code']} {one['cause']}: {one['items']} lines"
        for one in summary["exceptions"]
    ]
    found = ", ".join(f"{count} {level}" for level, count in summary["findings"].items() if count)
    rows.append(f"findings: {found or 'none'}")
    rows.append(
        "certificate: every line ended once"
        if summary["equal"]
        else "certificate: FAILED, see certificate.json"
    )
    return "\n".join(rows)
