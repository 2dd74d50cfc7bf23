"""post: exactly once, inside the window, proven by reading back.

The intent is stored before the first byte is sent; a lost answer is `indeterminate` and is resolved
by looking the external id up, never by sending again. What decides is the store and the ledger,
never a task's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tieout.errors import BusyError, ConflictError, VendorRefusedError, VendorUnavailableError
from tieout.finance.comparison import Difference, differences
from tieout.finance.journals import Journal
from tieout.finance.ledger import Accepted, Indeterminate, LedgerEntry, Outcome, Posted, Refused
from tieout.finance.stored import journal_from_json
from tieout.finance.words import CATALOGUE, finding
from tieout.stages.post.decide import Readiness, resolve_unclear, why_not
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.approve import approval_stands
from tieout.workflows.exceptions import SERVICE, open_exception, settle_object
from tieout.workflows.journals import move_journal
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.windows import window_of

LEASE_SECONDS: Final = 1200
#: States in which posting has something to do.
TO_POST: Final = (
    "approved", "queued", "sending", "indeterminate", "accepted", "posted", "held",
)  # fmt: skip
#: A refusal that an earlier attempt of ours may explain: look before anyone gives up.
SAME_ID: Final = "same_id_exists"


@dataclass(frozen=True, slots=True)
class PostResult:
    """How one journal stands after this run."""

    external_id: str
    state: str
    note: str = ""


def post(office: Office, entity: str, period: str, holder: str) -> list[PostResult]:
    """Post what is approved and allowed now; everything else says why it waits."""
    with office.warehouse.transaction() as work:
        journals = work.rows(
            "approve", "journals_in_state", entity=entity, period=period, states=list(TO_POST)
        )
    results = []
    for row in journals:
        try:
            results.append(_one(office, row["external_id"], holder))
        except BusyError as busy:
            results.append(PostResult(row["external_id"], row["state"], busy.message))
    return results


def _one(office: Office, external_id: str, holder: str) -> PostResult:
    with office.warehouse.transaction() as work:
        row = work.row(
            "post", "claim_journal", external_id=external_id, holder=holder, seconds=LEASE_SECONDS
        )
    if row is None:
        raise BusyError(f"Journal {external_id} is being posted by another run.")
    try:
        return _advance(office, row)
    finally:
        with office.warehouse.transaction() as work:
            work.run("post", "release_journal", external_id=external_id, fence=row["fence"])


def _advance(office: Office, row: Row) -> PostResult:
    """Bring one journal as far as it may go now."""
    journal = journal_from_json(row["content"])
    state = str(row["state"])
    if state == "sending":
        state = _answer_never_came(office, row)
    if state == "indeterminate":
        state = _resolve(office, row, journal)
    if state == "accepted":
        state = _look_for_approval(office, row, journal)
    if state == "held":
        state = _requeue_if_cured(office, row)
    if state == "approved":
        state = _move(office, row, "approved", "queued")
    if state == "queued":
        reason = _why_not(office, row)
        if reason:
            return PostResult(journal.external_id, "queued", reason)
        state = _send(office, row, journal)
    if state == "posted":
        state = _read_back(office, row, journal)
    return PostResult(journal.external_id, state)


def _move(office: Office, row: Row, before: str, after: str, reason: str = "") -> str:
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
        move_journal(work, row["external_id"], before, after, office.now(), reason=reason)
    return after


def _hold_fence(work: Work, row: Row) -> Row:
    found = work.row("post", "fenced_journal", external_id=row["external_id"], fence=row["fence"])
    if found is None:
        raise BusyError(f"Journal {row['external_id']} was taken over by another run.")
    return found


def _readiness(office: Office, work: Work, row: Row) -> Readiness:
    mapping = known_mappings(office, work, office.now())
    entity = office.company.entity(row["entity"])
    period = next((p for p in office.ledger().periods() if p.code == row["period"]), None)
    return Readiness(
        approved=approval_stands(office, work, row, office.now()),
        inputs_current=bool(work.value("post", "inputs_current", external_id=row["external_id"])),
        frozen_reason=work.value("post", "frozen_reason", entity=row["entity"]) or "",
        window=window_of(mapping, entity, row["period"], row["kind"]),
        period_open=period is not None and period.open,
        period=row["period"],
    )


def _why_not(office: Office, row: Row) -> str:
    with office.warehouse.transaction() as work:
        ready = _readiness(office, work, row)
        reason = why_not(ready, office.now())
        told = []
        if not ready.period_open:
            told.append(_tell(office, work, row, "period_closed", period=row["period"]))
        settle_object(
            work, "journal", row["external_id"], told, "nothing holds it back", office.now()
        )
    return reason


def _tell(office: Office, work: Work, row: Row, code: str, **values: object) -> int:
    known = code if code in CATALOGUE else "erp_value_refused"
    values.setdefault("journal", row["external_id"])
    return open_exception(
        work, finding(known, found=str(values.pop("found", "")), values=values), at=office.now(),
        object_kind="journal", object_key=row["external_id"], entity=row["entity"],
        period=row["period"], cause=code, batch=row["unit_key"],
        at_risk_minor=row["debit_minor"], currency=row["currency"],
    )  # fmt: skip


def _send(office: Office, row: Row, journal: Journal) -> str:
    """Look first; store the intent; send once; store the answer."""
    ledger = office.ledger()
    entry = ledger.find(journal.external_id)
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
        # Again inside the transaction that begins sending: everything it rests on.
        reason = why_not(_readiness(office, work, row), office.now())
        if reason:
            return "queued"
        attempt = work.row(
            "post", "begin_attempt", external_id=journal.external_id, fence=row["fence"],
            content_hash=row["content_hash"], at=office.now(),
        )  # fmt: skip
        move_journal(work, journal.external_id, "queued", "sending", office.now())
    number = int(attempt["attempt"]) if attempt else 0
    if entry is not None:
        return _adopt(office, row, journal, entry, number)
    outcome = ledger.post(journal)
    if isinstance(outcome, Refused) and outcome.code == SAME_ID:
        entry = ledger.find(journal.external_id)
        if entry is not None:
            return _adopt(office, row, journal, entry, number)
        outcome = Indeterminate(outcome.reason)
    state = _store_answer(office, row, number, outcome)
    if state == "indeterminate":
        state = _resolve(office, row, journal)
    return state


def _adopt(office: Office, row: Row, journal: Journal, entry: LedgerEntry, attempt: int) -> str:
    """The ledger already holds our id: ours if the content is equal, else a person decides."""
    found = differences(journal, entry)
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
        outcome = "refused" if found else "posted"
        work.run(
            "post", "answer_attempt", external_id=journal.external_id, attempt=attempt,
            outcome=outcome, answer="found in the ledger before sending",
            ledger_ref=entry.ref, at=office.now(),
        )  # fmt: skip
        if found:
            _hold_different(office, work, row, "sending", "refused", found)
            return "held"
        _keep_ledger_ref(work, row, entry)
        after = "posted" if entry.posting else "accepted"
        move_journal(work, journal.external_id, "sending", after, office.now(), reason="adopted")
    return after


def _hold_different(
    office: Office, work: Work, row: Row, before: str, via: str, found: Sequence[Difference]
) -> None:
    external_id, at = row["external_id"], office.now()
    reason = "; ".join(item.text() for item in found)[:300]
    if via:
        move_journal(work, external_id, before, via, at, reason=reason)
        before = via
    move_journal(work, external_id, before, "held", at, reason=reason)
    _tell(office, work, row, "same_id_other_content")


def _store_answer(office: Office, row: Row, attempt: int, outcome: Outcome) -> str:
    at, external_id = office.now(), row["external_id"]
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
        name, answer, ref = _told(outcome)
        work.run(
            "post", "answer_attempt", external_id=external_id, attempt=attempt, outcome=name,
            answer=answer[:500], ledger_ref=ref, at=at,
        )  # fmt: skip
        audit.record(
            work, audit.Act(SERVICE, f"posting {name}", "journal", external_id, answer[:300]), at
        )
        move_journal(work, external_id, "sending", name, at, reason=answer[:300])
        if isinstance(outcome, Posted | Accepted):
            work.run(
                "post", "set_ledger_ref", external_id=external_id, ledger_ref=ref, ledger_number=""
            )
        if isinstance(outcome, Indeterminate):
            _tell(office, work, row, "posting_unclear", at=at.strftime("%Y-%m-%d %H:%M"))
        if isinstance(outcome, Refused):
            move_journal(work, external_id, "refused", "held", at, reason=answer[:300])
            _tell(office, work, row, outcome.code, found=outcome.reason[:200],
                  period=row["period"])  # fmt: skip
            return "held"
    return name


def _told(outcome: Outcome) -> tuple[str, str, str]:
    if isinstance(outcome, Posted):
        return "posted", "", outcome.ref
    if isinstance(outcome, Accepted):
        return "accepted", "awaits the ERP's own approval", outcome.ref
    if isinstance(outcome, Refused):
        return "refused", outcome.reason, ""
    return "indeterminate", outcome.reason, ""


def _answer_never_came(office: Office, row: Row) -> str:
    """A run ended between sending and storing the answer: the outcome is unknown."""
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
        last = work.row("post", "last_attempt", external_id=row["external_id"])
        if last is not None and last["outcome"] is None:
            work.run(
                "post", "answer_attempt", external_id=row["external_id"],
                attempt=last["attempt"], outcome="indeterminate",
                answer="the run that sent it ended without an answer", ledger_ref="",
                at=office.now(),
            )  # fmt: skip
        move_journal(work, row["external_id"], "sending", "indeterminate", office.now())
        _tell(office, work, row, "posting_unclear", at=office.now().strftime("%Y-%m-%d %H:%M"))
    return "indeterminate"


def _resolve(office: Office, row: Row, journal: Journal) -> str:
    """Find out what an unclear attempt became."""
    ledger = office.ledger()
    try:
        entry = ledger.find(journal.external_id)
    except (VendorUnavailableError, VendorRefusedError):
        return "indeterminate"
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
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
            _hold_different(office, work, row, "indeterminate", "", found)
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
        _keep_ledger_ref(work, row, entry)
        after = "posted" if entry.posting else "accepted"
        move_journal(
            work, journal.external_id, "indeterminate", after, office.now(),
            reason="found by its external id",
        )  # fmt: skip
    return after


def _keep_ledger_ref(work: Work, row: Row, entry: LedgerEntry) -> None:
    work.run(
        "post", "set_ledger_ref", external_id=row["external_id"], ledger_ref=entry.ref,
        ledger_number=entry.number,
    )  # fmt: skip


def _look_for_approval(office: Office, row: Row, journal: Journal) -> str:
    """Accepted is not posted: its period and posting flag are read again."""
    entry = office.ledger().find(journal.external_id)
    if entry is None or not entry.posting:
        with office.warehouse.transaction() as work:
            _tell(office, work, row, "erp_awaits_approval")
        return "accepted"
    return _move(office, row, "accepted", "posted", "approved in the ERP")


def _requeue_if_cured(office: Office, row: Row) -> str:
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
    return _move(office, row, "held", "queued", "tried again")


def _read_back(office: Office, row: Row, journal: Journal) -> str:
    """Only what was read back is said to be posted."""
    entry = office.ledger().find(journal.external_id)
    if entry is None:
        return "posted"
    found = differences(journal, entry)
    with office.warehouse.transaction() as work:
        _hold_fence(work, row)
        _keep_ledger_ref(work, row, entry)
        move_journal(work, journal.external_id, "posted", "read_back", office.now())
        if found:
            move_journal(
                work, journal.external_id, "read_back", "drifted", office.now(),
                reason="; ".join(item.text() for item in found)[:300],
            )  # fmt: skip
            _tell(office, work, row, "ledger_drift", found=found[0].text())
            return "drifted"
        settle_object(
            work, "journal", journal.external_id, [], "the ledger holds it once", office.now()
        )
    return "read_back"
