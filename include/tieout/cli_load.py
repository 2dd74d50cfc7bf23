"""`tieout load`: documents of a folder into the store, from bytes to journals that wait.

Exit code 0: all was built. 2: loaded, with held lines, documents that could not be read, or units
that another run holds. 1: the folder can't be used; the reason is one sentence on standard error.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tieout.errors import Place
from tieout.settings.inputs_folder import InputFile, InputsUnusableError, documents_in
from tieout.workflows.office import Office

LOADED, INCOMPLETE = 0, 2


def add_commands(commands: Any) -> None:
    """Register the command."""
    load = commands.add_parser(
        "load", help="documents of a folder into the store, up to journals", description=__doc__
    )
    load.add_argument("--inputs", type=Path, required=True, help="folder with documents/<provider>")
    load.add_argument("--period", default="", help="of documents that say none; default: closing")
    load.add_argument("--workers", type=int, choices=range(1, 65), default=1, metavar="N",
                      help="processes; default 1")  # fmt: skip
    load.add_argument("--json", action="store_true", help="print the summary as JSON")
    load.set_defaults(handler=_load)


def _load(options: argparse.Namespace) -> int:
    from tieout import bootstrap
    from tieout.cli import emit
    from tieout.cli_build_documents import open_document
    from tieout.workflows.load import load_folder
    from tieout.workflows.load_summary import summary_of, table_of
    from tieout.workflows.load_values import Load
    from tieout.workflows.sweep import closing_period

    begun = time.perf_counter()
    office = bootstrap.office()
    files = list(documents_in(options.inputs))
    _refuse_strangers(office, files)
    load = Load(
        office=bootstrap.office,
        open_file=open_document,
        period=closing_period(office, options.period),
        holder=f"load:{os.getpid()}",
    )
    loaded = load_folder(load, files, options.workers)
    summary = summary_of(office, loaded, time.perf_counter() - begun, options.workers)
    emit(options, {"inputs": str(options.inputs), **summary}, table_of(summary))
    return LOADED if _is_complete(summary) else INCOMPLETE


def _is_complete(summary: Mapping[str, Any]) -> bool:
    held = any(unit["lines"]["held"] for unit in summary["units"])
    return not (held or summary["documents"]["unread"] or summary["busy"])


def _refuse_strangers(office: Office, files: list[InputFile]) -> None:
    """Folders of providers that are unknown, not live, or state neither pay nor expenses."""
    known = office.unit_providers()
    for code in dict.fromkeys(file.provider for file in files):
        if code not in known:
            raise InputsUnusableError(
                f"documents/{code}: {code} is no live provider of pay or expenses.",
                where=Place(f"documents/{code}"),
                next_step=f"Rename or remove the folder, or add providers/{code}.yaml.",
            )
