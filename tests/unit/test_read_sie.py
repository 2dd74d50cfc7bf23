"""SIE 4: code page 437, vouchers that sum to zero, dimensions of which one is a person."""

from __future__ import annotations

import zlib

import pytest

from tests.unit.reading_a_file import blocking, counted, read, warned
from tieout.adapters import sie
from tieout.errors import UnreadableDocumentError

HEAD = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#ORGNR 555555-5555\n#RAR 0 20260101 20261231\n"
LINES = '#TRANS 7210 {1 "100" 6 "P7" 7 "4711"} 100.00\n#TRANS 2821 {} -100\n'


def a_voucher(lines: str = LINES, ver: str = '#VER "L" "" 20261023 "Lön Åsa"') -> str:
    """One voucher."""
    return f"{ver}\n{{\n{lines}}}\n"


def a_file(*vouchers: str, head: str = HEAD, encoding: str = "cp437") -> bytes:
    """The bytes of a file."""
    return (head + "".join(vouchers)).encode(encoding)


def test_each_transaction_is_a_line_with_debit_positive() -> None:
    """Every Swedish journal relies on it."""
    reading = read(sie, a_file(a_voucher()))
    frame = reading.frames["pay_line"]
    assert frame["source_account"].to_list() == ["7210", "2821"]
    assert frame["amount"].to_list() == ["100.00", "-100"]
    assert frame["currency"].unique().to_list() == ["SEK"]
    assert frame["posting_date"].unique().to_list() == ["2026-10-23"]
    assert frame["file_line"].to_list() == [8, 9]
    assert reading.findings == ()


def test_dimension_seven_is_a_person_and_is_dropped() -> None:
    """Privacy relies on it: neither number nor name leaves the reader."""
    frame = read(sie, a_file(a_voucher())).frames["pay_line"]
    assert frame["cost_center_code"].to_list() == ["100", ""]
    assert frame["project_code"].to_list() == ["P7", ""]
    written = frame.write_csv()
    assert "4711" not in written
    assert "Åsa" not in written


def test_history_lines_never_count() -> None:
    """#RTRANS is followed by the same #TRANS: adding it would double the line."""
    history = "#RTRANS 7210 {} 100.00\n#BTRANS 7010 {} 55.00\n"
    reading = read(sie, a_file(a_voucher(history + LINES)))
    assert counted(reading)[0] == 2
    assert reading.summary["records"] == 4
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("voucher", "finding"),
    [
        (a_voucher(LINES.replace("-100", "-99.99")), ("journal_unbalanced", 6, "#VER")),
        (a_voucher(ver='#VER "L" "" "" "Lön"'), ("value_unreadable", 6, "#VER date")),
        (a_voucher(ver='#VER "L" "" 20260230 "x"'), ("value_unreadable", 6, "#VER date")),
        (a_voucher(ver='#VER "L" "" 20250101 "x"'), ("date_outside_period", 6, "#VER date")),
        (a_voucher(LINES.replace("100.00", "100,00")), ("value_unreadable", 8, "amount")),
        (a_voucher(LINES.replace("100.00", "1E2")), ("value_unreadable", 8, "amount")),
        (a_voucher(LINES.replace("100.00", '""')), ("value_unreadable", 8, "amount")),
        (a_voucher(LINES.replace("100.00", "100.005")), ("value_unreadable", 8, "amount")),
        (a_voucher(LINES.replace("7210", '""')), ("value_unreadable", 8, "account")),
        (
            a_voucher(LINES.replace('{1 "100" ', '{1 "100" 1 "2" ')),
            ("value_unreadable", 8, "objects"),
        ),
        (a_voucher(LINES.replace('7 "4711"}', "7}")), ("value_unreadable", 8, "objects")),
        (a_voucher(LINES.replace('4711"}', '4711"')), ("value_unreadable", 8, "record")),
        (a_voucher(LINES.replace('6 "P7"', '6 "P7')), ("value_unreadable", 8, "record")),
        (a_voucher().removesuffix("}\n"), ("document_unreadable", 9, "}")),
        (a_voucher().removesuffix("}\n") + a_voucher(), ("document_unreadable", 10, "#VER")),
        (a_voucher() + LINES, ("document_unreadable", 11, "#TRANS")),
        (a_voucher() + "}\n", ("document_unreadable", 11, "}")),
    ],
)
def test_what_is_wrong_in_a_voucher_is_told_with_its_line(
    voucher: str, finding: tuple[str, int, str]
) -> None:
    """finance_ops relies on it; a cut file shows as a brace that never closes."""
    assert finding in blocking(read(sie, a_file(voucher)))


def test_quotes_tabs_and_backslashes_follow_the_lexis() -> None:
    """Company names, Windows paths and sloppy writers are all real."""
    head = HEAD + '#FNAMN Övningsbolaget i Ö AB\n#FNR C:\\spcs\\100\n#OKÄND "x" {} y\n'
    ver = '\t#VER\t"L"  "1"\t20261023 "25% \\"DF:157\\""  20261024'
    reading = read(sie, a_file(a_voucher(ver=ver), head=head))
    assert reading.findings == ()
    assert reading.frames["pay_line"]["voucher_key"][0] == "L1 2026-10-23 #1"


def test_a_checksum_is_verified_and_a_wrong_one_blocks() -> None:
    """The CRC covers labels and fields without quotes, braces and blanks."""
    covered = "#FORMATPC8#SIETYP4#VERL20261023x#TRANS72101100100.00#TRANS2821-100"
    stated = zlib.crc32(covered.encode("cp437"))
    body = (
        '#FORMAT PC8\n#SIETYP 4\n#VER L "" 20261023 x\n{\n'
        '#TRANS 7210 {1 "100"} 100.00\n#TRANS 2821 {} -100\n}\n'
    )
    good = f"#FLAGGA 0\n#KSUMMA\n{body}#KSUMMA {stated}\n".encode("cp437")
    assert read(sie, good).summary["checksum"] == "verified"
    bad = good.replace(b"7210", b"7211")
    assert ("control_total_mismatch", 10, "#KSUMMA") in blocking(read(sie, bad))
    cut = good.rpartition(b"#KSUMMA")[0]
    assert ("control_total_mismatch", 2, "#KSUMMA") in blocking(read(sie, cut))


@pytest.mark.parametrize("number", ["1", "2", "3", ""])
def test_types_without_vouchers_are_refused_by_name(number: str) -> None:
    """Balances are no pay run."""
    head = HEAD.replace("#SIETYP 4", f"#SIETYP {number}" if number else "#GEN 20261021")
    with pytest.raises(UnreadableDocumentError, match=r"holds .* no vouchers"):
        read(sie, a_file(a_voucher(), head=head))


def test_an_imported_file_is_read_only_when_the_profile_allows_it() -> None:
    """The controller relies on it: it may have been booked by somebody else."""
    content = a_file(a_voucher(), head=HEAD.replace("#FLAGGA 0", "#FLAGGA 1"))
    assert blocking(read(sie, content)) == {("status_unknown", 1, "#FLAGGA")}
    allowed = {"container": {"allow_flag": [0, 1]}}
    assert read(sie, content, allowed).findings == ()


def test_another_code_page_than_the_profile_s_blocks() -> None:
    """A cost center `Å1` is another one in another code page."""
    content = a_file(a_voucher(), encoding="iso-8859-15")
    reading = read(sie, content, {"container": {"encoding": "cp437"}})
    assert ("contract_drift", None, "#FORMAT") in blocking(reading)
    assert warned(read(sie, content)) == {("contract_drift", None, "#FORMAT")}


def test_an_ascii_file_proves_no_code_page_and_is_read() -> None:
    """Half of all payroll files have no Swedish letter."""
    content = a_file(a_voucher(ver='#VER "L" "" 20261023 "x"'), encoding="ascii")
    assert read(sie, content, {"container": {"encoding": "cp437"}}).findings == ()


def test_the_entity_is_the_organisation_number_however_it_is_written() -> None:
    """`555555-5555`, without hyphen and with century are one company."""
    profile = {"entities": {"5555555555": "SE01"}}
    for number in ("555555-5555", "5555555555", "165555555555"):
        content = a_file(a_voucher(), head=HEAD.replace("555555-5555", number))
        assert read(sie, content, profile).facts.entity == "SE01"
    other = a_file(a_voucher(), head=HEAD.replace("555555-5555", "556000-0000"))
    assert ("expectation_failed", None, "#ORGNR") in blocking(read(sie, other, profile))


def test_an_account_that_the_file_does_not_name_is_noted() -> None:
    """4I files need no chart; a chart with a gap is worth a word."""
    content = a_file(a_voucher(), head=HEAD + '#KONTO 7210 "Löner"\n')
    assert warned(read(sie, content)) == {("account_unmapped", 10, "#TRANS account")}


@pytest.mark.parametrize("content", [b"", b"\r\n", b"<html>Login</html>", b"PK\x03\x04x"])
def test_what_is_no_sie_file_is_refused(content: bytes) -> None:
    """A login page under the right name is no pay run."""
    with pytest.raises(UnreadableDocumentError):
        read(sie, content)
