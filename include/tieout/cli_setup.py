"""Commands of the platform: migrate, setup, import, doctor, export of finance's rules."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Register the commands."""
    migrate = commands.add_parser("migrate", help="bring the warehouse to the newest schema")
    migrate.set_defaults(handler=_migrate)
    setup = commands.add_parser("setup", help="state tables, roles, first load of the rules")
    setup.set_defaults(handler=_setup)
    load = commands.add_parser("import", help="propose the rows of finance's files that are new")
    load.add_argument("--config", type=Path, help="folder of files; default: the configured one")
    load.add_argument("--json", action="store_true")
    load.set_defaults(handler=_import)
    doctor = commands.add_parser("doctor", help="what is missing, and the cure")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(handler=_doctor)


def _migrate(_: argparse.Namespace) -> int:
    from tieout.settings.connections import warehouse_url
    from tieout.settings.environment import settings
    from tieout.warehouse.migrator import migrate

    migrate(warehouse_url(settings().home_folder))
    return 0


def _setup(_: argparse.Namespace) -> int:
    from tieout import bootstrap
    from tieout.settings.environment import settings
    from tieout.workflows.setup import set_up

    here = settings()
    set_up(bootstrap.office(), bootstrap.stated_roles(here), bootstrap.stated_proposals(here))
    return 0


def _import(options: argparse.Namespace) -> int:
    from tieout import bootstrap
    from tieout.cli import emit
    from tieout.settings.environment import settings
    from tieout.workflows.mappings import FILES_AUTHOR, import_rows

    here = settings()
    if options.config is not None:
        here = here.model_copy(update={"config": options.config})
    count, active = import_rows(bootstrap.office(), bootstrap.stated_proposals(here), FILES_AUTHOR)
    state = "active (first load)" if active else "proposed; another person approves them"
    emit(options, {"rows": count, "active": active}, f"{count} new rows, {state}.")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.doctor import examine

    checks = examine()
    lines = [
        f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.said}"
        + ("" if check.ok else f"\n     cure: {check.cure}")
        for check in checks
    ]
    emit(options, [check.as_dict() for check in checks], "\n".join(lines))
    return 0 if all(check.ok for check in checks) else 1
