"""NetSuite's side: subsidiaries, chart, dimensions, people, currencies and periods as its tables."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sandbox.company.people import Person
from sandbox.company.plan import Plan
from sandbox.company.rates import cross_rate
from sandbox.company.troubles import Troubles

Row = dict[str, str | None]

_COUNTRY_NAMES: Final = {"US": "US", "GB": "GB", "DE": "DE", "SE": "SE", "JP": "JP"}
#: What the integration's role may do; neither overriding periods nor approving journals.
PERMISSIONS: Final = (
    "REST Web Services",
    "Log in using OAuth 2.0 Access Tokens",
    "SuiteAnalytics Workbook",
    "Make Journal Entry",
    "Posting Period on Transactions",
    "Accounts",
    "Subsidiaries",
    "Departments",
    "Classes",
    "Locations",
    "Currency",
    "Accounting Periods",
    "Employees",
    "Vendors",
)
PREFERENCES: Final = {
    "allowDateOutsidePeriod": "disallow",
    "defaultPeriodWhenClosed": "current",
    "journalApproval": "none",
    "mandatorySegments": [],
    "lockedPeriodBehaviour": "error",
}


def _flag(condition: object) -> str:
    return "T" if condition else "F"


def _everywhere(plan: Plan) -> str:
    ids = [plan.group["parent"]["erp_id"], *(entity.erp_id for entity in plan.entities.values())]
    return ", ".join(ids)


def subsidiaries(plan: Plan) -> list[Row]:
    """The parent and its five subsidiaries; external ids are the group's own entity codes."""
    parent = plan.group["parent"]
    rows: list[Row] = [
        _subsidiary(
            plan, parent["erp_id"], parent["name"], parent["currency"], parent["country"], ""
        )
    ]
    for entity in plan.entities.values():
        row = _subsidiary(
            plan, entity.erp_id, entity.name, entity.currency, entity.country, parent["erp_id"]
        )
        rows.append(row | {"externalid": entity.code})
    return rows


def _subsidiary(
    plan: Plan, erp_id: str, name: str, currency: str, country: str, parent: str
) -> Row:
    return {
        "id": erp_id,
        "name": name,
        "fullname": f"{plan.group['parent']['name']} : {name}" if parent else name,
        "legalname": name,
        "currency": plan.currencies[currency]["id"],
        "country": _COUNTRY_NAMES[country],
        "parent": parent or None,
        "fiscalcalendar": "1",
        "iselimination": "F",
        "isinactive": "F",
        "externalid": None,
    }


def accounts(plan: Plan) -> list[Row]:
    """The chart; internal ids are not the numbers."""
    ids = {number: str(201 + n) for n, number in enumerate(plan.chart)}
    return [
        {
            "id": ids[number],
            "acctnumber": number,
            "accttype": account["type"],
            "fullname": account["name"],
            "accountsearchdisplayname": f"{number} {account['name']}",
            "accountsearchdisplaynamecopy": account["name"],
            "description": account["name"],
            "parent": ids.get(account.get("parent", "")),
            "currency": None,
            "subsidiary": _everywhere(plan),
            "includechildren": "T",
            "issummary": _flag(account.get("summary")),
            "isinactive": "F",
            "eliminate": "F",
            "externalid": None,
        }
        for number, account in plan.chart.items()
    ]


def cost_center_name(plan: Plan, cost_center: str) -> str:
    """Such as `4100 Sales DE`."""
    digit, function = cost_center[0], cost_center[1:]
    country = next(e.code[:2] for e in plan.entities.values() if e.cost_center_digit == digit)
    return f"{cost_center} {plan.functions[function]['name']} {country}"


def departments(plan: Plan, closed: str) -> list[Row]:
    """Cost centers as departments, a tree per subsidiary; one of them closed."""
    ids: dict[str, str] = {}
    rows: list[Row] = []
    for entity in plan.entities.values():
        for function, about in plan.functions.items():
            code = entity.cost_center_digit + function
            ids[code] = str(11 + len(ids))
            parent = entity.cost_center_digit + about["parent"] if about["parent"] else ""
            name = cost_center_name(plan, code)
            rows.append(
                {
                    "id": ids[code],
                    "name": name,
                    "fullname": f"{cost_center_name(plan, parent)} : {name}" if parent else name,
                    "parent": ids.get(parent),
                    "subsidiary": entity.erp_id,
                    "includechildren": "F",
                    "isinactive": _flag(code == closed),
                    "externalid": f"CC{code}",
                }
            )
    return rows


def classifications(plan: Plan) -> list[Row]:
    """Projects as classes, usable in every subsidiary."""
    return [
        {
            "id": str(101 + n),
            "name": f"P-{number} {name}",
            "fullname": f"P-{number} {name}",
            "parent": None,
            "subsidiary": _everywhere(plan),
            "includechildren": "T",
            "isinactive": "F",
            "externalid": f"P-{number}",
        }
        for n, (number, name) in enumerate(plan.projects.items())
    ]


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
            "isinactive": _flag(person.status == "Terminated"),
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


def currencies(plan: Plan) -> list[Row]:
    """Currencies with their precision; the rate is into the parent's euro at the month's end."""
    return [
        {
            "id": about["id"],
            "symbol": code,
            "name": about["name"],
            "displaysymbol": code,
            "currencyprecision": str(about["places"]),
            "exchangerate": str(cross_rate(code, "EUR", plan.period_ends)),
            "isbasecurrency": _flag(code == plan.group["parent"]["currency"]),
            "isinactive": "F",
        }
        for code, about in plan.currencies.items()
    ]


def accounting_periods(plan: Plan) -> list[Row]:
    """The year, its last two quarters, and the months from September: that one closed."""
    year = plan.period_ends.year
    rows = [
        _period("300", f"FY {year}", date(year, 1, 1), date(year, 12, 31), None, "year"),
        _period("303", f"Q3 {year}", date(year, 7, 1), date(year, 9, 30), "300", "quarter"),
        _period("304", f"Q4 {year}", date(year, 10, 1), date(year, 12, 31), "300", "quarter"),
    ]
    for month in (9, 10, 11, 12):
        first = date(year, month, 1)
        last = first.replace(day=calendar.monthrange(year, month)[1])
        parent = "303" if month == 9 else "304"
        name = f"{calendar.month_abbr[month]} {year}"
        rows.append(_period(str(310 + month), name, first, last, parent, "month"))
    return rows


def _period(
    period_id: str, name: str, first: date, last: date, parent: str | None, size: str
) -> Row:
    past, future = last < date(2026, 10, 1), first > date(2026, 11, 30)
    whole = size != "month"
    return {
        "id": period_id,
        "periodname": name,
        "startdate": first.isoformat(),
        "enddate": last.isoformat(),
        "parent": parent,
        "isposting": _flag(not whole),
        "isquarter": _flag(size == "quarter"),
        "isyear": _flag(size == "year"),
        "isadjust": "F",
        "isinactive": "F",
        "closed": _flag(past),
        "closedondate": "2026-10-08" if past else None,
        "alllocked": _flag(past or (future and not whole)),
        "aplocked": _flag(past or (future and not whole)),
        "arlocked": _flag(past or (future and not whole)),
        "allownonglchanges": "T",
        "lastmodifieddate": "2026-10-08 09:00:00",
    }


def netsuite_seed(
    plan: Plan, people: Mapping[str, Sequence[Person]], troubles: Troubles
) -> dict[str, Any]:
    """All tables, preferences and the integration's role, without its key."""
    tables: dict[str, Iterable[Row]] = {
        "subsidiary": subsidiaries(plan),
        "account": accounts(plan),
        "department": departments(plan, troubles.closed_cost_center),
        "classification": classifications(plan),
        "location": [],
        "employee": employees(plan, people),
        "vendor": vendors(plan, people),
        "currency": currencies(plan),
        "accountingperiod": accounting_periods(plan),
        "accountingbook": [
            {
                "id": "1",
                "name": "Primary Accounting Book",
                "isprimary": "T",
                "isadjustmentonly": "F",
                "isconsolidated": "F",
            }
        ],
    }
    return {
        "account_id": plan.group["erp_account_id"],
        "tables": tables,
        "preferences": PREFERENCES,
        "roles": [{"id": "1101", "permissions": list(PERMISSIONS), "subsidiaries": None}],
    }
