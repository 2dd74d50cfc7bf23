"""Financial documents and the reports behind them: how each state is reached.

A document is what one final approval made; its report may have several over time. The small
header of a document stays apart from its large body, so that a queue is cheap to look through.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sandbox.concur import exact_json
from sandbox.concur.shelf import Records

READY: Final = "READY"
ACKNOWLEDGED: Final = "ACKNOWLEDGED"
SUCCESS: Final = "POSTING_CONFIRMED_SUCCESS"
FAILURE: Final = "POSTING_CONFIRMED_FAILURE"
#: Concur names no status for a recalled document: it leaves every answer.
RECALLED: Final = "RECALLED"

DOCUMENT_TYPES: Final = frozenset(
    {"expense", "invoice", "cashadvance", "payroll", "requestobligation", "reportobligation"}
)
#: Amounts that change sign when an entry is taken back.
_SIGNED: Final = frozenset(
    {
        "entryApprovedAmount",
        "reportEntryTransactionAmount",
        "cardTransactionAmount",
        "cardTransactionPostedAmount",
        "amountGross",
        "amountNetOfTax",
        "amountNetOfReclaim",
        "amountGrossCard",
        "amountTax",
        "amountReclaim",
        "cashAdvanceApplicationAmount",
    }
)


class NotAllowed(Exception):
    """The report is in a state in which this step does not exist; the text says which."""


def add_document(
    records: Records,
    content: Mapping[str, Any],
    doc_type: str,
    approved_at: str | None,
    *,
    first: bool = False,
) -> str:
    """Put a READY document into the queue, at its end or before all others; returns its id."""
    body = content["document"]
    if isinstance(body, str):
        body = exact_json.loads(body)
    header = {
        "id": content["id"],
        "docType": doc_type,
        "reportId": report_id_of(body, doc_type),
        "companyId": content.get("companyId"),
        "entityId": content.get("entityId"),
        "companyUuid": content.get("companyUuid"),
        "erpSystemId": content.get("erpSystemId"),
        "status": content.get("docStatus", READY),
        "approvedAt": approved_at,
        "first": first,
        "closed": False,
    }
    records.put("document", header["id"], header)
    records.put("body", header["id"], body)
    if records.get("report", header["reportId"]) is None:
        records.put("report", header["reportId"], {"reportId": header["reportId"]})
        set_report(records, header["reportId"], "A_APPR", "P_PROC")
    return str(header["id"])


def report_id_of(body: Mapping[str, Any], doc_type: str) -> str:
    """The id by which `docId` of the query finds the document."""
    if doc_type == "cashadvance":
        return str(body["cashAdvanceData"]["cashAdvanceId"])
    head = body.get("report") or body.get("requestHeader") or {}
    return str(head.get("reportId") or head.get("requestId"))


def queue(records: Records, doc_type: str, now: datetime) -> list[dict[str, Any]]:
    """Headers of the READY documents of a type that are approved by `now`, in queue order."""
    waiting = [
        header
        for header in records.each("document")
        if header["docType"] == doc_type and header["status"] == READY and approved(header, now)
    ]
    return [h for h in reversed(waiting) if h["first"]] + [h for h in waiting if not h["first"]]


def approved(header: Mapping[str, Any], now: datetime) -> bool:
    """Whether the final approval lies in the past of the business clock."""
    moment = header["approvedAt"]
    return moment is None or datetime.fromisoformat(moment) <= now


def set_report(records: Records, report_id: str, approval: str | None, payment: str) -> None:
    """Move the report's statuses; None leaves the approval as it is."""
    report = records.get("report", report_id) or {"reportId": report_id}
    if approval is not None:
        report["approvalStatusId"] = approval
    report["paymentStatusId"] = payment
    records.put("report", report_id, report)


def set_status(records: Records, header: Mapping[str, Any], status: str, **more: Any) -> None:
    """Move a document to another status."""
    records.put("document", header["id"], {**header, "status": status, **more})


def of_report(records: Records, report_id: str) -> list[dict[str, Any]]:
    """Headers of every document of a report, oldest first.

    Raises:
        NotAllowed: there is none.
    """
    found = [h for h in records.each("document") if h["reportId"] == report_id]
    if not found:
        raise NotAllowed(f"No document of the report {report_id} exists.")
    return found


def recall(records: Records, report_id: str) -> None:
    """A processor or the owner takes the report back.

    A READY document disappears with it; one whose posting failed stays as it is.

    Raises:
        NotAllowed: the report is locked by an acknowledgement, or posted.
    """
    headers = of_report(records, report_id)
    if any(header["status"] in {ACKNOWLEDGED, SUCCESS} for header in headers):
        raise NotAllowed(f"The report {report_id} is locked by the financial system.")
    for header in headers:
        if header["status"] == READY:
            set_status(records, header, RECALLED)
    set_report(records, report_id, "A_RESU", "P_NOTP")


def resubmit(records: Records, report_id: str) -> None:
    """The owner hands a recalled or reopened report in again.

    Raises:
        NotAllowed: the report is not with its owner.
    """
    _demand(records, report_id, "A_RESU")
    set_report(records, report_id, "A_FILE", "P_NOTP")


def reopen(records: Records, report_id: str, mode: str) -> None:
    """The owner reopens a posted report; the next approval makes a revision.

    Args:
        records: the transaction.
        report_id: a report whose posting was confirmed.
        mode: `full` repeats the report, `delta` takes the old entries back and adds the new ones.

    Raises:
        NotAllowed: no document of the report was posted, or one is still on its way.
    """
    headers = of_report(records, report_id)
    if headers[-1]["status"] != SUCCESS or mode not in {"full", "delta"}:
        raise NotAllowed(f"The report {report_id} cannot be reopened as {mode}.")
    set_report(records, report_id, "A_RESU", "P_NOTP")
    report = records.get("report", report_id)
    records.put("report", report_id, report | {"isReopened": True, "revision": mode})


def approve(
    records: Records, report_id: str, now: datetime, document: Mapping[str, Any] | None
) -> str:
    """The last approver approves: a new document with a new id, for the same report.

    Args:
        records: the transaction.
        report_id: a report that was submitted again.
        now: the moment of approval, business time.
        document: what the owner changed it to; None repeats the last one.

    Returns:
        The id of the new document.

    Raises:
        NotAllowed: the report is not submitted.
    """
    report = _demand(records, report_id, "A_FILE")
    last = of_report(records, report_id)[-1]
    old = records.get("body", last["id"])
    body = copy.deepcopy(old if document is None else dict(document))
    mode = report.pop("revision", None)
    if mode is not None:
        revision = int(old["report"].get("revisionNumber", "1")) + 1
        body["report"]["revisionNumber"] = str(revision)
    if mode == "delta":
        body = _delta(old, body)
    records.put("report", report_id, report)
    content = {k: last[k] for k in ("companyId", "entityId", "companyUuid")}
    made = add_document(
        records,
        {"id": uuid.uuid4().hex, "document": body, **content},
        last["docType"],
        now.isoformat(),
    )
    set_report(records, report_id, "A_APPR", "P_PROC")
    return made


def _demand(records: Records, report_id: str, approval: str) -> dict[str, Any]:
    report: dict[str, Any] = records.get("report", report_id) or {}
    if report.get("approvalStatusId") != approval:
        state = report.get("approvalStatusId", "unknown")
        raise NotAllowed(f"The report {report_id} is {state}, not {approval}.")
    return report


def _delta(old: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The old entries taken back, then the new ones; the total is the difference."""
    taken_back = [_negated(entry) for entry in old["expenseEntry"]]
    advances = [_negated(row) for row in old.get("cashAdvanceApplication") or []]
    total = exact_json.number(new["report"]["totalApprovedAmount"])
    difference = total - exact_json.number(old["report"]["totalApprovedAmount"])
    new["report"]["totalApprovedAmount"] = difference
    new["expenseEntry"] = taken_back + list(new["expenseEntry"])
    new["cashAdvanceApplication"] = advances + list(new.get("cashAdvanceApplication") or [])
    return new


def _negated(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _negated(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_negated(item) for item in value]
    if name in _SIGNED and value is not None and exact_json.number(value) != Decimal(0):
        return -exact_json.number(value)
    return value
