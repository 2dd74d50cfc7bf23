"""Journals as the API answers them: heads, lines, approvals, attempts, and why one can't post."""

from __future__ import annotations

from typing import Any

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.masks import masked_lines, smallest_group
from tieout.cockpit.reading import Reader, UnknownObjectError
from tieout.errors import ConfigurationError
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month
from tieout.finance.states import IN_LEDGER
from tieout.finance.windows import PostingWindow
from tieout.stages.approve.quorum import approvals_needed
from tieout.stages.post.decide import Readiness, why_not
from tieout.warehouse.store import Row, Work
from tieout.workflows.approve import approval_stands
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.pairs import why_pair_waits
from tieout.workflows.readiness import why_not_ready
from tieout.workflows.windows import window_of


def journals_of(work: Work, reader: Reader, period: str) -> list[Row]:
    """Journals of a period that the reader may see."""
    return work.rows("cockpit", "journals", period=period, entities=list(reader.entities))


def head_answer(row: Row) -> dict[str, Any]:
    """What a journal is and how it stands."""
    return {
        "external_id": row["external_id"],
        "entity": row["entity"],
        "kind": row["kind"],
        "period": row["period"],
        "batch": row["batch"],
        "unit_key": row["unit_key"],
        "revision": row["revision"],
        "part": row["part"],
        "accounting_date": row["accounting_date"].isoformat(),
        "currency": row["currency"],
        "debit": amount_text(row["debit_minor"], row["currency"]),
        "line_count": row["line_count"],
        "memo": row["memo"],
        "state": row["state"],
        "state_reason": row["state_reason"],
        "content_hash": row["content_hash"],
        "correlation_id": str(row["correlation_id"]),
        "makers": list(row["makers"]),
        "ledger_ref": row["ledger_ref"],
        "ledger_number": row["ledger_number"],
        "built_at": instant_text(row["built_at"]),
        "changed_at": instant_text(row["changed_at"]),
    }


def listed_answer(row: Row) -> dict[str, Any]:
    """A journal in a list, with how often it was approved and tried."""
    return head_answer(row) | {
        "approval_count": row["approval_count"],
        "attempt_count": row["attempt_count"],
        "last_outcome": row["last_outcome"],
    }


def journal_answer(office: Office, work: Work, reader: Reader, external_id: str) -> dict[str, Any]:
    """One journal with all that hangs on it.

    Raises:
        UnknownObjectError: there is none that the reader may see.
    """
    row = work.row("cockpit", "journal", external_id=external_id, entities=list(reader.entities))
    if row is None:
        raise UnknownObjectError(
            f"There is no journal {external_id!r} among your entities.",
            next_step="Look for it on the close board of its period.",
        )
    mapping = known_mappings(office, work, office.now())
    approvals = work.rows("cockpit", "approvals_of", external_id=external_id)
    attempts = work.rows("cockpit", "attempts_of", external_id=external_id)
    return head_answer(row) | {
        "lines": _lines(work, row, mapping),
        "approvals": [approval_answer(found) for found in approvals],
        "approvals_needed": _needed(mapping, row),
        "attempts": [attempt_answer(found) for found in attempts],
        "lineage": work.row("cockpit", "lineage_totals", external_id=external_id),
        "history": [_step(found) for found in _history(work, external_id)],
        "together": {
            "parts": row["parts"],
            "pair": row["pair"],
            "reverses": row["reverses"] or "",
            "supersedes": row["supersedes"] or "",
        },
        **_posting(office, work, mapping, row),
    }


def _history(work: Work, external_id: str) -> list[Row]:
    return work.rows("cockpit", "history_of", object_kind="journal", object_key=external_id)


def _lines(work: Work, row: Row, mapping: MappingSet) -> list[dict[str, Any]]:
    lines = work.rows("cockpit", "journal_lines", external_id=row["external_id"])
    least = smallest_group(mapping, row["entity"], row["period"], row["kind"])
    masked = masked_lines(lines, row["kind"], least)
    return [_line(line, row["currency"], line["line_number"] in masked) for line in lines]


def _line(line: Row, currency: str, masked: bool) -> dict[str, Any]:  # noqa: FBT001 - one of two ways
    amount = int(line["amount_minor"])
    return {
        "line_number": line["line_number"],
        "account": line["account"],
        "cost_center": line["cost_center"],
        "project": line["project"],
        "component_class": line["component_class"],
        "description": line["description"],
        "debit": None if masked or amount < 0 else amount_text(amount, currency),
        "credit": None if masked or amount >= 0 else amount_text(-amount, currency),
        "masked": masked,
        "document_count": line["document_count"],
        "source_line_count": line["source_line_count"],
    }


def approval_answer(row: Row) -> dict[str, Any]:
    """One answer of a person."""
    return {
        "decision": row["decision"],
        "decided_by": row["decided_by"],
        "decided_at": instant_text(row["decided_at"]),
        "comment": row["comment"],
        "content_hash": row["content_hash"],
        "list_hash": row["list_hash"],
        "voided_at": instant_text(row["voided_at"]),
        "void_reason": row["void_reason"],
    }


def attempt_answer(row: Row) -> dict[str, Any]:
    """One attempt to post."""
    return {
        "attempt": row["attempt"],
        "sent_at": instant_text(row["sent_at"]),
        "outcome": row["outcome"] or "sending",
        "answer": row["answer"],
        "answered_at": instant_text(row["answered_at"]),
        "resolved": row["resolved"] or "",
        "resolved_at": instant_text(row["resolved_at"]),
        "ledger_ref": row["ledger_ref"],
    }


def _step(row: Row) -> dict[str, Any]:
    return {
        "from_state": row["from_state"],
        "to_state": row["to_state"],
        "changed_by": row["changed_by"],
        "changed_at": instant_text(row["changed_at"]),
        "reason": row["reason"],
    }


def _needed(mapping: MappingSet, row: Row) -> int:
    policy = mapping.best(
        "posting", row["entity"], calendar_month(row["period"]).ends, journal_kind=row["kind"]
    )
    above = "" if policy is None else policy["second_approval_above"]
    return approvals_needed(row["debit_minor"], row["currency"], above)


def _posting(office: Office, work: Work, mapping: MappingSet, row: Row) -> dict[str, Any]:
    try:
        entity = office.company.entity(row["entity"])
        window = window_of(mapping, entity, row["period"], row["kind"])
    except ConfigurationError as error:
        return {"window": None, "cannot_post": error.message}
    return {
        "window": {
            "opens_at": instant_text(window.opens_at),
            "closes_at": instant_text(window.closes_at),
            "open": window.is_open(office.now()),
        },
        "cannot_post": _cannot_post(office, work, row, window),
    }


def _cannot_post(office: Office, work: Work, row: Row, window: PostingWindow) -> str:
    """Why the journal can't post now, as the store knows it; empty when it may, or has."""
    if row["state"] in IN_LEDGER | {"reversed"}:
        return ""
    if row["state"] in {"superseded", "rejected", "held"}:
        return f"it is {row['state']}" + (f": {row['state_reason']}" if row["state_reason"] else "")
    seen = work.rows("cockpit", "ledger_period_state", code=row["period"])
    ready = Readiness(
        approved=approval_stands(office, work, row, office.now()),
        inputs_current=bool(work.value("post", "inputs_current", external_id=row["external_id"])),
        frozen_reason=work.value("post", "frozen_reason", entity=row["entity"]) or "",
        window=window,
        # A period that was never seen is asked for by posting itself; nothing speaks against it.
        period_open=all(found["open"] for found in seen),
        period=row["period"],
        unready=why_not_ready(work, known_mappings(office, work, office.now()), row),
        # Its partners' own windows are judged when they are sent; here, whether they may go at all.
        pair_waits=why_pair_waits(work, row, lambda _: ""),
    )
    return why_not(ready, office.now())
