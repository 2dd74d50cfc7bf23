"""Damaged bytes: each format's reader answers with findings, never a crash, never other totals.

Bits flip, files are cut, pieces are swapped, doubled or overwritten. Whatever arrives, a reader
either says why nothing can be used, or its totals are those of the sound file, or the comparison
with the provider's manifest tells the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.reading_a_file import a_document, read
from tieout.adapters import datev, delimited, fec, sie
from tieout.adapters.drop.checks import agreed
from tieout.adapters.drop.manifest import Manifest
from tieout.errors import UnreadableDocumentError
from tieout.finance.documents import Reading

SIE = (
    '#FLAGGA 0\r\n#PROGRAM "Lön" 1.0\r\n#FORMAT PC8\r\n#SIETYP 4\r\n#ORGNR 555555-5555\r\n'
    '#VER "L" "" 20261023 "Löner"\r\n{\r\n#TRANS 7210 {1 "100" 6 "P1"} 31900.50\r\n'
    '#TRANS 7510 {1 "100"} 10000\r\n#TRANS 2821 {} -31900.50\r\n#TRANS 2731 {} -10000\r\n}\r\n'
).encode("cp437")
DATEV = (
    '"EXTF";700;21;"Buchungsstapel";13;20261028093015000;;"LG";"";"";1234567;1;20260101;4;'
    '20261001;20261031;"Löhne";"LG";1;0;0;"EUR";;"";;;"04";;;"";""\r\n'
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;Konto;Gegenkonto (ohne BU-Schlüssel);"
    "Belegdatum;Belegfeld 1;KOST1 - Kostenstelle\r\n"
    '5000,00;"S";6020;3790;3110;"L1";"4100"\r\n1234,56;"S";6110;3790;3110;"L1";"4100"\r\n'
    '6234,56;"H";3720;3790;3110;"L1";""\r\n'
).encode("cp1252")
FEC = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
    "Idevise\r\n"
    "PAI|Paie|1|20260430|641100|Salaires|||P1|20260430|Paie|40000,00|0,00|||20260430||\r\n"
    "PAI|Paie|1|20260430|421000|Rémunérations|||P1|20260430|Paie|0,00|40000,00|||20260430||\r\n"
).encode("iso-8859-15")
DELIMITED = (
    "社員番号,部門コード,項目コード,金額\r\n0001,J10,A001,300000\r\n0001,J10,D040,-1200\r\n"
    "0002,J20,A001,280000\r\n0002,J20,N010,250000\r\n"
).encode("cp932")
PROFILE: dict[str, Any] = {
    "kind": "delimited",
    "currency": "JPY",
    "container": {"encoding": "cp932"},
    "columns": {
        "employee_ref": "社員番号",
        "cost_center_code": "部門コード",
        "component_code": "項目コード",
        "amount": "金額",
    },
    "sign": "component",
    "coding": "component",
}
FORMATS = [
    (sie, SIE, None),
    (datev, DATEV, None),
    (fec, FEC, None),
    (delimited, DELIMITED, PROFILE),
]


@dataclass(frozen=True)
class Damage:
    """One change of the bytes; places are shares of the file's length."""

    kind: str
    at: float
    to: float
    byte: int

    def apply(self, content: bytes) -> bytes:
        """The damaged bytes."""
        low, high = sorted((int(self.at * len(content)), int(self.to * len(content))))
        piece = content[low : min(high, low + 40)]
        match self.kind:
            case "flip":
                flipped = bytes((content[low] ^ (1 << self.byte % 8),)) if content else b""
                return content[:low] + flipped + content[low + 1 :]
            case "cut":
                return content[:low]
            case "lose":
                return content[:low] + content[low + len(piece) :]
            case "double":
                return content[:high] + piece + content[high:]
            case "overwrite":
                return content[:high] + piece + content[high + len(piece) :]
            case _:
                return content[:low] + bytes((self.byte,)) + content[low:]


_PLACES = st.floats(0, 0.999)
_KINDS = st.sampled_from(("flip", "cut", "lose", "double", "overwrite", "insert"))
_BYTES = st.one_of(st.integers(0, 255), st.sampled_from(b'\n\r\t";|,.{}-+e\x00\xb2'))
_DAMAGES = st.lists(st.builds(Damage, _KINDS, _PLACES, _PLACES, _BYTES), min_size=1, max_size=5)


def a_manifest(module: Any, sound: bytes, profile: dict[str, Any] | None) -> Manifest:
    """What the provider states of the sound file."""
    reading = read(module, sound, profile)
    return Manifest(
        sha256="0" * 64,
        provider="p",
        entity="E1",
        pay_group="g",
        period="2026-10",
        run_id="1",
        currency=reading.facts.currency,
        line_count=int(reading.summary["lines"]),
        debit=str(reading.summary["debit"]),
        credit=str(reading.summary["credit"]),
    )


def reading_or_reason(
    module: Any, content: bytes, profile: dict[str, Any] | None
) -> Reading | UnreadableDocumentError:
    """What was read, or why nothing can be used; any other exception is a crash."""
    try:
        return read(module, content, profile)
    except UnreadableDocumentError as reason:
        return reason


@pytest.mark.parametrize(("module", "sound", "profile"), FORMATS)
def test_the_sound_file_itself_is_read_without_a_finding(
    module: Any, sound: bytes, profile: dict[str, Any] | None
) -> None:
    """Else the property below would prove nothing."""
    assert read(module, sound, profile).findings == ()


@pytest.mark.parametrize(("module", "sound", "profile"), FORMATS)
@settings(max_examples=150)
@given(damages=_DAMAGES)
def test_damage_is_told_or_changes_no_total(
    module: Any, sound: bytes, profile: dict[str, Any] | None, damages: list[Damage]
) -> None:
    """The controller relies on it: no damaged file books another amount in silence."""
    content = sound
    for damage in damages:
        content = damage.apply(content)
    manifest = a_manifest(module, sound, profile)
    reading = reading_or_reason(module, content, profile)
    if isinstance(reading, UnreadableDocumentError):
        assert reading.where.document
        assert reading.next_step
        return
    frame = reading.frames["pay_line"]
    assert frame["line_no"].to_list() == list(range(1, frame.height + 1))
    found = tuple(str(reading.summary[name]) for name in ("lines", "debit", "credit"))
    stated = (str(manifest.line_count), manifest.debit, manifest.credit)
    told = agreed(reading, manifest, a_document(content), "p", frozenset()).findings
    totals_told = [
        it for it in told if it.code == "control_total_mismatch" and it.where.field != "sha256"
    ]
    assert (found == stated) == (totals_told == [])
    # Other bytes with the same totals still are not the provider's bytes.
    assert any(it.code == "control_total_mismatch" for it in told)
