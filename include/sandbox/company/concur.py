"""Concur's side: financial documents, users, lists and report headers of the month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.company.amounts import uuid_id
from sandbox.company.concur_documents import DocumentWriter, instant, number
from sandbox.company.netsuite import cost_center_name
from sandbox.company.people import Person
from sandbox.company.plan import Plan
from sandbox.company.reports import CARD, Report


def _users(plan: Plan, people: Mapping[str, Sequence[Person]]) -> list[dict[str, Any]]:
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    return [
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
            "id": uuid_id("user", person.number),
            "userName": person.email,
            "active": person.status != "Terminated",
            "externalId": person.number,
            "name": {"givenName": person.given, "familyName": person.family},
            "emails": [{"type": "work", "value": person.email}],
            enterprise: {
                "employeeNumber": person.number,
                "companyId": uuid_id("company", plan.group["concur_company"]),
                "costCenter": person.cost_center,
                "startDate": f"{person.hired.isoformat()}T00:00:00Z",
                "terminationDate": f"{person.left.isoformat()}T00:00:00Z" if person.left else None,
            },
        }
        for entity in plan.entities.values()
        for person in people[entity.code]
    ]


def _lists(plan: Plan) -> list[dict[str, Any]]:
    centers = [
        (entity.cost_center_digit + function, None)
        for entity in plan.entities.values()
        for function in plan.functions
    ]
    items = {
        "Cost Center": [(code, cost_center_name(plan, code)) for code, _ in centers],
        "Project": [(f"P{number}", name) for number, name in plan.projects.items()],
    }
    return [
        {
            "id": uuid_id("list", value),
            "value": value,
            "items": [
                {
                    "id": uuid_id("item", value, code),
                    "code": code,
                    "shortCode": code,
                    "value": name,
                    "parentId": None,
                }
                for code, name in rows
            ],
        }
        for value, rows in items.items()
    ]


def _header(report: Report) -> dict[str, Any]:
    def money(amount: int) -> dict[str, Any]:
        return {"value": number(amount, report.places), "currencyCode": report.currency}

    card = sum(entry.charged for entry in report.entries if entry.paid_by == CARD)
    owed = sum(entry.approved for entry in report.entries if entry.paid_by != CARD)
    personal = sum(entry.charged for entry in report.entries if entry.personal)
    return {
        "reportId": report.report_id,
        "reportNumber": report.number,
        "reportVersion": 1,
        "userId": uuid_id("user", report.person.number),
        "name": report.name,
        "currencyCode": report.currency,
        "approvalStatusId": "A_APPR",
        "paymentStatusId": "P_PROC",
        "approvedAmount": money(report.approved_total),
        "reportTotal": money(report.approved_total + personal),
        "amountDueEmployee": money(owed - personal - sum(report.advances)),
        "amountDueCompanyCard": money(card),
        "personalAmount": money(personal),
        "isFinancialIntegrationEnabled": True,
        "isReopened": False,
        "canReopen": False,
        "canRecall": True,
        "submitDate": instant(report.submitted_at),
    }


def concur_seed(
    plan: Plan,
    people: Mapping[str, Sequence[Person]],
    reports: Mapping[str, Sequence[Report]],
    seed: int,
) -> dict[str, Any]:
    """Company, users, lists, documents and report headers, without credentials."""
    company = plan.group["concur_company"]
    return {
        "company": {"uuid": uuid_id("company", company), "id": company},
        "users": _users(plan, people),
        "lists": _lists(plan),
        "documents": [
            DocumentWriter(plan, plan.entities[entity], seed).document(report)
            for entity, some in reports.items()
            for report in some
        ],
        "reports": [_header(report) for some in reports.values() for report in some],
    }
