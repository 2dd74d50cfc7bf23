"""Expense report headers: one at a time in version 4, all of a company in version 3."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from sandbox.concur.wire import Answer, Call, Refused, flat_problem, whole_number

_CONTEXTS: Final = frozenset({"TRAVELER", "MANAGER", "PROXY"})
_APPROVALS: Final = {
    "A_NOTF": "Not Submitted",
    "A_FILE": "Submitted",
    "A_ACCO": "Approved & In Accounting Review",
    "A_APPR": "Approved",
    "A_RESU": "Sent Back to Employee",
}
_PAYMENTS: Final = {
    "P_NOTP": "Not Paid",
    "P_PROC": "Processing Payment",
    "P_PAID": "Sent for Payment",
    "P_PAYC": "Payment Confirmed",
    "P_FAIL": "Financial Posting Failed",
}
_AMOUNTS: Final = {
    "Total": "reportTotal",
    "PersonalAmount": "personalAmount",
    "AmountDueEmployee": "amountDueEmployee",
    "AmountDueCompanyCard": "amountDueCompanyCard",
    "TotalApprovedAmount": "approvedAmount",
}
#: What the twin keeps of a report and Concur does not show.
_HIDDEN: Final = frozenset({"revision"})


def read_report(call: Call) -> Answer:
    """`GET /expensereports/v4/users/{user_id}/context/{context}/reports/{report_id}`."""
    report = call.records.get("report", call.path["report_id"])
    owned = report is not None and report.get("userId") == call.path["user_id"]
    if not owned or call.path["context"] not in _CONTEXTS:
        raise Refused(flat_problem(call, 404, "reportNotFound", "The report was not found"))
    shown = {name: value for name, value in report.items() if name not in _HIDDEN}
    return Answer(shown)


def read_reports_v3(call: Call) -> Answer:
    """`GET /api/v3.0/expense/reports`: by status codes, which may be lists with commas."""
    approvals, payments = _codes(call, "approvalStatusCode"), _codes(call, "paymentStatusCode")
    owners = {user["id"]: user for user in call.records.each("user")}
    wanted_user = call.query.get("user", "")
    found = []
    for report in call.records.each("report"):
        owner = owners.get(report.get("userId"), {})
        if (
            (wanted_user in {"ALL", owner.get("userName")})
            and (not approvals or report.get("approvalStatusId") in approvals)
            and (not payments or report.get("paymentStatusId") in payments)
        ):
            found.append(_version_3(call, report, owner))
    start, limit = whole_number(call, "offset", 0), whole_number(call, "limit", 25)
    body: dict[str, Any] = {"Items": found[start : start + limit], "NextPage": None}
    if start + limit < len(found):
        query = {**call.query, "offset": start + limit, "limit": limit}
        body["NextPage"] = f"{call.base}{call.url_path}?{urlencode(query)}"
    return Answer(body)


def _codes(call: Call, name: str) -> set[str]:
    return {code for code in call.query.get(name, "").split(",") if code}


def _version_3(call: Call, report: dict[str, Any], owner: dict[str, Any]) -> dict[str, Any]:
    approval, payment = report.get("approvalStatusId", ""), report.get("paymentStatusId", "")
    name = owner.get("name", {})
    amounts = {ours: (report.get(theirs) or {}).get("value") for ours, theirs in _AMOUNTS.items()}
    return {
        "ID": report["reportId"],
        "URI": f"{call.base}{call.url_path}/{report['reportId']}",
        "Name": report.get("name"),
        "CurrencyCode": report.get("currencyCode"),
        "SubmitDate": report.get("submitDate"),
        "OwnerLoginID": owner.get("userName"),
        "OwnerName": f"{name.get('givenName', '')} {name.get('familyName', '')}".strip(),
        "ApprovalStatusCode": approval,
        "ApprovalStatusName": _APPROVALS.get(approval, approval),
        "PaymentStatusCode": payment,
        "PaymentStatusName": _PAYMENTS.get(payment, payment),
        "LedgerName": "DEFAULT",
        **amounts,
    }
