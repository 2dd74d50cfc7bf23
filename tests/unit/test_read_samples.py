"""Real files that others wrote, against totals that were counted independently of our readers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.reading_a_file import blocking
from tieout.adapters import fec, sie
from tieout.cli_read import read_source_file, summary_of
from tieout.errors import UnreadableDocumentError

SIE = (
    "bl-administration-4e.se",
    "bl-administration-4i.si",
    "kassa-cp437.si",
    "kassa-iso8859-15.si",
    "kontek-lonekorning.si",
    "norstedts-4e-ksumma.se",
    "quotes-escaped.si",
    "sie-exempelfil.se",
    "sie4-underdim.se",
    "sie4-vouchers.si",
    "utf8-imbalanced.si",
    "visma-lon100.si",
)
DATEV = (
    "EXTF_Buchungsstapel-v13.csv",
    "EXTF_Buchungsstapel-v9.csv",
    "lint-leading-zero.csv",
    "lint-valid-minimal.csv",
    "lint-windows1252.csv",
    "odoo-dtvf-semicolon.csv",
)
FEC = (
    "composed-od-paie-montant-sens.txt",
    "composed-od-paie-tab-latin9.txt",
    "tryton-FEC-previous.csv",
    "tryton-FEC.csv",
)
FILES = [
    *(("sie", name) for name in SIE),
    *(("datev", name) for name in DATEV),
    *(("fec", name) for name in FEC),
]


def oracle(samples: Path, folder: str, name: str) -> dict[str, Any]:
    """The facts of a sample that somebody else counted."""
    facts: dict[str, Any] = json.loads((samples / folder / "ORACLE.json").read_text("utf-8"))
    return dict(facts[name])


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_vouchers_legs_and_both_sums_are_those_of_the_oracle(
    samples: Path, folder: str, name: str
) -> None:
    """Finance relies on it: what we read is what stands there, to the cent."""
    wanted = oracle(samples, folder, name)
    found = summary_of(read_source_file(samples / folder / name, None))
    assert found["vouchers"] == wanted["vouchers"]
    assert found["lines"] == wanted.get("voucher_lines", wanted.get("lines"))
    assert Decimal(str(found["debit"])) == Decimal(wanted["debit"])
    assert Decimal(str(found["credit"])) == Decimal(wanted["credit"])


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_accounts_and_their_nets_are_those_of_the_oracle(
    samples: Path, folder: str, name: str
) -> None:
    """The account mapping relies on it: no amount moves to another account."""
    wanted = oracle(samples, folder, name)
    found = summary_of(read_source_file(samples / folder / name, None))
    accounts: Any = found["accounts"]
    assert len(accounts) == wanted["accounts"]
    for top in wanted["top5_accounts"]:
        sums = accounts[top["account"]]
        assert Decimal(sums["debit"]) - Decimal(sums["credit"]) == Decimal(top["net"])


@pytest.mark.parametrize("name", SIE)
def test_unbalanced_vouchers_are_exactly_those_of_the_oracle(samples: Path, name: str) -> None:
    """The controller relies on it: a faulty voucher is named with its line and difference."""
    wanted = {(it["line"], Decimal(it["sum"])) for it in oracle(samples, "sie", name)["unbalanced"]}
    reading = read_source_file(samples / "sie" / name, None)
    told = {
        (found.where.line, Decimal(found.found))
        for found in reading.findings
        if found.code == "journal_unbalanced"
    }
    assert told == wanted


def test_a_published_checksum_is_verified(samples: Path) -> None:
    """SIE's own CRC proves that no byte changed on the way."""
    reading = read_source_file(samples / "sie" / "norstedts-4e-ksumma.se", None)
    assert reading.summary["checksum"] == "verified"


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("kassa-cp437.si", "cp437"),
        ("kassa-iso8859-15.si", "iso-8859-15"),
        ("quotes-escaped.si", "utf-8"),
    ],
)
def test_the_code_page_is_found_though_every_header_says_the_same(
    samples: Path, name: str, encoding: str
) -> None:
    """Object codes with Swedish letters rely on it."""
    reading = read_source_file(samples / "sie" / name, None)
    assert reading.summary["encoding"] == encoding


def test_the_torn_tail_of_an_overwritten_file_is_told(samples: Path) -> None:
    """finance_ops relies on it: 19 of 125 fields is no booking."""
    reading = read_source_file(samples / "datev" / "EXTF_Buchungsstapel-v13.csv", None)
    assert ("value_unreadable", 57, "row") in blocking(reading)


def test_a_row_without_an_amount_is_told(samples: Path) -> None:
    """One bad row of 98 is named; the other 97 are read."""
    reading = read_source_file(samples / "datev" / "odoo-dtvf-semicolon.csv", None)
    assert ("value_unreadable", 93, "Umsatz") in blocking(reading)
    assert ("contract_drift", 1, "category") in blocking(reading)


def test_a_header_shifted_by_one_field_is_told_field_by_field(samples: Path) -> None:
    """The entity can't be known from such a file."""
    reading = read_source_file(samples / "datev" / "lint-valid-minimal.csv", None)
    told = {field for code, line, field in blocking(reading) if line == 1}
    assert {"consultant", "fiscal year start", "account length", "date from"} <= told


def test_a_file_that_a_receiver_has_imported_is_asked_about(samples: Path) -> None:
    """The controller relies on it: the same vouchers would be booked twice."""
    reading = read_source_file(samples / "sie" / "sie4-underdim.se", None)
    assert blocking(reading) == {("status_unknown", 1, "#FLAGGA")}


def test_a_placeholder_in_a_date_that_no_journal_needs_is_only_noted(samples: Path) -> None:
    """A template's mistake in the lettering date does not stop the payroll."""
    reading = read_source_file(samples / "fec" / "tryton-FEC.csv", None)
    assert blocking(reading) == set()
    assert [found.where.line for found in reading.findings] == [7, 9]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("datev/EXTF_Wiederkehrende-Buchungen.csv", "recurring bookings"),
        ("saft-no/saft-no-999999999.xml", "SAF-T"),
        ("saft-no/saft-no-1.30-xmlspy.xml", "SAF-T"),
        ("other/composed-ch-wide.csv", "profile"),
        ("other/composed-yayoi-kyuyo.csv", "profile"),
        ("other/composed-adp-pipe.txt", "profile"),
        ("other/composed-adp-gl-fixed.txt", "not recognised"),
    ],
)
def test_refused_kinds_are_refused_by_name(samples: Path, file: str, reason: str) -> None:
    """finance_ops relies on it to know what to ask the provider for."""
    with pytest.raises(UnreadableDocumentError, match=reason):
        read_source_file(samples / file, None)


def test_formats_tell_their_own_files_apart(samples: Path) -> None:
    """Reading without a profile relies on it."""
    for name in SIE:
        content = (samples / "sie" / name).read_bytes()
        assert sie.detect(content)
        assert not fec.detect(content)
