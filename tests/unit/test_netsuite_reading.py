"""Reading back more journals than one query gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from tieout.adapters.netsuite.posting import EntityInLedger
from tieout.adapters.netsuite.queries import Queries, Row, Rows
from tieout.adapters.netsuite.reading import LedgerReader
from tieout.adapters.netsuite.reference_index import ReferenceIndex
from tieout.errors import VendorRefusedError
from tieout.finance.ledger import ReferenceObject
from tieout.finance.money import to_text

PERIOD = {
    "id": "320",
    "periodname": "Oct 2026",
    "startdate": "2026-10-01",
    "enddate": "2026-10-31",
}
INDEX = ReferenceIndex(
    [
        ReferenceObject("currency", "EUR", "1", "Euro", fields={"precision": "2"}),
        ReferenceObject("account", "6010", "201", "Wages"),
    ]
)


def line(journal: int, number: int, cents: int) -> Row:
    """One line of a journal, with its header."""
    side = "debitforeignamount" if cents > 0 else "creditforeignamount"
    return {
        "journal": str(journal),
        "id": str(number),
        "trandate": "2026-10-31",
        "currency": "1",
        "posting": "T",
        "postingperiod": "320",
        "subsidiary": "3",
        "account": "201",
        side: to_text(abs(cents), "EUR"),
    }


class SlicedLedger:
    """A ledger that gives only so many rows to one query."""

    def __init__(self, rows: Sequence[Row], most: int) -> None:
        self._rows = rows
        self._most = most

    def all_rows(self, name: str, *parameters: str) -> Sequence[Row]:
        """Periods, and the entity that our role sees."""
        return [PERIOD] if name == "periods" else [{"id": "3"}]

    def rows(self, name: str, period: str, subsidiary: str, after: str) -> Rows:
        """The lines behind a journal, cut where the service cuts."""
        behind = [row for row in self._rows if int(row["journal"]) > int(after)]
        return Rows(behind[: self._most], complete=len(behind) <= self._most)


def reader(rows: Sequence[Row], most: int) -> LedgerReader:
    """A reader at such a ledger."""
    queries = cast("Queries", SlicedLedger(rows, most))
    return LedgerReader(queries, {"DE01": EntityInLedger("3", "EUR")}, INDEX, ZoneInfo("UTC"))


@pytest.mark.parametrize("most", [4, 5, 6, 7, 100])
def test_a_journal_cut_by_the_end_of_a_slice_is_read_whole(most: int) -> None:
    """Tie-out relies on it: beyond a hundred thousand lines none is lost and none comes twice."""
    rows = [
        line(journal, n, cents) for journal in range(1, 8) for n, cents in ((1, 250), (2, -250))
    ]
    entries = list(reader(rows, most).read_back("DE01", "2026-10"))
    assert [entry.ref for entry in entries] == [str(number) for number in range(1, 8)]
    assert {tuple(each.amount_minor for each in entry.lines) for entry in entries} == {(250, -250)}


def test_a_journal_larger_than_a_slice_is_refused_and_not_cut() -> None:
    """Tie-out relies on it: what can't be read whole is said, not shown in part."""
    rows = [line(1, number, 100) for number in range(5)]
    with pytest.raises(VendorRefusedError, match="larger than NetSuite lets us read"):
        list(reader(rows, 3).read_back("DE01", "2026-10"))
