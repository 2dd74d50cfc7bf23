"""Reading NetSuite in pages, against scripted answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.builders.scripted_vendor import ScriptedVendor, answer, scripted_vendor
from tests.harness.sources import ROOT
from tieout.adapters.netsuite.client import NetSuiteClient
from tieout.adapters.netsuite.queries import PAGE_ROWS, Queries, load_statements
from tieout.adapters.netsuite.reference_data import ReferenceReader
from tieout.adapters.transport import Connection, Limits, ThreadSlots
from tieout.errors import SettingsError, VendorRefusedError, VendorUnavailableError

Row = Mapping[str, str | None]
STATEMENTS = {"accounts": "SELECT id FROM account ORDER BY id", "one": "SELECT id WHERE id = ?"}
FULL: list[Row] = [{"id": str(number)} for number in range(PAGE_ROWS)]


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    """A NetSuite whose answers the test writes."""
    with scripted_vendor() as serving:
        yield serving


@pytest.fixture
def queries(vendor: ScriptedVendor) -> Iterator[Queries]:
    """Queries at that account, signed in by nobody."""
    client = NetSuiteClient(
        Connection(vendor.url, extra={"account_id": "1234567"}),
        ThreadSlots(),
        concurrency=2,
        limits=Limits(read_attempts=2, longest_pause_seconds=0),
    )
    yield Queries(client, STATEMENTS)
    client.close()


def page(rows: list[Row], total: int, *, more: bool = False) -> bytes:
    """One page as the query service answers."""
    items: list[dict[str, object]] = [{"links": [], **row} for row in rows]
    body = {"count": len(rows), "hasMore": more, "totalResults": total, "items": items}
    return answer(200, json.dumps(body))


def refused(text: str, status: int = 400) -> bytes:
    """A refusal in the vendor's shape."""
    body = {"o:errorDetails": [{"detail": text, "o:errorCode": "INVALID_PARAMETER"}]}
    return answer(status, json.dumps(body))


def test_pages_are_read_to_the_last_row(queries: Queries, vendor: ScriptedVendor) -> None:
    """Tie-out relies on it: a ledger of 1001 lines has 1001 lines."""
    vendor.will_answer(page(FULL, 1001, more=True), page([{"id": "1000"}], 1001))
    assert len(queries.all_rows("accounts")) == 1001
    assert [heard.path.partition("?")[2] for heard in vendor.heard] == [
        "limit=1000&offset=0",
        "limit=1000&offset=1000",
    ]
    assert vendor.heard[0].headers["prefer"] == "transient"


def test_values_are_bound_and_never_spliced(queries: Queries, vendor: ScriptedVendor) -> None:
    """Security relies on it: no text from outside becomes part of a query."""
    vendor.will_answer(page([], 0))
    queries.all_rows("one", "1' OR '1'='1")
    sent = json.loads(vendor.heard[0].body)
    assert sent == {"q": "SELECT id WHERE id = ?", "params": ["1' OR '1'='1"]}


def test_a_missing_column_is_null_and_keys_are_lower_case(
    queries: Queries, vendor: ScriptedVendor
) -> None:
    """Every reader relies on it: accounts differ in how they write the same row."""
    vendor.will_answer(page([{"ID": "1", "Memo": None}], 1))
    assert queries.all_rows("accounts") == [{"id": "1"}]


def test_rows_that_change_while_they_are_read_are_read_again(
    queries: Queries, vendor: ScriptedVendor
) -> None:
    """Tie-out relies on it: two halves of different moments are no whole."""
    vendor.will_answer(
        page(FULL, 1001, more=True),
        page([{"id": "1000"}, {"id": "1001"}], 1002),
        page(FULL, 1002, more=True),
        page([{"id": "1000"}, {"id": "1001"}], 1002),
    )
    assert len(queries.all_rows("accounts")) == 1002


@pytest.mark.parametrize("last", [page(FULL[:3], 5), page(FULL[:3], 3, more=True)])
def test_rows_that_never_hold_still_are_not_taken_for_complete(
    queries: Queries, vendor: ScriptedVendor, last: bytes
) -> None:
    """Tie-out relies on it: fewer rows than stated is trouble, not a smaller ledger."""
    vendor.will_answer(last)
    with pytest.raises(VendorUnavailableError, match="changed while we read"):
        queries.all_rows("accounts")
    assert len(vendor.heard) == 3


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("Search error occurred: Unknown identifier 'issummary'.", 400, "contract_drift"),
        ("Invalid search type: classification.", 400, "contract_drift"),
        ("You do not have permission to view accounts.", 400, "erp_no_right"),
        ("Permission Violation", 403, "erp_no_right"),
        ("Invalid login attempt.", 401, "erp_login"),
        ("Search error occurred: syntax", 400, "vendor_refused"),
    ],
)
def test_a_refused_query_says_what_to_do(
    queries: Queries, vendor: ScriptedVendor, text: str, status: int, code: str
) -> None:
    """The ERP's administrator relies on it: a missing column is not a missing right."""
    vendor.will_answer(refused(text, status))
    with pytest.raises(VendorRefusedError) as told:
        queries.all_rows("accounts")
    assert told.value.code == code
    assert len(vendor.heard) == 1


def test_a_limit_told_in_words_is_waited_for(queries: Queries, vendor: ScriptedVendor) -> None:
    """The nightly run relies on it: load under status 400 is load."""
    vendor.will_answer(
        refused("Concurrent request limit exceeded. Request blocked."), page([{"id": "1"}], 1)
    )
    assert len(queries.all_rows("accounts")) == 1


def test_a_list_without_a_needed_column_is_drift_and_no_list(
    queries: Queries, vendor: ScriptedVendor
) -> None:
    """Mappings rely on it: accounts without their type are refused, not guessed."""
    reader = ReferenceReader(queries, {})
    vendor.will_answer(page([{"id": "1"}], 1))
    with pytest.raises(VendorRefusedError, match="accttype") as told:
        reader._rows("accounts")
    assert told.value.code == "contract_drift"


def test_only_a_folder_with_statements_is_taken(tmp_path: Path) -> None:
    """Start-up relies on it: a wrong root is told before the first request."""
    with pytest.raises(SettingsError, match="TIEOUT_ROOT"):
        load_statements(tmp_path)
    shipped = load_statements(ROOT / "sql" / "netsuite")
    assert all(text.startswith("SELECT") for text in shipped.values())
    assert all("ORDER BY" in text for text in shipped.values())
