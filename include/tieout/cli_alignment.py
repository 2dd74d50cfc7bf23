"""Commands of master data: alignment, the readiness gate, what was known when."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

_COLUMNS: Final = ("entity", "headcount", "aligned", "differs", "missing", "percent")


def add_commands(commands: Any) -> None:
    """Register the commands."""
    alignment = commands.add_parser(
        "alignment", help="how HR, payroll, expense platform and ERP agree on each entity's people"
    )
    alignment.add_argument("--period", default="")
    alignment.add_argument("--entity", default="", help="the people of one entity, by number")
    alignment.add_argument("--json", action="store_true")
    alignment.set_defaults(handler=_alignment)
    release = commands.add_parser(
        "release", help="let approved journals of an entity under its alignment threshold go"
    )
    release.add_argument("entity")
    release.add_argument("--period", required=True)
    release.add_argument("--reason", required=True)
    release.add_argument("--json", action="store_true")
    release.set_defaults(handler=_release)
    reference = commands.add_parser(
        "reference", help="master data as true on a day, by what was known at an instant"
    )
    reference.add_argument("kind", help="employee, department, entity, cost_center, …")
    reference.add_argument("--as-of", default="", help="2026-10-31")
    reference.add_argument("--known-at", default="", help="2026-11-02T06:00:00Z")
    reference.add_argument("--json", action="store_true")
    reference.set_defaults(handler=_reference)


def _alignment(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    asked = {"period": options.period} if options.period else {}
    where = f"/{options.entity}" if options.entity else ""
    found = session().get(f"/tieout/api/alignment{where}?{urlencode(asked)}")
    emit(options, found, people_text(found) if options.entity else entities_text(found))
    return 0


def entities_text(found: Mapping[str, Any]) -> str:
    """A line per entity: how many people stand how, what is at risk, the gate."""
    rows = [_entity_cells(row) for row in found["entities"]]
    if not rows:
        return f"No alignment of {found['period']} is known; read the master data first."
    heads = (*(name.capitalize() for name in _COLUMNS), "At risk", "Gate")
    return _table([heads, *rows])


def _entity_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    amounts = (row["pay_at_risk"], row["expenses_at_risk"])
    at_risk = " + ".join("hidden" if amount is None else amount for amount in amounts)
    gate = row["readiness"]["why"] or "open"
    return (*(str(row[name]) for name in _COLUMNS), f"{at_risk} {row['currency']}", gate)


def people_text(found: Mapping[str, Any]) -> str:
    """A line per employee who is not aligned."""
    rows = [
        (
            person["employee"],
            person["standing"],
            "; ".join(
                [*(f"missing in {name}" for name in person["missing_in"]), *person["differences"]]
            ),
        )
        for person in found["people"]
    ]
    if not rows:
        return f"All {found['headcount']} people of {found['entity']} are aligned."
    return _table([("Employee", "Standing", "Why"), *rows])


def _release(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    given = {"period": options.period, "reason": options.reason}
    found = session().post(f"/tieout/api/readiness/{options.entity}/release", given)
    emit(options, found, "\n".join(f"Released: {name}" for name in found["released"]))
    return 0


def _reference(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    asked = {
        name: value
        for name, value in (("as_of", options.as_of), ("known_at", options.known_at))
        if value
    }
    found = session().get(f"/tieout/api/reference/{options.kind}?{urlencode(asked)}")
    rows = [
        (
            one["code"],
            "missing" if one["missing"] else "active" if one["active"] else "closed",
            one["valid_from"] or "",
            ", ".join(one["entities"]),
            one["name"],
        )
        for one in found["objects"]
    ]
    emit(options, found, _table([("Code", "State", "Since", "Entities", "Name"), *rows]))
    return 0


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
