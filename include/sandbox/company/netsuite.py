"""NetSuite's tables of the group: subsidiaries, chart, departments, classes, currencies."""

from __future__ import annotations

from sandbox.company.plan import Plan
from sandbox.company.rates import cross_rate

Row = dict[str, str | None]


def flag(condition: object) -> str:
    """NetSuite's `T` or `F`."""
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
        "country": country,
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
            "issummary": flag(account.get("summary")),
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
                    "isinactive": flag(code == closed),
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
            "isbasecurrency": flag(code == plan.group["parent"]["currency"]),
            "isinactive": "F",
        }
        for code, about in plan.currencies.items()
    ]
