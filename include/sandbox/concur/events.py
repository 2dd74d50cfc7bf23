"""Webhook subscriptions, and the ready events that would be delivered to them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sandbox.concur.wire import Answer, Call, Refused, problem, timestamp

READY_TOPIC: Final = "public.concur.financialintegration"
_TOPICS: Final = {
    READY_TOPIC: "FISVC",
    "public.concur.expense.report": "expense.report.read",
    "public.concur.user.provisioning": "user.provision.read",
}
_SUBSCRIPTION_ID: Final = re.compile(r"[a-z0-9.-]+")
_MOST: Final = 5


def read_topics(call: Call) -> Answer:
    """`GET /events/v4/topics`: the names that the scopes reach, an empty list without any."""
    assert call.principal is not None, "the route demands a token"
    scopes = call.principal.scopes
    return Answer([topic for topic, scope in _TOPICS.items() if scope in scopes])


def subscribe(call: Call) -> Answer:
    """`PUT /events/v4/subscriptions/webhook`."""
    body = call.object()
    name, hook = str(body.get("id", "")), body.get("webHookConfig")
    endpoint = hook.get("endpoint") if isinstance(hook, dict) else None
    if not _SUBSCRIPTION_ID.fullmatch(name) or body.get("topic") not in _TOPICS or not endpoint:
        raise Refused(problem(call, 400, "invalid.subscription", "id, topic or endpoint is wrong"))
    others = [each for each in call.records.each("subscription") if each["id"] != name]
    if len(others) >= _MOST:
        raise Refused(problem(call, 400, "too.many.subscriptions", f"At most {_MOST} are allowed"))
    company = call.records.get("setting", "company")
    assert call.principal is not None, "the route demands a token"
    kept = {
        "applicationId": call.principal.client_id,
        "companyIds": [company["uuid"]],
        "groups": [],
        "scope": _TOPICS[body["topic"]],
    }
    call.records.put("subscription", name, {**body, **kept})
    return Answer({"message": f"Subscription '{name}' saved successfully"})


def read_subscriptions(call: Call) -> Answer:
    """`GET /events/v4/subscriptions[/{subscription_id}]`: always a list."""
    wanted = call.path.get("subscription_id")
    found = call.records.each("subscription")
    return Answer([each for each in found if wanted in {None, each["id"]}])


def unsubscribe(call: Call) -> Answer:
    """`DELETE /events/v4/subscriptions/{subscription_id}`."""
    name = call.path["subscription_id"]
    call.records.remove("subscription", name)
    return Answer({"message": f"Subscription '{name}' marked for deletion"})


def ready_event(header: Mapping[str, Any], base: str, now: datetime) -> dict[str, Any]:
    """The event that announces a document; it names the report, not the document."""
    doc_type, report_id = header["docType"], header["reportId"]
    path = f"/financialintegration/fi/v4/companies/transactiontypes/{doc_type}/transactions"
    return {
        "id": str(uuid.uuid4()),
        "correlationId": uuid.uuid4().hex,
        "eventType": f"{doc_type}.readyForIntegration",
        "topic": READY_TOPIC,
        "subtopic": header["entityId"],
        "timeStamp": timestamp(now).replace("Z", "+0000"),
        "route": "stable",
        "data": None,
        "facts": {
            "companyId": header["companyUuid"],
            "documentId": report_id,
            "href": f"{base}{path}?docId={report_id}",
            "entityId": header["entityId"],
        },
    }
