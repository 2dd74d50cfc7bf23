"""Bad delimited files by the list of known ones, B1 to B26: each has its words, place and cure.

Each file is read as a small one, row by row, and as a large one, by whole columns: the finding must
be the same. What is told never shows an amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.reading_a_file import read
from tieout.adapters import delimited
from tieout.adapters.delimited import reader
from tieout.errors import Finding, UnreadableDocumentError
from tieout.finance.documents import Reading

AGAIN = "Ask the provider for the file again."
CORRECTED = "Ask the provider for a corrected file."
FULL = "Ask the provider for the full file."
ENCODING = "Ask the provider which encoding the file has, and set it in the profile."
WHICH = "Ask the provider which encoding is right."
VERSION = "Ask the provider, or accept the new version of the format in the profile."

PROFILE: dict[str, Any] = {
    "provider": "bureau",
    "kind": "delimited",
    "currency": "EUR",
    "container": {"encoding": "utf-8", "footer": "Sum"},
    "columns": {
        "employee_ref": "Employee",
        "component_code": "Code",
        "amount": "Amount",
        "earned_for": "Earned",
        "ignored": ["Text"],
    },
    "sign": "component",
    "coding": "component",
    "values": {"decimal": ".", "date_format": "%d/%m/%Y"},
    "components": {"100": {"class": "earning"}},
    "identity": {"dedupe_key": ["Employee", "Code", "Earned"]},
    "forms": {"employee_ref": "[0-9]{4}"},
}
HEADER = "Employee,Code,Text,Earned,Amount"
ROW = "0042,100,Pay,31/10/2026,5000.00"
OTHER = "0043,100,Pay,31/10/2026,4000.00"


def a_file(*rows: str, header: str = HEADER) -> bytes:
    """The bytes of a file with these rows."""
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


@dataclass(frozen=True)
class Told:
    """What the one finding, or the one reason, must say."""

    code: str
    message: str
    line: int | None
    field: str
    next_step: str
    found: str = ""
    lines: int = 1  # how many sound lines the file still gives


def cell(field: str, awaited: str, found: str, **more: int) -> Told:
    """A value of line 3 that is not of its form; the row of line 2 is read."""
    message = f"Line 3: {field} is not {awaited}."
    return Told("value_unreadable", message, 3, field, CORRECTED, found, **more)


def refused(message: str, line: int | None, field: str, next_step: str = AGAIN) -> Told:
    """A file of which nothing can be used."""
    return Told("document_unreadable", message, line, field, next_step)


POINT = "an amount with '.' as decimal mark"
TWO = "an amount of at most 2 decimals"
DAY = "a date of the form %Y-%m or %d/%m/%Y"


def amount(text: str) -> bytes:
    """A file whose second row has this amount."""
    return a_file(ROW, OTHER.replace("4000.00", text))


def earned(text: str) -> bytes:
    """A file whose second row has this date."""
    return a_file(ROW, OTHER.replace("31/10/2026", text))


def sized(currency: str) -> dict[str, Any]:
    """The profile of another currency."""
    return {**PROFILE, "currency": currency}


def held_against(**control: str) -> dict[str, Any]:
    """The profile of a file with totals inside."""
    return {**PROFILE, "control": {"origin": "file", **control}}


_LATIN = a_file(ROW, OTHER).replace(b"Pay", b"Pr\xe4mie")
_TWICE = Told(
    "expectation_failed",
    "Lines 2 and 3 have the same Employee, Code, Earned.",
    3,
    "Earned",
    CORRECTED,
    "also in line 2",
    lines=2,
)
CASES: dict[str, tuple[bytes, Told, dict[str, Any]]] = {
    "B1 empty": (b"", refused("The file is empty.", None, ""), PROFILE),
    "B2 header only": (
        a_file(),
        Told("expectation_failed", "The file has no pay lines.", None, "rows", CORRECTED, "0", 0),
        PROFILE,
    ),
    "B3 byte order mark": (
        b"\xef\xbb\xbf" + a_file(ROW),
        refused("The file begins with the mark of UTF-8, the profile says utf-8.", 1, "encoding",
                WHICH),
        PROFILE,
    ),
    "B4 NUL bytes": (
        a_file(ROW, OTHER).replace(b"0043", b"00\x0043"),
        refused("The file holds NUL bytes: it was damaged.", 3, ""),
        PROFILE,
    ),
    "B5 Latin-1 as UTF-8": (
        _LATIN, refused("Byte E4 is not text in utf-8.", 2, "", ENCODING), PROFILE,
    ),
    "B6 UTF-16": (
        a_file(ROW).decode().encode("utf-16"),
        refused("The file begins with the mark of UTF-16, the profile says utf-8.", 1, "encoding",
                WHICH),
        PROFILE,
    ),
    "B9 quote never closed": (
        a_file(ROW, OTHER.replace("Pay", '"Pay')),
        refused("The row that begins in line 3 can't be split: unexpected end of data. "
                "Is a quote not closed?", 3, "row"),
        PROFILE,
    ),
    "B10 other separator": (
        a_file(ROW.replace(",", ";"), header=HEADER.replace(",", ";")),
        refused("The header lacks Code, Amount, Employee, Earned.", 1, "Code", VERSION),
        PROFILE,
    ),
    "B12 header twice": (
        a_file(ROW, header=HEADER.replace("Text", "Amount")),
        refused("The header names Amount twice.", 1, "Amount"),
        PROFILE,
    ),
    "B13 two decimal marks": (amount('"1.234,56"'), cell("Amount", POINT, "#.###,##"), PROFILE),
    "B13 thousands marks": (amount('"1,234.56"'), cell("Amount", POINT, "#,###.##"), PROFILE),
    "B14 exponent": (amount("1e5"), cell("Amount", POINT, "#e#"), PROFILE),
    "B15 parentheses": (amount("(100.00)"), cell("Amount", POINT, "(###.##)"), PROFILE),
    "B15 trailing minus": (amount("100-"), cell("Amount", POINT, "###-"), PROFILE),
    "B16 three decimals in EUR": (amount("1.005"), cell("Amount", TWO, "#.###"), PROFILE),
    "B16 decimals in JPY": (
        a_file(ROW.replace("5000.00", "5000"), OTHER.replace("4000.00", "1.50")),
        cell("Amount", "an amount of at most 0 decimals", "#.##"),
        sized("JPY"),
    ),
    "B16 four decimals in KWD": (
        amount("1.0005"), cell("Amount", "an amount of at most 3 decimals", "#.####"), sized("KWD"),
    ),
    "B17 NaN": (amount("NaN"), cell("Amount", POINT, "NaN"), PROFILE),
    "B17 Infinity": (amount("-Infinity"), cell("Amount", POINT, "-Infinity"), PROFILE),
    "B18 forty digits": (
        amount("9" * 40),
        cell("Amount", "an amount of at most 14 digits and 6 decimals", "#" * 40),
        PROFILE,
    ),
    "B19 month before day": (earned("02/13/2026"), cell("Earned", DAY, "02/13/2026", lines=2),
                             PROFILE),
    "B20 30 February": (earned("30/02/2026"), cell("Earned", DAY, "30/02/2026", lines=2), PROFILE),
    "B20 31 June": (earned("31/06/2026"), cell("Earned", DAY, "31/06/2026", lines=2), PROFILE),
    "B21 zeros stripped": (
        a_file(ROW, OTHER.replace("0043", "43")),
        cell("Employee", "of the form [0-9]{4}", "##", lines=2),
        PROFILE,
    ),
    "B22 formula in an amount": (
        amount("=cmd|'/c calc'!A1"), cell("Amount", POINT, "=cmd|'/c calc'!A#"), PROFILE,
    ),
    "B23 a cell of 50 MB": (
        a_file(ROW, OTHER.replace("Pay", "x" * 50_000_000)),
        refused("The row that begins in line 3 can't be split: field larger than field limit "
                "(131072). Is a quote not closed?", 3, "row"),
        PROFILE,
    ),
    "B24 footer sum": (
        a_file(ROW, OTHER, "Sum,,,,9000.01"),
        Told("control_total_mismatch", "File does not add up: Amount stated 9000.01, read 9000.00.",
             4, "Amount", FULL, "9000.00", 2),
        held_against(row="footer"),
    ),
    "B24 footer missing": (
        a_file(ROW, OTHER),
        Told("control_total_mismatch",
             "The row 'Sum' with the totals is missing: the file was cut.", None, "footer", FULL,
             "", 2),
        held_against(row="footer"),
    ),
    "B25 same line twice": (a_file(ROW, ROW), _TWICE, PROFILE),
    "B26 same key, other amount": (a_file(ROW, ROW.replace("5000", "1")), _TWICE, PROFILE),
}  # fmt: skip


@pytest.fixture(params=["small", "large"], autouse=True)
def _size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read each file both ways."""
    monkeypatch.setattr(reader, "BULK_BYTES", 10**12 if request.param == "small" else 0)


def told_of(content: bytes, profile: dict[str, Any]) -> tuple[Finding, int]:
    """The one thing that is wrong, and how many lines the file still gives."""
    try:
        reading = read(delimited, content, profile, "march.csv")
    except UnreadableDocumentError as error:
        return Finding(error.code, error.message, error.where, "", error.blocks, error.next_step), 1
    (told,) = reading.findings
    return told, reading.frames["pay_line"].height


@pytest.mark.timeout(5)
@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_says_what_where_and_what_to_do(case: str) -> None:
    """finance_ops relies on it: the provider can be told in one sentence, without the file."""
    content, wanted, profile = CASES[case]
    told, lines = told_of(content, profile)
    assert (told.code, told.message) == (wanted.code, wanted.message)
    place = ("march.csv", wanted.line, wanted.field)
    assert (told.where.document, told.where.line, told.where.field) == place
    assert (told.found, told.blocks, told.next_step) == (wanted.found, "run", wanted.next_step)
    assert lines == wanted.lines


def sound(content: bytes, profile: dict[str, Any] = PROFILE) -> Reading:
    """A file with no finding at all."""
    reading = read(delimited, content, profile)
    assert reading.findings == ()
    return reading


def test_b3_a_mark_that_the_profile_allows_is_no_letter_of_the_header() -> None:
    """B3: the first column is found whether or not the mark stands before it."""
    profile = {**PROFILE, "container": {**PROFILE["container"], "bom": "allow"}}
    assert sound(b"\xef\xbb\xbf" + a_file(ROW), profile).summary["lines"] == 1


def test_b7_mixed_line_ends_lose_no_row() -> None:
    """B7: each row is read, and a profile that knows its line ends hears of others."""
    content = a_file(ROW).replace(b"\n", b"\r\n") + OTHER.encode() + b"\n"
    assert sound(content).summary["lines"] == 2
    knows = {**PROFILE, "container": {**PROFILE["container"], "eol": "crlf"}}
    (told,) = read(delimited, content, knows).findings
    assert told.message == "1 lines do not end in CRLF as the profile says."
    assert (told.code, told.severity.value) == ("contract_drift", "warning")


def test_b8_a_lone_carriage_return_in_a_quoted_cell_is_part_of_it() -> None:
    """B8: the row stays one row, and the next one's line is counted as an editor shows it."""
    reading = sound(a_file(ROW.replace("Pay", '"a\rb"'), OTHER))
    assert reading.frames["pay_line"]["file_line"].to_list() == [2, 4]


def test_b11_one_column_less_in_row_five_thousand_is_that_row_s_trouble() -> None:
    """B11: the other rows are read."""
    profile = {**PROFILE, "identity": {}}
    rows = [ROW] * 5_000
    rows[4_998] = ROW.rpartition(",")[0]
    reading = read(delimited, a_file(*rows), profile)
    (told,) = reading.findings
    assert told.message == (
        "Line 5000 is not a row of this file: it has 4 fields, the header has 5."
    )
    assert (told.where.line, told.found) == (5_000, "4 fields")
    assert reading.summary["lines"] == 4_999


def test_b17_minus_zero_is_zero() -> None:
    """B17: a total never shows minus nothing."""
    frame = sound(a_file(ROW.replace("5000.00", "-0.00"))).frames["pay_line"]
    assert frame["amount"].to_list() == ["0.00"]


def test_b16_two_decimals_in_a_currency_of_three_are_exact() -> None:
    """B16: two decimals of dinars are a shorter way to write three."""
    assert sound(a_file(ROW), sized("KWD")).control.debit_minor == 5_000_000  # type: ignore[union-attr]  # a sound file has control totals


def test_b19_a_date_whose_order_nobody_declared_is_never_read() -> None:
    """B19: without a declared form ISO alone is read; `02/03` could be two days."""
    profile = {**PROFILE, "values": {"decimal": "."}}
    (told,) = read(delimited, a_file(ROW.replace("31/10", "02/03")), profile).findings
    assert told.message == "Line 2: Earned is not a date of the form %Y-%m or %Y-%m-%d."


def test_b22_a_formula_in_a_text_is_text() -> None:
    """B22: nothing is evaluated; where it stands for a code it is a code that nobody knows."""
    formula = "=cmd|'/c calc'!A1"
    assert sound(a_file(ROW.replace("Pay", formula))).summary["lines"] == 1
    (told,) = read(delimited, a_file(ROW.replace("100", "@SUM(A1)")), PROFILE).findings
    assert (told.code, told.found) == ("contract_drift", "@SUM(A1)")
    assert told.message == "Pay code @SUM(A1) is new: 1 lines have it, the profile does not."


def test_b24_a_trailer_with_another_number_of_rows_is_told() -> None:
    """B24: a fixed-width file states how many rows it has."""
    profile = {
        "kind": "delimited",
        "currency": "USD",
        "container": {
            "kind": "fixed",
            "encoding": "ascii",
            "records": {"line": "C", "trailer": "Z"},
        },
        "columns": {"source_account": "2-5", "amount": "6-12"},
        "control": {"origin": "file", "count": "record:Z,2-4"},
    }
    content = b"C6000   1.00\nC2000  -1.00\nZ003\n"
    (told,) = read(delimited, content, profile).findings
    assert (told.code, told.where.line, told.where.field) == ("control_total_mismatch", 3, "count")
    assert told.message == "File does not add up: rows stated 003, read 2."
    assert told.next_step == FULL


def test_b64_names_leave_the_reader_nowhere() -> None:
    """B64: emoji, right-to-left marks, combining letters and SQL are text of a dropped column."""
    profile = {**PROFILE, "privacy": {"drop": ["Text"]}}
    for name in ("Zoë 👩‍💻", "\u202eabc", "e\u0301\u0301", "'; drop table pay_line; --"):
        reading = sound(a_file(ROW.replace("Pay", name)), profile)
        assert name not in reading.frames["pay_line"].write_csv()
