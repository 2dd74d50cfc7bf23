"""The generated company must be sound where it is not meant to be broken.

Checked from the written files with finance's configuration, not with the generator's own figures.
"""

from __future__ import annotations

import stat
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.prepare import prepare
from tests.harness.company import (
    ACCOUNT_CODED,
    COMPONENT_CODED,
    ENTITIES,
    PROVIDERS,
    Seeds,
    account_rows,
    component_classes,
    cutoff_of,
    entity_file,
    extf_lines,
    is_taxable,
    parts_of,
    provider_file,
    route_of,
    sie_lines,
)

SEEDS = (2026, 7)
PLACES = {"JPY": Decimal(1), "KRW": Decimal(1)}
CENT = Decimal("0.01")
NEW_TYPE = "unmapped_expense_type"


@pytest.fixture(scope="module", params=SEEDS)
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The company of each seed, written to a home of its own."""
    home = tmp_path_factory.mktemp(f"company-{request.param}")
    prepare(home, request.param)
    return Seeds(home)


def sums(pairs: Iterator[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    """Sum of the amounts by key."""
    added: dict[Any, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        added[key] += amount
    return dict(added)


def test_the_group_has_the_size_that_the_close_is_shown_with(seeds: Seeds) -> None:
    """The demonstration relies on it: five entities, 650 people, 500 reports, nine currencies."""
    tables = seeds.netsuite["tables"]
    entries = [e for d in seeds.concur["documents"] for e in entries_of(d)]
    assert len(tables["subsidiary"]) == 6
    assert len(tables["department"]) == 60
    assert len(tables["classification"]) == 25
    assert len(seeds.workday["reports"]["Tieout_Workers"]["rows"]) == 650
    assert 480 <= len(seeds.concur["documents"]) <= 520
    assert 1_200 <= len(entries) <= 1_500
    assert len({entry["entryCurrAlphaCode"] for entry in entries}) >= 9
    assert set(seeds.concur["company"]) == {"uuid", "id", "request_token"}


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


@pytest.mark.parametrize("entity", COMPONENT_CODED)
def test_the_legs_of_a_component_coded_run_sum_to_zero(seeds: Seeds, entity: str) -> None:
    """Build relies on it: with finance's mapping each person's pay balances by itself."""
    rows = account_rows(entity, PROVIDERS[entity], "component")
    by_person = sums(
        (line.employee, leg)
        for line in seeds.pay_lines(entity)
        for leg in (
            line.amount if rows[line.code]["debit_account"] else Decimal(0),
            -line.amount if rows[line.code]["credit_account"] else Decimal(0),
        )
    )
    assert len(by_person) > 90
    assert set(by_person.values()) == {Decimal(0)}


@pytest.mark.parametrize("entity", COMPONENT_CODED)
def test_net_pay_is_earnings_and_refunds_less_what_is_withheld(seeds: Seeds, entity: str) -> None:
    """The controller relies on it: net pay of the run is what the bank is asked to pay."""
    classes = component_classes(PROVIDERS[entity])
    totals = sums((classes[line.code], line.amount) for line in seeds.pay_lines(entity))
    paid = totals["earning"] + totals.get("reimbursement_nontaxable", Decimal(0))
    paid += totals["reimbursement_taxable"]
    assert totals["net_pay"] == paid - totals["deduction"] - totals["employee_tax"]
    assert totals["net_pay"] > 0


def test_every_component_class_occurs_in_the_month(seeds: Seeds) -> None:
    """Build's tests on the month rely on it: no class is untried."""
    found = {
        component_classes(provider)[line.code]
        for entity, provider in COMPONENT_CODED.items()
        for line in seeds.pay_lines(entity)
    }
    assert found == {
        "earning",
        "deduction",
        "employee_tax",
        "employer_contribution",
        "employer_tax",
        "net_pay",
        "reimbursement_taxable",
        "reimbursement_nontaxable",
        "benefit_in_kind",
        "accrual",
        "information",
    }


@pytest.mark.parametrize("entity", ACCOUNT_CODED)
def test_each_voucher_of_an_account_coded_run_balances(seeds: Seeds, entity: str) -> None:
    """Validate relies on it: a voucher balances, and wage clearing ends at zero."""
    lines = seeds.pay_lines(entity)
    assert set(sums((line.voucher, line.amount) for line in lines).values()) == {Decimal(0)}
    zero_account = provider_file(PROVIDERS[entity]).get("control", {}).get("zero_account")
    if zero_account:
        clearing = sums((x.voucher, x.amount) for x in lines if x.code == zero_account)
        assert set(clearing.values()) == {Decimal(0)}


@pytest.mark.parametrize("entity", ACCOUNT_CODED)
def test_every_account_of_a_voucher_has_a_class_and_an_erp_account(
    seeds: Seeds, entity: str
) -> None:
    """Reconcile relies on it: no account of the bureau is unknown to finance."""
    used = {line.code for line in seeds.pay_lines(entity)}
    provider = PROVIDERS[entity]
    assert used <= set(account_rows(entity, provider, "source_account"))
    assert used <= set(provider_file(provider)["accounts"])


@pytest.mark.parametrize("entity", ["DE01", "SE01", "JP01"])
def test_a_whole_file_is_what_its_manifest_states(seeds: Seeds, entity: str) -> None:
    """The control total relies on it: only a file that lost something differs from its manifest."""
    _, manifest = seeds.delivery(entity)
    lines = seeds.pay_lines(entity)
    assert manifest["line_count"] == len(lines)
    assert Decimal(manifest["debit"]) == sum(x.amount for x in lines if x.amount > 0)
    assert Decimal(manifest["credit"]) == -sum(x.amount for x in lines if x.amount < 0)
    net = {"DE01": "3720", "SE01": "2821", "JP01": "N010"}[entity]
    assert Decimal(manifest["net_pay"]) == abs(sum(x.amount for x in lines if x.code == net))
    if entity == "JP01":
        assert manifest["headcount"] == len({line.employee for line in lines})


@pytest.mark.parametrize("entity", ["US01", "UK01"])
def test_the_controls_report_states_what_the_lines_report_holds(seeds: Seeds, entity: str) -> None:
    """The control total of Workday relies on it, column by column."""
    reports, company = seeds.workday["reports"], f"LE-{entity[:2]}1"
    rows = [r for r in reports["Tieout_Payroll_Lines"]["rows"] if r["Company_ID"] == company]
    (control,) = [
        r for r in reports["Tieout_Payroll_Controls"]["rows"] if r["Company_ID"] == company
    ]
    assert int(control["Line_Count"]) == len(rows)
    assert int(control["Headcount"]) == len({row["Worker_ID"] for row in rows})
    assert Decimal(control["Total_Debit"]) == sum(Decimal(row["Debit_Amount"]) for row in rows)
    assert Decimal(control["Total_Credit"]) == sum(Decimal(row["Credit_Amount"]) for row in rows)


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


def test_a_cut_file_still_reads_and_shows_only_in_its_control_total(seeds: Seeds) -> None:
    """The control total relies on it: nothing else would notice the missing part."""
    entity = seeds.troubles["control_mismatch"]["entity"]
    _, manifest = seeds.delivery(entity, whole=False)
    cut, whole = seeds.pay_lines(entity, whole=False), seeds.pay_lines(entity)
    assert 0 < len(cut) < len(whole) == manifest["line_count"]
    assert not Counter(cut) - Counter(whole)
    if entity in ACCOUNT_CODED:
        assert set(sums((line.voucher, line.amount) for line in cut).values()) == {Decimal(0)}


def test_the_repeated_file_has_the_same_bytes_and_another_name(seeds: Seeds) -> None:
    """The duplicate check relies on it: bytes decide, not names."""
    trouble = seeds.troubles["duplicate_file"]
    mine = [d for d in seeds.deliveries if d["manifest"]["entity"] == trouble["entity"]]
    contents = {(seeds.folder / "files" / d["file"]).read_bytes() for d in mine}
    assert [d["name"] for d in mine] == trouble["names"]
    assert len(contents) == 1
    assert len(set(trouble["names"])) == 2


def test_the_late_report_missed_the_run_by_its_approval_alone(seeds: Seeds) -> None:
    """The cutoff relies on it: a sound report, approved in the month, after the cutoff."""
    trouble = seeds.troubles["late_approval"]
    (report,) = [
        d for d in seeds.documents(trouble["entity"])
        if d["report"]["reportNumber"] == trouble["report_ref"]
    ]  # fmt: skip
    approved_at = datetime.fromisoformat(report["report"]["reportPaymentProcessingDate"])
    assert approved_at == datetime.fromisoformat(trouble["approved_at"])
    assert cutoff_of(trouble["entity"]) == datetime.fromisoformat(trouble["cutoff_at"])
    assert cutoff_of(trouble["entity"]) < approved_at < datetime(2026, 11, 1, tzinfo=UTC)


def test_only_the_closed_cost_center_is_inactive_and_it_is_used(seeds: Seeds) -> None:
    """The demonstration relies on it: pay and expenses run into the closed cost center."""
    trouble = seeds.troubles["closed_cost_center"]
    inactive = [d for d in seeds.netsuite["tables"]["department"] if d["isinactive"] == "T"]
    assert [d["externalid"] for d in inactive] == [trouble["code"]]
    digits = trouble["code"].removeprefix("CC")
    used = {line.cost_center for line in seeds.pay_lines(trouble["entity"])}
    assert any(code.endswith(digits[1:]) for code in used)
    spent = {p.cost_center for d in seeds.documents(trouble["entity"]) for p in parts_of(d)}
    assert digits in spent


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_a_trouble_holds_is_owed_to_the_card_not_to_an_employee(
    seeds: Seeds, entity: str
) -> None:
    """The pay run relies on it: what it repaid in October does not wait for a cure in November."""
    closed = seeds.troubles["closed_cost_center"]["code"].removeprefix("CC")
    new_type = seeds.troubles["unmapped_expense_type"]["code"]
    held = [
        part
        for document in seeds.documents(entity)
        for part in parts_of(document)
        if part.kind == "cost" and (part.cost_center == closed or part.expense_type == new_type)
    ]
    assert {part.payee for part in held} <= {"company_card"}
    troubled = {seeds.troubles[name]["entity"] for name in ("closed_cost_center", NEW_TYPE)}
    assert bool(held) == (entity in troubled)


def test_the_new_expense_type_occurs_in_its_entity_alone(seeds: Seeds) -> None:
    """The demonstration relies on it: one mapping cures it."""
    trouble = seeds.troubles["unmapped_expense_type"]
    using = {
        entity
        for entity in ENTITIES
        for document in seeds.documents(entity)
        for entry in document["expenseEntry"]
        if entry["expenseTypeCode"] == trouble["code"]
    }
    assert using == {trouble["entity"]}


def test_october_and_november_are_open_and_september_is_closed(seeds: Seeds) -> None:
    """Posting relies on it: only the month of the close and the next take journals."""
    months = {
        row["startdate"][:7]: (row["closed"], row["alllocked"])
        for row in seeds.netsuite["tables"]["accountingperiod"]
        if row["isquarter"] == row["isyear"] == "F"
    }
    assert months["2026-09"] == ("T", "T")
    assert months["2026-10"] == months["2026-11"] == ("F", "F")
    assert months["2026-12"] == ("F", "T")


def test_bureau_files_keep_to_their_code_pages_and_carry_local_letters(seeds: Seeds) -> None:
    """The readers' decoding relies on it: an all-ASCII file would prove nothing."""
    for entity, encoding, letters in (
        ("DE01", "cp1252", "äöü"),
        ("SE01", "cp437", "åäö"),
        ("JP01", "cp932", "基本給"),
    ):
        text = seeds.delivery(entity)[0].decode(encoding)
        assert all(letter in text for letter in letters)
        assert "\r\n" in text


def test_the_same_seed_gives_the_same_bytes_and_keeps_the_keys(tmp_path: Path) -> None:
    """Everyone who runs the demonstration twice relies on it."""
    prepare(tmp_path, 2026)
    first = written(tmp_path)
    prepare(tmp_path, 2026)
    assert written(tmp_path) == first
    prepare(tmp_path, 7)
    other = written(tmp_path)
    assert other["seed/credentials.json"] == first["seed/credentials.json"]
    assert other["connections.yaml"] == first["connections.yaml"]
    assert other["seed/troubles.json"] != first["seed/troubles.json"]


def written(home: Path) -> dict[str, bytes]:
    """Every file below the sandbox's folder, by its path."""
    sandbox = home / "sandbox"
    return {
        str(path.relative_to(sandbox)): path.read_bytes()
        for path in sorted(sandbox.rglob("*"))
        if path.is_file()
    }


def test_keys_differ_between_homes_but_the_business_does_not(tmp_path: Path) -> None:
    """Security relies on it: no key is the same on two machines."""
    prepare(tmp_path / "a", 2026)
    prepare(tmp_path / "b", 2026)
    first, second = written(tmp_path / "a"), written(tmp_path / "b")
    assert first["seed/credentials.json"] != second["seed/credentials.json"]
    business = [n for n in first if n.startswith("seed/files/") or n == "seed/troubles.json"]
    assert all(first[name] == second[name] for name in business)
    documents = [Seeds(tmp_path / home).concur["documents"] for home in ("a", "b")]
    assert documents[0] == documents[1]


def test_seeds_and_connections_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    """Security relies on it: they hold pay and keys."""
    prepare(tmp_path, 2026)
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "sandbox").rglob("*")
        if path.is_file()
    }
    assert modes == {0o600}


def test_another_seed_puts_every_trouble_elsewhere(tmp_path: Path) -> None:
    """`make demo SEED=7` relies on it: the month is another one, not the same with new sums."""
    found = []
    for seed in SEEDS:
        prepare(tmp_path / str(seed), seed)
        found.append(Seeds(tmp_path / str(seed)).troubles)
    first, second = found
    assert all(first[name]["entity"] != second[name]["entity"] for name in first)
    for troubles in found:
        assert troubles["duplicate_file"]["entity"] != troubles["control_mismatch"]["entity"]


def test_the_files_lines_are_read_here_as_their_formats_say() -> None:
    """All tests above rely on it: the stranger's readers are right on a known piece."""
    head = "EXTF\r\n" + ";".join(
        [
            *("Umsatz", "S/H", "WKZ", "Kurs", "B", "W", "Konto", "Gegen", "BU", "Tag"),
            *("Belegfeld 1", "KOST1 - Kostenstelle", "KOST2 - Kostenstelle"),
        ]
    )
    row = '10,50;"H";;;;;3730;3790;;3110;"A";"4100";""'
    legs = list(extf_lines(f"{head}\r\n{row}\r\n".encode("cp1252")))
    assert [(leg.code, leg.amount) for leg in legs] == [
        ("3730", Decimal("-10.50")),
        ("3790", Decimal("10.50")),
    ]
    text = '#VER "L" "" 20261023 "x"\r\n{\r\n   #TRANS 7210 {1 "0100" 7 "1"} 5.00\r\n}\r\n'
    (line,) = sie_lines(text.encode("cp437"))
    assert (line.code, line.amount, line.cost_center) == ("7210", Decimal("5.00"), "0100")
