"""Acknowledgements, posting confirmations and payment confirmations: one result for each item.

Every trouble with an item is inside a 200 answer; the codes are those of the service's own table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.concur.documents import (
    ACKNOWLEDGED,
    FAILURE,
    READY,
    RECALLED,
    SUCCESS,
    approved,
    set_report,
    set_status,
)
from sandbox.concur.payments import confirm_payment
from sandbox.concur.state import switches
from sandbox.concur.transactions import demand_type
from sandbox.concur.wire import Answer, Call, Refused, bad_request, timestamp

_OUTCOMES: Final = frozenset({"success", "error"})


def acknowledge(call: Call) -> Answer:
    """`POST …/acknowledgements`: lock READY documents for one ERP system."""
    doc_type = demand_type(call)
    body = _object(call)
    system_id = _system_id(call, body, required=False)
    ids = _listed(call, body, "ids")
    if not all(isinstance(each, str) for each in ids):
        raise Refused(bad_request(call, "request.validation.error", "ids must be strings", "ids"))
    return _answers(call, [_acknowledged(call, doc_type, each, system_id) for each in ids])


def confirm_postings(call: Call) -> Answer:
    """`POST …/postingconfirmations`: say how the ERP took each acknowledged document."""
    doc_type = demand_type(call)
    body = _object(call)
    system_id = _system_id(call, body, required=True)
    items = _listed(call, body, "postingConfirmations")
    return _each(call, items, lambda item: _posting(call, doc_type, item, system_id))


def confirm_payments(call: Call) -> Answer:
    """`POST …/paymentconfirmations`: say what was paid; expense documents alone have payments."""
    doc_type = demand_type(call)
    if doc_type != "expense":
        message = f"Payment confirmations do not exist for {doc_type}"
        raise Refused(bad_request(call, "invalid.transaction.type", message, "docType"))
    body = _object(call)
    system_id = _system_id(call, body, required=True)
    items = _listed(call, body, "processingConfirmation")
    return _each(call, items, lambda item: confirm_payment(call, doc_type, item, system_id))


def _acknowledged(call: Call, doc_type: str, fis_id: str, system_id: str | None) -> dict[str, Any]:
    def answer(code: int, text: str = "", system: str | None = system_id) -> dict[str, Any]:
        return {
            "code": code,
            "docId": fis_id,
            "systemId": system,
            "acknowledgeResult": "FAILURE" if code else "SUCCESS",
            "errorMessage": text,
        }

    header = call.records.get("document", fis_id)
    if header is None:
        return answer(104, "This document does not exist.")
    if header["docType"] != doc_type:
        return answer(105, f"This document is not of type {doc_type}.")
    if header["status"] == RECALLED:
        return answer(102, "This document was recalled.")
    if header["status"] != READY:
        holder = header["erpSystemId"]
        shown = "null" if holder is None else holder
        text = f"This document was previously acknowledged by SystemId: {shown}."
        return answer(101, text, holder)
    if not approved(header, call.now):
        return answer(103, "This document is not ready.")
    set_status(call.records, header, ACKNOWLEDGED, erpSystemId=system_id)
    return answer(0)


def _posting(
    call: Call, doc_type: str, item: Mapping[str, Any], system_id: str | None
) -> dict[str, Any]:
    def answer(code: int, result: str, text: str = "") -> dict[str, Any]:
        return {
            "code": code,
            "docId": item.get("docId"),
            "systemId": system_id,
            "postingConfirmationResult": result,
            "errorMessage": text,
            "detailMessage": "",
        }

    fault = _invalid_posting(item)
    if fault is not None:
        return answer(198, "FAILURE", fault)
    header = call.records.get("document", item["docId"])
    if header is None:
        return answer(116, "DOCUMENT_NOT_FOUND", "This document does not exist.")
    if header["docType"] != doc_type:
        return answer(115, "FAILURE", f"This document is not of type {doc_type}.")
    if header["status"] == RECALLED:
        return answer(112, "WAS_RECALLED", "This document was recalled.")
    if header["status"] == READY:
        return answer(111, "NOT_YET_ACKNOWLEDGED", "This document is not yet acknowledged.")
    if (header["erpSystemId"] or "") != (system_id or ""):
        text = f"SystemId {system_id} is not the one on record: {header['erpSystemId']}."
        return answer(99, "FAILURE", text)
    again = header["status"] == FAILURE and switches(call.records)["reconfirm"] == "allow"
    if header["status"] != ACKNOWLEDGED and not (again and _is_success(item)):
        return answer(113, "FAILURE", "A posting confirmation already exists for this document.")
    _keep_posting(call, header, item)
    return answer(0, "SUCCESS")


def _invalid_posting(item: Mapping[str, Any]) -> str | None:
    """What the service's own input check says, None when it is content."""
    fis_id, outcome = item.get("docId"), item.get("overallPostingStatusCode")
    if not isinstance(fis_id, str) or not fis_id:
        return "Invalid input value [docId (): may not be blank]"
    if len(fis_id) > 32:
        return f"Invalid input value [docId ({fis_id}): size must be between 0 and 32]"
    if not isinstance(outcome, str) or outcome not in _OUTCOMES:
        return f"Invalid input value [overallPostingStatusCode ({outcome}): is not supported]"
    posted = item.get("postingDocs") or []
    if outcome == "success" and not posted:
        return "Invalid input value [postingDocs (): may not be blank]"
    fault = _invalid_entries(posted)
    if fault is not None:
        return fault
    messages = item.get("systemMessages")
    if not isinstance(messages, list) or not _all_objects(messages):
        return "Invalid input value [systemMessages (): may not be null]"
    return None


def _invalid_entries(posted: Any) -> str | None:
    if not isinstance(posted, list) or not _all_objects(posted):
        return "Invalid input value [postingDocs: must be a list of objects]"
    for entry in posted:
        company = str(entry.get("companyId") or "")
        if not 1 <= len(company) <= 32:
            return f"Invalid input value [companyId ({company}): size must be between 1 and 32]"
        if len(str(entry.get("documentNumber") or "")) > 80:
            return "Invalid input value [documentNumber: size must be between 0 and 80]"
    return None


def _all_objects(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _is_success(item: Mapping[str, Any]) -> bool:
    return bool(item["overallPostingStatusCode"] == "success")


def _keep_posting(call: Call, header: Mapping[str, Any], item: Mapping[str, Any]) -> None:
    records, moment = call.records, timestamp(call.now)
    records.append("posting", {"at": moment, **item})
    report_id = header["reportId"]
    if _is_success(item):
        set_status(records, header, SUCCESS)
        set_report(records, report_id, None, "P_PAID")
        return
    set_status(records, header, FAILURE)
    set_report(records, report_id, None, "P_FAIL")
    for message in item["systemMessages"]:
        text = str(message.get("messageShortText", ""))[:1300]
        records.append("audit", {"at": moment, "reportId": report_id, "text": text})


def _object(call: Call) -> dict[str, Any]:
    if call.headers.get("transfer-encoding", "").lower() == "chunked":
        raise Refused(bad_request(call, "bad.request", "Chunked transfer encoding is refused"))
    return call.object()


def _system_id(call: Call, body: Mapping[str, Any], *, required: bool) -> str | None:
    value = body.get("systemId")
    if value is None and not required:
        return None
    if not isinstance(value, str) or len(value) > 50:
        message = "systemId must be a text of at most 50 characters"
        raise Refused(bad_request(call, "request.validation.error", message, "systemId"))
    return value


def _listed(call: Call, body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    if not isinstance(value, list) or not value:
        message = f"{name} must be a list that is not empty"
        raise Refused(bad_request(call, "request.validation.error", message, name))
    return value


def _each(
    call: Call, items: list[Any], confirm: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Answer:
    if not _all_objects(items):
        raise Refused(bad_request(call, "request.validation.error", "An item is not an object"))
    return _answers(call, [confirm(item) for item in items])


def _answers(call: Call, items: list[dict[str, Any]]) -> Answer:
    if switches(call.records)["item_order"] == "reversed":
        return Answer(items[::-1])
    return Answer(items)
