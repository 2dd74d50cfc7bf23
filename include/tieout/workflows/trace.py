"""trace: from any id to the whole chain, in both directions.

approval → route → batch → run or report → journal lines → posting attempts → ledger → tie-out. What
is missing yet is said. It shows counts and class sums, never a person beside an amount.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tieout.warehouse.store import Row, Work

#: Documents shown of a journal that rests on more; the count is always the true one.
SHOWN: Final = 200


@dataclass(frozen=True)
class TracedJournal:
    """A journal with what happened to it."""

    head: Row
    classes: Sequence[Row]
    approvals: Sequence[Row]
    attempts: Sequence[Row]
    ledger: Sequence[Row]
    tie_out: Row | None


@dataclass(frozen=True)
class Trace:
    """All that hangs together with one id.

    `kind` says what the id named: journal, ledger entry, batch, unit, report, run or document;
    `document_count` is the number of documents before the list was cut at `SHOWN`.
    """

    wanted: str
    kind: str
    documents: Sequence[Row]
    document_count: int
    reports: Sequence[Row]
    dispositions: Sequence[Row]
    batches: Sequence[Row]
    units: Sequence[Row]
    journals: Sequence[TracedJournal]


def trace(work: Work, wanted: str, covers: Callable[[str], bool]) -> Trace | None:
    """Everything about an id that the reader may see; None when nothing is.

    Args:
        work: a transaction; only reads.
        wanted: external id, ERP id or number, report, run, batch or unit key, document hash, name
            or business key, correlation id.
        covers: whether the reader may see an entity.
    """
    named = [
        row
        for row in work.rows("cockpit", "trace_documents", wanted=wanted)
        if covers(row["entity"])
    ]
    hashes = [row["sha256"] for row in named]
    journals = [
        row
        for row in work.rows("cockpit", "trace_journals", wanted=wanted, documents=hashes)
        if covers(row["entity"])
    ]
    batches = _batches(work, [wanted], covers)
    if not (named or journals or batches):
        return None
    kind = _kind(wanted, named, journals, batches)
    documents = named or _sources(work, journals, covers)
    shown = documents[:SHOWN]
    hashes = [row["sha256"] for row in shown]
    reports = work.rows("cockpit", "trace_reports", documents=hashes)
    ended = work.rows("cockpit", "trace_dispositions", documents=hashes)
    keys = {key for row in reports for key in row["batch_keys"]} | {wanted}
    return Trace(
        wanted=wanted,
        kind=kind,
        documents=shown,
        document_count=len(documents),
        reports=reports,
        dispositions=ended,
        batches=_batches(work, sorted(keys), covers),
        units=_units(work, ended, journals),
        journals=[_journal(work, row, hashes) for row in journals],
    )


def _kind(
    wanted: str, documents: Sequence[Row], journals: Sequence[Row], batches: Sequence[Row]
) -> str:
    for row in journals:
        if wanted == row["external_id"]:
            return "journal"
        if wanted in {row["ledger_ref"], row["ledger_number"]}:
            return "ledger entry"
        if wanted == str(row["correlation_id"]):
            return "correlation id"
    if batches:
        return "batch"
    if any(wanted == row["unit_key"] for row in journals):
        return "unit"
    if any(wanted == row["sha256"] for row in documents):
        return "document"
    if any(row["provider"] == "concur" or wanted == row["name"] for row in documents):
        return "report"
    return "run"


def _batches(work: Work, keys: Sequence[str], covers: Callable[[str], bool]) -> list[Row]:
    return [
        row
        for row in work.rows("cockpit", "trace_batches", batch_keys=list(keys))
        if covers(row["entity"])
    ]


def _sources(work: Work, journals: Sequence[Row], covers: Callable[[str], bool]) -> list[Row]:
    found = work.rows(
        "cockpit", "trace_sources", external_ids=[row["external_id"] for row in journals]
    )
    return [row for row in found if covers(row["entity"])]


def _units(work: Work, ended: Sequence[Row], journals: Sequence[Row]) -> list[Row]:
    keys = {row["unit_key"] for row in ended} | {row["unit_key"] for row in journals}
    return work.rows("cockpit", "trace_units", unit_keys=sorted(keys))


def _journal(work: Work, head: Row, documents: Sequence[str]) -> TracedJournal:
    identity = head["external_id"]
    runs = work.rows("tie_out", "last_run", entity=head["entity"], period=head["period"])
    return TracedJournal(
        head=head,
        classes=work.rows(
            "cockpit", "trace_classes", external_id=identity, documents=list(documents)
        ),
        approvals=work.rows("cockpit", "approvals_of", external_id=identity),
        attempts=work.rows("cockpit", "attempts_of", external_id=identity),
        ledger=work.rows("cockpit", "trace_ledger", external_id=identity),
        tie_out=runs[0] if runs else None,
    )
