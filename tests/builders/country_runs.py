"""Six pay runs as six countries book them: the provider's bytes, finance's rules, the journal.

Rates are illustrative. Each run is read by the reader of its format with a profile; accounts keep
the numbers of the country's own chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.builders.rules import Rules, some_rules
from tieout.adapters import datev, delimited, fec, sie
from tieout.finance.money import to_minor

#: (account, cost center, minor units; debit positive)
Face = tuple[str, str, int]


@dataclass(frozen=True)
class CountryRun:
    """One run with all that is needed to book it, and how it must be booked."""

    country: str
    entity: str
    currency: str
    period: str
    reader: Any
    content: bytes
    profile: Mapping[str, object]
    rules: Rules
    wanted: Sequence[Face]
    name: str = "pay.txt"


def _components(entity: str, rows: Sequence[tuple[str, str, str]]) -> bytes:
    """Entity, cost center, code and amount, as a bureau lists components."""
    lines = ["Company;CostCenter;Code;Amount", *(f"{entity};{c};{k};{a}" for c, k, a in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _component_profile(entity: str, currency: str, classes: Mapping[str, str]) -> dict[str, object]:
    return {
        "provider": "bureau",
        "kind": "delimited",
        "currency": currency,
        "entities": {entity: entity},
        "container": {"encoding": "ascii", "delimiter": ";"},
        "columns": {
            "entity": "Company",
            "cost_center_code": "CostCenter",
            "component_code": "Code",
            "amount": "Amount",
        },
        "sign": "component",
        "values": {"decimal": "."},
        "period": {"entity": "column:Company"},
        "coding": "component",
        "components": {code: {"class": name} for code, name in classes.items()},
    }


def _own_chart(*accounts: str, by: str = "entity") -> Rules:
    """A voucher's accounts are the ERP's own."""
    rules = some_rules("bureau")
    for account in accounts:
        rules.account(account, debit=account, coding="source_account", by=by)
    return rules


def _united_states() -> CountryRun:
    rules = (
        some_rules("bureau")
        .account("SAL", debit="6010", component_class="earning", by="cost_center")
        .account("BONUS", debit="6020", component_class="earning", by="cost_center")
        .account("FICA_ER", debit="6110", credit="2420", component_class="employer_tax")
        .account("UNEMPL", debit="6110", credit="2425", component_class="employer_tax")
        .account("401K_ER", debit="6120", credit="2430", component_class="employer_contribution")
        .account("HEALTH_ER", debit="6130", credit="2450", component_class="employer_contribution")
        .account("TRAVEL", debit="2310", component_class="reimbursement_nontaxable")
        .account("FIT", credit="2410", component_class="employee_tax")
        .account("FICA_EE", credit="2420", component_class="employee_tax")
        .account("SIT", credit="2415", component_class="employee_tax")
        .account("401K_EE", credit="2430", component_class="deduction")
        .account("HEALTH_EE", credit="2450", component_class="deduction")
        .account("GARN", credit="2440", component_class="deduction")
        .account("NET", credit="2400", component_class="net_pay")
        .cost_center("410", "CC-410")
        .cost_center("520", "CC-520")
    )
    rows = [
        ("410", "SAL", "80000.00"), ("520", "SAL", "20000.00"), ("520", "BONUS", "5000.00"),
        ("", "FICA_ER", "8032.50"), ("", "UNEMPL", "231.00"), ("", "401K_ER", "3150.00"),
        ("", "HEALTH_ER", "4800.00"), ("", "TRAVEL", "850.00"), ("", "FIT", "15750.00"),
        ("", "FICA_EE", "8032.50"), ("", "SIT", "4200.00"), ("", "401K_EE", "5250.00"),
        ("", "HEALTH_EE", "1200.00"), ("", "GARN", "300.00"), ("", "NET", "71117.50"),
    ]  # fmt: skip
    wanted = [
        ("2310", "", 850_00), ("2400", "", -71117_50), ("2410", "", -15750_00),
        ("2415", "", -4200_00), ("2420", "", -16065_00), ("2425", "", -231_00),
        ("2430", "", -8400_00), ("2440", "", -300_00), ("2450", "", -6000_00),
        ("6010", "CC-410", 80000_00), ("6010", "CC-520", 20000_00), ("6020", "CC-520", 5000_00),
        ("6110", "", 8263_50), ("6120", "", 3150_00), ("6130", "", 4800_00),
    ]  # fmt: skip
    classes = dict.fromkeys((code for _, code, _ in rows), "earning")
    return CountryRun(
        "US", "US01", "USD", "2026-10", delimited, _components("US01", rows),
        _component_profile("US01", "USD", classes), rules, wanted,
    )  # fmt: skip


def _britain() -> CountryRun:
    hmrc = "2210"
    rules = (
        some_rules("bureau")
        .account("BASIC", debit="7000", component_class="earning")
        .account("SMP", debit="7010", component_class="earning")
        .account("NIC_ER", debit="7006", credit=hmrc, component_class="employer_tax")
        .account("PENS_ER", debit="7007", credit="2230", component_class="employer_contribution")
        .account("LEVY", debit="7008", credit=hmrc, component_class="employer_tax")
        .account("SMP_REC", debit=hmrc, credit="4910", component_class="statutory_recovery")
        .account("PAYE", credit=hmrc, component_class="employee_tax")
        .account("NIC_EE", credit=hmrc, component_class="employee_tax")
        .account("LOAN", credit=hmrc, component_class="deduction")
        .account("PENS_EE", credit="2230", component_class="deduction")
        .account("NET", credit="2220", component_class="net_pay")
    )
    rows = [
        ("", "BASIC", "49000.00"), ("", "SMP", "1000.00"), ("", "NIC_ER", "6100.00"),
        ("", "PENS_ER", "1500.00"), ("", "LEVY", "250.00"), ("", "SMP_REC", "920.00"),
        ("", "PAYE", "8400.00"), ("", "NIC_EE", "3100.00"), ("", "LOAN", "450.00"),
        ("", "PENS_EE", "2500.00"), ("", "NET", "35550.00"),
    ]  # fmt: skip
    wanted = [
        (hmrc, "", -17380_00), ("2220", "", -35550_00), ("2230", "", -4000_00),
        ("4910", "", -920_00), ("7000", "", 49000_00), ("7006", "", 6100_00),
        ("7007", "", 1500_00), ("7008", "", 250_00), ("7010", "", 1000_00),
    ]  # fmt: skip
    classes = dict.fromkeys((code for _, code, _ in rows), "earning")
    return CountryRun(
        "GB", "UK01", "GBP", "2026-10", delimited, _components("UK01", rows),
        _component_profile("UK01", "GBP", classes), rules, wanted,
    )  # fmt: skip


def _germany() -> CountryRun:
    header = (
        '"EXTF";700;21;"Buchungsstapel";13;20261028093015000;;"LG";"";"";1234567;1;20260101;4;'
        '20261001;20261031;"Lohn";"LG";1;0;0;"EUR";;"";;;"03";;;"";""'
    )
    titles = (
        "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;"
        "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Buchungstext"
    )
    entries = [
        ("10000,00", "S", "4120"), ("600,00", "S", "4120"), ("2350,00", "S", "4130"),
        ("320,00", "S", "4660"), ("504,20", "H", "8611"), ("95,80", "H", "1776"),
        ("1950,00", "H", "1741"), ("4500,00", "H", "1742"), ("6220,00", "H", "1740"),
    ]  # fmt: skip
    rows = [f"{amount};{side};;{account};1755;;3110;LG1;Lohn" for amount, side, account in entries]
    content = "".join(f"{line}\r\n" for line in (header, titles, *rows)).encode("cp1252")
    wanted = [
        ("1740", "", -6220_00), ("1741", "", -1950_00), ("1742", "", -4500_00),
        ("1755", "", -13270_00), ("1755", "", 13270_00), ("1776", "", -95_80),
        ("4120", "", 10600_00), ("4130", "", 2350_00), ("4660", "", 320_00),
        ("8611", "", -504_20),
    ]  # fmt: skip
    rules = _own_chart("4120", "4130", "4660", "1755", "8611", "1776", "1741", "1742", "1740")
    profile = {"entities": {"1234567/1": "DE01"}, "control": {"zero_account": "1755"}}
    return CountryRun("DE", "DE01", "EUR", "2026-10", datev, content, profile, rules, wanted)


def _sweden() -> CountryRun:
    head = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#ORGNR 555555-5555\n#RAR 0 20260101 20261231\n"
    entries = [
        ('7210 {1 "100"}', "150000.00"), ('7210 {1 "200"}', "50000.00"), ("7385 {}", "5000.00"),
        ("7399 {}", "-5000.00"), ("7321 {}", "1500.00"), ("7510 {}", "64411.00"),
        ("2710 {}", "-62000.00"), ("2731 {}", "-64411.00"), ("2821 {}", "-139500.00"),
        ("7290 {}", "12000.00"), ("2920 {}", "-12000.00"), ("7519 {}", "3770.40"),
        ("2941 {}", "-3770.40"),
    ]  # fmt: skip
    lines = "".join(f"#TRANS {account} {amount}\n" for account, amount in entries)
    content = f'{head}#VER "L" "1" 20261023 "Lon"\n{{\n{lines}}}\n'.encode("cp437")
    wanted = [
        ("2710", "", -62000_00), ("2731", "", -64411_00), ("2821", "", -139500_00),
        ("2920", "", -12000_00), ("2941", "", -3770_40), ("7210", "100", 150000_00),
        ("7210", "200", 50000_00), ("7290", "", 12000_00), ("7321", "", 1500_00),
        ("7385", "", 5000_00), ("7399", "", -5000_00), ("7510", "", 64411_00),
        ("7519", "", 3770_40),
    ]  # fmt: skip
    accounts = sorted({face[0] for face in wanted} - {"7210"})
    rules = (
        _own_chart(*accounts)
        .account("7210", debit="7210", coding="source_account", by="cost_center")
        .cost_center("100", "100")
        .cost_center("200", "200")
    )
    profile = {"entities": {"5555555555": "SE01"}}
    return CountryRun("SE", "SE01", "SEK", "2026-10", sie, content, profile, rules, wanted)


def _france() -> CountryRun:
    names = [
        *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
        *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
        *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
    ]
    entries = [
        ("641100", "40000,00", ""), ("625100", "450,00", ""), ("645100", "11600,00", ""),
        ("645300", "3400,00", ""), ("645200", "900,00", ""), ("631200", "240,00", ""),
        ("633300", "220,00", ""), ("421000", "", "28450,00"), ("431000", "", "16800,00"),
        ("437300", "", "6400,00"), ("437200", "", "1500,00"), ("442100", "", "3200,00"),
        ("448600", "", "460,00"),
    ]  # fmt: skip
    known = dict.fromkeys(names, "") | {
        "JournalCode": "OD", "JournalLib": "Paie", "EcritureNum": "1", "EcritureDate": "20261031",
        "CompteLib": "Paie", "PieceRef": "P1", "PieceDate": "20261031", "EcritureLib": "Paie",
        "ValidDate": "20261031",
    }  # fmt: skip
    rows = [
        known | {"CompteNum": account, "Debit": debit or "0,00", "Credit": credit or "0,00"}
        for account, debit, credit in entries
    ]
    lines = [names, *([row[name] for name in names] for row in rows)]
    content = "".join("\t".join(line) + "\r\n" for line in lines).encode("iso-8859-15")
    wanted = sorted(
        (account, "", to_minor((debit or f"-{credit}").replace(",", "."), "EUR"))
        for account, debit, credit in entries
    )
    rules = _own_chart(*(face[0] for face in wanted))
    profile = {"currency": "EUR", "entities": {"123456789": "FR01"}}
    return CountryRun(
        "FR", "FR01", "EUR", "2026-10", fec, content, profile, rules, wanted,
        name="123456789FEC20261031.txt",
    )  # fmt: skip


def _japan() -> CountryRun:
    rules = (
        some_rules("bureau")
        .account("A001", debit="6111", component_class="earning")
        .account("A030", debit="6112", component_class="earning")
        .account("E010", debit="6113", credit="2143", component_class="employer_contribution")
        .account("D040", credit="2145", component_class="employee_tax")
        .account("D050", credit="2146", component_class="employee_tax")
        .account("D010", credit="2147", component_class="deduction")
        .account("NET", credit="2142", component_class="net_pay")
    )
    rows = [
        ("", "A001", "3000000"), ("", "A030", "60000"), ("", "E010", "464300"),
        ("", "D040", "150000"), ("", "D050", "180000"), ("", "D010", "441500"),
        ("", "NET", "2288500"),
    ]  # fmt: skip
    wanted = [
        ("2142", "", -2288500), ("2143", "", -464300), ("2145", "", -150000),
        ("2146", "", -180000), ("2147", "", -441500), ("6111", "", 3000000),
        ("6112", "", 60000), ("6113", "", 464300),
    ]  # fmt: skip
    classes = dict.fromkeys((code for _, code, _ in rows), "earning")
    return CountryRun(
        "JP", "JP01", "JPY", "2026-10", delimited, _components("JP01", rows),
        _component_profile("JP01", "JPY", classes), rules, wanted,
    )  # fmt: skip


#: United States, United Kingdom, Germany, Sweden, France, Japan.
COUNTRY_RUNS: Final = (
    _united_states(), _britain(), _germany(), _sweden(), _france(), _japan(),
)  # fmt: skip
