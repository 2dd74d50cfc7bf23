"""NetSuite's lists in finance's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from tieout.adapters.netsuite.queries import Queries
from tieout.adapters.netsuite.reference_data import ReferenceReader
from tieout.finance.ledger import ReferenceObject

SUBSIDIARIES = [
    {"id": "1", "name": "Group", "currency": "1", "country": "DE"},
    {"id": "3", "name": "Germany", "currency": "1", "country": "DE", "parent": "1"},
    {"id": "4", "name": "Sweden", "currency": "2", "country": "SE", "parent": "3"},
    {"id": "9", "name": "Elsewhere", "currency": "1", "iselimination": "T"},
]
CURRENCIES = [
    {"id": "1", "symbol": "EUR", "currencyprecision": "2"},
    {"id": "2", "symbol": "SEK", "currencyprecision": "2", "isinactive": "T"},
]


class Lists:
    """Answers each named statement with the test's rows."""

    def __init__(self, **rows: Sequence[Mapping[str, str]]) -> None:
        self._rows = {
            "subsidiaries": SUBSIDIARIES,
            "currencies": CURRENCIES,
            "accounts": [],
            "departments": [],
            "classifications": [],
            "vendors": [],
            "employees": [],
        } | rows

    def all_rows(self, name: str, *parameters: str) -> Sequence[Mapping[str, str]]:
        """The rows of a statement."""
        return self._rows[name]


def read(**rows: Sequence[Mapping[str, str]]) -> dict[str, ReferenceObject]:
    """Everything, by kind and code."""
    queries = cast("Queries", Lists(**rows))
    objects = ReferenceReader(queries, {"3": "DE01", "4": "SE01"}).all_objects()
    return {f"{each.kind}:{each.code}": each for each in objects}


@pytest.mark.parametrize(
    ("listed", "children", "entities"),
    [
        ("3, 4", "F", ("DE01", "SE01")),
        ("3", "F", ("DE01",)),
        ("3", "T", ("DE01", "SE01")),
        ("1", "T", ("DE01", "SE01")),
        ("3,9", "F", ("DE01",)),
        ("9", "T", ("#9",)),
        ("1", "F", ("#1",)),
        ("", "F", ()),
    ],
)
def test_a_text_list_of_subsidiaries_becomes_our_entities(
    listed: str, children: str, entities: tuple[str, ...]
) -> None:
    """Mappings rely on it: empty means everywhere, so a foreign list is never made empty."""
    row = {"id": "17", "name": "Sales", "includechildren": children}
    found = read(departments=[row | ({"subsidiary": listed} if listed else {})])
    assert found["cost_center:Sales"].entities == entities


def test_finance_s_code_is_the_external_id_and_else_the_name() -> None:
    """Mappings rely on it: a renamed cost center keeps its code."""
    rows = [
        {"id": "17", "name": "Sales DE", "externalid": "CC4100"},
        {"id": "18", "name": "Inside Sales", "parent": "17", "isinactive": "T"},
    ]
    found = read(departments=rows)
    assert found["cost_center:CC4100"].ref == "17"
    closed = found["cost_center:Inside Sales"]
    assert (closed.active, closed.parent_code) == (False, "CC4100")


def test_a_summary_account_takes_no_postings() -> None:
    """Mappings rely on it: an account that NetSuite refuses is not offered as open."""
    rows = [
        {"id": "201", "acctnumber": "6000", "accttype": "Expense", "issummary": "T"},
        {"id": "202", "acctnumber": "6010", "accttype": "Expense", "parent": "201"},
        {"id": "203", "accttype": "Bank", "fullname": "Petty cash"},
    ]
    found = read(accounts=rows)
    assert not found["account:6000"].active
    assert found["account:6000"].fields["summary"] == "yes"
    assert found["account:6010"].parent_code == "6000"
    assert found["account:Petty cash"].ref == "203"


def test_entities_carry_their_currency_and_foreign_ones_no_code_of_ours() -> None:
    """Alignment relies on it: every subsidiary that our role sees is shown."""
    found = read()
    assert found["entity:SE01"].fields["currency"] == "SEK"
    assert found["entity:#9"].fields["elimination"] == "yes"
    assert not found["currency:SEK"].active


def test_people_are_numbers() -> None:
    """Employees rely on it: a vendor that is a person has no name here either."""
    found = read(
        employees=[{"id": "5000", "subsidiary": "4", "externalid": "100101", "department": "17"}],
        vendors=[
            {"id": "8000", "companyname": "Polaris Card Services", "externalid": "V-CARD"},
            {"id": "8001", "companyname": "Ann Example", "isperson": "T"},
        ],
        departments=[{"id": "17", "name": "Sales", "externalid": "CC4100"}],
    )
    employee = found["employee:100101"]
    assert (employee.name, employee.entities) == ("", ("SE01",))
    assert employee.fields == {"cost_center": "CC4100", "department": "CC4100"}
    assert found["vendor:V-CARD"].name == "Polaris Card Services"
    assert found["vendor:8001"].name == ""
