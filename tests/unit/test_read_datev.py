"""DATEV booking batches: two accounts a row, a date without year, a reversal mark."""

from __future__ import annotations

import pytest

from tests.unit.reading_a_file import blocking, counted, read, warned
from tieout.adapters import datev
from tieout.errors import ConfigurationError, UnreadableDocumentError

TITLES = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Buchungstext;"
    "KOST1 – Kostenstelle;KOST2 - Kostenstelle;Generalumkehr (GU)"
)
ROW = "1234,50;S;;4120;1755;;3110;LG1;Anna Muster;4100;P7;"


def a_header(**fields: str) -> str:
    """Line 1 of a batch for October 2026; name a field to change it."""
    known = {
        "marker": "EXTF",
        "version": "700",
        "category": "21",
        "name": "Buchungsstapel",
        "imported": "",
        "consultant": "1234567",
        "client": "1",
        "year": "20260101",
        "length": "4",
        "date_from": "20261001",
        "date_to": "20261031",
        "currency": "EUR",
    } | fields
    return (
        '"{marker}";{version};{category};"{name}";13;20261028093015000;{imported};"LG";"";"";'
        '{consultant};{client};{year};{length};{date_from};{date_to};"Lohn";"LG";1;0;0;'
        '"{currency}";;"";;;"04";;;"";""'
    ).format(**known)


def a_batch(*rows: str, header: str = "", titles: str = TITLES) -> bytes:
    """The bytes of a batch."""
    return "".join(f"{line}\r\n" for line in (header or a_header(), titles, *rows)).encode("cp1252")


def amounts(*rows: str, header: str = "") -> list[tuple[str, str]]:
    """Account and amount of each leg."""
    frame = read(datev, a_batch(*rows, header=header)).frames["pay_line"]
    return list(zip(frame["source_account"], frame["amount"], strict=True))


def test_s_debits_the_account_and_h_credits_it() -> None:
    """Every German journal relies on it: the flag speaks of the first account."""
    credit = ROW.replace(";S;", ";H;")
    assert amounts(ROW) == [("4120", "1234.50"), ("1755", "-1234.50")]
    assert amounts(credit) == [("4120", "-1234.50"), ("1755", "1234.50")]


def test_a_reversal_row_cancels_its_original() -> None:
    """The controller relies on it: read as a normal row it would double the cost."""
    legs = amounts(ROW, f"{ROW}1")
    assert legs[2:] == [("4120", "-1234.50"), ("1755", "1234.50")]


def test_legs_carry_the_row_s_codes_and_no_text() -> None:
    """Mapping relies on the codes; privacy on the missing name."""
    frame = read(datev, a_batch(ROW)).frames["pay_line"]
    assert frame["cost_center_code"].to_list() == ["4100", "4100"]
    assert frame["project_code"].to_list() == ["P7", "P7"]
    assert frame["posting_date"].to_list() == ["2026-10-31"] * 2
    assert frame["file_line"].to_list() == [3, 3]
    assert frame["line_no"].to_list() == [1, 2]
    assert "Anna" not in frame.write_csv()


@pytest.mark.parametrize(
    ("day", "period", "iso"),
    [
        ("101", ("20260401", "20270331", "20260401"), "2027-01-01"),
        ("3112", ("20261201", "20270131", "20260401"), "2026-12-31"),
        ("0501", ("20261201", "20270131", "20260401"), "2027-01-05"),
        ("2902", ("20280201", "20280229", "20280101"), "2028-02-29"),
    ],
)
def test_the_year_of_a_date_comes_from_the_batch(
    day: str, period: tuple[str, str, str], iso: str
) -> None:
    """A fiscal year over new year, a lost leading zero and a leap day each find their year."""
    begins, ends, year = period
    header = a_header(date_from=begins, date_to=ends, year=year)
    reading = read(datev, a_batch(ROW.replace("3110", day), header=header))
    assert reading.frames["pay_line"]["posting_date"][0] == iso
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        (ROW.replace("3110", "0111"), ("date_outside_period", 3, "Belegdatum")),
        (ROW.replace("3110", "2902"), ("value_unreadable", 3, "Belegdatum")),
        (ROW.replace("3110", "3a10"), ("value_unreadable", 3, "Belegdatum")),
        (ROW.replace("1234,50", "-1234,50"), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace("1234,50", "0,00"), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace("1234,50", "1.234,50"), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace("1234,50", "1234.50"), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace("1234,50", "12e2"), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace("1234,50", "1234,567"), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace("1234,50", "9" * 19), ("value_unreadable", 3, "Umsatz")),
        (ROW.replace(";S;", ";;"), ("value_unreadable", 3, "Soll/Haben-Kennzeichen")),
        (f"{ROW}2", ("value_unreadable", 3, "Generalumkehr")),
        (ROW.replace("4120", ""), ("value_unreadable", 3, "Konto")),
        (ROW.replace("4120", "41²0"), ("value_unreadable", 3, "Konto")),
        (ROW.replace("1755", "175500"), ("value_unreadable", 3, "Gegenkonto")),
        (ROW.replace(";S;;", ";S;CHF;"), ("expectation_failed", 3, "WKZ Umsatz")),
        (ROW.replace(";S;;", ";S;EUX;"), ("currency_unknown", 3, "WKZ")),
        (ROW.rpartition(";")[0], ("value_unreadable", 3, "row")),
        (ROW.replace("LG1", '"LG1'), ("value_unreadable", 3, "row")),
    ],
)
def test_a_row_that_is_wrong_is_told_with_line_and_field(
    row: str, finding: tuple[str, int, str]
) -> None:
    """finance_ops relies on it to send the provider one exact line; the rest is read."""
    reading = read(datev, a_batch(row, ROW))
    assert finding in blocking(reading)
    assert counted(reading)[0] >= 2
    told = next(it for it in reading.findings if it.where.line == 3)
    assert told.blocks == "run"
    assert told.next_step


def test_amounts_in_findings_are_masked() -> None:
    """Privacy relies on it: a finding is mailed, pay is not."""
    reading = read(datev, a_batch(ROW.replace("1234,50", "1.234,50")))
    assert reading.findings[0].found == "#.###,##"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"version": "800"}, "version"),
        ({"imported": "20261029080000000"}, "imported"),
        ({"consultant": ""}, "consultant"),
        ({"year": "20261301"}, "fiscal year start"),
        ({"length": "²"}, "account length"),
        ({"category": "22"}, "category"),
    ],
)
def test_a_wrong_header_field_blocks_the_run(changed: dict[str, str], field: str) -> None:
    """The header names entity and period; a wrong one may be another client's batch."""
    reading = read(datev, a_batch(ROW, header=a_header(**changed)))
    assert field in {name for _, _, name in blocking(reading)}


@pytest.mark.parametrize(
    ("category", "name", "reason"),
    [
        ("65", "Wiederkehrende Buchungen", "recurring bookings"),
        ("16", "Debitoren/Kreditoren", "debtors and creditors"),
        ("99", "Etwas anderes", "not a booking batch"),
    ],
)
def test_other_categories_are_refused_by_name(category: str, name: str, reason: str) -> None:
    """A standing order is no pay run, though its file looks alike."""
    content = a_batch(ROW, header=a_header(category=category, name=name))
    with pytest.raises(UnreadableDocumentError, match=reason):
        read(datev, content)


def test_columns_go_by_title_in_any_order() -> None:
    """Versions of the format differ in number and spelling of columns."""
    content = a_batch(
        "1755;4120;H;3110;10,00",
        titles="GEGENKONTO;Konto;S/H;Belegdatum;Umsatz",
    )
    frame = read(datev, content).frames["pay_line"]
    assert frame["source_account"].to_list() == ["4120", "1755"]
    assert frame["amount"].to_list() == ["-10.00", "10.00"]


def test_a_missing_title_is_named() -> None:
    """The provider relies on it to mend the export."""
    with pytest.raises(UnreadableDocumentError, match="gegenkonto"):
        read(datev, a_batch("1;S;4120;3110", titles="Umsatz;S/H;Konto;Belegdatum"))


def test_a_tax_key_is_noted() -> None:
    """DATEV would split tax off at import, so gross and net would differ."""
    reading = read(datev, a_batch(ROW.replace("1755;;", "1755;9;")))
    assert warned(reading) == {("expectation_failed", 3, "BU-Schlüssel")}


def test_the_clearing_account_must_end_at_zero() -> None:
    """A batch that lost its last rows still balances row by row; only clearing shows it."""
    profile = {"control": {"zero_account": "1755"}}
    assert ("expectation_failed", None, "Konto") in blocking(read(datev, a_batch(ROW), profile))
    whole = a_batch(ROW, ROW.replace("4120", "1740").replace(";S;", ";H;"))
    assert read(datev, whole, profile).findings == ()


def test_the_entity_is_consultant_and_client() -> None:
    """Two clients of one bureau never mix."""
    profile = {"provider": "de-datev", "entities": {"1234567/1": "DE01"}}
    reading = read(datev, a_batch(ROW), profile)
    assert (reading.facts.entity, reading.facts.period) == ("DE01", "2026-10")
    other = read(datev, a_batch(ROW, header=a_header(client="2")), profile)
    assert ("expectation_failed", 1, "client") in blocking(other)


def test_bytes_outside_the_profile_s_encoding_name_their_line() -> None:
    """An encoding is never tried until it works."""
    content = a_batch(ROW) + b"\x81"
    with pytest.raises(UnreadableDocumentError, match="Byte 81") as caught:
        read(datev, content, {"container": {"encoding": "cp1252"}})
    assert caught.value.where.line == 4


def test_a_header_alone_has_no_bookings_and_says_so() -> None:
    """An empty batch is not the same as a month without pay."""
    assert ("expectation_failed", None, "rows") in blocking(read(datev, a_batch()))


def test_a_wrong_knob_is_named_with_its_place() -> None:
    """The finance lead relies on it when writing a profile."""
    with pytest.raises(ConfigurationError, match=r"container\.colour"):
        read(datev, a_batch(ROW), {"container": {"colour": "blue"}})
    with pytest.raises(ConfigurationError, match=r"dims\.kost1"):
        read(datev, a_batch(ROW), {"dims": {"kost1": "department"}})
