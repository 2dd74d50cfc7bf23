"""A trace as the API answers it: counts and class sums, never a person beside an amount."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.journals_read import approval_answer, attempt_answer
from tieout.cockpit.masks import is_small_class, smallest_group
from tieout.finance.mappings import MappingSet
from tieout.finance.states import IN_LEDGER
from tieout.warehouse.store import Row
from tieout.workflows.trace import Trace, TracedJournal

NOT_YET = "not yet"


def trace_answer(found: Trace, mapping: MappingSet) -> dict[str, Any]:
    """The whole chain, first in one line per leg, then in full."""
    return {
        "wanted": found.wanted,
        "kind": found.kind,
        "legs": legs_of(found),
        "documents": [_document(row, found) for row in found.documents],
        "document_count": found.document_count,
        "reports": [_report(row) for row in found.reports],
        "batches": [_batch(row, mapping) for row in found.batches],
        "units": [_unit(row) for row in found.units],
        "journals": [_journal(journal, mapping) for journal in found.journals],
    }


def legs_of(found: Trace) -> list[dict[str, Any]]:
    """Approval > route > batch > run > journal > approval of it > attempt > ledger > tie-out."""
    heads = [journal.head for journal in found.journals]
    routes = sorted({route for row in found.reports for route in row["routes"]})
    posted = [row for row in heads if row["state"] in IN_LEDGER]
    return [
        _leg("expense_approval", len(found.reports), _span(found.reports, "approved_at")),
        _leg("route", len(routes), ", ".join(routes)),
        _leg("batch", len(found.batches), _listed(found.batches, "batch_key")),
        _leg("run", len(found.units), _listed(found.units, "unit_key")),
        _leg("journal", len(heads), _listed(heads, "external_id")),
        _leg("journal_approval", *_standing(found)),
        _leg("posting", *_tried(found)),
        _leg("ledger", len(posted), ", ".join(row["ledger_ref"] for row in posted)),
        _leg("tie_out", *_tied(found)),
    ]


def _leg(name: str, count: int, text: str) -> dict[str, Any]:
    return {"leg": name, "count": count, "text": text if count else NOT_YET}


def _listed(rows: Any, column: str) -> str:
    names = [str(row[column]) for row in rows]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _span(rows: Any, column: str) -> str:
    instants = sorted(row[column] for row in rows)
    if not instants:
        return ""
    first, last = instant_text(instants[0]), instant_text(instants[-1])
    return str(first) if first == last else f"{first} to {last}"


def _standing(found: Trace) -> tuple[int, str]:
    standing = [
        row
        for journal in found.journals
        for row in journal.approvals
        if row["decision"] == "approved" and row["voided_at"] is None
    ]
    return len(standing), ", ".join(sorted({row["decided_by"] for row in standing}))


def _tried(found: Trace) -> tuple[int, str]:
    attempts = [row for journal in found.journals for row in journal.attempts]
    words = sorted({str(row["resolved"] or row["outcome"] or "sending") for row in attempts})
    return len(attempts), ", ".join(words)


def _tied(found: Trace) -> tuple[int, str]:
    runs = {
        row["id"]: f"{row['entity']} {row['state']}"
        for row in (journal.tie_out for journal in found.journals)
        if row is not None
    }
    return len(runs), ", ".join(sorted(set(runs.values())))


def _document(row: Row, found: Trace) -> dict[str, Any]:
    ended = [part for part in found.dispositions if part["document"] == row["sha256"]]
    return {
        "sha256": row["sha256"],
        "provider": row["provider"],
        "name": row["name"],
        "business_key": row["business_key"],
        "entity": row["entity"],
        "received_at": instant_text(row["received_at"]),
        "lines": [
            {
                "state": part["state"],
                "reason": part["reason"],
                "external_id": part["external_id"],
                "line_count": part["line_count"],
            }
            for part in ended
        ],
    }


def _report(row: Row) -> dict[str, Any]:
    return {
        "document": row["document"],
        "report_ref": row["report_ref"],
        "report_key": row["report_key"],
        "entity": row["entity"],
        "approved_at": instant_text(row["approved_at"]),
        "line_count": row["line_count"],
        "routes": list(row["routes"]),
        "rules": list(row["rules"]),
        "payment_states": list(row["payment_states"]),
        "batch_keys": list(row["batch_keys"]),
    }


def _batch(row: Row, mapping: MappingSet) -> dict[str, Any]:
    least = smallest_group(mapping, row["entity"], row["period"], "expense")
    masked = row["employee_count"] < least
    return {
        "batch_key": row["batch_key"],
        "entity": row["entity"],
        "route": row["route"],
        "period": row["period"],
        "state": row["state"],
        "line_count": row["line_count"],
        "currency": row["currency"],
        "total": None if masked else amount_text(row["total_minor"], row["currency"]),
        "cut_at": instant_text(row["cut_at"]),
        "handed_over_at": instant_text(row["handed_over_at"]),
        "file_name": row["file_name"],
    }


def _unit(row: Row) -> dict[str, Any]:
    return {
        "unit_key": row["unit_key"],
        "provider": row["provider"],
        "kind": row["kind"],
        "period": row["period"],
        "state": row["state"],
        "blocked_reason": row["blocked_reason"],
        "stages": list(row["stages"]),
    }


def _journal(journal: TracedJournal, mapping: MappingSet) -> dict[str, Any]:
    head, run = journal.head, journal.tie_out
    least = smallest_group(mapping, head["entity"], head["period"], head["kind"])
    plain = ("external_id", "entity", "kind", "period", "revision", "currency", "line_count",
             "state", "state_reason", "content_hash", "ledger_ref", "ledger_number")  # fmt: skip
    return {
        **{name: head[name] for name in plain},
        "debit": amount_text(head["debit_minor"], head["currency"]),
        "correlation_id": str(head["correlation_id"]),
        "classes": [_class(row, head, least) for row in journal.classes],
        "approvals": [approval_answer(row) for row in journal.approvals],
        "attempts": [attempt_answer(row) for row in journal.attempts],
        "ledger": [_ledger(row, head["currency"]) for row in journal.ledger],
        "tie_out": None
        if run is None
        else {
            "run_id": run["id"],
            "state": run["state"],
            "compared_at": instant_text(run["compared_at"]),
        },
    }


def _class(row: Row, head: Row, least: int) -> dict[str, Any]:
    masked = is_small_class(row["people_count"], head["kind"], least)
    text: Callable[[int], str | None] = lambda amount: (  # noqa: E731 - one line, used twice
        None if masked else amount_text(amount, head["currency"])
    )
    return {
        "component_class": row["component_class"],
        "debit": text(row["debit_minor"]),
        "credit": text(row["credit_minor"]),
        "line_count": row["line_count"],
        "touched_count": row["touched_count"],
        "masked": masked,
    }


def _ledger(row: Row, currency: str) -> dict[str, Any]:
    return {
        "ledger_ref": row["ledger_ref"],
        "line_count": row["line_count"],
        "debit": amount_text(row["debit_minor"], currency),
        "posting": row["posting"],
        "seen_at": instant_text(row["seen_at"]),
    }
