"""What exists in the demonstration group, read from `company.yaml` into typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

PLAN_FILE: Final = Path(__file__).resolve().parent.parent / "company.yaml"


@dataclass(frozen=True, slots=True)
class EntityPlan:
    """One legal entity as the vendors know it; `annual_pay` in whole units of the currency."""

    code: str
    erp_id: str
    name: str
    country: str
    currency: str
    places: int
    zone: ZoneInfo
    headcount: int
    cost_center_digit: str
    people_from: int
    annual_pay: tuple[int, int]
    provider: str
    workday_company: str
    pay_group: str
    payment_date: date
    concur_unit: str
    report_count: int
    refund_route: str
    town: str
    cutoff_at: datetime


@dataclass(frozen=True, slots=True)
class ExpenseTypePlan:
    """A type of the expense platform; `price` in whole euros, `taxable` lists countries or `*`."""

    code: str
    name: str
    account: str
    price: tuple[int, int]
    vat: str
    reduced: bool
    paid: str
    taxable: tuple[str, ...]
    erp_account: str

    def taxable_in(self, country: str) -> bool:
        """Whether a refund of this type is pay in `country`."""
        return "*" in self.taxable or country in self.taxable


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole group; the parts without a class of their own stay mappings of the YAML file."""

    group: Mapping[str, Any]
    period_code: str
    period_starts: date
    period_ends: date
    entities: Mapping[str, EntityPlan]
    bureaus: Mapping[str, Mapping[str, str]]
    functions: Mapping[str, Mapping[str, Any]]
    closable: Mapping[str, str]
    projects: Mapping[str, str]
    chart: Mapping[str, Mapping[str, Any]]
    currencies: Mapping[str, Mapping[str, Any]]
    expense_types: Mapping[str, ExpenseTypePlan]
    new_expense_types: Mapping[str, ExpenseTypePlan]
    sales_tax: Mapping[str, Mapping[str, Any]]
    destinations: Mapping[str, list[list[str]]]
    names: Mapping[str, Mapping[str, list[Any]]]

    def places(self, currency: str) -> int:
        """Digits after the decimal point of `currency`."""
        return int(self.currencies[currency]["places"])

    def cost_centers(self, entity: str) -> list[str]:
        """The four-digit cost centers of an entity on which people work; not the root."""
        digit = self.entities[entity].cost_center_digit
        return [digit + function for function in self.functions if function != "000"]


def _entity(
    code: str, raw: Mapping[str, Any], currencies: Mapping[str, Any], cutoff: str
) -> EntityPlan:
    zone = ZoneInfo(raw["zone"])
    low, high = raw["annual_pay"]
    return EntityPlan(
        code=code,
        erp_id=raw["erp_id"],
        name=raw["name"],
        country=raw["country"],
        currency=raw["currency"],
        places=int(currencies[raw["currency"]]["places"]),
        zone=zone,
        headcount=raw["headcount"],
        cost_center_digit=raw["cost_centers"],
        people_from=raw["people_from"],
        annual_pay=(low, high),
        provider=raw["provider"],
        workday_company=raw["workday_company"],
        pay_group=raw["pay_group"],
        payment_date=raw["payment_date"],
        concur_unit=raw["concur_unit"],
        report_count=raw["reports"],
        refund_route=raw["refund_route"],
        town=raw["town"],
        cutoff_at=datetime.fromisoformat(cutoff).replace(tzinfo=zone),
    )


def _expense_type(code: str, raw: Mapping[str, Any]) -> ExpenseTypePlan:
    low, high = raw["price"]
    return ExpenseTypePlan(
        code=code,
        name=raw["name"],
        account=raw["account"],
        price=(low, high),
        vat=raw["vat"],
        reduced=raw.get("reduced", False),
        paid=raw["paid"],
        taxable=tuple(raw.get("taxable", ())),
        erp_account=raw.get("erp_account", raw["account"]),
    )


def load_plan(path: Path = PLAN_FILE) -> Plan:
    """Read the plan of the group."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    period = raw["period"]
    return Plan(
        group=raw["group"],
        period_code=period["code"],
        period_starts=period["starts"],
        period_ends=period["ends"],
        entities={
            code: _entity(code, entity, raw["currencies"], period["cutoff"])
            for code, entity in raw["entities"].items()
        },
        bureaus=raw["bureaus"],
        functions=raw["functions"],
        closable=raw["closable"],
        projects={str(1001 + n): name for n, name in enumerate(raw["projects"])},
        chart=raw["chart"],
        currencies=raw["currencies"],
        expense_types={c: _expense_type(c, t) for c, t in raw["expense_types"].items()},
        new_expense_types={c: _expense_type(c, t) for c, t in raw["new_expense_types"].items()},
        sales_tax=raw["sales_tax"],
        destinations=raw["destinations"],
        names=raw["names"],
    )
