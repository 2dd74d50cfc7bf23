"""The generated company must be sound where it is not meant to be broken.

Checked from the written files with finance's configuration, not with the generator's own figures.
"""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.prepare import prepare
from tests.harness.company import (
    ACCOUNT_CODED,
    COMPONENT_CODED,
    PROVIDERS,
    Seeds,
    account_rows,
    component_classes,
    extf_lines,
    provider_file,
    sie_lines,
    sums,
)

SEEDS = (2026, 7)


@pytest.fixture(scope="module", params=SEEDS)
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The company of each seed, written to a home of its own."""
    home = tmp_path_factory.mktemp(f"company-{request.param}")
    prepare(home, request.param)
    return Seeds(home)


def test_the_group_has_the_size_that_the_close_is_shown_with(seeds: Seeds) -> None:
    """The demonstration relies on it: five entities, 650 people, 500 reports, nine currencies."""
    tables = seeds.netsuite["tables"]
    entries = [
        e for d in seeds.concur["documents"] for e in d["content"]["document"]["expenseEntry"]
    ]
    assert len(tables["subsidiary"]) == 6
    assert len(tables["department"]) == 60
    assert len(tables["classification"]) == 25
    assert len(seeds.workday["reports"]["Tieout_Workers"]["rows"]) == 650
    assert 480 <= len(seeds.concur["documents"]) <= 520
    assert 1_200 <= len(entries) <= 1_500
    assert len({entry["entryCurrAlphaCode"] for entry in entries}) >= 9
    assert set(seeds.concur["company"]) == {"uuid", "id", "request_token"}


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
