"""Delimited and fixed-width files: what a profile says is read, what it does not is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.reading_a_file import blocking, counted, read, warned
from tieout.adapters import delimited
from tieout.errors import ConfigurationError, UnreadableDocumentError

#: A long file of components, as small as a profile can be.
LONG: dict[str, Any] = {
    "provider": "bureau",
    "kind": "delimited",
    "currency": "EUR",
    "entities": {"10": "DE01"},
    "container": {"encoding": "utf-8", "delimiter": ";"},
    "columns": {
        "entity": "Firma",
        "employee_ref": "Personalnummer",
        "cost_center_code": "Kostenstelle",
        "component_code": "Lohnart",
        "amount": "Betrag",
        "ignored": ["Text"],
    },
    "sign": "component",
    "values": {"decimal": ","},
    "period": {"entity": "column:Firma"},
    "coding": "component",
    "components": {"100": {"class": "earning"}, "900": {"class": "net_pay"}},
}
HEADER = "Firma;Personalnummer;Kostenstelle;Lohnart;Text;Betrag"
ROW = "10;0042;K1;100;Gehalt;5000,00"

ACCOUNTS: dict[str, Any] = {
    "kind": "delimited",
    "currency": "USD",
    "container": {"encoding": "ascii"},
    "columns": {"source_account": "Account", "debit": "Debit", "credit": "Credit", "voucher": "No"},
    "sign": "two_columns",
}


def a_file(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    """The bytes of a file with these rows."""
    return "".join(f"{row}\r\n" for row in (header, *rows)).encode(encoding)


def with_values(**values: object) -> dict[str, Any]:
    """The long profile with other value knobs."""
    return {**LONG, "values": {**LONG["values"], **values}}


def test_a_component_row_keeps_its_own_sense_and_its_codes() -> None:
    """Payroll accounting relies on it; leading zeros of an employee number have a meaning."""
    reading = read(delimited, a_file(ROW, "10;0042;K1;900;Netto;-12,5"), LONG)
    row = reading.frames["pay_line"].row(0, named=True)
    assert (row["coding"], row["component_code"], row["amount"]) == ("component", "100", "5000.00")
    assert (row["employee_ref"], row["cost_center_code"], row["entity"]) == ("0042", "K1", "DE01")
    assert reading.findings == ()
    assert counted(reading) == (2, Decimal(5000), Decimal("12.5"))


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("5000.00", "another decimal mark"),
        ("1.234,56", "a thousands mark"),
        ("1e5", "an exponent"),
        ("(100,00)", "a minus in parentheses"),
        ("100,00-", "a trailing minus"),
        ("12,345", "three decimals in a currency of two"),
        ("NaN", "no number"),
        ("Infinity", "no number"),
        ("١٢٣", "digits of another script"),
        ("1" * 40, "forty digits"),
        ("", "nothing"),
        ("5 000,00", "a blank inside"),
    ],
)
def test_an_amount_of_another_form_is_refused_never_guessed(amount: str, why: str) -> None:
    """Finance relies on it: the same text is ten thousand in one country and ten in the next."""
    reading = read(delimited, a_file(ROW, f"10;0042;K1;100;Gehalt;{amount}"), LONG)
    assert ("value_unreadable", 3, "Betrag") in blocking(reading), why
    assert counted(reading)[0] == 1


def test_minus_zero_is_zero() -> None:
    """A total never shows minus nothing."""
    reading = read(delimited, a_file("10;1;K1;100;x;-0,00"), LONG)
    assert reading.frames["pay_line"]["amount"].to_list() == ["0.00"]


@pytest.mark.parametrize(
    ("knobs", "text", "canonical"),
    [
        ({"grouping": "."}, "1.234,50", "1234.50"),
        ({"decimal": ".", "grouping": "'"}, "24'850.05", "24850.05"),
        ({"implied_decimals": 2}, "00008000000", "80000.00"),
        ({"implied_decimals": 2}, "-5", "-0.05"),
    ],
)
def test_amounts_in_the_profile_s_form_are_read(
    knobs: dict[str, object], text: str, canonical: str
) -> None:
    """Each provider writes its own way; the profile says which."""
    reading = read(delimited, a_file(f"10;1;K1;100;x;{text}"), with_values(**knobs))
    assert reading.frames["pay_line"]["amount"].to_list() == [canonical]


def test_a_thousands_mark_stands_in_its_place() -> None:
    """`1.23,00` is a typing error, not one hundred and twenty-three."""
    reading = read(delimited, a_file("10;1;K1;100;x;1.23,00"), with_values(grouping="."))
    assert ("value_unreadable", 2, "Betrag") in blocking(reading)


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "100,5"), ("KWD", "1,2345")])
def test_more_decimals_than_the_currency_has_are_refused(currency: str, amount: str) -> None:
    """Yen have none, dinars have three; nothing is rounded."""
    profile = {**LONG, "currency": currency}
    reading = read(delimited, a_file(f"10;1;K1;100;x;{amount}"), profile)
    assert ("value_unreadable", 2, "Betrag") in blocking(reading)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"\xef\xbb\xbf" + a_file(ROW), "mark of UTF-8"),
        (a_file(ROW).replace(b"Gehalt", b"Ge\x00alt"), "NUL"),
        (a_file("10;1;K1;100;Prämie;1,00", encoding="cp1252"), "Byte E4"),
        (a_file(ROW).decode().encode("utf-16"), "mark of UTF-16"),
        (a_file('10;1;K1;100;"Gehalt;1,00'), "quote not closed"),
        (a_file(ROW.replace(";", ","), header=HEADER.replace(";", ",")), "header lacks"),
        (a_file(ROW, header=HEADER.replace("Betrag", "Summe")), "header lacks Betrag"),
        (a_file(ROW, header=HEADER.replace("Text", "Betrag")), "names Betrag twice"),
        (a_file(f"10;1;K1;100;{'x' * 200_000};1,00"), "field larger"),
        (b"<html><body>Sign in</body></html>", "a web page"),
        (b"PK\x03\x04zip", "a zip archive"),
        (b'{"error": "no"}', "a JSON document"),
    ],
)
def test_a_file_that_is_not_what_its_profile_says_is_refused_with_the_reason(
    content: bytes, reason: str
) -> None:
    """finance_ops relies on it: nothing is loaded, and the provider hears why."""
    with pytest.raises(UnreadableDocumentError, match=reason) as caught:
        read(delimited, content, LONG)
    assert caught.value.where.document == "pay.txt"
    assert caught.value.next_step


def test_a_row_with_a_column_less_is_told_and_the_others_are_read() -> None:
    """One torn row of five thousand has a line number."""
    rows = [ROW] * 4_999
    rows[4_997] = ROW.rpartition(";")[0]
    reading = read(delimited, a_file(*rows), LONG)
    assert ("value_unreadable", 4_999, "row") in blocking(reading)
    assert counted(reading)[0] == 4_998


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    """A quoted cell may span lines; the next row's line is still right."""
    reading = read(
        delimited, a_file('10;1;K1;100;"two\r\nlines";1,00', '10;1;K1;100;"a\rb";x'), LONG
    )
    assert reading.frames["pay_line"]["file_line"].to_list() == [2]
    assert ("value_unreadable", 4, "Betrag") in blocking(reading)


def test_other_line_ends_than_the_profile_s_are_noted() -> None:
    """A transfer that changed line ends changed the bytes."""
    profile = {**LONG, "container": {**LONG["container"], "eol": "crlf"}}
    assert warned(read(delimited, a_file(ROW) + f"{ROW}\n".encode(), profile)) == {
        ("contract_drift", None, "line ends")
    }


def test_a_new_column_is_drift_and_a_moved_one_is_not() -> None:
    """The finance lead relies on it: a renamed field may hide another meaning."""
    moved = a_file(
        "5000,00;x;100;K1;0042;10", header="betrag;TEXT;Lohnart;Kosten-Stelle;Personalnummer;Firma"
    )
    assert read(delimited, moved, LONG).findings == ()
    added = a_file(f"{ROW};1", header=f"{HEADER};Bonus")
    assert blocking(read(delimited, added, LONG)) == {("contract_drift", 1, "Bonus")}


def test_equal_rows_are_pay_and_equal_keys_are_told() -> None:
    """Two equal earnings are legal; the same key twice is not."""
    assert read(delimited, a_file(ROW, ROW), LONG).findings == ()
    keyed = {**LONG, "identity": {"dedupe_key": ["Personalnummer", "Lohnart"]}}
    other = ROW.replace("5000", "5001")
    assert ("expectation_failed", 3, "Lohnart") in blocking(
        read(delimited, a_file(ROW, other), keyed)
    )


def test_a_new_pay_code_is_named_once_with_its_count() -> None:
    """Its lines are held by the mapping; the profile's owner hears of it."""
    reading = read(delimited, a_file(ROW, *["10;1;K1;777;x;1,00"] * 3), LONG)
    (told,) = reading.findings
    assert (told.found, told.severity) == ("777", "warning")
    assert "3 lines" in told.message


def test_a_file_of_two_entities_is_no_run() -> None:
    """Entities never share a run."""
    profile = {**LONG, "entities": {"10": "DE01", "20": "DE02"}}
    both = read(delimited, a_file(ROW, ROW.replace("10;", "20;")), profile)
    assert ("expectation_failed", None, "Firma") in blocking(both)
    unknown = read(delimited, a_file(ROW.replace("10;", "99;", 1)), LONG)
    assert ("expectation_failed", None, "entity") in blocking(unknown)


def test_a_broken_file_tells_each_trouble_a_bounded_number_of_times() -> None:
    """A mail of a hundred thousand findings helps nobody; the count does."""
    reading = read(delimited, a_file(*["10;1;K1;100;x;?"] * 1_000), LONG)
    told = [found for found in reading.findings if found.code == "value_unreadable"]
    assert len(told) == 201
    assert told[-1].message.startswith("800 more")


@pytest.mark.parametrize(
    ("row", "amount"), [("6000,100.00,,1", "100.00"), ("6000,0.00,100.00,1", "-100.00")]
)
def test_two_columns_make_one_signed_amount(row: str, amount: str) -> None:
    """Debit is positive."""
    frame = read(delimited, a_file(row, header="Account,Debit,Credit,No"), ACCOUNTS).frames
    assert frame["pay_line"]["amount"].to_list() == [amount]


def test_vouchers_of_an_account_coded_file_must_balance() -> None:
    """The controller relies on it: no plug is made."""
    rows = ("6000,100.00,,1", "2000,,100.00,1", "6000,5.00,,2", "2000,,4.99,2")
    reading = read(delimited, a_file(*rows, header="Account,Debit,Credit,No"), ACCOUNTS)
    assert blocking(reading) == {("journal_unbalanced", 4, "voucher")}
    assert reading.summary["vouchers"] == 2


def test_a_side_column_turns_the_sign() -> None:
    """`JD` and `JC`, `S` and `H`: the profile names them."""
    profile = {
        **ACCOUNTS,
        "columns": {"source_account": "Account", "amount": "Amount", "side": "Type"},
        "sign": {"rule": "dc_column", "debit": ["JD"], "credit": ["JC"]},
    }
    content = a_file("6000,10.00,JD", "2000,10.00,JC", "1,1.00,XX", header="Account,Amount,Type")
    reading = read(delimited, content, profile)
    assert reading.frames["pay_line"]["amount"].to_list() == ["10.00", "-10.00"]
    assert ("value_unreadable", 4, "side") in blocking(reading)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("H30/07/01", "2018-07-01"),
        ("R01/7/1", "2019-07-01"),
        ("R.08/04/30", "2026-04-30"),
        ("20260430", "2026-04-30"),
    ],
)
def test_japanese_era_dates_are_read_when_the_profile_allows_them(text: str, iso: str) -> None:
    """Yayoi writes all of these in one file."""
    profile = {
        **ACCOUNTS,
        "columns": {**ACCOUNTS["columns"], "posting_date": "Date"},
        "values": {"date_format": ["%Y%m%d", "%Y/%m/%d", "era"]},
    }
    content = a_file(f"1,1.00,,1,{text}", header="Account,Debit,Credit,No,Date")
    assert read(delimited, content, profile).frames["pay_line"]["posting_date"][0] == iso


@pytest.mark.parametrize("text", ["30.02.2026", "31.06.2026", "2026-06-30", "06/30/2026"])
def test_a_day_that_does_not_exist_or_another_order_is_told(text: str) -> None:
    """Day and month are never moved to make a date fit."""
    profile = {
        **ACCOUNTS,
        "columns": {**ACCOUNTS["columns"], "posting_date": "Date"},
        "values": {"date_format": "%d.%m.%Y"},
    }
    content = a_file(f"1,1.00,,1,{text}", header="Account,Debit,Credit,No,Date")
    assert ("value_unreadable", 2, "Date") in blocking(read(delimited, content, profile))


@pytest.mark.parametrize(
    ("knobs", "named"),
    [
        ({"sign": "guess"}, "sign.rule"),
        ({"columns": {"amount": "Betrag"}}, "component_code"),
        ({"columns": {**LONG["columns"], "betrag": "x"}}, "betrag is no field"),
        ({"container": {"delimiter": ";"}}, "container.encoding"),
        ({"container": {"encoding": "utf-8", "encoding_fallbacks": ["cp1252"]}}, "fallbacks"),
        ({"period": {"entity": "somewhere"}}, "must begin with"),
        ({"delivery": {"delivery_mode": "delta"}}, "delivery_mode"),
        ({"shape": "wide"}, "shape.components"),
        ({"container": {"encoding": "utf-8", "header_rows": 0}}, "must be a position"),
        (
            {"container": {"kind": "fixed", "encoding": "utf-8", "records": {"line": "C"}}},
            "must be letters",
        ),
    ],
)
def test_a_wrong_knob_is_named(knobs: dict[str, object], named: str) -> None:
    """The finance lead relies on it when writing a profile."""
    with pytest.raises(ConfigurationError, match=named):
        read(delimited, a_file(ROW), {**LONG, **knobs})


@pytest.mark.parametrize(
    ("header", "rows", "legs"),
    [
        ("Account,Debit,Credit", ("6000,10.50,", "2000,,10.50"), 2),
        ("Konto;Soll;Haben", ("6000;10,50;", "2000;;10,50"), 2),
        ("GL Account\tAmount", ("6000\t10", "2000\t-10"), 2),
    ],
)
def test_a_stranger_s_file_is_read_as_far_as_it_speaks_for_itself(
    header: str, rows: tuple[str, ...], legs: int
) -> None:
    """finance_ops looks at a new provider's file before a profile exists."""
    reading = read(delimited, a_file(*rows, header=header))
    assert counted(reading)[0] == legs
    assert counted(reading)[1] == counted(reading)[2]
    assert ("contract_drift", None, "header") in warned(reading)
    # It names no currency, so nothing of it could be booked.
    assert blocking(reading) == {("currency_unknown", None, "currency")}


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        (a_file(ROW, header=HEADER.replace("Lohnart", "Art")), "no account or pay code"),
        (a_file("6000;1,234", "2000;1.234", header="Konto;Betrag"), "one decimal mark"),
        (a_file("6000;1,23", "2000;1.23", header="Konto;Betrag"), "one decimal mark"),
        (a_file("6000;1,23;Prämie", header="Konto;Betrag;x", encoding="cp1252"), "encoding"),
        (a_file('6000;1,23;"x', header="Konto;Betrag;x"), "can't be split"),
    ],
)
def test_a_stranger_s_file_is_never_guessed(content: bytes, doubt: str) -> None:
    """`1.234` is a thousand or one and a bit; only a profile can say."""
    with pytest.raises(UnreadableDocumentError, match=doubt):
        read(delimited, content)


def test_the_company_s_own_profile_is_sound(request: pytest.FixtureRequest) -> None:
    """The demo company's Japanese bureau is read by exactly this file."""
    path = request.config.rootpath / "include" / "config" / "providers" / "jp-delimited.yaml"
    profile = yaml.safe_load(path.read_text(encoding="utf-8"))
    columns = dict(profile["columns"])
    columns.pop("unknown_columns")
    header = [name for name in columns.values() if isinstance(name, str)]
    header += [*profile["columns"]["ignored"], *profile["privacy"]["drop"]]
    cells = {"対象年月": "2026/10", "支給日": "2026/10/23", "会社コード": "1001", "金額": "300000"}
    cells |= {"項目コード": "A001", "対応年月": "2026/09", "氏名": "山田太郎", "社員番号": "0007"}
    cells |= {"給与グループ": "月給"}
    row = ",".join(cells.get(name, "x") for name in header)
    content = a_file(row, header=",".join(header), encoding="cp932")
    reading = read(delimited, content, profile)
    line = reading.frames["pay_line"].row(0, named=True)
    assert reading.findings == ()
    assert (line["entity"], line["amount"], line["earned_for"]) == ("JP01", "300000", "2026-09-01")
    assert (reading.facts.period, str(reading.facts.pay_date)) == ("2026-10", "2026-10-23")
    assert "山田" not in reading.frames["pay_line"].write_csv()


ADP_FIXED: dict[str, Any] = {
    "kind": "delimited",
    "currency": "USD",
    "entities": {"US01A": "US01"},
    "container": {
        "kind": "fixed",
        "encoding": "ascii",
        "records": {"line": "C", "other": ["DPI", "A", "B"], "trailer": "Z"},
    },
    "columns": {"entity": "7-11", "source_account": "12-30", "amount": "38-48"},
    "sign": "signed",
    "values": {"implied_decimals": 2, "date_format": "%b%d%y"},
    "period": {"entity": "column:7-11", "posting_date": "record:A,27-33"},
    "control": {"origin": "file", "count": "record:Z,2-7"},
}
ADP_PIPE: dict[str, Any] = {
    "kind": "delimited",
    "currency": "USD",
    "container": {
        "encoding": "ascii",
        "delimiter": "|",
        "quote": "",
        "preamble_rows": 1,
        "header_rows": 0,
        "columns_by": "position",
    },
    "columns": {"source_account": 1, "debit": 3, "credit": 4},
    "sign": "two_columns",
    "values": {"date_format": "%m/%d/%Y"},
    "period": {"pay_date": "cell:1,4", "posting_date": "cell:1,2"},
}
YAYOI: dict[str, Any] = {
    "kind": "delimited",
    "currency": "JPY",
    "container": {"encoding": "cp932", "header_rows": 0, "columns_by": "position"},
    "columns": {
        "posting_date": 4,
        "debit_account": 5,
        "debit_cost_center_code": 7,
        "debit_amount": 9,
        "credit_account": 11,
        "credit_cost_center_code": 13,
        "credit_amount": 15,
    },
    "sign": "both_sides_one_row",
    "values": {"scale": 0, "date_format": ["%Y%m%d", "%Y/%m/%d", "era"]},
    "identity": {"group_key": ["2", "4"]},
}
SWISS: dict[str, Any] = {
    "kind": "delimited",
    "currency": "CHF",
    "entities": {"Beispiel AG": "CH01"},
    "container": {
        "encoding": "utf-8-sig",
        "bom": "allow",
        "delimiter": ";",
        "preamble_rows": 3,
        "footer": "Total",
    },
    "columns": {"employee_ref": "Pers.-Nr.", "cost_center_code": "Kostenstelle"},
    "values": {"decimal": ".", "grouping": "'", "date_format": "%d.%m.%Y"},
    "sign": "parentheses",
    "coding": "component",
    "shape": {
        "wide": {
            "Bruttolohn": "gross",
            "AHV AN": {"code": "ee_social", "sign": "-"},
            "AHV AG": "er_social",
            "Spesen": "refund",
            "Netto": "net_pay",
        }
    },
    "control": {"origin": "file", "row": "footer", "check": "every_amount_column"},
    "period": {"entity": "cell:1,2", "period": "cell:2,2"},
}


@pytest.mark.parametrize(
    ("name", "profile", "legs", "debit"),
    [
        ("composed-adp-gl-fixed.txt", ADP_FIXED, 15, "122063.50"),
        ("composed-adp-pipe.txt", ADP_PIPE, 15, "122063.50"),
        ("composed-yayoi-kyuyo.csv", YAYOI, 8, "3524300"),
    ],
)
def test_published_layouts_are_read_by_profile_alone(
    samples: Path, name: str, profile: dict[str, Any], legs: int, debit: str
) -> None:
    """A new provider needs a profile, no code; totals are the oracle's."""
    reading = read(delimited, (samples / "other" / name).read_bytes(), profile, name)
    assert blocking(reading) == set()
    assert counted(reading) == (legs, Decimal(debit), Decimal(debit))
    assert reading.summary["vouchers"] == 1


def test_a_fixed_width_file_names_its_date_in_another_record(samples: Path) -> None:
    """The row's year has one digit; the file record has the decade."""
    content = (samples / "other" / "composed-adp-gl-fixed.txt").read_bytes()
    frame = read(delimited, content, ADP_FIXED).frames["pay_line"]
    assert frame["posting_date"].unique().to_list() == ["2026-04-15"]
    assert frame["source_account"][0] == "6000410"
    shorter = content.replace(content.splitlines(keepends=True)[-2], b"")
    assert ("control_total_mismatch", 26, "count") in blocking(read(delimited, shorter, ADP_FIXED))
    torn = content[: content.rindex(b"Z0")]
    assert "control_total_mismatch" in {it[0] for it in blocking(read(delimited, torn, ADP_FIXED))}


def test_a_pivoted_file_is_read_and_held_against_its_footer(samples: Path) -> None:
    """Each column is a component; a deduction in parentheses is positive in its own sense."""
    content = (samples / "other" / "composed-ch-wide.csv").read_bytes()
    reading = read(delimited, content, SWISS)
    assert blocking(reading) == set()
    frame = reading.frames["pay_line"]
    sums = {
        code: sum(map(Decimal, group["amount"].to_list()))
        for (code,), group in frame.group_by("component_code")
    }
    assert sums == {
        "gross": Decimal("24850.05"),
        "ee_social": Decimal("1317.05"),
        "er_social": Decimal("1317.05"),
        "refund": Decimal("155.40"),
        "net_pay": Decimal("23688.40"),
    }
    assert (reading.facts.entity, reading.facts.period) == ("CH01", "2026-04")
    wrong = content.replace(b"8'500.00", b"8'500.01")
    assert blocking(read(delimited, wrong, SWISS)) == {("control_total_mismatch", 8, "Bruttolohn")}
    cut = content[: content.rindex(b";Total")]
    assert blocking(read(delimited, cut, SWISS)) == {("control_total_mismatch", None, "footer")}
