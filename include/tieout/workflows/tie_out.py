"""tie_out: read the ledger back and prove source = journal = ledger, per class, to the cent.

Every comparison is kept: a difference and its cure both stay on record.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tieout.finance.comparison import Difference, differences
from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerEntry
from tieout.finance.money import to_text
from tieout.finance.periods import calendar_month
from tieout.finance.states import IN_LEDGER, check_transition
from tieout.finance.stored import journal_from_json
from tieout.finance.words import finding
from tieout.stages.tie_out.classes import ClassRow, compare_classes
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import SERVICE, open_exception, settle_object
from tieout.workflows.journals import move_journal
from tieout.workflows.office import Office

#: Columns of a ledger's line as the store keeps it.
LEDGER: Final = (
    "ledger_ref", "line_ref", "external_id", "entity", "period", "account", "cost_center",
    "project", "amount_minor", "currency", "posting", "memo", "seen_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TieOutResult:
    """How an entity's period compares now."""

    entity: str
    period: str
    state: str
    rows: tuple[ClassRow, ...]
    drifts: int
    foreign: int


def tie_out(office: Office, entity: str, period: str) -> TieOutResult:
    """Compare an entity's period and record the result."""
    entries = list(office.ledger().read_back(entity, period))
    with office.warehouse.transaction() as work:
        stored = work.rows(
            "approve", "journals_in_state", entity=entity, period=period, states=sorted(IN_LEDGER)
        )
        journals = {row["external_id"]: journal_from_json(row["content"]) for row in stored}
        totals: dict[str, dict[str, int]] = defaultdict(dict)
        for total in work.rows("tie_out", "source_totals", entity=entity, period=period):
            totals[total["external_id"]][total["component_class"]] = total["amount_minor"]
        _keep_lines(office, work, entity, period, entries)
        ours = [entry for entry in entries if entry.external_id in journals]
        rows = compare_classes(journals.values(), totals, ours)
        drifts = _drifts(office, work, stored, journals, ours)
        foreign = _foreign(office, work, entity, period, entries, set(journals))
        open_count = len(
            work.rows(
                "approve", "journals_in_state", entity=entity, period=period,
                states=["awaiting_approval", "approved", "queued", "sending", "indeterminate",
                        "accepted", "held", "rejected"],
            )
        )  # fmt: skip
        tied = bool(journals) and all(row.ties for row in rows) and not drifts and not open_count
        state = "tied" if tied else "open"
        note = _note_of(drifts, open_count)
        result = TieOutResult(entity, period, state, tuple(rows), drifts, foreign)
        _record(office, work, result, len(journals), note)
        _differences(office, work, entity, period, rows)
    return result


def _keep_lines(
    office: Office, work: Work, entity: str, period: str, entries: Sequence[LedgerEntry]
) -> None:
    work.run("tie_out", "forget_ledger_lines", entity=entity, period=period)
    if not any(entry.lines for entry in entries):
        return
    import polars as pl

    at = office.now().isoformat()
    lines = [
        (
            entry.ref, line.line_ref, entry.external_id, entity, period, line.account,
            line.cost_center, line.project, line.amount_minor, entry.currency, entry.posting,
            line.memo, at,
        )
        for entry in entries
        for line in entry.lines
    ]  # fmt: skip
    work.copy("tie_out", "copy_ledger_lines", pl.DataFrame(lines, schema=LEDGER, orient="row"))


def _drifts(
    office: Office,
    work: Work,
    stored: Sequence[Row],
    journals: dict[str, Journal],
    entries: Sequence[LedgerEntry],
) -> int:
    """Name every way in which the ledger is not what was posted; the number of journals hit."""
    held = {entry.external_id: entry for entry in entries}
    twice = {ref for ref, count in Counter(e.external_id for e in entries).items() if count > 1}
    drifted = 0
    for row in stored:
        journal = journals[row["external_id"]]
        entry = held.get(journal.external_id)
        found = _found(office, journal, entry, doubled=journal.external_id in twice)
        if found:
            drifted += 1
            _note(office, work, row, journal, entry, found)
        else:
            _cured(office, work, row)
    return drifted


def _found(
    office: Office, journal: Journal, entry: LedgerEntry | None, *, doubled: bool
) -> list[Difference]:
    if entry is None:
        # It may have been moved to another period: only a look-up by id can tell.
        entry = office.ledger().find(journal.external_id)
        if entry is None:
            return [Difference("missing", journal.external_id, "", journal.debit_minor)]
    found = differences(journal, entry)
    if not entry.posting:
        found.append(Difference("posting", "posted", "not posting", journal.debit_minor))
    if doubled:
        found.append(Difference("doubled", "once", "more than once", journal.debit_minor))
    return found


def _note(
    office: Office,
    work: Work,
    row: Row,
    journal: Journal,
    entry: LedgerEntry | None,
    found: Sequence[Difference],
) -> None:
    at = office.now()
    for item in found:
        work.run(
            "tie_out", "note_drift", entity=row["entity"], period=row["period"],
            external_id=journal.external_id, ledger_ref="" if entry is None else entry.ref,
            kind=item.kind, line_ref=item.line_ref, expected=item.expected, found=item.found,
            amount_minor=item.amount_minor, currency=journal.currency,
            changed_by="" if entry is None else entry.changed_by, at=at,
        )  # fmt: skip
    open_exception(
        work,
        finding("ledger_drift", journal=journal.external_id, found=found[0].text()),
        at=at, object_kind="ledger", object_key=journal.external_id, entity=row["entity"],
        period=row["period"], cause="drift", batch=row["unit_key"], item_count=len(found),
        at_risk_minor=sum(item.amount_minor for item in found), currency=journal.currency,
    )  # fmt: skip
    if row["state"] in {"read_back", "tied_out"}:
        move_journal(
            work, journal.external_id, row["state"], "drifted", at, reason=found[0].text()[:300]
        )


def _cured(office: Office, work: Work, row: Row) -> None:
    at, external_id = office.now(), row["external_id"]
    work.run("tie_out", "cure_drift", external_id=external_id, at=at)
    settle_object(work, "ledger", external_id, [], "the ledger holds what was posted", at)
    if row["state"] in {"read_back", "drifted"}:
        move_journal(work, external_id, row["state"], "tied_out", at)


def _foreign(
    office: Office,
    work: Work,
    entity: str,
    period: str,
    entries: Sequence[LedgerEntry],
    ours: set[str],
) -> int:
    """Entries of others on accounts that only Tieout posts to."""
    controlled = {row["account"] for row in work.rows(
        "tie_out", "controlled_accounts", entity=entity, as_of=calendar_month(period).ends
    )}  # fmt: skip
    opened = []
    for entry in entries:
        amount = sum(abs(line.amount_minor) for line in entry.lines if line.account in controlled)
        if entry.external_id in ours or not amount:
            continue
        opened.append(
            open_exception(
                work, finding("foreign_journal", journal=entry.number or entry.ref),
                at=office.now(), object_kind="foreign", object_key=entity, entity=entity,
                period=period, cause=entry.ref, at_risk_minor=amount, currency=entry.currency,
            )
        )  # fmt: skip
    settle_object(work, "foreign", entity, opened, "no longer in the ledger", office.now())
    return len(opened)


def _note_of(drifts: int, open_count: int) -> str:
    """What keeps the period from tying beside its totals."""
    texts = (
        f"{drifts} journals changed in the ledger" if drifts else "",
        f"{open_count} journals not in the ledger yet" if open_count else "",
    )
    return ", ".join(text for text in texts if text)


def _record(
    office: Office, work: Work, result: TieOutResult, journal_count: int, note: str
) -> None:
    at = office.now()
    entity, period, state = result.entity, result.period, result.state
    run_id = work.value(
        "tie_out", "insert_run", entity=entity, period=period, state=state,
        journal_count=journal_count, note=note, at=at,
    )  # fmt: skip
    work.run_many(
        "tie_out",
        "insert_row",
        [
            {
                "run_id": run_id,
                "component_class": row.component_class,
                "currency": row.currency,
                "source_minor": row.source_minor,
                "journal_minor": row.journal_minor,
                "ledger_minor": row.ledger_minor,
            }
            for row in result.rows
        ],
    )
    _move_close(work, office, entity, period, tied=state == "tied")


def _move_close(work: Work, office: Office, entity: str, period: str, *, tied: bool) -> None:
    at = office.now()
    work.run("tie_out", "insert_period_close", entity=entity, period=period, at=at)
    current = work.row("tie_out", "period_close", entity=entity, period=period)
    before = "not_started" if current is None else str(current["state"])
    if tied:
        after = before if before in {"tied", "signed"} else "tied"
    else:
        after = {"not_started": "open", "tied": "reopened", "signed": "reopened"}.get(
            before, before
        )
    if after != before:
        check_transition("tie_out", before, after)
        work.run("tie_out", "set_period_close", entity=entity, period=period, state=after, at=at)
        work.record_transition("tie_out", f"{entity}|{period}", before, after, SERVICE, at)


def _differences(
    office: Office, work: Work, entity: str, period: str, rows: Sequence[ClassRow]
) -> None:
    opened = []
    for row in rows:
        if row.ties:
            continue
        told = finding(
            "tie_out_difference",
            values={
                "class": row.component_class.replace("_", " "),
                "source": to_text(row.source_minor, row.currency),
                "journal": to_text(row.journal_minor, row.currency),
                "ledger": to_text(row.ledger_minor, row.currency),
            },
        )
        opened.append(
            open_exception(
                work, told, at=office.now(), object_kind="tie_out", object_key=f"{entity}|{period}",
                entity=entity, period=period, cause=row.component_class,
                at_risk_minor=abs(row.journal_minor - row.ledger_minor), currency=row.currency,
            )
        )  # fmt: skip
    settle_object(work, "tie_out", f"{entity}|{period}", opened, "it ties again", office.now())
