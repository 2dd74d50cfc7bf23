"""Build a folder of documents without a store, a schedule or an ERP, in one or several processes.

Expenses come first, since a pay run may repay only what was handed over to payroll. Each pay run is
read and built on its own, so that memory follows the largest one and not their number.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TypeVar

from tieout.errors import Place
from tieout.finance.documents import Reading, SourceDocument
from tieout.finance.periods import AccountingPeriod, PeriodUnknownError, calendar_month
from tieout.finance.words import finding
from tieout.settings.inputs_folder import InputFile, InputsUnusableError
from tieout.workflows.headless_batches import HandedOver
from tieout.workflows.headless_unit import build_unit
from tieout.workflows.headless_values import (
    Duplicate,
    FolderBuilt,
    Known,
    Made,
    Opened,
    Unit,
    UnitBuilt,
)
from tieout.workflows.known_reports import report_keys, told_again
from tieout.workflows.office import unit_kind_of

#: Reads one file; a document that can't be read is answered with its failure.
ReadFile = Callable[[Known, InputFile], Opened]
Task = TypeVar("Task")
Answer = TypeVar("Answer")


def build_folder(
    known: Known, files: Sequence[InputFile], read: ReadFile, workers: int = 1
) -> FolderBuilt:
    """Read and build all documents.

    Args:
        known: the rules and facts to build with.
        files: the documents, in the order of their names; only of providers with units.
        read: reads one of them; importable by name when there are several workers.
        workers: processes to use; the result does not depend on it.

    Raises:
        InputsUnusableError: two documents claim to be the same run or report.
        ConfigurationError: the rules contradict themselves or do not cover an entity.
    """
    whole = FolderBuilt()
    expenses: dict[str, list[InputFile]] = {}
    runs: list[InputFile] = []
    first: dict[tuple[str, str], str] = {}
    for file in files:
        if unit_kind_of(known.company.provider(file.provider)) == "expense":
            expenses.setdefault(file.provider, []).append(file)
            continue
        earlier = first.setdefault(_identity(known, file), file.name)
        if earlier is file.name:
            runs.append(file)
        else:
            whole.duplicates.append(_duplicate(file.name, earlier))
    for made in each(partial(_expenses, known, read), list(expenses.values()), workers):
        whole.add(made)
    given: HandedOver = {}
    for unit in whole.units:
        for key, amount in unit.handed_over.items():
            given[key] = given.get(key, 0) + amount
    for made in each(partial(_pay_run, known, read, given), runs, workers):
        whole.add(made)
    _refuse_rivals(whole.units)
    whole.units.sort(key=lambda unit: unit.key)
    _expect(whole)
    return whole


def _identity(known: Known, file: InputFile) -> tuple[str, str]:
    """Equal bytes are the same document; of a report, for the same run (its control row)."""
    report = known.company.provider(file.provider).kind == "workday" and file.companion
    control = report.read_bytes() if report else b""
    return (
        hashlib.sha256(file.path.read_bytes()).hexdigest(),
        hashlib.sha256(control).hexdigest(),
    )


def _duplicate(name: str, first: str) -> Duplicate:
    return name, first, finding("document_duplicate", where=Place(name), name=name, first=first)


def each(work: Callable[[Task], Answer], tasks: Sequence[Task], workers: int) -> Iterator[Answer]:
    """The tasks' results in the order of the tasks, whoever is ready first."""
    processes = min(workers, len(tasks))
    if processes <= 1:
        yield from map(work, tasks)
        return
    # A fresh interpreter each: a fork of a process with threads may hang.
    with ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("spawn"),
        initializer=_share_cores,
        initargs=(processes,),
    ) as pool:
        yield from pool.map(work, tasks)


def _share_cores(processes: int) -> None:
    """Let each process use its part of the processors; read when the row engine is imported."""
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, (os.cpu_count() or 1) // processes)))


def _pay_run(known: Known, read: ReadFile, given: HandedOver, file: InputFile) -> Made:
    """One pay run from its bytes to its journal."""
    begun = time.perf_counter()
    opened = read(known, file)
    seconds = time.perf_counter() - begun
    if opened.reading is None:
        return Made(unread=[opened])
    facts = opened.reading.facts
    identity = facts.business_key or opened.document.sha256
    unit = Unit(
        f"{file.provider}:{identity.replace('|', ':')}",
        file.provider,
        "payroll",
        _period(facts.period, known),
        [(opened.document, opened.reading)],
    )
    built = build_unit(known, unit, given)
    built.spend("extract", seconds)
    return Made([built])


def _expenses(known: Known, read: ReadFile, files: Sequence[InputFile]) -> Made:
    """All reports of one provider, a unit for each period of approval."""
    made = Made()
    seen: dict[str, str] = {}
    reports: list[tuple[SourceDocument, Reading]] = []
    begun = time.perf_counter()
    for file in files:
        opened = read(known, file)
        name, sha256 = opened.document.name, opened.document.sha256
        if sha256 in seen:
            made.duplicates.append(_duplicate(name, seen[sha256]))
        elif opened.reading is None:
            made.unread.append(opened)
        else:
            reports.append((opened.document, opened.reading))
        seen.setdefault(sha256, name)
    seconds = time.perf_counter() - begun
    by_period: dict[AccountingPeriod, list[tuple[SourceDocument, Reading]]] = {}
    many = known.company.provider(files[0].provider).kind == "delimited"
    for document, reading in _with_revisions(reports, many=many):
        by_period.setdefault(_period(reading.facts.period, known), []).append((document, reading))
    for period, members in sorted(by_period.items()):
        provider = files[0].provider
        members.sort(key=lambda member: member[0].sha256)
        key = f"{provider}:{provider}-{period.code}"
        made.units.append(build_unit(known, Unit(key, provider, "expense", period, members), {}))
    for unit in made.units[:1]:
        # Read for all periods at once; the first one carries the time.
        unit.spend("extract", seconds)
    return made


def _with_revisions(
    reports: Sequence[tuple[SourceDocument, Reading]], *, many: bool
) -> Iterator[tuple[SourceDocument, Reading]]:
    """The same report under another document id is held: a person decides, never booked twice.

    Args:
        reports: the documents as read.
        many: whether a document holds the lines of many reports, each of which counts.

    Raises:
        InputsUnusableError: one document id with two contents; a folder can't say which is newer.
    """
    first: dict[str, SourceDocument] = {}
    ids: dict[str, str] = {}
    files: dict[str, str] = {}
    for document, reading in sorted(reports, key=lambda one: (one[0].native_ref, one[0].sha256)):
        rival = ids.setdefault(document.native_ref, document.name)
        if rival != document.name:
            raise _rivals(rival, document.name, "the same document")
        known = first.setdefault(reading.facts.business_key or document.sha256, document)
        if known is document:
            earlier = told_again(document, reading, files) if many else []
            for key in report_keys(reading.frames["expense_line"]) if many else ():
                files.setdefault(key, document.name)
            yield document, replace(reading, findings=(*reading.findings, *earlier))
            continue
        told = finding(
            "report_revised",
            where=Place(document.name),
            report=document.name,
            revision=reading.facts.sequence,
            found=f"known as {known.name}",
            blocks=f"report {document.name}",
        )
        yield document, replace(reading, findings=(*reading.findings, told))


def _period(code: str, known: Known) -> AccountingPeriod:
    """The document's own period; one that it does not say, or not readably, is the wanted one."""
    try:
        return calendar_month(code)
    except PeriodUnknownError:
        return known.period


def _refuse_rivals(units: Sequence[UnitBuilt]) -> None:
    names: dict[str, str] = {}
    for unit in units:
        name = unit.certificates[0].document.name if unit.certificates else unit.key
        if unit.key in names:
            first, second = sorted((names[unit.key], name))
            raise _rivals(first, second, f"the run {unit.key}")
        names[unit.key] = name


def _rivals(first: str, second: str, what: str) -> InputsUnusableError:
    return InputsUnusableError(
        f"{first} and {second} are both {what}, with other content.",
        next_step="Keep the one that counts; a folder does not say which came last.",
    )


def _expect(whole: FolderBuilt) -> None:
    """The expectations on files and totals, once in this process: their import is dear."""
    if not any(unit.measured for unit in whole.units):
        return
    from tieout.contracts.expectations import check_many

    for kind in sorted({unit.kind for unit in whole.units}):
        own = [unit for unit in whole.units if unit.kind == kind and unit.measured]
        # One call for all of them; the first one carries its time.
        with own[0].timed("validate") if own else nullcontext():
            whole.expectations |= check_many(kind, {unit.key: unit.measured for unit in own})
