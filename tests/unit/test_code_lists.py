"""Codes that the world keeps: what is in ISO 4217 and ISO 3166, and what only looks so."""

from __future__ import annotations

from importlib import resources

import pytest

from tests.builders.expenses import an_expense_report
from tieout.contracts.compatibility import breaking_changes
from tieout.contracts.json_schema import json_schema
from tieout.contracts.meaning import CodeList
from tieout.contracts.row_fields import CONTRACTS, EXPENSE_LINE
from tieout.finance.countries import country_codes
from tieout.finance.money import currency_codes, minor_digits
from tieout.stages.validate.rows import validate_rows


def test_countries_are_those_of_the_list_that_time_zones_are_kept_by() -> None:
    """Tax and travel rules rely on it: two independent libraries agree on ISO 3166-1."""
    table = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    listed = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}
    assert country_codes() == listed


@pytest.mark.parametrize("code", ["UK", "EU", "XK", "XX", "ZZ", "AA", "de", "DEU", ""])
def test_what_is_no_country_is_in_no_list(code: str) -> None:
    """`UK` is the one people write: the country is GB."""
    assert code not in country_codes()


@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "DEM", "eur", ""])
def test_what_can_carry_no_amount_is_no_currency(code: str) -> None:
    """Gold, test codes and currencies of the past have no place in a journal."""
    assert code not in currency_codes()


def test_every_currency_has_its_minor_unit() -> None:
    """Every amount relies on it."""
    assert {code: minor_digits(code) for code in ("JPY", "EUR", "KWD")} == {
        "JPY": 0, "EUR": 2, "KWD": 3,
    }  # fmt: skip
    assert all(minor_digits(code) >= 0 for code in currency_codes())


@pytest.mark.promise("S59")
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("country", "UK"), ("country", "XX"), ("spend_currency", "ABC"), ("currency", "XAU"),
     ("currency", "EURO"), ("spend_date", "10.10.2026"), ("spend_date", "2026-02-30"),
     ("approved_at", "2026-10-15T09:00:00"), ("approved_at", "2026-10-15")],
)  # fmt: skip
def test_an_unknown_code_or_a_day_in_another_form_is_an_error_at_its_field(
    field: str, wrong: str
) -> None:
    """Tax and currency rules rely on it: nothing that only looks like a code goes on."""
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "5.00")
        .cost("e2", "MEALS", "6.00", **{field: wrong})
    )
    made = validate_rows("expense_line", report.frame(), {})
    assert [bool(holds) for holds in made.frame["holds"].to_list()] == [False, True]
    (told,) = made.findings
    assert told.where.line == 2
    assert told.where.field == field


@pytest.mark.promise("S59")
def test_every_country_and_currency_of_a_contract_is_bound_to_its_list() -> None:
    """A new field can't be a code by its form alone."""
    for contract in CONTRACTS.values():
        for field in contract.fields:
            if field.name.endswith("currency"):
                assert field.code_list is CodeList.CURRENCIES, field.name
            if field.name.endswith("country"):
                assert field.code_list is CodeList.COUNTRIES, field.name


def test_another_list_of_codes_is_a_breaking_change() -> None:
    """Readers of a published version rely on it."""
    schema = json_schema(EXPENSE_LINE)
    changed = json_schema(EXPENSE_LINE)
    changed["properties"]["country"]["x-code-list"] = "ISO 4217"
    assert breaking_changes(schema, changed) == [
        "country: code list changed from ISO 3166-1 alpha-2 to ISO 4217"
    ]
