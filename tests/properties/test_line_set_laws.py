"""Sets of source lines as stored say exactly the lines that went in."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tieout.warehouse.line_sets import BLOCK_LINES, LINK_BYTES, ROW_BYTES, as_blocks, as_ranges

LINES = st.lists(st.integers(1, 60), unique=True, max_size=40)
#: Lines in three blocks, near their edges.
FAR = st.sampled_from(
    [1, 2, 3, BLOCK_LINES - 1, BLOCK_LINES, BLOCK_LINES + 1, 2 * BLOCK_LINES, 90_000]
)
MONEY = st.integers(-(10**12), 10**12)


def expanded(text: str) -> list[int]:
    """The lines of a multirange's text."""
    pieces = [piece.strip("[{") for piece in text.strip("}").split(")") if piece.strip("{,")]
    pairs = [piece.strip(",[").split(",") for piece in pieces]
    return [line for low, high in pairs for line in range(int(low), int(high))]


@given(st.lists(LINES, min_size=1, max_size=6))
def test_ranges_say_the_lines_that_went_in(lists: list[list[int]]) -> None:
    """The certificate relies on it: the store counts lines by these ranges."""
    texts = as_ranges(pl.Series(lists, dtype=pl.List(pl.Int32))).to_list()
    assert [expanded(text) for text in texts] == [sorted(lines) for lines in lists]
    for text, lines in zip(texts, lists, strict=True):
        gaps = sum(1 for line in lines if line - 1 not in lines)
        assert text.count("[") == gaps, "neighbours share one range"


@st.composite
def links(draw: st.DrawFn) -> dict[tuple[int, int, int], dict[str, Any]]:
    """(journal, document, journal line) → lines, shares and amount."""
    keys = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 300))
    made = {}
    for key in draw(st.lists(keys, unique=True, min_size=1, max_size=30)):
        lines = draw(st.lists(FAR, unique=True, min_size=1, max_size=8))
        shares = draw(st.none() | st.lists(MONEY, min_size=len(lines), max_size=len(lines)))
        made[key] = {"lines": lines, "shares": shares, "amount": draw(MONEY)}
    return made


def array(text: str | None) -> list[int | None]:
    """The elements of an array's text."""
    inner = (text or "{}").strip("{}")
    return [None if each == "NULL" else int(each) for each in inner.split(",") if each]


@given(links())
def test_blocks_say_the_links_that_went_in(
    stated: dict[tuple[int, int, int], dict[str, Any]],
) -> None:
    """The auditor relies on it: line, share and amount come back, whatever row they lie in."""
    frame = pl.DataFrame(
        {
            "journal_id": [key[0] for key in stated],
            "document_id": [key[1] for key in stated],
            "line_number": [key[2] for key in stated],
            "source_lines": [each["lines"] for each in stated.values()],
            "amount_minor": [each["amount"] for each in stated.values()],
            "shares": [each["shares"] for each in stated.values()],
        },
        schema_overrides={"shares": pl.List(pl.Int64), "source_lines": pl.List(pl.Int32)},
    )
    found: dict[tuple[int, int, int], dict[int, int | None]] = {}
    amounts: dict[tuple[int, int, int], int] = {}
    for row in as_blocks(frame).iter_rows(named=True):
        numbers, ends = array(row["line_numbers"]), array(row["link_ends"])
        assert (numbers[0], numbers[-1]) == (row["first_line"], row["last_line"])
        assert numbers == sorted(numbers, key=lambda number: number or 0)
        offsets = array(row["source_offsets"])
        shares = array(row["shares_minor"]) or [None] * len(offsets)
        begin = 0
        for number, end, amount in zip(numbers, ends, array(row["amounts_minor"]), strict=True):
            assert number is not None
            assert end is not None
            assert amount is not None
            key = (row["journal_id"], row["document_id"], number)
            amounts[key] = amounts.get(key, 0) + amount
            for offset, share in zip(offsets[begin:end], shares[begin:end], strict=True):
                assert offset is not None
                assert 0 <= offset < BLOCK_LINES
                found.setdefault(key, {})[row["block"] * BLOCK_LINES + offset] = share
            begin = end
    assert amounts == {key: each["amount"] for key, each in stated.items()}
    assert found == {
        key: dict(zip(each["lines"], each["shares"] or [None] * len(each["lines"]), strict=True))
        for key, each in stated.items()
    }


@given(links())
def test_a_row_of_blocks_stays_in_one_page(
    stated: dict[tuple[int, int, int], dict[str, Any]],
) -> None:
    """A trace relies on it: a look-up reads few short rows, and the order of links is no matter."""
    frame = pl.DataFrame(
        [
            (*key, each["lines"], each["amount"], each["shares"])
            for key, each in sorted(stated.items())
        ],
        schema={
            "journal_id": pl.Int32, "document_id": pl.Int32, "line_number": pl.Int32,
            "source_lines": pl.List(pl.Int32), "amount_minor": pl.Int64,
            "shares": pl.List(pl.Int64),
        },
        orient="row",
    )  # fmt: skip
    blocks = as_blocks(frame)
    assert as_blocks(frame.reverse()).equals(blocks)
    place = ["journal_id", "document_id", "block"]
    assert blocks.height >= blocks.select(place).unique().height
    assert max(len(array(text)) for text in blocks["source_offsets"]) <= ROW_BYTES // LINK_BYTES
