"""Certificates from the store: of an entity's period, and of the unit behind a journal.

An approval is signed over the certificate of the unit that its journal was built from: if what came
in, or what became of it, is no longer what the approver saw, the approval no longer holds.
"""

from __future__ import annotations

import hashlib
import json

from tieout.finance.certificates import (
    DocumentIn,
    Ended,
    PeriodCertificate,
    StagePassed,
    Sums,
)
from tieout.finance.certifying import certify_period
from tieout.warehouse.store import Row, Work
from tieout.workflows.expected import expected_runs
from tieout.workflows.journals import move_journal
from tieout.workflows.office import Office


def period_certificate(office: Office, work: Work, entity: str, period: str) -> PeriodCertificate:
    """The certificate as the store stands now."""
    asked = {"entity": entity, "period": period}
    return certify_period(
        entity,
        period,
        [_document(row) for row in work.rows("certify", "documents", **asked)],
        [_ended(row) for row in work.rows("certify", "ended", **asked)],
        [_passed(row) for row in work.rows("certify", "stages", **asked)],
        expected_runs(office, work, entity, period),
    )


def keep_certificate(office: Office, work: Work, entity: str, period: str) -> PeriodCertificate:
    """Make the period's certificate and keep it when it says something new."""
    made = period_certificate(office, work, entity, period)
    work.run(
        "certify", "save_certificate", entity=entity, period=period,
        content_hash=made.content_hash, content=made.canonical_json(), equal=made.equal,
        at=office.now(),
    )  # fmt: skip
    return made


def unit_certificate_hash(work: Work, unit_key: str, entity: str) -> str:
    """SHA-256 over an entity's documents of a unit, their totals and how their lines ended."""
    parts = [
        list(row.values())
        for row in work.rows("certify", "unit_parts", unit_key=unit_key, entity=entity)
    ]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def void_signed_otherwise(office: Office, work: Work, unit_key: str, entity: str) -> None:
    """Approvals over another certificate of the unit no longer hold; their journals ask again."""
    current = unit_certificate_hash(work, unit_key, entity)
    at, reason = office.now(), "what came in, or what became of it, changed since the approval"
    for row in work.rows(
        "certify", "approved_otherwise", unit_key=unit_key, entity=entity, certificate_hash=current
    ):
        external_id, state = row["external_id"], str(row["state"])
        work.run("approve", "void_approvals", external_id=external_id, at=at, reason=reason)
        if state == "awaiting_approval":
            continue
        for after in ("draft", "validated", "awaiting_approval"):
            move_journal(work, external_id, state, after, at, reason=reason)
            state = after


def _document(row: Row) -> DocumentIn:
    stated = None if row["line_count"] is None else _sums(row, "")
    unread = row["read_line_count"] is None or row["read_line_count"] < 0
    return DocumentIn(
        sha256=row["sha256"],
        name=row["name"],
        kind=row["kind"],
        unit_key=row["unit_key"],
        currency=row["currency"],
        origin=row["origin"],
        stated=stated,
        read=None if unread else _sums(row, "read_"),
        disposed=Sums(row["ended_count"], row["ended_debit"], row["ended_credit"]),
        built_count=row["built_count"],
    )


def _sums(row: Row, prefix: str) -> Sums:
    return Sums(
        int(row[f"{prefix}line_count"]),
        int(row[f"{prefix}debit_minor"]),
        int(row[f"{prefix}credit_minor"]),
    )


def _ended(row: Row) -> Ended:
    return Ended(
        row["kind"], row["currency"], row["unit_period"], row["state"], row["journal_period"],
        row["carried_to"], _sums(row, ""),
    )  # fmt: skip


def _passed(row: Row) -> StagePassed:
    sums = {currency: Sums(*one) for currency, one in dict(row["sums"]).items()}
    return StagePassed(row["unit_key"], row["stage"], sums, row["altered"])
