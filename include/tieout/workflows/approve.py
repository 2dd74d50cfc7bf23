"""approve: one request per entity over the sorted list of (external id, hash); answers recorded.

A recorded approval binds to the content hash. Posting demands it, so the colour of an Airflow task
can't post anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tieout.errors import ConflictError
from tieout.finance.certificates import PeriodCertificate
from tieout.finance.certifying import certificate_lines
from tieout.finance.journals import list_hash
from tieout.finance.money import to_text
from tieout.finance.periods import calendar_month
from tieout.finance.words import finding
from tieout.stages.approve.quorum import allowed_approvers, approvals_needed, is_approved
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.certify import keep_certificate, unit_certificate_hash
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.journals import move_journal
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.readiness import gate_line


@dataclass(frozen=True, slots=True)
class ApprovalWanted:
    """What an entity's controllers are asked.

    `journals` is the sorted list of (external id, content hash); `body` shows totals, certificate,
    readiness gate and open exceptions, never below entity x kind, since every Airflow role may
    read it.
    `certificates` names the certificate of each unit that a journal was built from, by its hash.
    """

    entity: str
    period: str
    journals: tuple[tuple[str, str], ...]
    approvers: tuple[str, ...]
    body: str
    certificates: Mapping[str, str] = field(default_factory=dict)

    @property
    def list_hash(self) -> str:
        """What one answer covers."""
        return list_hash(self.journals)


def due_entities(office: Office, period: str) -> list[str]:
    """Entities with journals that wait for approval, posting or read-back."""
    with office.warehouse.transaction() as work:
        rows = work.rows(
            "approve", "due_entities", period=period,
            states=["awaiting_approval", "approved", "queued", "sending", "indeterminate",
                    "accepted", "posted", "read_back", "tied_out", "drifted"],
        )  # fmt: skip
    return [row["entity"] for row in rows]


def approved_entities(office: Office, period: str) -> list[str]:
    """Entities with journals that are approved, or on their way to the ledger."""
    with office.warehouse.transaction() as work:
        rows = work.rows(
            "approve", "due_entities", period=period,
            states=["approved", "queued", "sending", "indeterminate", "accepted", "posted", "held"],
        )  # fmt: skip
    return [row["entity"] for row in rows]


def wanted(office: Office, entity: str, period: str) -> ApprovalWanted | None:
    """What must be asked now; None when nothing waits (a standing approval needs no answer)."""
    with office.warehouse.transaction() as work:
        journals = work.rows("approve", "journals_to_approve", entity=entity, period=period)
        if not journals:
            settle_object(work, "approval", entity, [], "nothing waits for approval", office.now())
            return None
        makers = {maker for row in journals for maker in row["makers"]}
        controllers = [
            row["user_name"]
            for row in work.rows("setup", "users_with_role", role="controller", entity=entity)
        ]
        approvers = allowed_approvers(controllers, makers)
        if not approvers:
            open_exception(
                work, finding("no_approver", entity=entity), at=office.now(),
                object_kind="approval", object_key=entity, entity=entity, period=period,
                cause=",".join(sorted(makers)), item_count=len(journals),
            )  # fmt: skip
        certified = keep_certificate(office, work, entity, period)
        certificates = {
            key: unit_certificate_hash(work, key, entity)
            for key in sorted({str(row["unit_key"]) for row in journals})
        }
        told = []
        if not certified.equal:
            told.append(_not_certified(office, work, certified))
        settle_object(work, "certificate", f"{entity}|{period}", told, "it adds up", office.now())
        if told:
            return None
        body = _body(office, work, certified, journals)
    pairs = tuple((row["external_id"], row["content_hash"]) for row in journals)
    return ApprovalWanted(
        entity, period, tuple(sorted(pairs)), tuple(approvers), body, certificates
    )


def _not_certified(office: Office, work: Work, certified: PeriodCertificate) -> int:
    told = finding(
        "certificate_failed",
        entity=certified.entity,
        period=certified.period,
        reason=certified.failures[0],
        found=certified.failures[0][:200],
    )
    return open_exception(
        work, told, at=office.now(), object_kind="certificate",
        object_key=f"{certified.entity}|{certified.period}", entity=certified.entity,
        period=certified.period, cause="certificate", item_count=len(certified.failures),
    )  # fmt: skip


def _body(office: Office, work: Work, certified: PeriodCertificate, journals: list[Row]) -> str:
    entity, period = certified.entity, certified.period
    mapping = known_mappings(office, work, office.now())
    gate = gate_line(work, mapping, entity, period, {row["kind"] for row in journals})
    waiting = [
        row
        for row in work.rows("exceptions", "exceptions_of_period", period=period, state="open")
        if row["entity"] == entity
    ]
    lines = [
        f"**{entity}, {period}**: waiting for your approval: {len(journals)}.",
        "",
        "| Journal | Kind | Lines | Debit = credit | Revision | Hash |",
        "|---|---|---:|---:|---:|---|",
        *[
            f"| {row['external_id']} | {row['kind']} | {row['line_count']} "
            f"| {to_text(row['debit_minor'], row['currency'])} {row['currency']} "
            f"| {row['revision']} | {row['content_hash'][:12]} |"
            for row in journals
        ],
        "",
        *certificate_lines(certified),
        f"Readiness gate of {entity}: {gate}.",
        _criticals_line(entity, waiting),
        f"Open exceptions of {entity}: {len(waiting)}.",
    ]
    return "\n".join(lines)


def _criticals_line(entity: str, waiting: Sequence[Row]) -> str:
    """How many open criticals of which code; their titles may name what fewer people may read."""
    codes = Counter(row["code"] for row in waiting if row["severity"] == "critical")
    if not codes:
        return f"Open critical exceptions of {entity}: none."
    told = ", ".join(f"{code} {count}" for code, count in sorted(codes.items()))
    return f"Open critical exceptions of {entity}: {codes.total()} ({told})."


def ask_once(office: Office, request_key: str, want: ApprovalWanted) -> bool:
    """Write the request of an Airflow task instance once; False when it asked for another list.

    Airflow keeps the first ask of a task instance for ever, so a changed list asks in a new run.
    """
    with office.warehouse.transaction() as work:
        work.run(
            "approve", "insert_request", request_key=request_key, entity=want.entity,
            period=want.period, list_hash=want.list_hash,
            journals={"journals": [list(pair) for pair in want.journals]},
            certificates=dict(want.certificates),
            approvers=list(want.approvers), at=office.now(),
        )  # fmt: skip
        stored = work.row("approve", "request", request_key=request_key)
    return (
        stored is not None
        and stored["entity"] == want.entity
        and stored["list_hash"] == want.list_hash
        and tuple(stored["approvers"]) == want.approvers
        and stored["certificates"] == dict(want.certificates)
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered to a request."""

    by: str
    approve: bool
    rejected: Collection[str] = ()
    comment: str = ""


def record_answer(office: Office, request_key: str, answer: Answer) -> Mapping[str, str]:
    """Record the answer for each journal of the request; external id → approved or rejected.

    Raises:
        ConflictError: a journal is no longer what was shown, or the person was not asked.
    """
    with office.warehouse.transaction() as work:
        request = work.row("approve", "request", request_key=request_key)
        if request is None:
            raise ConflictError("There is no such request.", next_step="Reload the close.")
        if answer.by not in request["approvers"]:
            raise ConflictError(
                f"{answer.by} was not asked for {request['entity']}.",
                next_step=f"Ask {' or '.join(request['approvers'])}.",
            )
        current = {
            row["external_id"]: row
            for row in work.rows(
                "approve",
                "journals_to_approve",
                entity=request["entity"],
                period=request["period"],
            )
        }
        decided: dict[str, str] = {}
        for external_id, content_hash in request["journals"]["journals"]:
            row = current.get(external_id)
            if row is None or row["content_hash"] != content_hash:
                raise ConflictError(
                    f"{external_id} changed since it was shown; nothing was recorded.",
                    blocks=f"posting of {request['entity']}",
                    next_step="Look at it again in a new run.",
                )
            certificate = unit_certificate_hash(work, row["unit_key"], row["entity"])
            if request["certificates"].get(row["unit_key"]) != certificate:
                raise ConflictError(
                    f"What came in for {external_id}, or what became of it, changed since it was "
                    "shown; nothing was recorded.",
                    blocks=f"posting of {request['entity']}",
                    next_step="Look at it again in a new run.",
                )
            approve = answer.approve and external_id not in answer.rejected
            decided[external_id] = "approved" if approve else "rejected"
            shown = (request["list_hash"], certificate)
            _decide(office, work, row, shown, answer, approve=approve)
    return decided


def _decide(
    office: Office, work: Work, row: Row, shown: tuple[str, str], answer: Answer, *, approve: bool
) -> None:
    at, (list_hash_shown, certificate) = office.now(), shown
    decision = "approved" if approve else "rejected"
    work.run(
        "approve", "insert_approval", external_id=row["external_id"],
        content_hash=row["content_hash"], list_hash=list_hash_shown, decision=decision,
        decided_by=answer.by, at=at, comment=answer.comment, certificate_hash=certificate,
    )  # fmt: skip
    audit.record(
        work,
        audit.Act(answer.by, decision, "journal", row["external_id"], answer.comment,
                  {"content_hash": row["content_hash"], "list_hash": list_hash_shown,
                   "certificate_hash": certificate}),
        at,
    )  # fmt: skip
    if not approve:
        move_journal(work, row["external_id"], "awaiting_approval", "rejected", at, by=answer.by)
        open_exception(
            work, finding("journal_rejected", journal=row["external_id"]), at=at,
            object_kind="journal", object_key=row["external_id"], entity=row["entity"],
            period=row["period"], cause=row["content_hash"][:12], batch=row["unit_key"],
        )  # fmt: skip
    elif approval_stands(office, work, row, at):
        move_journal(work, row["external_id"], "awaiting_approval", "approved", at, by=answer.by)


def approval_stands(office: Office, work: Work, row: Row, known_at: datetime) -> bool:
    """Whether enough checkers approved exactly this content, over the certificate that holds."""
    deciders = [
        found["decided_by"]
        for found in work.rows(
            "approve", "standing_approvals", external_id=row["external_id"],
            content_hash=row["content_hash"],
            certificate_hash=unit_certificate_hash(work, row["unit_key"], row["entity"]),
        )
    ]  # fmt: skip
    mapping = known_mappings(office, work, known_at)
    policy = mapping.best(
        "posting", row["entity"], calendar_month(row["period"]).ends, journal_kind=row["kind"]
    )
    above = "" if policy is None else policy["second_approval_above"]
    needed = approvals_needed(row["debit_minor"], row["currency"], above)
    return is_approved(deciders, row["makers"], needed)
