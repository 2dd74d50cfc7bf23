"""Commands that read finance's rules: which one answers, what is wrong, an export of all."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.errors import TieoutError

if TYPE_CHECKING:
    from tieout.finance.mappings import MappingRow


def add_commands(commands: Any) -> None:
    """Register the commands."""
    top = commands.add_parser("mappings", help="finance's rules: explain, check, export")
    verbs = top.add_subparsers(required=True, metavar="VERB")
    explain = verbs.add_parser("explain", help="which rule answers, what it overrides, since when")
    explain.add_argument("table")
    explain.add_argument("wanted", nargs="*", metavar="COLUMN=TEXT")
    explain.add_argument("--entity", default="")
    explain.add_argument("--on", type=date.fromisoformat, help="day; default: today's")
    explain.add_argument("--known-at", type=_instant, help="instant with its zone; default: now")
    explain.set_defaults(handler=_explain)
    check = verbs.add_parser("check", help="conflicts, broken splits and gaps of what is active")
    check.add_argument("--on", type=date.fromisoformat, help="day; default: today's")
    check.set_defaults(handler=_check)
    export = verbs.add_parser("export", help="write every rule to files of a new folder")
    export.add_argument("folder", type=Path)
    export.add_argument("--known-at", type=_instant, help="instant with its zone; default: now")
    export.set_defaults(handler=_export)
    for command in (explain, check, export):
        command.add_argument("--json", action="store_true")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        message = "an instant needs its zone, such as 2026-11-02T06:00+00:00"
        raise argparse.ArgumentTypeError(message)
    return found


def _wanted(stated: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in stated]
    if any(not between for _, between, _ in pairs):
        raise TieoutError(
            "A column is stated as COLUMN=TEXT.", next_step="Write source_code=GROSS, for one."
        )
    return {column: text for column, _, text in pairs}


def _explain(options: argparse.Namespace) -> int:
    from tieout import bootstrap
    from tieout.cli import emit
    from tieout.workflows.mapping_history import explain

    office = bootstrap.office()
    now = office.now()
    on, known_at = options.on or now.date(), options.known_at or now
    found = explain(office, options.table, options.entity, on, known_at, _wanted(options.wanted))
    state = "conflict" if found.conflict else "answered" if found.answers else "no rule"
    figures = {
        "state": state,
        "on": on,
        "known_at": known_at,
        "answers": [_figures(row) for row in found.answers],
        "overrides": [_figures(row) for row in found.overridden],
    }
    lines = [f"{state} on {on}, as known at {known_at.isoformat()}"]
    lines += [f"answers    {_line(row)}" for row in found.answers]
    lines += [f"overrides  {_line(row)}" for row in found.overridden]
    emit(options, figures, "\n".join(lines))
    return 0 if state == "answered" else 1


def _figures(row: MappingRow) -> Mapping[str, object]:
    return {
        "rule": row.name,
        "content": dict(row.content),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "known_from": row.known_from,
        "author": row.author,
        "decided_by": row.decided_by,
        "reason": row.reason,
    }


def _line(row: MappingRow) -> str:
    said = ", ".join(f"{name} {text}" for name, text in row.content.items() if text)
    until = f" to {row.valid_to}" if row.valid_to else ""
    since = row.known_from.isoformat() if row.known_from else "?"
    return (
        f"{row.name}: {said}; from {row.valid_from}{until}; known since {since}; by {row.author}, "
        f"decided by {row.decided_by}: {row.reason}"
    )


def _check(options: argparse.Namespace) -> int:
    from tieout import bootstrap
    from tieout.cli import emit
    from tieout.workflows.mapping_history import check_active

    office = bootstrap.office()
    told = check_active(office, options.on or office.now().date())
    figures = [
        {"kind": item.kind.value, "table": item.table, "said": item.said, "refuses": item.refuses}
        for item in told
    ]
    lines = [f"{item.kind.value:8} {item.said}" for item in told]
    emit(options, figures, "\n".join(lines or ["No conflict, no broken split, no gap."]))
    return 1 if any(item.refuses for item in told) else 0


def _export(options: argparse.Namespace) -> int:
    from tieout import bootstrap
    from tieout.cli import emit
    from tieout.settings.mapping_files import write_mapping_files
    from tieout.workflows.mapping_import import exported

    counts = write_mapping_files(options.folder, exported(bootstrap.office(), options.known_at))
    emit(options, counts, f"{sum(counts.values())} rows in {options.folder}.")
    return 0
