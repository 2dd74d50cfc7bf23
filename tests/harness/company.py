"""Reads the generated company and finance's configuration as a stranger would: files only.

Nothing of the product or of the generator is used for figures, so that the three are compared, not
one with itself. Amounts are `Decimal` in whole currency units.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
CONFIG: Final = ROOT / "include" / "config"
ENTITIES: Final = ("US01", "UK01", "DE01", "SE01", "JP01")
COMPONENT_CODED: Final = {"US01": "workday-us", "UK01": "workday-uk", "JP01": "jp-delimited"}
ACCOUNT_CODED: Final = {"DE01": "de-datev", "SE01": "se-sie"}
PROVIDERS: Final = COMPONENT_CODED | ACCOUNT_CODED
CREDIT_CLASSES: Final = {"employee_tax", "deduction", "net_pay"}


@dataclass(frozen=True)
class Line:
    """A pay line as its source states it: a component in its own sense, or a signed account leg."""

    code: str
    amount: Decimal
    employee: str = ""
    cost_center: str = ""
    project: str = ""
    voucher: str = ""


@dataclass(frozen=True)
class Part:
    """One accounting part of an expense document; `payee` is credited by `amount`."""

    report: str
    employee: str
    kind: str
    expense_type: str
    tax: str
    payee: str
    amount: Decimal
    cost_center: str
    project: str
    approved_at: datetime


class Seeds:
    """What `prepare` wrote below a home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "sandbox" / "seed"
        self.netsuite = self._json("netsuite")
        self.concur = self._json("concur")
        self.workday = self._json("workday")
        self.deliveries = self._json("deliveries")
        self.troubles = self._json("troubles")

    def _json(self, name: str) -> Any:
        text = (self.folder / f"{name}.json").read_text(encoding="utf-8")
        return json.loads(text, parse_float=Decimal)

    def delivery(self, entity: str, *, whole: bool = True) -> tuple[bytes, dict[str, Any]]:
        """Bytes and manifest of an entity's file: the last whole one, or the first as it came."""
        mine = [d for d in self.deliveries if d["manifest"]["entity"] == entity]
        chosen = (
            next((d for d in mine if d["delivery"] == "corrected"), mine[0]) if whole else mine[0]
        )
        return (self.folder / "files" / chosen["file"]).read_bytes(), chosen["manifest"]

    def pay_lines(self, entity: str, *, whole: bool = True) -> list[Line]:
        """The pay lines of an entity from its own source."""
        if entity in {"US01", "UK01"}:
            return list(self._workday_lines(entity))
        content, _ = self.delivery(entity, whole=whole)
        read = {"DE01": extf_lines, "SE01": sie_lines, "JP01": delimited_lines}[entity]
        return list(read(content))

    def _workday_lines(self, entity: str) -> Iterator[Line]:
        classes = component_classes(PROVIDERS[entity])
        for row in self.workday["reports"]["Tieout_Payroll_Lines"]["rows"]:
            if row["Company_ID"] != f"LE-{entity[:2]}1":
                continue
            debit, credit = Decimal(row["Debit_Amount"]), Decimal(row["Credit_Amount"])
            on_credit = classes.get(row["Pay_Component_Code"]) in CREDIT_CLASSES
            yield Line(
                code=row["Pay_Component_Code"],
                amount=credit - debit if on_credit else debit - credit,
                employee=row["Worker_ID"],
                cost_center=row["Cost_Center_ID"],
                project=row["Project_ID"],
            )

    def documents(self, entity: str) -> list[dict[str, Any]]:
        """The financial documents of an entity, as the platform's `document`."""
        units = {code: unit for unit, code in provider_file("concur")["entities"].items()}
        documents = [item["content"]["document"] for item in self.concur["documents"]]
        return [d for d in documents if d["report"]["reportOrgUnit1Code"] == units[entity]]


def extf_lines(content: bytes) -> Iterator[Line]:
    """Both legs of each booking row."""
    rows = list(csv.reader(io.StringIO(content.decode("cp1252")), delimiter=";"))
    titles = {title: n for n, title in enumerate(rows[1])}
    for row in rows[2:]:
        amount = Decimal(row[0].replace(",", "."))
        signed = amount if row[1] == "S" else -amount
        shared = {
            "cost_center": row[titles["KOST1 - Kostenstelle"]],
            "project": row[titles["KOST2 - Kostenstelle"]],
            "voucher": row[titles["Belegfeld 1"]],
        }
        yield Line(row[titles["Konto"]], signed, **shared)
        yield Line(row[7], -signed, **shared)


def sie_lines(content: bytes) -> Iterator[Line]:
    """Each transaction of each voucher."""
    voucher = 0
    for line in content.decode("cp437").splitlines():
        if line.startswith("#VER"):
            voucher += 1
        found = re.fullmatch(r"\s+#TRANS (\d+) \{(.*)\} (-?\d+\.\d\d)", line)
        if found:
            objects = dict(re.findall(r'(\d+) "([^"]*)"', found[2]))
            yield Line(
                found[1],
                Decimal(found[3]),
                cost_center=objects.get("1", ""),
                project=objects.get("6", ""),
                voucher=str(voucher),
            )


def delimited_lines(content: bytes) -> Iterator[Line]:
    """Each row of the comma file."""
    for row in csv.DictReader(io.StringIO(content.decode("cp932"))):
        yield Line(
            code=row["項目コード"],
            amount=Decimal(row["金額"]),
            employee=row["社員番号"],
            cost_center=row["部門コード"],
            project=row["プロジェクト"],
        )


def parts_of(document: dict[str, Any]) -> Iterator[Part]:
    """The parts of a document by the platform's posting rule; advances reduce what is owed."""
    report = document["report"]
    shared = {
        "report": report["reportNumber"],
        "employee": document["employee"]["employeeId"],
        "approved_at": datetime.fromisoformat(report["reportPaymentProcessingDate"]),
    }
    parties = provider_file("concur")["parties"]
    for entry in document["expenseEntry"]:
        for allocation in entry["allocation"]:
            taxes = {tax["taxGuid"]: tax for tax in allocation["tax"]}
            for row in allocation["journal"]:
                party = (
                    row["journalPayee"] if row["journalPayer"] == "COMP" else row["journalPayer"]
                )
                place = shared | {
                    "expense_type": entry["expenseTypeCode"],
                    "payee": parties[party],
                    "cost_center": allocation["allocationCustom1Code"],
                    "project": allocation["allocationCustom2Code"] or "",
                }
                if entry["entryIsPersonal"] == "Y":
                    yield Part(kind="personal", tax="", amount=row["amountGross"], **place)
                    continue
                yield Part(kind="cost", tax="", amount=row["amountNetOfTax"], **place)
                for guid in row["taxGuid"]:
                    tax = taxes[guid]
                    code = f"{tax['taxAuthorityLabel']}/{tax['taxReclaimCode']}"
                    lost = tax["amountTax"] - tax["amountReclaim"]
                    yield Part(kind="tax_cost", tax=code, amount=lost, **place)
                    yield Part(
                        kind="tax_reclaimable", tax=code, amount=tax["amountReclaim"], **place
                    )
    for advance in document["cashAdvanceApplication"]:
        yield Part(
            kind="advance",
            expense_type="",
            tax="",
            payee="employee",
            amount=advance["cashAdvanceApplicationAmount"],
            cost_center="",
            project="",
            **shared,
        )


def sums(pairs: Iterable[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    """Sum of the amounts by key."""
    added: dict[Any, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        added[key] += amount
    return dict(added)


@functools.cache
def provider_file(provider: str) -> dict[str, Any]:
    """A provider's configuration."""
    path = CONFIG / "providers" / f"{provider}.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


@functools.cache
def entity_file(entity: str) -> dict[str, Any]:
    """An entity's configuration."""
    path = CONFIG / "entities" / f"{entity}.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


@functools.cache
def table(name: str) -> list[dict[str, str]]:
    """A CSV table of the configuration, such as `mappings/accounts`."""
    with (CONFIG / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def component_classes(provider: str) -> dict[str, str]:
    """Component code to class, as the provider's file states it."""
    return {code: about["class"] for code, about in provider_file(provider)["components"].items()}


def scoped(rows: list[dict[str, str]], entity: str) -> list[dict[str, str]]:
    """The rows that apply to an entity, the most specific scope last."""
    country = entity_file(entity)["country"]
    ranks = {"group": 0, f"country:{country}": 1, f"entity:{entity}": 2}
    return sorted((r for r in rows if r["scope"] in ranks), key=lambda r: ranks[r["scope"]])


def account_rows(entity: str, provider: str, coding: str) -> dict[str, dict[str, str]]:
    """Source code to the account row that decides it."""
    return {
        row["source_code"]: row
        for row in scoped(table("mappings/accounts"), entity)
        if row["provider"] in {provider, "*"} and row["coding"] == coding
    }


@functools.cache
def is_taxable(entity: str, expense_type: str) -> bool:
    """Whether a refund of the type is pay, by policy."""
    rows = scoped(table("policies/tax_treatment"), entity)
    fits = [r for r in rows if r["expense_type"] == "*"]
    fits += [r for r in rows if r["expense_type"] == expense_type]
    return fits[-1]["taxable"] == "yes"


def route_of(entity: str, part: Part) -> dict[str, str]:
    """The one routing rule that fits a part; offsets go where what is not pay goes."""
    offset = part.kind in {"personal", "advance"}
    taxable = "no" if offset or not is_taxable(entity, part.expense_type) else "yes"
    return _routing_rule(entity, part.payee, taxable)


@functools.cache
def _routing_rule(entity: str, payee: str, taxable: str) -> dict[str, str]:
    fits = [
        row
        for row in scoped(table("policies/routing"), entity)
        if row["payee"] == payee and row["taxable"] in {"*", taxable}
    ]
    assert len(fits) == 1, (entity, payee, taxable, fits)
    return fits[0]


@functools.cache
def cutoff_of(entity: str, period: str = "2026-10") -> datetime:
    """The payroll cutoff as an instant."""
    row = next(
        r for r in table("calendars/cutoffs") if (r["entity"], r["period"]) == (entity, period)
    )
    zone = ZoneInfo(entity_file(entity)["timezone"])
    return datetime.fromisoformat(row["payroll_cutoff"]).replace(tzinfo=zone)
