"""Delimited expense extracts: columns are canonical fields; what is wrong holds its row."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.reading_a_file import blocking, counted, read
from tieout.adapters import delimited
from tieout.adapters.delimited import reader
from tieout.contracts.columns import EXPENSE_LINE
from tieout.errors import ConfigurationError, UnreadableDocumentError
from tieout.finance.documents import ControlOrigin

#: An extract of one row per accounting part, as small as a profile can be.
PROFILE: dict[str, Any] = {
    "provider": "extracts",
    "kind": "delimited",
    "frame": "expense_line",
    "currency": "EUR",
    "entities": {"10": "DE01", "20": "DE02"},
    "container": {"encoding": "utf-8", "delimiter": ";"},
    "columns": {
        "report_key": "Report",
        "document_ref": "Document",
        "entity": "Company",
        "employee_ref": "Employee",
        "approved_at": "Approved",
        "entry_ref": "Entry",
        "part": "Part",
        "expense_type": "Type",
        "spend_date": "Date",
        "spend_amount": "Spent",
        "spend_currency": "In",
        "exchange_rate": "Rate",
        "amount": "Amount",
        "tax_code": "Tax",
        "payee": "Payee",
        "cost_center_code": "Center",
        "ignored": ["Text", "Total"],
    },
    "values": {"decimal": ",", "date_format": "%d.%m.%Y", "time_zone": "Europe/Berlin",
               "instant_format": "%d.%m.%Y %H:%M"},
    "codes": {"part": {"K": "cost", "V": "tax_reclaimable", "P": "personal"},
              "payee": {"MA": "employee", "FK": "company_card"}},
    "constants": {"receipt": "yes"},
    "identity": {"dedupe_key": ["Document", "Entry", "Part"]},
    "control": {"origin": "file", "report_total": "Total"},
}  # fmt: skip
HEADER = (
    "Report;Document;Company;Employee;Approved;Entry;Part;Type;Date;Spent;In;Rate;Amount;Tax;Payee;"
    "Center;Text;Total"
)
COST = "R1;D1;10;0042;20.10.2026 09:30;1;K;HOTEL;12.10.2026;108,00;USD;0,925926;100,00;;MA;K1;x;119"
TAX = "R1;D1;10;0042;20.10.2026 09:30;1;V;HOTEL;12.10.2026;;;;19,00;DE19;MA;K1;x;119"


def an_extract(*rows: str, header: str = HEADER) -> bytes:
    """The bytes of an extract with these rows."""
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


def test_an_extract_s_rows_are_canonical_expense_lines() -> None:
    """Expense accounting relies on it: the same frame as the platform's own documents."""
    reading = read(delimited, an_extract(COST, TAX), PROFILE)
    assert reading.findings == ()
    frame = reading.frames["expense_line"]
    assert frame.columns == ["line_no", "file_line", *EXPENSE_LINE]
    row = frame.row(0, named=True)
    assert (row["entity"], row["part"], row["payee"]) == ("DE01", "cost", "employee")
    assert (row["approved_at"], row["spend_date"]) == ("2026-10-20T09:30:00+02:00", "2026-10-12")
    assert (row["amount"], row["spend_amount"], row["exchange_rate"]) == (
        *("100.00", "108.00"),
        "0.925926",
    )
    assert (row["currency"], row["receipt"], row["is_test"]) == ("EUR", "yes", "")
    assert reading.control is not None
    assert (reading.control.debit_minor, reading.control.line_count) == (11_900, 2)
    assert (reading.summary["reports"], reading.summary["lines"]) == (1, 2)


def test_report_totals_of_the_platform_are_held_against_the_parts() -> None:
    """The controller relies on it: a lost part of a report is seen in the file itself."""
    sound = read(delimited, an_extract(COST, TAX), PROFILE)
    assert sound.control is not None
    assert sound.control.origin is ControlOrigin.STATED
    cut = read(delimited, an_extract(COST), PROFILE)
    assert blocking(cut) == {("control_total_mismatch", 2, "Total")}
    (told,) = cut.findings
    assert told.lines == (1,)
    assert "119" not in told.message + told.found
    two = read(delimited, an_extract(COST, TAX.replace(";119", ";120")), PROFILE)
    assert "do not state one Total" in two.findings[0].message


@pytest.mark.parametrize(
    ("before", "after", "field", "kept"),
    [
        ("100,00", "100.00", "Amount", ("amount", "100.00")),
        ("100,00", "100,001", "Amount", ("amount", "100,001")),
        (";10;", ";99;", "Company", ("entity", "99")),
        (";K;", ";X;", "Part", ("part", "X")),
        (";MA;", ";;", "Payee", ("payee", "")),
        ("12.10.2026;108", "31.02.2026;108", "Date", ("spend_date", "31.02.2026")),
        ("20.10.2026 09:30", "2026-10-20", "Approved", ("approved_at", "2026-10-20")),
        ("20.10.2026 09:30", "25.10.2026 02:30", "Approved", ("approved_at", "25.10.2026 02:30")),
        ("0,925926", "0.925926", "Rate", ("exchange_rate", "0.925926")),
        ("0042", "", "Employee", ("employee_ref", "")),
    ],
)
def test_a_value_that_can_t_be_read_stays_as_found_and_holds_its_row(
    before: str, after: str, field: str, kept: tuple[str, str]
) -> None:
    """finance_ops relies on it: nothing is guessed, nothing defaulted, no row lost."""
    profile = {**PROFILE, "control": {"origin": "manifest"}}
    reading = read(delimited, an_extract(COST.replace(before, after), TAX), profile)
    assert ("value_unreadable", 2, field) in blocking(reading)
    frame = reading.frames["expense_line"]
    assert (frame.height, frame[kept[0]][0]) == (2, kept[1])


def test_personal_values_never_stand_in_a_message() -> None:
    """Who, when and how much is personal; the shape of the value tells the trouble."""
    row = COST.replace("100,00", "1x34,56").replace("0042", "")
    for told in read(delimited, an_extract(row), PROFILE).findings:
        assert "1x34" not in told.message + told.found


def test_a_torn_row_is_told_and_the_whole_file_waits() -> None:
    """A row that can't be split has no line of its own that could be held."""
    reading = read(delimited, an_extract(COST, TAX + ";more"), PROFILE)
    assert ("value_unreadable", 3, "row") in blocking(reading)
    assert counted(reading)[0] == 1


def test_a_document_of_two_people_or_reports_is_told() -> None:
    """Rows that slipped between reports would repay the wrong person."""
    other = TAX.replace("0042", "0043").replace("R1;", "R2;")
    reading = read(delimited, an_extract(COST, other), PROFILE)
    told = next(it for it in reading.findings if it.where.field == "document_ref")
    assert "report key, employee ref" in told.message
    assert told.lines == (1, 2)


def test_the_same_part_twice_is_told_at_the_second_line() -> None:
    """A line that is sent twice is paid once."""
    assert ("expectation_failed", 3, "Part") in blocking(
        read(delimited, an_extract(COST, COST), PROFILE)
    )


def test_an_extract_has_one_reimbursement_currency() -> None:
    """Control totals of several currencies would add what can't be added."""
    profile = {**PROFILE, "columns": {**PROFILE["columns"], "currency": "Text"}}
    profile["columns"] = {**profile["columns"], "ignored": ["Total"]}
    content = an_extract(COST.replace(";x;", ";EUR;"), TAX.replace(";x;", ";SEK;"))
    assert ("expectation_failed", None, "currency") in blocking(read(delimited, content, profile))


@pytest.mark.parametrize(
    ("knobs", "named"),
    [
        ({"columns": {**PROFILE["columns"], "component_code": "Text"}}, "component_code is no"),
        ({"constants": {"receipt": "maybe"}}, "receipt is maybe"),
        ({"constants": {"part": "cost"}}, "part stands in columns and in constants"),
        ({"codes": {"part": {"K": "costs"}}}, "part is costs"),
        ({"columns": {"amount": "Amount"}}, "report_key"),
        ({"sign": "two_columns"}, "one signed amount"),
        ({"frame": "pay_line"}, "no field of pay_line"),
        ({"values": {"time_zone": "Mars/Base"}}, "no zone"),
    ],
)
def test_a_wrong_knob_is_named(knobs: dict[str, object], named: str) -> None:
    """The finance lead relies on it when writing a profile."""
    with pytest.raises(ConfigurationError, match=named):
        read(delimited, an_extract(COST), {**PROFILE, **knobs})


def test_a_point_in_time_without_a_zone_needs_the_profile_s() -> None:
    """B48: which day an approval fell on is never guessed."""
    values = {**PROFILE["values"], "instant_format": "", "time_zone": ""}
    bare = COST.replace("20.10.2026 09:30", "2026-10-20T09:30:00")
    reading = read(delimited, an_extract(bare), {**PROFILE, "values": values})
    assert ("value_unreadable", 2, "Approved") in blocking(reading)
    zoned = COST.replace("20.10.2026 09:30", "2026-10-20T09:30:00+02:00")
    reading = read(
        delimited,
        an_extract(zoned, TAX.replace("20.10.2026 09:30", "2026-10-20T09:30:00+02:00")),
        {**PROFILE, "values": values},
    )
    assert reading.findings == ()


def test_an_extract_without_its_amounts_is_refused() -> None:
    """Nothing of it could be booked."""
    with pytest.raises(UnreadableDocumentError, match="lacks Amount"):
        read(delimited, an_extract(COST, header=HEADER.replace("Amount", "Sum")), PROFILE)


def test_a_large_extract_is_read_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Size changes the way of reading, never what is read."""
    rows = [COST, TAX, COST + ";more", TAX.replace("19,00", "19.00"), "", COST.replace('"', "")]
    small = read(delimited, an_extract(*rows), PROFILE)
    monkeypatch.setattr(reader, "BULK_BYTES", 0)
    large = read(delimited, an_extract(*rows), PROFILE)
    assert large.findings == small.findings
    assert large.frames["expense_line"].equals(small.frames["expense_line"])
    assert (large.control, dict(large.summary)) == (small.control, dict(small.summary))
