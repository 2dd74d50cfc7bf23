"""post: exactly once, inside the window, proven by reading back.

The intent is stored before the first byte is sent; a lost answer is `indeterminate` and is resolved
by looking the external id up, never by sending again. What decides is the store and the ledger,
never a task's state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tieout.errors import BusyError
from tieout.finance.comparison import differences
from tieout.finance.journals import Journal
from tieout.finance.ledger import Accepted, Indeterminate, LedgerEntry, Outcome, Posted, Refused
from tieout.finance.periods import calendar_month
from tieout.finance.stored import journal_from_json
from tieout.stages.post.decide import Readiness, why_not
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.alignment import align_people
from tieout.workflows.approve import approval_stands
from tieout.workflows.exceptions import SERVICE, settle_object
from tieout.workflows.journals import move_journal
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.pairs import refused_partner, why_pair_waits
from tieout.workflows.post_outcome import (
    answer_never_came,
    hold_different,
    hold_fence,
    keep_ledger_ref,
    look_for_approval,
    move,
    read_back,
    requeue_if_cured,
    resolve_attempt,
    tell_of,
)
from tieout.workflows.readiness import tell_gate, why_not_ready
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
    # What finance corrected since the nightly comparison counts at once.
    align_people(office, calendar_month(period), entity)
    tell_gate(office, entity, period)
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
        state = answer_never_came(office, row)
    if state == "indeterminate":
        state = resolve_attempt(office, row, journal)
    if state == "accepted":
        state = look_for_approval(office, row, journal)
    if state == "held":
        state = requeue_if_cured(office, row)
    if state == "approved":
        reason = _unready(office, row)
        if reason:
            return PostResult(journal.external_id, "approved", reason)
        state = move(office, row, "approved", "queued")
    if state == "queued":
        reason = _why_not(office, row)
        if reason:
            return PostResult(journal.external_id, "queued", reason)
        state = _send(office, row, journal)
    if state == "posted":
        state = read_back(office, row, journal)
    return PostResult(journal.external_id, state)


def _unready(office: Office, row: Row) -> str:
    """Why an approved journal does not even queue: its entity is under its threshold."""
    with office.warehouse.transaction() as work:
        return why_not_ready(work, known_mappings(office, work, office.now()), row)


def _readiness(office: Office, work: Work, row: Row, *, alone: bool = False) -> Readiness:
    """The facts of a journal; `alone` leaves out those that it goes together with."""

    def why_not_alone(partner: Row) -> str:
        return why_not(_readiness(office, work, partner, alone=True), office.now())

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
        pair_waits="" if alone else why_pair_waits(work, row, why_not_alone),
        unready=why_not_ready(work, mapping, row),
    )


def _why_not(office: Office, row: Row) -> str:
    with office.warehouse.transaction() as work:
        ready = _readiness(office, work, row)
        reason = why_not(ready, office.now())
        told = []
        if not ready.period_open:
            told.append(tell_of(office, work, row, "period_closed", period=row["period"]))
        settle_object(
            work, "journal", row["external_id"], told, "nothing holds it back", office.now()
        )
    return reason


def _send(office: Office, row: Row, journal: Journal) -> str:
    """Look first; store the intent; send once; store the answer."""
    ledger = office.ledger()
    entry = ledger.find(journal.external_id)
    if entry is None and refused_partner(office, row):
        return "queued"
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
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
        state = resolve_attempt(office, row, journal)
    return state


def _adopt(office: Office, row: Row, journal: Journal, entry: LedgerEntry, attempt: int) -> str:
    """The ledger already holds our id: ours if the content is equal, else a person decides."""
    found = differences(journal, entry)
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
        outcome = "refused" if found else "posted"
        work.run(
            "post", "answer_attempt", external_id=journal.external_id, attempt=attempt,
            outcome=outcome, answer="found in the ledger before sending",
            ledger_ref=entry.ref, at=office.now(),
        )  # fmt: skip
        if found:
            hold_different(office, work, row, "sending", "refused", found)
            return "held"
        keep_ledger_ref(work, row, entry)
        after = "posted" if entry.posting else "accepted"
        move_journal(work, journal.external_id, "sending", after, office.now(), reason="adopted")
    return after


def _store_answer(office: Office, row: Row, attempt: int, outcome: Outcome) -> str:
    at, external_id = office.now(), row["external_id"]
    with office.warehouse.transaction() as work:
        hold_fence(work, row)
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
            tell_of(office, work, row, "posting_unclear", at=at.strftime("%Y-%m-%d %H:%M"))
        if isinstance(outcome, Refused):
            move_journal(work, external_id, "refused", "held", at, reason=answer[:300])
            tell_of(office, work, row, outcome.code, found=outcome.reason[:200],
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
