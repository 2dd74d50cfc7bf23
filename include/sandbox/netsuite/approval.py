"""Approval: without it, by the checkbox, or by routing; and of expense reports by accounting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.netsuite.documents import Document
from sandbox.netsuite.errors import Refused, not_permitted_element
from sandbox.netsuite.roles import ADMINISTRATOR, APPROVAL, Role
from sandbox.netsuite.schemas import EXPENSE_REPORT, JOURNAL, RecordType

PENDING: Final = "1"
APPROVED: Final = "2"
REJECTED: Final = "3"
STATUS_NAMES: Final = {
    PENDING: "Pending Approval",
    APPROVED: "Approved",
    REJECTED: "Rejected",
    "11": "Open",
}


def settle_approval(
    record: RecordType, role: Role, preferences: Mapping[str, Any], document: Document
) -> None:
    """Decide whether a new transaction is approved at once; `approved` then means posted.

    Raises:
        Refused: 400, the caller set an approval that the role may not give.
    """
    waiting = Document({"approved": False, "approvalStatus": PENDING})
    approve(record, role, preferences, waiting, document)


def approve(
    record: RecordType,
    role: Role,
    preferences: Mapping[str, Any],
    before: Document,
    document: Document,
) -> None:
    """Carry the approval fields of a changed document over into one state.

    Raises:
        Refused: 400, the role may not give this approval, or its field is not in use.
    """
    if record.name == EXPENSE_REPORT.name:
        _decide(document, approved=document.body.get("accountingapproval") is True)
        return
    mode = preferences["journalApproval"] if record.name == JOURNAL.name else "none"
    checked = document.body.get("approved", before.body["approved"])
    status = document.body.get("approvalStatus", before.body["approvalStatus"])
    if mode == "none":
        _decide(document, approved=True)
    elif mode == "checkbox":
        if status != before.body["approvalStatus"]:
            raise Refused(400, [not_permitted_element("approvalStatus", "approvalStatus")])
        if checked != before.body["approved"] and not role.may(APPROVAL):
            raise Refused(400, [not_permitted_element("approved", "approved")])
        _decide(document, approved=checked is True)
    else:
        _route(role, before, document, checked=checked, status=status)


def _route(
    role: Role, before: Document, document: Document, *, checked: object, status: str
) -> None:
    if checked != before.body["approved"]:
        raise Refused(400, [not_permitted_element("approved", "approved")])
    if status != before.body["approvalStatus"] and not role.may(ADMINISTRATOR):
        raise Refused(400, [not_permitted_element("approvalStatus", "approvalStatus")])
    document.body["approved"] = status == APPROVED
    document.body["approvalStatus"] = status


def _decide(document: Document, *, approved: bool) -> None:
    document.body["approved"] = approved
    document.body["approvalStatus"] = APPROVED if approved else PENDING
