"""NetSuite's people: employees, and the vendors as whom accounts payable repays some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.company.netsuite import Row, departments, flag
from sandbox.company.people import Person
from sandbox.company.plan import Plan


def employees(plan: Plan, people: Mapping[str, Sequence[Person]]) -> list[Row]:
    """Everybody, with the home cost center's department."""
    dept = {str(row["externalid"])[2:]: row["id"] for row in departments(plan, "")}
    return [
        {
            "id": str(5000 + n),
            "entityid": person.number,
            "firstname": person.local_name.split(" ")[1] if entity.code == "JP01" else person.given,
            "lastname": person.local_name.split(" ")[0] if entity.code == "JP01" else person.family,
            "email": person.email,
            "subsidiary": entity.erp_id,
            "department": dept[person.cost_center],
            "class": None,
            "location": None,
            "currency": plan.currencies[entity.currency]["id"],
            "supervisor": None,
            "hiredate": person.hired.isoformat(),
            "isinactive": flag(person.status == "Terminated"),
            "externalid": person.number,
        }
        for n, (entity, person) in enumerate(
            (entity, person) for entity in plan.entities.values() for person in people[entity.code]
        )
    ]


def vendors(plan: Plan, people: Mapping[str, Sequence[Person]]) -> list[Row]:
    """The card issuer, and a vendor per employee whom accounts payable repays."""
    payables = {number: str(201 + n) for n, number in enumerate(plan.chart)}

    def row(n: int, name: str, currency: str, account: str, external_id: str, person: str) -> Row:
        return {
            "id": str(8000 + n),
            "entityid": external_id,
            "companyname": None if person == "T" else name,
            "legalname": name,
            "email": None,
            "currency": plan.currencies[currency]["id"],
            "terms": None,
            "category": None,
            "payablesaccount": payables[account],
            "isinactive": "F",
            "isperson": person,
            "externalid": external_id,
        }

    rows = [row(0, "Polaris Card Services", "EUR", "2100", "V-CARD", "F")]
    repaid = [
        (entity.currency, person)
        for entity in plan.entities.values()
        if entity.refund_route == "ap"
        for person in people[entity.code]
    ]
    return rows + [
        row(n, f"{person.given} {person.family}", currency, "2110", f"V-{person.number}", "T")
        for n, (currency, person) in enumerate(repaid, start=1)
    ]
