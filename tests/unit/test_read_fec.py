"""FEC files: two forms of amounts, columns by name, vouchers by journal, number and date."""

from __future__ import annotations

import pytest

from tests.unit.reading_a_file import blocking, counted, read, warned
from tieout.adapters import fec
from tieout.errors import UnreadableDocumentError

NAMES = [
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib"),
    *("CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit"),
    *("EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise"),
]
DEBIT = {"CompteNum": "641100", "Debit": "40000,00", "Credit": "0,00"}
CREDIT = {"CompteNum": "421000", "Debit": "0,00", "Credit": "40000,00", "CompAuxLib": "DUPONT"}


def a_file(
    *rows: dict[str, str],
    names: list[str] | None = None,
    separator: str = "\t",
    encoding: str = "iso-8859-15",
) -> bytes:
    """A payroll entry with these rows; every other field has a sound value."""
    known = {
        "JournalCode": "PAI",
        "JournalLib": "Paie",
        "EcritureNum": "1",
        "EcritureDate": "20260430",
        "CompteLib": "Rémunérations",
        "PieceRef": "P1",
        "PieceDate": "20260430",
        "EcritureLib": "Paie d'avril",
        "ValidDate": "20260430",
    }
    columns = names or NAMES
    lines = [columns, *([(known | row).get(name, "") for name in columns] for row in rows)]
    return "".join(f"{separator.join(line)}\r\n" for line in lines).encode(encoding)


def test_debit_is_positive_and_credit_negative() -> None:
    """Every French journal relies on it."""
    reading = read(fec, a_file(DEBIT, CREDIT))
    frame = reading.frames["pay_line"]
    assert frame["amount"].to_list() == ["40000.00", "-40000.00"]
    assert frame["voucher_key"].unique().to_list() == ["PAI 1 20260430"]
    assert frame["posting_date"].unique().to_list() == ["2026-04-30"]
    assert reading.findings == ()
    assert reading.facts.period == "2026-04"


def test_names_of_persons_do_not_leave_the_reader() -> None:
    """Account 421 names people beside their net pay."""
    assert "DUPONT" not in read(fec, a_file(DEBIT, CREDIT)).frames["pay_line"].write_csv()


@pytest.mark.parametrize(("debit", "credit"), [("D", "C"), ("+1", "-1"), ("1", "-1"), ("d", "c")])
def test_amount_and_side_is_the_other_legal_form(debit: str, credit: str) -> None:
    """Some products write Montant and Sens."""
    names = [{"Debit": "Montant", "Credit": "Sens"}.get(name, name) for name in NAMES]
    rows = (
        {"CompteNum": "641100", "Montant": "10,50", "Sens": debit},
        {"CompteNum": "421000", "Montant": "10,50", "Sens": credit},
    )
    frame = read(fec, a_file(*rows, names=names, separator="|")).frames["pay_line"]
    assert frame["amount"].to_list() == ["10.50", "-10.50"]


def test_columns_go_by_name_whatever_their_order_and_case() -> None:
    """Products differ; a trailing separator makes one more empty column."""
    names = [name.upper() for name in reversed(NAMES)]
    rows = [{name.upper(): text for name, text in row.items()} for row in (DEBIT, CREDIT)]
    known = {"JOURNALCODE": "PAI", "ECRITURENUM": "1", "ECRITUREDATE": "20260430"}
    content = a_file(*({**known, **row} for row in rows), names=[*names, ""])
    assert counted(read(fec, content))[0] == 2


def test_padded_and_negative_amounts_are_legal() -> None:
    """A negative debit is a correction, not a credit side of its own."""
    rows = ({**DEBIT, "Debit": "-0000000069,60"}, {**CREDIT, "Credit": "-69,60"})
    frame = read(fec, a_file(*rows)).frames["pay_line"]
    assert frame["amount"].to_list() == ["-69.60", "69.60"]


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ({"Debit": "40000.00"}, ("value_unreadable", 2, "Debit")),
        ({"Debit": "40 000,00"}, ("value_unreadable", 2, "Debit")),
        ({"Debit": "4E4"}, ("value_unreadable", 2, "Debit")),
        ({"Debit": "NaN"}, ("value_unreadable", 2, "Debit")),
        ({"Debit": "", "Credit": ""}, ("value_unreadable", 2, "Debit")),
        ({"Debit": "1,00", "Credit": "2,00"}, ("value_unreadable", 2, "Debit")),
        ({"Debit": "40000,001"}, ("value_unreadable", 2, "Debit")),
        ({"EcritureDate": "20260431"}, ("value_unreadable", 2, "EcritureDate")),
        ({"EcritureDate": "18260430"}, ("value_unreadable", 2, "EcritureDate")),
        ({"CompteNum": ""}, ("value_unreadable", 2, "CompteNum")),
        ({"EcritureLib": "a\tb"}, ("value_unreadable", 2, "row")),
        ({"Debit": "39999,99"}, ("journal_unbalanced", 2, "EcritureNum")),
    ],
)
def test_a_row_that_is_wrong_is_told_with_line_and_field(
    row: dict[str, str], finding: tuple[str, int, str]
) -> None:
    """finance_ops relies on it to send the provider one exact line."""
    assert finding in blocking(read(fec, a_file({**DEBIT, **row}, CREDIT)))


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ({"DateLet": "{current_date}"}, ("value_unreadable", 2, "DateLet")),
        ({"ValidDate": ""}, ("value_unreadable", 2, "ValidDate")),
        ({"CompteNum": "A41"}, ("value_unreadable", 2, "CompteNum")),
    ],
)
def test_what_no_journal_needs_is_only_noted(
    row: dict[str, str], finding: tuple[str, int, str]
) -> None:
    """The tax test tool alerts; the payroll goes on."""
    reading = read(fec, a_file({**DEBIT, **row}, CREDIT))
    assert finding in warned(reading)
    assert blocking(reading) == set()


def test_vouchers_that_only_balance_together_are_told_one_by_one() -> None:
    """A file total of zero hides two faults; each voucher must balance."""
    rows = ({**DEBIT, "EcritureNum": "1"}, {**CREDIT, "EcritureNum": "2"})
    told = {line for code, line, _ in blocking(read(fec, a_file(*rows)))}
    assert told == {2, 3}


def test_a_gap_in_entry_numbers_is_noted() -> None:
    """A missing entry is the first sign of a cut file."""
    rows = [{**row, "EcritureNum": number} for number in ("1", "2", "4") for row in (DEBIT, CREDIT)]
    (told,) = read(fec, a_file(*rows)).findings
    assert (told.where.field, told.found) == ("EcritureNum", "3")


def test_seventeen_columns_are_read_when_the_missing_one_is_not_needed() -> None:
    """A lacking column is named; only a needed one stops the file."""
    fewer = [name for name in NAMES if name != "JournalLib"]
    assert warned(read(fec, a_file(DEBIT, CREDIT, names=fewer))) == {
        ("contract_drift", 1, "JournalLib")
    }
    needed = [name for name in NAMES if name != "CompteNum"]
    with pytest.raises(UnreadableDocumentError, match="CompteNum"):
        read(fec, a_file(DEBIT, names=needed))


def test_a_separator_behind_every_row_is_harmless() -> None:
    """Some products end each row with one; in a single row it would mean shifted columns."""
    header, *rows = a_file(DEBIT, CREDIT).splitlines()
    ended = b"\r\n".join([header, *(row + b"\t" for row in rows)])
    assert read(fec, ended).findings == ()


def test_mixed_separators_leave_no_row_unsaid() -> None:
    """A file glued from two exports is told row by row."""
    other = a_file(CREDIT, separator="|").splitlines(keepends=True)[1]
    assert ("value_unreadable", 3, "row") in blocking(read(fec, a_file(DEBIT) + other))


def test_the_entity_stands_in_the_file_s_name() -> None:
    """`<SIREN>FEC<closing date>.txt`."""
    profile = {"entities": {"123456789": "FR01"}}
    named = read(fec, a_file(DEBIT, CREDIT), profile, name="123456789FEC20260430.txt")
    assert named.facts.entity == "FR01"
    assert ("expectation_failed", None, "file name") in blocking(
        read(fec, a_file(DEBIT, CREDIT), profile, name="paie.txt")
    )
