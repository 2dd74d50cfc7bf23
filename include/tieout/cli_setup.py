"""Commands of the platform: migrate, setup, import, doctor, export of finance's rules."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tieout.workflows.office import Office


def add_commands(commands: Any) -> None:
    """Register the commands."""
    migrate = commands.add_parser("migrate", help="bring the warehouse to the newest schema")
    migrate.set_defaults(handler=_migrate)
    setup = commands.add_parser("setup", help="state tables, roles, first load of the rules")
    setup.set_defaults(handler=_setup)
    load = commands.add_parser("import", help="propose the rows of finance's files that are new")
    load.add_argument("--config", type=Path, help="folder of files; default: the configured one")
    load.add_argument("--show", action="store_true", help="only show what differs")
    load.add_argument("--author", default="", help="user who stands for it")
    load.add_argument(
        "--end-missing", type=date.fromisoformat, metavar="DAY",
        help="propose this last day for rows that the files no longer have",
    )  # fmt: skip
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
    from tieout.workflows.mapping_import import import_rows, preview

    here = settings()
    if options.config is not None:
        here = here.model_copy(update={"config": options.config})
    office, stated = bootstrap.office(), bootstrap.stated_proposals(here)
    changes = preview(office, stated)
    told = [
        f"{change.what:8} {change.table} {change.key} from {change.valid_from}"
        + (f": {', '.join(change.columns)}" if change.what == "changed" else "")
        for change in changes
    ]
    count, active = 0, False
    if not options.show:
        author = _author(office, options.author)
        count, active = import_rows(office, stated, author, end_missing=options.end_missing)
        state = "active (first load)" if active else "proposed; another person approves them"
        told.append(f"{count} new rows, {state}.")
    figures = {"rows": count, "active": active, "changes": [asdict(change) for change in changes]}
    emit(options, figures, "\n".join(told if options.show or not active else told[-1:]))
    return 0


def _author(office: Office, named: str) -> str:
    """The user who stands for an import; the files themselves when nobody is named.

    Raises:
        ConfigurationError: no user of Tieout has that name, so the rule of two persons could not
            be kept.
    """
    from tieout.errors import ConfigurationError
    from tieout.workflows.mappings import FILES_AUTHOR
    from tieout.workflows.roles import roles_of

    if named and not roles_of(office, named):
        raise ConfigurationError(
            f"{named} is no user of Tieout.",
            blocks="the import; nothing was proposed",
            next_step="Name a user of config/roles.yaml with --author.",
        )
    return named or FILES_AUTHOR


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
