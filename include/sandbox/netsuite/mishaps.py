"""What can be made to go wrong with this account, and how each of it is done.

| kind | what happens |
|---|---|
| slow | the request waits `seconds` inside its concurrency slot |
| rate_limited | 429; `seconds` becomes Retry-After |
| unauthorized_under_load | 401 after `seconds`, the token stays good |
| token_revoked | the presented token dies, then 401 |
| invalid_grant | the token endpoint refuses |
| error_before, error_after | 500 before or after the commit |
| html_502 | an HTML page; `settings.after` commits first |
| drop_before, drop_after | the socket closes before or after the commit |
| late_commit | no answer (`settings.answer`: drop, html); commits `seconds` of business time on |
| closed_period, locked_period | the period closes or locks between look-up and post |
| period_recalculated | another period is stored: `settings.period`, else the next open one |
| foreign_external_id | a stranger's vendor bill has taken the external id |
| external_id_altered | after the commit another integration changes the id to `settings.value` |
| script_refusal | 400 with the free text `settings.text` |
| get_broken | 400 from a customer's script on read; queries still work |
| job_stuck, job_failed | an asynchronous job never starts, or fails without a trace |
| lower_case_names | the answer's property names are in lower case |
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from sandbox.faults import Fault
from sandbox.netsuite import auth, ledger
from sandbox.netsuite.calls import Call
from sandbox.netsuite.errors import Refused, business, invalid_login, too_many, unexpected
from sandbox.netsuite.periods import set_period
from sandbox.netsuite.reading import lower_case_names
from sandbox.netsuite.roles import CLERK
from sandbox.netsuite.schemas import JOURNAL, RECORDS
from sandbox.netsuite.state import insert
from sandbox.netsuite.wire import Answer, read_json, write_json

VENDOR: Final = "netsuite"
KINDS: Final = (
    *("slow", "rate_limited", "unauthorized_under_load", "token_revoked", "invalid_grant"),
    *("error_before", "error_after", "html_502", "drop_before", "drop_after", "late_commit"),
    *("closed_period", "locked_period", "period_recalculated", "foreign_external_id"),
    *("external_id_altered", "script_refusal", "get_broken", "job_stuck", "job_failed"),
    "lower_case_names",
)
#: Kinds that act while the transaction is written; they travel with the call.
INSIDE: Final = frozenset({"period_recalculated", "script_refusal", "job_stuck", "job_failed"})
_BROKEN_SCRIPT: Final = (
    "org.mozilla.javascript.EcmaError: TypeError: Cannot read property from undefined "
    "(customscript_user_event)"
)
_PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"


def early_answer(fault: Fault) -> Answer | None:
    """The answer of a fault that strikes before anything was looked at; None for the others."""
    match fault.kind:
        case "rate_limited":
            retry = {"Retry-After": str(math.ceil(fault.seconds))} if fault.seconds else {}
            return too_many(retry | dict(fault.headers)).answer()
        case "error_before":
            return unexpected("before-commit", fault.status or 500).answer()
        case "html_502" if not fault.settings.get("after"):
            return html_page(fault)
        case "invalid_grant":
            return Answer(400, {"error": "invalid_grant"}, media_type="application/json")
        case "unauthorized_under_load":
            return invalid_login().answer()
        case _:
            return None


def html_page(fault: Fault) -> Answer:
    """The gateway's own page."""
    return Answer(fault.status or 502, _PAGE, dict(fault.headers), "text/html")


def strike(connection: sqlite3.Connection, fault: Fault, call: Call) -> None:
    """Change the account before the request is carried out.

    Raises:
        Refused: the fault is itself a refusal.
    """
    match fault.kind:
        case "token_revoked":
            auth.revoke(connection, call.headers.get("authorization", ""))
        case "closed_period":
            set_period(connection, _period(fault, call), {"closed": True, "allLocked": True})
        case "locked_period":
            set_period(connection, _period(fault, call), {"allLocked": True})
        case "foreign_external_id":
            _take_external_id(connection, call)
        case "get_broken" if call.method == "GET":
            raise Refused(fault.status or 400, [business(_BROKEN_SCRIPT)])
        case _:
            return


def late_answer(connection: sqlite3.Connection, fault: Fault, call: Call, answer: Answer) -> Answer:
    """The answer after the commit, by what strikes then."""
    match fault.kind:
        case "error_after":
            return unexpected("after-commit", fault.status or 500).answer()
        case "html_502":
            return html_page(fault)
        case "external_id_altered" if answer.status == 204:
            _alter_external_id(connection, fault, call, answer.headers["Location"])
            return answer
        case "lower_case_names":
            body = lower_case_names(answer.body)
            return Answer(answer.status, body, answer.headers, answer.media_type)
        case _:
            return answer


def _period(fault: Fault, call: Call) -> str:
    if "period" in fault.settings:
        return str(fault.settings["period"])
    return str(read_json(call.body)["postingPeriod"]["id"])


def _take_external_id(connection: sqlite3.Connection, call: Call) -> None:
    """Insert a bare bill with the caller's external id, as another integration would have."""
    sent: Mapping[str, Any] = read_json(call.body)
    external_id = call.external_key or str(sent["externalId"])
    row = {
        "type": "VendBill",
        "recordtype": "vendorbill",
        "tranid": "FOREIGN-1",
        "externalid": external_id,
        "externalid_folded": external_id.casefold(),
        "posting": "T",
        "status": "A",
        "approvalstatus": "2",
        "subsidiary": str(sent["subsidiary"]["id"]),
        "memo": "Written by another integration",
        "body": write_json(
            {
                "body": {"externalId": external_id, "approvalStatus": "2", "exchangeRate": 1},
                "lines": [],
            }
        ),
        "createddate": "2026-10-01 00:00:00",
        "lastmodifieddate": "2026-10-01 00:00:00",
    }
    insert(connection, "ledger", row)


def _alter_external_id(
    connection: sqlite3.Connection, fault: Fault, call: Call, location: str
) -> None:
    record = RECORDS.get(call.record_name, JOURNAL)
    kept = ledger.load(connection, record, location.rpartition("/")[2], CLERK)
    assert kept is not None, "the answer's location was written in this transaction"
    body = kept.document.body
    body["externalId"] = str(fault.settings.get("value", f"{body['externalId']}-SYNC"))
    ledger.update(
        connection,
        kept.ledger_id,
        {
            "externalid": body["externalId"],
            "externalid_folded": body["externalId"].casefold(),
            "body": write_json({"body": body, "lines": kept.document.lines}),
        },
    )
