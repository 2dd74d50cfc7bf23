"""What became of an attempt to post: look-ups, read-back, and the steps that follow from them."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.errors import BusyError, ConflictError, VendorRefusedError, VendorUnavailableError
from tieout.finance.comparison import Difference, differences
from tieout.finance.journals import Journal, takes_back
from tieout.finance.ledger import LedgerEntry
from tieout.finance.stored import journal_from_json
from tieout.finance.words import CATALOGUE, finding
from tieout.stages.post.decide import resolve_unclear
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.journals import move_journal
from tieout.workflows.office import Office


def hold_fence(work: Work, row: Row) -> Row:
    """Lock the journal if our claim still holds. Raises BusyError when another run took it."""
    found = work.row("post", "fenced_journal", external_id=row["external_id"], fence=row["fence"])
    if found is None:
        raise BusyError(f"Journal {row['external_id']} was taken over by another run.")
    return found


def move(office: Office, row: Row, before: str, after: str, reason: str = "") -> str:
    """One step of a claimed journal in a transaction of its own; returns the new state."""
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
        move_journal(work, row["external_id"], before, after, office.now(), reason=reason)
    return after


def tell_of(office: Office, work: Work, row: Row, code: str, **values: object) -> int:
    """Open the exception of a journal in the words of `code`; returns its id."""
    known = code if code in CATALOGUE else "erp_value_refused"
    values.setdefault("journal", row["external_id"])
    return open_exception(
        work, finding(known, found=str(values.pop("found", "")), values=values), at=office.now(),
        object_kind="journal", object_key=row["external_id"], entity=row["entity"],
        period=row["period"], cause=code, batch=row["unit_key"],
        at_risk_minor=row["debit_minor"], currency=row["currency"],
    )  # fmt: skip


def keep_ledger_ref(work: Work, row: Row, entry: LedgerEntry) -> None:
    """Keep the ERP's own id and number of a journal."""
    work.run(
        "post", "set_ledger_ref", external_id=row["external_id"], ledger_ref=entry.ref,
        ledger_number=entry.number,
    )  # fmt: skip


def hold_different(
    office: Office, work: Work, row: Row, before: str, via: str, found: Sequence[Difference]
) -> None:
    """Other content under our id: held, a person decides; `via` is a state in between."""
    external_id, at = row["external_id"], office.now()
    reason = "; ".join(item.text() for item in found)[:300]
    if via:
        move_journal(work, external_id, before, via, at, reason=reason)
        before = via
    move_journal(work, external_id, before, "held", at, reason=reason)
    tell_of(office, work, row, "same_id_other_content")


def answer_never_came(office: Office, row: Row) -> str:
    """A run ended between sending and storing the answer: the outcome is unknown."""
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
        last = work.row("post", "last_attempt", external_id=row["external_id"])
        if last is not None and last["outcome"] is None:
            work.run(
                "post", "answer_attempt", external_id=row["external_id"],
                attempt=last["attempt"], outcome="indeterminate",
                answer="the run that sent it ended without an answer", ledger_ref="",
                at=office.now(),
            )  # fmt: skip
        move_journal(work, row["external_id"], "sending", "indeterminate", office.now())
        tell_of(office, work, row, "posting_unclear", at=office.now().strftime("%Y-%m-%d %H:%M"))
    return "indeterminate"


def resolve_attempt(office: Office, row: Row, journal: Journal) -> str:
    """Find out what an unclear attempt became."""
    ledger = office.ledger()
    try:
        entry = ledger.find(journal.external_id)
    except (VendorUnavailableError, VendorRefusedError):
        return "indeterminate"
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
        last = work.row("post", "last_attempt", external_id=journal.external_id)
        if last is None:
            raise ConflictError(f"Journal {journal.external_id} has no attempt.")
        found = [] if entry is None else differences(journal, entry)
        became = resolve_unclear(
            found=entry is not None, differences=found, sent_at=last["sent_at"],
            at=office.now(), longest_run=ledger.limits.longest_run_seconds,
        )  # fmt: skip
        if became == "unclear":
            return "indeterminate"
        work.run(
            "post", "resolve_attempt", external_id=journal.external_id, attempt=last["attempt"],
            resolved=became, ledger_ref="" if entry is None else entry.ref, at=office.now(),
        )  # fmt: skip
        if became == "different":
            hold_different(office, work, row, "indeterminate", "", found)
            return "held"
        if entry is None:
            move_journal(
                work, journal.external_id, "indeterminate", "queued", office.now(),
                reason="proven absent",
            )  # fmt: skip
            settle_object(
                work, "journal", journal.external_id, [], "proven absent; sent again", office.now()
            )
            return "queued"
        keep_ledger_ref(work, row, entry)
        after = "posted" if entry.posting else "accepted"
        move_journal(
            work, journal.external_id, "indeterminate", after, office.now(),
            reason="found by its external id",
        )  # fmt: skip
    return after


def look_for_approval(office: Office, row: Row, journal: Journal) -> str:
    """Accepted is not posted: its period and posting flag are read again."""
    entry = office.ledger().find(journal.external_id)
    if entry is None or not entry.posting:
        with office.warehouse.transaction() as work:
            tell_of(office, work, row, "erp_awaits_approval")
        return "accepted"
    return move(office, row, "accepted", "posted", "approved in the ERP")


def requeue_if_cured(office: Office, row: Row) -> str:
    """A journal held for a passing reason (busy, closed period) is tried again."""
    with office.warehouse.transaction() as work:
        open_codes = {
            found["code"]
            for found in work.rows(
                "exceptions", "open_of_object", object_kind="journal",
                object_key=row["external_id"],
            )
        }  # fmt: skip
    passing = {"erp_busy", "erp_login", "period_closed"}
    if open_codes - passing:
        return "held"
    return move(office, row, "held", "queued", "tried again")


def read_back(office: Office, row: Row, journal: Journal) -> str:
    """Only what was read back is said to be posted."""
    entry = office.ledger().find(journal.external_id)
    if entry is None:
        return "posted"
    found = differences(journal, entry)
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
        keep_ledger_ref(work, row, entry)
        move_journal(work, journal.external_id, "posted", "read_back", office.now())
        if found:
            move_journal(
                work, journal.external_id, "read_back", "drifted", office.now(),
                reason="; ".join(item.text() for item in found)[:300],
            )  # fmt: skip
            tell_of(office, work, row, "ledger_drift", found=found[0].text())
            return "drifted"
        settle_object(
            work, "journal", journal.external_id, [], "the ledger holds it once", office.now()
        )
        _mark_reversed(office, work, journal)
    return "read_back"


def _mark_reversed(office: Office, work: Work, journal: Journal) -> None:
    """The journal that this one takes back line for line has come to its end."""
    original = work.row("post", "reversed_original", external_id=journal.ties.reverses)
    if original is None or not takes_back(journal, journal_from_json(original["content"])):
        return
    move_journal(
        work, original["external_id"], original["state"], "reversed", office.now(),
        reason=f"taken back by {journal.external_id}",
    )  # fmt: skip
