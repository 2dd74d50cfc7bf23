"""A large file is read by whole columns; what comes out is what reading each row alone gives.

The careful reading is the reference. Files are generated from cells that are sound, odd or torn,
in all shapes and sign rules, and read both ways: frame, findings with their places and order,
control totals and counts must be equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.test_damaged_files import _DAMAGES, Damage
from tests.unit.reading_a_file import read
from tieout.adapters import delimited
from tieout.adapters.delimited import reader
from tieout.errors import UnreadableDocumentError
from tieout.finance.documents import Reading

_CODES = st.sampled_from(("100", "200", "900", "777", "", " 100", "K-1", "\u3000100", "Ä", "\x1c1"))
_AMOUNTS = st.one_of(
    st.sampled_from(
        (
            *("5000,00", "5000.00", "-12,50", "-0,00", "0", "-0", "", " 7,1 ", "1.234,56", "1,5-"),
            *(
                "(100,00)",
                "(1",
                "1)",
                "+5",
                "-+5",
                "--5",
                "007,10",
                "1e5",
                "NaN",
                "12,345",
                "1,2340",
            ),
            *(
                "1,0000000",
                "9" * 14,
                "9" * 15,
                "1.23,00",
                "1 000",
                "1'000,5",
                ",5",
                "5,",
                "١٢",
                "-",
            ),
        )
    ),
    st.decimals(-(10**6), 10**6, places=2).map(lambda it: f"{it}".replace(".", ",")),
)
_DATES = st.sampled_from(
    ("2026-10-31", "2026-10", "31.10.2026", "30.02.2026", "", "x", " 2026-10 ", "R8/10/1")
)
_SIDES = st.sampled_from(("D", "C", "H", "", " D"))
_PLAIN_CELLS = {
    "Firma": st.sampled_from(("10", "10", "20", "", "99")),
    "Nummer": st.sampled_from(("0042", "1", "", "7 ", "-x")),
    "Lohnart": _CODES,
    "Konto": _CODES,
    "Betrag": _AMOUNTS,
    "Soll": _AMOUNTS,
    "Haben": _AMOUNTS,
    "Seite": _SIDES,
    "Monat": _DATES,
    "Datum": _DATES,
    "Beleg": st.sampled_from(("1", "2", "", " 2")),
    "Kurs": st.sampled_from(("EUR", "", "USD", "EUR ")),
}
_HEADER = list(_PLAIN_CELLS)
#: Cells of rows that most profiles below read without a word.
_SOUND_AMOUNTS = st.integers(-(10**7), 10**7).map(lambda it: str(it) if it % 3 else f"{it},5")
_SOUND = {
    **{name: st.just("") for name in _HEADER},
    "Firma": st.just("10"),
    "Nummer": st.integers(1, 99).map("{:04d}".format),
    "Lohnart": st.sampled_from(("100", "900", "777")),
    "Konto": st.sampled_from(("6000", "2000")),
    "Betrag": _SOUND_AMOUNTS,
    "Soll": st.sampled_from(("12,5", "7")),
    "Seite": st.sampled_from("DC"),
    "Beleg": st.sampled_from("12"),
}
_FIELDS = {
    "entity": "Firma",
    "employee_ref": "Nummer",
    "earned_for": "Monat",
    "posting_date": "Datum",
    "currency": "Kurs",
}
_LINES = st.sampled_from(
    ("", "   ", ";;;", "# a note", "Total;;;;;;;;;;;", '"', '""', "\x1c;\u3000")
)
_SHAPES: dict[str, dict[str, Any]] = {
    "component": {
        "columns": {**_FIELDS, "component_code": "Lohnart", "amount": "Betrag"},
        "sign": "component",
        "coding": "component",
        "components": {"100": {"class": "earning"}, "900": {"class": "net_pay"}},
    },
    "wide": {
        "columns": _FIELDS,
        "coding": "component",
        "shape": {"wide": {"Soll": "100", "Haben": {"code": "900", "sign": "-"}, "Betrag": "x"}},
    },
    "two_columns": {
        "columns": {
            **_FIELDS,
            "source_account": "Konto",
            "debit": "Soll",
            "credit": "Haben",
            "voucher": "Beleg",
        },
        "sign": "two_columns",
    },
    "dc_column": {
        "columns": {**_FIELDS, "source_account": "Konto", "amount": "Betrag", "side": "Seite"},
        "sign": {"rule": "dc_column", "debit": ["D"], "credit": ["C", "H"]},
        "identity": {"group_key": ["Beleg", "Datum"]},
    },
    "both_sides": {
        "columns": {
            **_FIELDS,
            "debit_account": "Konto",
            "debit_amount": "Soll",
            "debit_cost_center_code": "Nummer",
            "credit_account": "Lohnart",
            "credit_amount": "Haben",
            "cost_center_code": "Beleg",
        },
        "sign": "both_sides_one_row",
    },
}
_VALUES = st.fixed_dictionaries(
    {
        "decimal": st.sampled_from((",", ",", ".")),
        "grouping": st.sampled_from(("", "", "'", " ")),
        "scale": st.sampled_from((None, 0, 3, 4)),
        "implied_decimals": st.sampled_from((0, 0, 0, 2)),
        "blank_is": st.sampled_from(("missing", "zero")),
        "trim": st.booleans(),
        "date_format": st.sampled_from(("%d.%m.%Y", ["%Y-%m-%d", "era"])),
    }
)
_MARKS = st.sampled_from(("leading", "trailing", "parentheses"))
_CONTAINERS = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(("utf-8", "utf-8", "utf-16", "utf-8-sig")),
        "footer": st.sampled_from(("", "Total")),
        "comment": st.sampled_from(("", "#")),
        "preamble_rows": st.sampled_from((0, 0, 2)),
        "quote": st.sampled_from(('"', '"', "")),
        "eol": st.sampled_from(("any", "crlf")),
    }
)
#: Whether the rows may break within a cell: such a file is read row by row as a whole.
_TORN = st.sampled_from((False, False, False, True))
_FORMS = st.sampled_from(({}, {}, {"employee_ref": "[0-9]{4}"}))
_KEYS = st.sampled_from(([], ["Nummer", "Lohnart"]))


@st.composite
def _rows(draw: st.DrawFn, *, torn: bool) -> str:
    """One line of a file: most are rows, some are not."""
    kinds = ("sound",) * 12 + ("row",) * 5 + ("line", "quoted", "short", "long")
    kind = draw(st.sampled_from((*kinds, "breaks") if torn else kinds))
    if kind == "line":
        return draw(_LINES)
    drawn = _PLAIN_CELLS if kind == "row" else _SOUND
    cells = [draw(cell) for cell in drawn.values()]
    if kind == "quoted":
        cells = [f'"{cell}"' for cell in cells]
        cells[1] = draw(st.sampled_from(('"a;b"', '"a""b"', 'a"b', '"a"b', '"#"')))
    if kind == "breaks":
        cells[1] = draw(st.sampled_from(('"a\nb"', '"a\rb"', "a\rb", '"a\r\n"')))
    if kind == "short":
        cells.pop()
    if kind == "long":
        cells.append("")
    return ";".join(cells)


@st.composite
def _files(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A file's text and its profile."""
    shape = draw(st.sampled_from(sorted(_SHAPES)))
    profile = {
        "kind": "delimited",
        "currency": draw(st.sampled_from(("EUR", "JPY", ""))),
        "entities": {"10": "DE01", "20": "DE02"},
        "period": {"entity": "column:Firma", "posting_date": "const:31.10.2026"},
        "control": {"origin": "file", "row": draw(st.sampled_from(("", "footer")))},
        "forms": draw(_FORMS),
        **_SHAPES[shape],
    }
    profile["columns"] = {**profile["columns"], "unknown_columns": "ignore"}
    profile["container"] = {**draw(_CONTAINERS), "delimiter": ";", "bom": "allow"}
    profile["values"] = draw(_VALUES)
    if key := draw(_KEYS):
        profile["identity"] = {**profile.get("identity", {}), "dedupe_key": key}
    sign = profile.get("sign", "signed")
    sign = sign if isinstance(sign, dict) else {"rule": sign}
    profile["sign"] = {**sign, "negative": draw(_MARKS)}
    lines = [";".join(_HEADER), *draw(st.lists(_rows(torn=draw(_TORN)), max_size=12))]
    lines = ["a preamble"] * profile["container"]["preamble_rows"] + lines
    if profile["control"]["row"]:
        lines.append(draw(st.sampled_from(("Total;;;;5000,00;1,00;1,00;;;;;", ""))))
    end = draw(st.sampled_from(("\n", "\r\n")))
    return end.join(lines) + draw(st.sampled_from(("", end))), profile


@contextmanager
def _from_bytes(size: int) -> Iterator[None]:
    """Files of this size and larger are read by whole columns."""
    before = reader.BULK_BYTES
    reader.BULK_BYTES = size  # type: ignore[misc]  # the size at which reading changes its way
    try:
        yield
    finally:
        reader.BULK_BYTES = before  # type: ignore[misc]  # as it was


def _read(content: bytes, profile: dict[str, Any], *, from_bytes: int) -> Reading | str:
    try:
        with _from_bytes(from_bytes):
            return read(delimited, content, profile)
    except UnreadableDocumentError as reason:
        return str(reason)


def _assert_equal_readings(content: bytes, profile: dict[str, Any]) -> None:
    alone = _read(content, profile, from_bytes=10**12)
    whole = _read(content, profile, from_bytes=0)
    if isinstance(alone, str) or isinstance(whole, str):
        assert alone == whole
        return
    assert whole.findings == alone.findings
    assert whole.frames["pay_line"].equals(alone.frames["pay_line"])
    assert whole.frames["pay_line"].schema == alone.frames["pay_line"].schema
    assert (whole.facts, whole.control) == (alone.facts, alone.control)
    assert dict(whole.summary) == dict(alone.summary)


@settings(max_examples=400)
@given(file=_files())
def test_whole_columns_give_what_row_by_row_gives(file: tuple[str, dict[str, Any]]) -> None:
    """The controller relies on it: a big file is no other file, only a faster one."""
    text, profile = file
    _assert_equal_readings(text.encode(profile["container"]["encoding"]), profile)


@settings(max_examples=200)
@given(file=_files(), damages=_DAMAGES)
def test_damage_is_told_alike(file: tuple[str, dict[str, Any]], damages: list[Damage]) -> None:
    """A damaged large file has the findings of a damaged small one, word for word."""
    text, profile = file
    content = text.encode(profile["container"]["encoding"])
    for damage in damages:
        content = damage.apply(content)
    _assert_equal_readings(content, profile)


_FIXED: dict[str, Any] = {
    "kind": "delimited",
    "currency": "USD",
    "entities": {"US01": "US01"},
    "container": {
        "kind": "fixed",
        "encoding": "utf-8",
        "records": {"line": "C", "other": ["A"], "trailer": "Z"},
    },
    "columns": {"entity": "2-5", "source_account": "6-10", "amount": "11-18"},
    "sign": "signed",
    "period": {"entity": "column:2-5"},
    "control": {"origin": "file", "count": "record:Z,2-4"},
}
_FIXED_LINES = st.sampled_from(
    (
        *("CUS0160000    1.00", "CUS0160000   -1.00", "CUS01        10.00", "CÄÖ0160000    1.00"),
        *("A", "", "  ", "X?", "Z002", "Z00", "C", "CUS0160000   1,00 ", "CUS0160000    1.00\r"),
    )
)


@settings(max_examples=150)
@given(lines=st.lists(_FIXED_LINES, max_size=12), end=st.sampled_from(("\n", "\r\n", "\r")))
def test_fixed_width_lines_are_cut_alike(lines: list[str], end: str) -> None:
    """Letters count as letters, whatever bytes they take."""
    _assert_equal_readings(end.join(["A2026", *lines]).encode(), _FIXED)


@pytest.mark.parametrize("at", range(3))
def test_a_file_without_a_header_is_as_wide_as_its_widest_row(at: int) -> None:
    """Where no header says it, the rows do; the others are told."""
    rows = ["6000,1.00,", "2000,,1.00", "2000,,1.00,extra"]
    text = "\n".join((*rows[at:], *rows[:at]))
    profile = {
        "kind": "delimited",
        "currency": "USD",
        "container": {"encoding": "ascii", "header_rows": 0, "columns_by": "position"},
        "columns": {"source_account": 1, "debit": 2, "credit": 3, "posting_date": 9},
        "sign": "two_columns",
    }
    _assert_equal_readings(text.encode(), profile)
