"""Payment confirmations of posted expense documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.concur.documents import SUCCESS, set_report, set_status
from sandbox.concur.wire import Call, timestamp

_CODES: Final = frozenset({"CP", "PP", "RE", "OB"})
_CLEARING_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|\d{8}")


def confirm_payment(
    call: Call, doc_type: str, item: Mapping[str, Any], system_id: str | None
) -> dict[str, Any]:
    """Take one payment confirmation; only CP moves the report, and closes it."""
    references = _references(item)

    def answer(code: int, result: str, text: str = "") -> dict[str, Any]:
        return {
            "code": code,
            "docId": item.get("docId"),
            "systemId": system_id,
            "paymentConfirmationResult": result,
            "paymentRef": references[0] if references else None,
            "errorMessage": text,
            "detailMessage": "",
        }

    fault = _invalid(item, references)
    if fault is not None:
        return answer(298, "FAILURE", fault)
    header = call.records.get("document", item["docId"])
    if header is None:
        return answer(116, "DOCUMENT_NOT_FOUND", "This document does not exist.")
    if header["docType"] != doc_type:
        return answer(115, "FAILURE", f"This document is not of type {doc_type}.")
    if header["status"] != SUCCESS:
        return answer(298, "NOT_POSTING_CONFIRMED", "The posting is not confirmed.")
    if (header["erpSystemId"] or "") != (system_id or ""):
        return answer(99, "FAILURE", f"SystemId {system_id} is not the one on record.")
    known = [ref for ref in references if call.records.get("payment_ref", ref) is not None]
    if known:
        return answer(298, "NOOP", f"Payment confirmation already exist for paymentRef {known[0]}")
    if header["closed"] and item["processingStatusCode"] in {"CP", "PP"}:
        return answer(213, "FAILURE", "The payment confirmation was already posted.")
    _keep(call, header, item, references)
    return answer(0, "SUCCESS")


def _details(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = item.get("clearingDetails")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _clearing_reference(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("clearingReference")
    if isinstance(found, list) and found:
        found = found[0]
    return found if isinstance(found, dict) else {}


def _references(item: Mapping[str, Any]) -> list[str]:
    found = (_clearing_reference(entry).get("paymentRef") for entry in _details(item))
    return [str(ref) for ref in found if ref]


def _invalid(item: Mapping[str, Any], references: list[str]) -> str | None:
    if not isinstance(item.get("docId"), str) or not item["docId"]:
        return "Invalid input value [docId (): may not be blank]"
    code = item.get("processingStatusCode")
    if not isinstance(code, str) or code not in _CODES:
        return f"Invalid input value [processingStatusCode ({code}): is not supported]"
    if code in {"CP", "PP"} and len(references) != max(len(_details(item)), 1):
        return "Invalid input value [paymentRef (): may not be blank]"
    return None


def _keep(
    call: Call, header: Mapping[str, Any], item: Mapping[str, Any], references: list[str]
) -> None:
    records, moment = call.records, timestamp(call.now)
    records.append("payment", {"at": moment, **item})
    for ref in references:
        records.put("payment_ref", ref, {"paymentRef": ref, "docId": header["id"]})
    for entry in _details(item):
        stated = str(entry.get("clearingDate", ""))
        if not _CLEARING_DATE.fullmatch(stated):
            # Concur takes it and shows it wrongly: only its log knows.
            text = f"clearingDate {stated!r} of {header['id']} has a form that is not understood"
            records.append("log", {"at": moment, "text": text})
    if item["processingStatusCode"] == "CP":
        set_status(records, header, SUCCESS, closed=True)
        set_report(records, header["reportId"], None, "P_PAYC")
