"""`tieout build`: the pure stages on a folder, without a store, a schedule or an ERP.

Exit code 0: all was built. 2: built, with held lines or critical findings. 1: the inputs can't be
used, or the build does not add up; the reason is one sentence on standard error.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path
from typing import Any

from tieout.errors import Place, TieoutError
from tieout.finance.money import to_minor
from tieout.settings.inputs_folder import Inputs, InputsUnusableError, read_inputs
from tieout.workflows.headless_values import FolderBuilt, Known

BUILT, HELD = 0, 2


def add_commands(commands: Any) -> None:
    """Register the command."""
    build = commands.add_parser(
        "build", help="journals from a folder, without store and ERP", description=__doc__
    )
    build.add_argument("--inputs", type=Path, required=True, help="documents, reference, run.yaml")
    build.add_argument("--config", type=Path, required=True, help="finance's files")
    build.add_argument("--out", type=Path, required=True, help="new or empty folder for the result")
    build.add_argument("--workers", type=_workers, default=1, help="processes; default 1")
    build.add_argument("--force", action="store_true", help="replace what is in the folder out")
    build.add_argument("--json", action="store_true", help="print the summary as JSON")
    build.set_defaults(handler=_build)


def _workers(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError("a number from 1 to 64")
    return int(text)


def _build(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_build_documents import read_document
    from tieout.workflows.headless import build_folder
    from tieout.workflows.headless_folder import refuse_used, write_folder
    from tieout.workflows.headless_output import folder_files
    from tieout.workflows.headless_summary import is_held, summary_of, table_of

    begun = time.perf_counter()
    out = options.out.resolve()
    _refuse_overlap(out, options.inputs.resolve(), options.config.resolve())
    refuse_used(out, force=options.force)
    inputs = read_inputs(options.inputs)
    known = _known(inputs, options.config)
    _refuse_strangers(known, inputs)
    built = build_folder(known, inputs.files, read_document, options.workers)
    building = time.perf_counter()
    write_folder(out, folder_files(built, known), force=options.force)
    ended = time.perf_counter()
    clock = {"write": ended - building, "wall": ended - begun}
    summary = summary_of(built, known, clock, options.workers)
    emit(options, {"out": str(options.out), **summary}, table_of(summary))
    if built.failures():
        raise TieoutError(
            f"The build does not add up: {built.failures()[0]}.",
            where=Place(str(out / "certificate.json")),
            blocks="every journal of this build",
            next_step="Use none of them; tell the platform team.",
            code="certificate_failed",
        )
    return HELD if is_held(built) else BUILT


def rebuild(folder: Path, config: Path) -> tuple[Known, FolderBuilt]:
    """Build a folder again without writing anything; one process.

    Raises:
        TieoutError: the inputs or the configuration can't be used.
    """
    from tieout.cli_build_documents import read_document
    from tieout.workflows.headless import build_folder

    inputs = read_inputs(folder)
    known = _known(inputs, config)
    _refuse_strangers(known, inputs)
    return known, build_folder(known, inputs.files, read_document)


def _refuse_overlap(out: Path, *sources: Path) -> None:
    for source in sources:
        if out == source or out in source.parents or source in out.parents:
            raise InputsUnusableError(
                f"{out} and {source} lie in one another.",
                where=Place(str(out)),
                next_step="Name a folder of its own for the result.",
            )


def _known(inputs: Inputs, config: Path) -> Known:
    """The rules of the configuration, with what run.yaml says.

    Raises:
        ConfigurationError: a file of the configuration can't be used.
        InputsUnusableError: run.yaml names an unknown entity or an amount that is none.
    """
    from tieout.adapters.netsuite.ledger import MOST_LINES
    from tieout.settings.company_files import load_company
    from tieout.settings.mapping_files import read_mapping_files
    from tieout.workflows.unit_rules import mappings_of_files

    company = load_company(config, inputs.run.tenant)
    try:
        stated = read_mapping_files(config)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputsUnusableError(
            f"The mappings and policies can't be read: {error}.",
            where=Place(str(config)),
            next_step="Write them as UTF-8 CSV.",
        ) from error
    given = {}
    for code, text in inputs.run.handed_over.items():
        try:
            given[code] = to_minor(text, company.entity(code).functional_currency)
        except TieoutError as error:
            raise InputsUnusableError(
                f"run.yaml, handed_over of {code}: {error.message}",
                where=Place("run.yaml", None, "handed_over"),
                next_step="Name an entity of the configuration and an amount in its currency.",
            ) from error
    return Known(
        company,
        mappings_of_files(stated, company),
        inputs.reference,
        inputs.run.period,
        inputs.run.known_at,
        given,
        inputs.run.journal_lines or MOST_LINES,
        inputs.owners,
    )


def _refuse_strangers(known: Known, inputs: Inputs) -> None:
    """Folders of providers that are unknown, or that state neither pay nor expenses."""
    from tieout.workflows.office import unit_kind_of

    for code in dict.fromkeys(file.provider for file in inputs.files):
        provider = known.company.providers.get(code)
        if provider is None or not unit_kind_of(provider):
            what = "is no provider" if provider is None else "states neither pay nor expenses"
            raise InputsUnusableError(
                f"documents/{code}: {code} {what}.",
                where=Place(f"documents/{code}"),
                next_step=f"Rename or remove the folder, or add providers/{code}.yaml.",
            )
