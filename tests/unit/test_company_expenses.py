"""The generated expenses must be sound: identities, posting oracle, rates, and what payroll repays.

Checked from the written files with finance's configuration, not with the generator's own figures.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from sandbox.prepare import prepare
from tests.harness.company import (
    ACCOUNT_CODED,
    ENTITIES,
    Seeds,
    cutoff_of,
    entity_file,
    is_taxable,
    parts_of,
    route_of,
    sums,
)

SEEDS = (2026, 7)
PLACES = {"JPY": Decimal(1), "KRW": Decimal(1)}
CENT = Decimal("0.01")


@pytest.fixture(scope="module", params=SEEDS)
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The company of each seed, written to a home of its own."""
    home = tmp_path_factory.mktemp(f"company-{request.param}")
    prepare(home, request.param)
    return Seeds(home)


def entries_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of a seeded document."""
    found: list[dict[str, Any]] = item["content"]["document"]["expenseEntry"]
    return found


def test_every_kind_of_expense_that_the_platform_knows_occurs(seeds: Seeds) -> None:
    """The adapters' tests on the month rely on it: no rule of the posting oracle is idle."""
    entries = [e for d in seeds.concur["documents"] for e in entries_of(d)]
    allocations = [a for e in entries for a in e["allocation"]]
    taxes = [t for a in allocations for t in a["tax"]]
    thirds = [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    advances = [
        d["content"]["document"]["cashAdvanceApplication"] for d in seeds.concur["documents"]
    ]
    assert {e["reportEntryPatKey"] for e in entries} == {"CASH", "CBCP"}
    assert {e["entryExchangeRateDirection"] for e in entries} == {"M", "D"}
    assert any(e["entryIsPersonal"] == "Y" for e in entries)
    assert any(e["entryApprovedAmount"] < 0 for e in entries)
    assert any(e["mileage"] for e in entries)
    assert any(e["expenseTypeCode"] == "PERDM" for e in entries)
    assert any([a["allocationPercentage"] for a in e["allocation"]] == thirds for e in entries)
    assert any(0 < t["amountReclaim"] < t["amountTax"] for t in taxes)
    assert any(t["amountReclaim"] == 0 for t in taxes)
    assert {len(some) for some in advances} == {0, 1, 2}


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_run_repays_exactly_the_expenses_routed_to_it(seeds: Seeds, entity: str) -> None:
    """Expense clearing relies on it: what payroll repays is what was approved until the cutoff."""
    routed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for document in seeds.documents(entity):
        for part in parts_of(document):
            rule = route_of(entity, part)
            if rule["route"] == "payroll" and part.approved_at <= cutoff_of(entity):
                routed[rule["pay_code"], part.employee] += part.amount
    codes = {code for code, _ in routed}
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in seeds.pay_lines(entity):
        if line.code in codes:
            paid[line.code, line.employee] += line.amount
    if entity in ACCOUNT_CODED:
        routed = defaultdict(Decimal, sums(((c, ""), a) for (c, _), a in routed.items()))
    assert {key: value for key, value in routed.items() if value} == dict(paid)
    assert min(paid.values()) > 0


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_report_leaves_the_employee_owing(seeds: Seeds, entity: str) -> None:
    """Payment relies on it: private charges and advances never exceed what a report repays."""
    for document in seeds.documents(entity):
        owed = [
            part.amount
            for part in parts_of(document)
            if part.payee == "employee"
            and (part.kind in {"personal", "advance"} or not is_taxable(entity, part.expense_type))
        ]
        assert sum(owed, Decimal(0)) >= 0


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_amounts_of_each_report_satisfy_the_platforms_identities(
    seeds: Seeds, entity: str
) -> None:
    """The expense adapter relies on it: a sound report is never taken for a broken one."""
    for document in seeds.documents(entity):
        total = Decimal(0)
        for entry in document["expenseEntry"]:
            rows = [(a, row) for a in entry["allocation"] for row in a["journal"]]
            for allocation, row in rows:
                mine = [t for t in allocation["tax"] if t["taxGuid"] in row["taxGuid"]]
                gross = row["amountGross"]
                assert row["amountNetOfTax"] == gross - sum(t["amountTax"] for t in mine)
                assert row["amountNetOfReclaim"] == gross - sum(t["amountReclaim"] for t in mine)
                assert (gross > 0) == (row["journalPayer"] == "COMP")
                assert (row["journalPayer"], row["journalPayee"]).count("COMP") == 1
                assert row["journalAccountCode"]
            if entry["entryIsPersonal"] == "Y":
                assert sum(row["amountGross"] for _, row in rows) == 0
                assert entry["entryApprovedAmount"] == 0
            else:
                assert sum(row["amountGross"] for _, row in rows) == entry["entryApprovedAmount"]
                percents = [a["allocationPercentage"] for a in entry["allocation"]]
                assert sum(percents) == 100
            total += entry["entryApprovedAmount"]
        assert total == document["report"]["totalApprovedAmount"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_posting_oracle_balances_every_document(seeds: Seeds, entity: str) -> None:
    """The ledger relies on it: cost, tax, card, advance and employee legs cancel."""
    for document in seeds.documents(entity):
        legs: list[Decimal] = []
        for entry in document["expenseEntry"]:
            for allocation in entry["allocation"]:
                for row in allocation["journal"]:
                    taxes = [t for t in allocation["tax"] if t["taxGuid"] in row["taxGuid"]]
                    legs += [row["amountNetOfTax"], -row["amountGross"]]
                    legs += [t["amountReclaim"] for t in taxes]
                    legs += [t["amountTax"] - t["amountReclaim"] for t in taxes]
        assert sum(legs) == 0
        employee = sum(p.amount for p in parts_of(document) if p.payee == "employee")
        card = sum(p.amount for p in parts_of(document) if p.payee == "company_card")
        advances = sum(
            a["cashAdvanceApplicationAmount"] for a in document["cashAdvanceApplication"]
        )
        assert employee + card == document["report"]["totalApprovedAmount"] + advances


@pytest.mark.parametrize("entity", ENTITIES)
def test_an_approved_amount_follows_from_the_spend_at_the_published_rate(
    seeds: Seeds, entity: str
) -> None:
    """The exchange bridge relies on it: rates are the central bank's, crossed through the euro."""
    from currency_converter import CurrencyConverter

    known = CurrencyConverter(decimal=True)
    home = entity_file(entity)["functional_currency"]
    for document in seeds.documents(entity):
        for entry in document["expenseEntry"]:
            spend, rate = entry["reportEntryTransactionAmount"], Decimal(entry["entryExchangeRate"])
            currency = entry["entryCurrAlphaCode"]
            if entry["entryIsPersonal"] == "Y" or currency == home:
                continue
            times = entry["entryExchangeRateDirection"] == "M"
            posted = spend * rate if times else spend / rate
            unit = PLACES.get(home, CENT)
            assert posted.quantize(unit, ROUND_HALF_UP) == entry["entryApprovedAmount"]
            day = date.fromisoformat(entry["entryDate"][:10])
            pair = (currency, home) if times else (home, currency)
            published = known.convert(Decimal(1_000_000), *pair, date=published_on(known, day))
            assert abs(published - rate * 1_000_000) < 1


def published_on(known: Any, day: date) -> date:
    """The last day up to `day` on which the bank published."""
    published: set[date] = {d for d, rate in known._rates["USD"].items() if rate is not None}
    return max(d for d in published if d <= day)
