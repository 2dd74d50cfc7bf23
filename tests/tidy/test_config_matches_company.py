"""Finance's configuration and the generated company agree on everything but the seeded troubles.

Both are written apart: the company in the vendors' codes, the configuration in the ERP's. What the
one uses and the other does not know is listed here, and the list must be the seeded troubles.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from sandbox.prepare import prepare
from tests.harness.company import (
    COMPONENT_CODED,
    ENTITIES,
    PROVIDERS,
    Seeds,
    account_rows,
    component_classes,
    cutoff_of,
    entity_file,
    parts_of,
    provider_file,
    route_of,
    scoped,
    table,
)

#: A difference: what kind it is, whose, and the code that one side does not know.
Difference = tuple[str, str, str]


@pytest.fixture(scope="module", params=(2026, 7))
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The company of each seed, written to a home of its own."""
    home = tmp_path_factory.mktemp(f"matched-{request.param}")
    prepare(home, request.param)
    return Seeds(home)


def test_the_company_uses_nothing_that_finance_does_not_know_but_the_seeded_troubles(
    seeds: Seeds,
) -> None:
    """The demonstration relies on it: what it cures is all there is to cure."""
    found = {difference for entity in ENTITIES for difference in differences(seeds, entity)}
    closed, new_type = seeds.troubles["closed_cost_center"], seeds.troubles["unmapped_expense_type"]
    assert found == {
        ("cost center closed", closed["entity"], closed["code"]),
        ("expense type unmapped", new_type["entity"], new_type["code"]),
    }


def differences(seeds: Seeds, entity: str) -> Iterator[Difference]:
    """What one side uses and the other does not know."""
    provider = PROVIDERS[entity]
    lines = seeds.pay_lines(entity)
    parts = [part for document in seeds.documents(entity) for part in parts_of(document)]
    coding = "component" if entity in COMPONENT_CODED else "source_account"
    mapped = account_rows(entity, provider, coding)
    for code in {line.code for line in lines} - set(mapped):
        yield "pay code unmapped", entity, code
    costs = {line.code for line in lines if "cost_center" in mapped[line.code]["dimensions"]}
    for code in {line.code for line in lines if line.code in costs and not line.cost_center}:
        yield "cost center missing", entity, code
    used = [(provider, line.cost_center, line.project) for line in lines if line.code in costs]
    used += [("concur", p.cost_center, p.project) for p in parts if p.kind == "cost"]
    used += [
        ("workday-hr", row["Cost_Center_ID"], row["Project_ID"]) for row in workers(seeds, entity)
    ]
    yield from dimension_differences(seeds, entity, set(used))
    types = account_rows(entity, "concur", "expense_type")
    for kind in {part.expense_type for part in parts if part.expense_type} - set(types):
        yield "expense type unmapped", entity, kind
    taxes = account_rows(entity, "concur", "tax")
    reclaimed = {part.tax for part in parts if part.kind == "tax_reclaimable" and part.amount}
    for code in reclaimed - set(taxes):
        yield "tax unmapped", entity, code
    for part in parts:
        assert route_of(entity, part)["route"]


def dimension_differences(
    seeds: Seeds, entity: str, used: set[tuple[str, str, str]]
) -> Iterator[Difference]:
    """Codes without a row, and rows whose ERP code is unknown or closed."""
    tables = seeds.netsuite["tables"]
    centers = {d["externalid"]: d for d in tables["department"]}
    projects = {c["externalid"] for c in tables["classification"] if c["isinactive"] == "F"}
    center_rows = {
        (row["provider"], row["source_code"]): row["cost_center"]
        for row in table("mappings/cost_centers")
        if row["entity"] == entity
    }
    project_rows = {
        (row["provider"], row["source_code"]): row["project"]
        for row in table("mappings/projects")
        if row["entity"] == entity
    }
    for provider, center, project in used:
        department = centers.get(center_rows.get((provider, center), ""))
        if department is None:
            yield "cost center unmapped", entity, center
        elif department["subsidiary"] != entity_file(entity)["erp_id"]:
            yield "cost center of another entity", entity, center
        elif department["isinactive"] == "T":
            yield "cost center closed", entity, department["externalid"]
        if project and project_rows.get((provider, project)) not in projects:
            yield "project unmapped", entity, project


def workers(seeds: Seeds, entity: str) -> list[dict[str, str]]:
    """The workers of an entity as HR's report has them."""
    companies = {code: company for company, code in provider_file("workday-hr")["entities"].items()}
    rows: list[dict[str, str]] = seeds.workday["reports"]["Tieout_Workers"]["rows"]
    return [row for row in rows if row["Company_ID"] == companies[entity]]


def test_every_account_that_finance_writes_to_can_be_posted_to_in_the_erp(seeds: Seeds) -> None:
    """Posting relies on it: no rule leads to an account that is unknown, closed or a heading."""
    open_accounts = {
        row["acctnumber"]
        for row in seeds.netsuite["tables"]["account"]
        if row["isinactive"] == row["issummary"] == "F"
    }
    written = {
        account
        for row in table("mappings/accounts")
        for account in (row["debit_account"], row["credit_account"])
        if account
    }
    written |= {row["clearing_account"] for row in table("policies/routing")}
    written |= {row["account"] for row in table("policies/control")}
    written |= {entity_file(entity)["rounding_account"] for entity in ENTITIES}
    written.add(seeds.troubles["unmapped_expense_type"]["account"])
    assert written - open_accounts == set()


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_is_the_same_one_in_the_erp(seeds: Seeds, entity: str) -> None:
    """Posting relies on it: the subsidiary, its currency and country are those finance means."""
    stated = entity_file(entity)
    symbols = {row["id"]: row["symbol"] for row in seeds.netsuite["tables"]["currency"]}
    (row,) = [s for s in seeds.netsuite["tables"]["subsidiary"] if s["id"] == stated["erp_id"]]
    assert row["name"] == stated["name"]
    assert symbols[row["currency"]] == stated["functional_currency"]
    assert row["country"] == stated["country"]
    assert row["parent"] == stated["parent"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_everybody_is_the_same_in_hr_erp_and_expense_platform(seeds: Seeds, entity: str) -> None:
    """Alignment relies on it: on a clean month all three name the same people and homes."""
    erp_id = entity_file(entity)["erp_id"]
    tables = seeds.netsuite["tables"]
    departments = {row["id"]: row["externalid"] for row in tables["department"]}
    in_erp = {
        row["externalid"]: departments[row["department"]]
        for row in tables["employee"]
        if row["subsidiary"] == erp_id
    }
    in_hr = {
        row["Worker_ID"]: row["Cost_Center_ID"].replace("CC-", "CC")
        for row in workers(seeds, entity)
    }
    assert in_hr == in_erp
    logins = {user["externalId"]: user["userName"] for user in seeds.concur["users"]}
    assert {row["Worker_ID"]: row["Expense_Login"] for row in workers(seeds, entity)} == {
        number: logins[number] for number in in_hr
    }
    named = {line.employee for line in seeds.pay_lines(entity) if line.employee}
    assert named <= set(in_hr)


def test_the_files_codes_lead_to_their_entity(seeds: Seeds) -> None:
    """Extract relies on it: the code that stands in a file is the one finance knows."""
    header = seeds.delivery("DE01")[0].decode("cp1252").split(";")
    assert provider_file("de-datev")["entities"] == {f"{header[10]}/{header[11]}": "DE01"}
    text = seeds.delivery("SE01")[0].decode("cp437")
    number = text.split("#ORGNR ")[1].split("\r\n")[0].replace("-", "")
    assert provider_file("se-sie")["entities"] == {number: "SE01"}
    row = seeds.delivery("JP01")[0].decode("cp932").split("\r\n")[1].split(",")
    assert provider_file("jp-delimited")["entities"] == {row[0]: "JP01"}


def test_mapping_and_provider_file_give_a_component_the_same_class() -> None:
    """Build relies on it: the reader's sense of an amount and the journal's legs agree."""
    for entity, provider in COMPONENT_CODED.items():
        rows = account_rows(entity, provider, "component")
        stated = {code: row["component_class"] for code, row in rows.items()}
        assert stated == component_classes(provider)


def test_the_legs_of_a_component_are_those_of_its_class() -> None:
    """Build relies on it: employer cost has both legs, information none."""
    both = {"employer_contribution", "employer_tax", "benefit_in_kind", "accrual"}
    debit = {"earning", "reimbursement_taxable", "reimbursement_nontaxable"}
    credit = {"employee_tax", "deduction", "net_pay"}
    for row in table("mappings/accounts"):
        if row["coding"] != "component":
            continue
        legs = bool(row["debit_account"]), bool(row["credit_account"])
        kind = row["component_class"]
        assert legs == (kind in both | debit, kind in both | credit), row


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_refund_and_the_expense_meet_on_the_same_clearing_account(entity: str) -> None:
    """Tie-out relies on it: what expense credits, the pay run debits."""
    provider = PROVIDERS[entity]
    coding = "component" if entity in COMPONENT_CODED else "source_account"
    rows = account_rows(entity, provider, coding)
    rules = [r for r in scoped(table("policies/routing"), entity) if r["route"] == "payroll"]
    assert rules
    for rule in rules:
        assert rows[rule["pay_code"]]["debit_account"] == rule["clearing_account"]


def test_splits_of_a_source_code_sum_to_the_whole() -> None:
    """Reconcile relies on it: no part of an amount is lost on its way to cost centers."""
    shares: dict[tuple[str, str, str], Decimal] = {}
    for row in table("mappings/cost_centers"):
        key = row["provider"], row["entity"], row["source_code"]
        shares[key] = shares.get(key, Decimal(0)) + Decimal(row["percent"])
    assert set(shares.values()) == {Decimal(100)}


def test_cutoff_and_payment_date_are_the_bureaus_own(seeds: Seeds) -> None:
    """Route relies on it: finance and bureau mean the same cutoff."""
    trouble = seeds.troubles["late_approval"]
    assert cutoff_of(trouble["entity"]).isoformat() == trouble["cutoff_at"]
    paid = {
        row["Company_ID"]: row["Payment_Date"]
        for row in seeds.workday["reports"]["Tieout_Payroll_Controls"]["rows"]
    }
    stated = {
        row["entity"]: row["pay_date"]
        for row in table("calendars/cutoffs")
        if row["period"] == "2026-10"
    }
    assert set(stated) == set(ENTITIES)
    assert {f"LE-{code[:2]}1": stated[code] for code in ("US01", "UK01")} == paid
    text = seeds.delivery("JP01")[0].decode("cp932").split("\r\n")[1]
    assert stated["JP01"].replace("-", "/") in text
