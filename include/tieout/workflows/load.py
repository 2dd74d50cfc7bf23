"""Load a folder of documents into the store: the intake and the stages in one process chain.

What is stored is what sweep and tasks would have stored: originals, documents, units, findings,
journals, exceptions, certificates. Each document is durable before it is named, each unit is stored
in one transaction under its fence; a load that was killed is run again. Documents that are held
already and units whose inputs are unchanged cost a look-up.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tieout.errors import BusyError, UnreadableDocumentError
from tieout.finance.periods import PeriodUnknownError, calendar_month
from tieout.settings.inputs_folder import InputFile
from tieout.warehouse.store import Work
from tieout.workflows.asking_suites import AskLater, AskNow
from tieout.workflows.headless import each
from tieout.workflows.headless_values import Unread
from tieout.workflows.intake import keep, keep_unreadable, note_duplicate
from tieout.workflows.load_unit import KnownRules, Spent, load_unit, rules_known
from tieout.workflows.load_values import Asking, Load, Loaded
from tieout.workflows.office import Office

if TYPE_CHECKING:
    import polars as pl

    from tieout.finance.documents import Reading


def load_folder(load: Load, files: Sequence[InputFile], workers: int = 1) -> Loaded:
    """Take in documents and bring their units to journals.

    Expenses come first, since a pay run may repay only what was handed over to payroll. A provider
    is one task: a second document of its pay run, in the order of their names, is a corrected
    delivery, as if it had come later.

    Args:
        load: see `Load`.
        files: the documents in the order of their names; only of providers with units.
        workers: processes to use; what is stored does not depend on it.
    """
    office = load.office()
    expenses: dict[str, list[InputFile]] = {}
    runs: dict[str, list[InputFile]] = {}
    for file in files:
        kept = expenses if office.unit_kind(file.provider) == "expense" else runs
        kept.setdefault(file.provider, []).append(file)
    rules = rules_known(office)
    whole = Loaded()
    for made in each(partial(_expenses, load, rules), list(expenses.values()), workers):
        whole.add(made)
    for made in each(partial(_pay_runs, load, rules), list(runs.values()), workers):
        whole.add(made)
    _ask_suites(office, whole)
    return whole


def _ask_suites(office: Office, whole: Loaded) -> None:
    """Ask the suites about all units at once: a call costs the same for one as for fifty."""
    if not whole.waiting:
        return
    spent = Spent()
    with spent.on("validate"), office.warehouse.transaction() as work:
        AskNow().ask(work, whole.waiting, office.now())
    for stage, seconds in spent.seconds.items():
        whole.seconds[stage] = whole.seconds.get(stage, 0.0) + seconds
    whole.waiting.clear()


def _expenses(load: Load, rules: KnownRules, files: Sequence[InputFile]) -> Loaded:
    """All reports of one provider, then the units that they belong to."""
    made, spent, later = Loaded(), Spent(), AskLater()
    office = replace(load.office(), suites=later)
    frames: dict[str, pl.DataFrame] = {}
    for file in files:
        _take(load, office, file, made, spent, frames)
    for unit_key in sorted(made.units):
        _unit(load, office, rules, unit_key, frames, made, spent)
    return _ended(made, spent, later)


def _pay_runs(load: Load, rules: KnownRules, files: Sequence[InputFile]) -> Loaded:
    """Pay runs one after the other, each from its bytes to its journals."""
    made, spent, later = Loaded(), Spent(), AskLater()
    office = replace(load.office(), suites=later)
    for file in files:
        frames: dict[str, pl.DataFrame] = {}
        for unit_key in _take(load, office, file, made, spent, frames):
            _unit(load, office, rules, unit_key, frames, made, spent)
    return _ended(made, spent, later)


def _ended(made: Loaded, spent: Spent, later: AskLater) -> Loaded:
    made.waiting = later.waiting
    made.seconds = spent.seconds
    made.peak_kb = {os.getpid(): resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    return made


def _unit(
    load: Load,
    office: Office,
    rules: KnownRules,
    unit_key: str,
    frames: Mapping[str, pl.DataFrame],
    made: Loaded,
    spent: Spent,
) -> None:
    try:
        ran = load_unit(office, unit_key, load.holder, rules, frames, spent)
    except BusyError:
        made.busy.append(unit_key)
        ran = False
    made.units[unit_key] = ran or made.units.get(unit_key, False)


def _take(
    load: Load,
    office: Office,
    file: InputFile,
    made: Loaded,
    spent: Spent,
    frames: dict[str, pl.DataFrame],
) -> list[str]:
    """Take in one file; the units that it belongs to."""
    with spent.on("open"):
        unread = load.open_file(Asking(office.company, office.now()), file)
        document = unread.document
        with office.warehouse.transaction() as work:
            units = _known(load, office, work, unread, made)
    if units is not None:
        made.units |= {unit: made.units.get(unit, False) for unit in units}
        return units
    with spent.on("keep"):
        office.objects.put(unread.content)
    try:
        with spent.on("read"):
            reading = unread.read()
    except UnreadableDocumentError as error:
        keep_unreadable(office, document, error.message, load.period)
        made.unread.append(document.name)
        return []
    with spent.on("keep"):
        unit = keep(
            office, document, reading, load.period, _group(load, document.provider, reading),
            acknowledged=True,
        )  # fmt: skip
    frames[document.sha256] = next(iter(reading.frames.values()))
    made.new.append(document.name)
    made.units.setdefault(unit, False)
    return [unit]


def _known(
    load: Load, office: Office, work: Work, unread: Unread, made: Loaded
) -> list[str] | None:
    """The units of bytes that the store holds; None where it does not."""
    document = unread.document
    known = work.row("extract", "find_document", sha256=document.sha256)
    if known is None:
        return None
    if known["name"] != document.name:
        note_duplicate(office, work, document, str(known["name"]), load.period)
        made.duplicates.append(document.name)
    return [row["unit_key"] for row in work.rows(
        "extract", "units_of_document", sha256=document.sha256
    )]  # fmt: skip


def _group(load: Load, provider: str, reading: Reading) -> str:
    """Expenses of a provider make one unit for each period of approval."""
    try:
        period = calendar_month(reading.facts.period)
    except PeriodUnknownError:
        period = load.period
    return f"{provider}-{period.code}"
