"""Writing transactions: insert, update, upsert, delete, approval and reversal."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sandbox.faults import Fault
from sandbox.netsuite import ledger
from sandbox.netsuite.approval import approve, settle_approval
from sandbox.netsuite.documents import Document, Payload
from sandbox.netsuite.errors import (
    Refused,
    business,
    duplicate,
    nonexistent,
    not_permitted_element,
    wrong_transaction_type,
)
from sandbox.netsuite.legs import default_rate, legs_of
from sandbox.netsuite.periods import Window
from sandbox.netsuite.references import find, find_entity, resolve
from sandbox.netsuite.roles import SET_PERIOD, Role
from sandbox.netsuite.rules import check_content
from sandbox.netsuite.schemas import EXPENSE_REPORT, JOURNAL, RecordType
from sandbox.netsuite.sublists import merged, number_lines

_SCRIPT_TEXT = "A user event script refused this transaction."


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a write happens: the account, who writes, what, when.

    Attributes:
        fault: what shall go wrong while it is written.
        line_limit: the most lines that this way of writing allows.
    """

    connection: sqlite3.Connection
    role: Role
    preferences: Mapping[str, Any]
    record: RecordType
    now: datetime
    fault: Fault | None = None
    line_limit: int = 1000
    mirror: Mapping[str, str] = field(default_factory=dict)

    def suffers(self, kind: str) -> bool:
        """Whether this write suffers a fault of this kind."""
        return self.fault is not None and self.fault.kind == kind


def create(desk: Desk, payload: Payload) -> int:
    """Insert a transaction and return its internal id.

    Raises:
        Refused: 400, by the first step that finds trouble; nothing is written.
    """
    resolve(desk.connection, desk.record, payload, desk.role)
    document = Document(dict(payload.body), [dict(line) for line in payload.lines or ()])
    number_lines(desk.record, document)
    _take_defaults(desk, document)
    wanted = document.body.get("postingPeriod")
    if wanted is not None and not desk.role.may(SET_PERIOD):
        raise Refused(400, [not_permitted_element("postingPeriod", "postingPeriod")])
    check_content(desk.connection, desk.record, document, desk.preferences, desk.line_limit)
    settle_approval(desk.record, desk.role, desk.preferences, document)
    window = _window(desk, document)
    document.body["postingPeriod"] = window.place(wanted, document.body["tranDate"])
    if desk.suffers("period_recalculated"):
        document.body["postingPeriod"] = _elsewhere(desk, window, document)
    return _write(desk, document, None)


def update(desk: Desk, ledger_id: object, payload: Payload, *, replaces_lines: bool) -> int:
    """Merge a payload into a transaction; without `replaces_lines` unkeyed lines are appended.

    Raises:
        Refused: 404 or 400; nothing is written.
    """
    kept = demand(desk, ledger_id)
    resolve(desk.connection, desk.record, payload, desk.role)
    before = legs_of(desk.connection, desk.record, kept.document)
    document = Document(kept.document.body | payload.body, list(kept.document.lines))
    if payload.lines is not None:
        document.lines = merged(document.lines, payload, replaces=replaces_lines)
    number_lines(desk.record, document)
    _take_defaults(desk, document)
    check_content(desk.connection, desk.record, document, desk.preferences, desk.line_limit)
    approve(desk.record, desk.role, desk.preferences, kept.document, document)
    touches_ledger = legs_of(desk.connection, desk.record, document) != before or bool(
        {"tranDate", "postingPeriod", "currency", "exchangeRate"} & set(payload.body)
    )
    _place_again(desk, kept, document, payload, touches_ledger=touches_ledger)
    return _write(desk, document, kept)


def upsert(desk: Desk, external_id: str, payload: Payload, *, replaces_lines: bool) -> int:
    """Update the transaction with this external id, or insert it.

    Raises:
        Refused: 400.
    """
    payload.body["externalId"] = external_id
    found = ledger.identify(desk.connection, desk.record, external_id)
    if found is None:
        return create(desk, payload)
    return update(desk, found, payload, replaces_lines=replaces_lines)


def remove(desk: Desk, ledger_id: object) -> None:
    """Delete a transaction of an open period.

    Raises:
        Refused: 404, or 400 "closed period".
    """
    kept = demand(desk, ledger_id)
    _window(desk, kept.document).demand_open(kept.document.body["postingPeriod"])
    ledger.delete(desk.connection, kept.ledger_id)


def demand(desk: Desk, ledger_id: object) -> ledger.Kept:
    """The stored transaction.

    Raises:
        Refused: 404, or 400 where the account answers so.
    """
    kept = ledger.load(desk.connection, desk.record, ledger_id, desk.role)
    if kept is not None:
        return kept
    raise wrong_transaction_type() if desk.preferences["unknownTransactionAs400"] else nonexistent()


def _take_defaults(desk: Desk, document: Document) -> None:
    body = document.body
    if body.get("tranDate") is None:
        body["tranDate"] = desk.now.date().isoformat()
    entity = find_entity(desk.connection, body.get("entity"))
    if body.get("subsidiary") is None and desk.record.name == EXPENSE_REPORT.name and entity:
        body["subsidiary"] = entity["subsidiary"]
    company = find(desk.connection, "subsidiary", body.get("subsidiary"))
    if body.get("currency") is None and company is not None:
        body["currency"] = str(company["currency"])
    if body.get("exchangeRate") is None and company is not None:
        body["exchangeRate"] = default_rate(desk.connection, body["currency"], body["subsidiary"])


def _window(desk: Desk, document: Document) -> Window:
    ids = {leg.account for leg in legs_of(desk.connection, desk.record, document)}
    found = (find(desk.connection, "account", each) for each in ids)
    types = frozenset(str(each["accttype"]) for each in found if each is not None)
    return Window(desk.connection, desk.preferences, desk.role, types)


def _elsewhere(desk: Desk, window: Window, document: Document) -> str:
    """The period that a "recalculating" account stores in place of the one asked for."""
    assert desk.fault is not None, "asked for only under that fault"
    if "period" in desk.fault.settings:
        return str(desk.fault.settings["period"])
    current = find(desk.connection, "accountingperiod", document.body["postingPeriod"])
    assert current is not None, "the period was placed before"
    return window.first_open(f"{current['enddate']}~")


def _place_again(
    desk: Desk,
    kept: ledger.Kept,
    document: Document,
    payload: Payload,
    *,
    touches_ledger: bool,
) -> None:
    window = _window(desk, document)
    current = kept.document.body["postingPeriod"]
    if kept.posted and touches_ledger:
        window.demand_open(current)
    if payload.body.get("postingPeriod") is not None:
        wanted = document.body["postingPeriod"]
        document.body["postingPeriod"] = window.place(wanted, document.body["tranDate"])
    else:
        document.body["postingPeriod"] = current if kept.posted else window.still(current)


def _write(desk: Desk, document: Document, kept: ledger.Kept | None) -> int:
    ledger_id = None if kept is None else kept.ledger_id
    external_id = document.body.get("externalId")
    if external_id is not None and ledger.is_taken(desk.connection, external_id, ledger_id):
        raise duplicate()
    if desk.fault is not None and desk.suffers("script_refusal"):
        raise Refused(400, [business(str(desk.fault.settings.get("text", _SCRIPT_TEXT)))])
    system = dict(desk.mirror)
    if kept is not None:
        system = {name: kept.row[name] for name in ("isreversal", "reversal")}
    written = ledger.save(
        desk.connection,
        desk.record,
        document,
        legs_of(desk.connection, desk.record, document),
        role=desk.role,
        now=desk.now,
        ledger_id=ledger_id,
        system=system,
    )
    if desk.record.name == JOURNAL.name:
        _reverse(desk, document, written, system.get("reversal"))
    return written


def _reverse(desk: Desk, document: Document, ledger_id: int, mirror: str | None) -> None:
    """Create the mirror journal that a reversal date asks for, and approve it with its original."""
    dated = document.body.get("reversalDate")
    if dated is None or document.body.get("reversalDefer"):
        return
    if mirror is not None:
        _approve_mirror(desk, mirror, document)
        return
    dropped = ("externalId", "tranId", "reversalDate", "reversalDefer", "postingPeriod")
    body = {name: value for name, value in document.body.items() if name not in dropped}
    body |= {"tranDate": dated}
    lines = [
        {**line, "debit": line.get("credit"), "credit": line.get("debit")}
        for line in document.lines
    ]
    reversed_ = Document(body, lines)
    body["postingPeriod"] = _window(desk, reversed_).place(None, dated)
    of_mirror = {"isreversal": "T", "reversal": str(ledger_id)}
    there = replace(desk, fault=None, mirror=of_mirror)
    created = _write(there, reversed_, None)
    ledger.update(desk.connection, ledger_id, {"reversal": str(created)})


def _approve_mirror(desk: Desk, mirror: str, document: Document) -> None:
    kept = ledger.load(desk.connection, desk.record, mirror, desk.role)
    if kept is None or kept.posted == ledger.is_posting(document):
        return
    approval = {name: document.body[name] for name in ("approved", "approvalStatus")}
    changed = Document(kept.document.body | approval, kept.document.lines)
    _write(replace(desk, fault=None), changed, kept)
