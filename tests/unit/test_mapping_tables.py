"""The form of finance's tables: typed cells, a stable identity, every wrong cell told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.builders.rules import some_rules
from tieout.errors import ConfigurationError
from tieout.finance.mapping_row_checks import wrong_in_row
from tieout.finance.mapping_tables import TABLES, natural_key
from tieout.finance.mappings import MappingRow
from tieout.settings.mapping_files import FILES, neutral, plain, read_mapping_files

ON = date(2026, 10, 31)
PAIR = {
    "paying_entity": "US01",
    "bearing_entity": "DE01",
    "due_from_account": "1600",
    "due_to_account": "2600",
}


def test_every_table_says_what_identifies_and_what_it_decides() -> None:
    """The reference page and the check at import rely on it."""
    for name, table in TABLES.items():
        assert set(table.keys) | set(table.conditions) <= set(table.names), name
        assert not table.anchor or table.anchor in table.keys, name
        assert table.decides
        assert len(set(table.names)) == len(table.names)


@pytest.mark.parametrize(
    ("table", "column", "text", "said"),
    [
        ("accounts", "scope", "DE01", "group, country:DE or entity:DE01"),
        ("accounts", "coding", "wage_type", "it may say component"),
        ("accounts", "dimensions", "department", "it may say cost_center project"),
        ("cost_centers", "percent", "33,3", "a percentage"),
        ("cost_centers", "percent", "100.01", "a percentage"),
        ("cost_centers", "percent", "1e1", "a percentage"),
        ("dates_and_rates", "accounting_date", "today", "it may say period_end"),
        ("dates_and_rates", "staleness_days", "-1", "a whole number"),
        ("posting", "second_approval_above", "1.000,00", "an amount"),
        ("posting", "journal_kind", "payrol", "it may say *, payroll"),
        ("intercompany", "currency", "EURO", "an ISO currency"),
        ("cutoffs", "period", "2026/10", "a period"),
        ("cutoffs", "payroll_cutoff", "2026-10-20T12:00:00Z", "a local day and time"),
        ("windows", "opens_time", "8 am", "a time"),
        ("routing", "route", "payrol", "it may say payroll"),
        ("tax_treatment", "taxable", "maybe", "it may say yes"),
    ],
)
def test_a_cell_that_can_not_be_meant_is_told_with_what_it_should_be(
    table: str, column: str, text: str, said: str
) -> None:
    """A typing error must not become a rule that never fits, or one that means something else."""
    told = dict(wrong_in_row(table, {column: text}))
    assert text in told[column]
    assert said in told[column]


def test_a_row_tells_all_that_is_wrong_with_it() -> None:
    """Finance corrects once, not cell by cell."""
    told = dict(wrong_in_row("intercompany", {**PAIR, "markup_percent": "5", "curency": "EUR"}))
    assert set(told) == {"curency", "markup_income_account", "markup_cost_account"}
    assert wrong_in_row("intercompany", PAIR) == []
    itself = {**PAIR, "bearing_entity": "US01"}
    assert [column for column, _ in wrong_in_row("intercompany", itself)] == ["bearing_entity"]


@pytest.mark.parametrize("code", ["control_total_mismatch", "journal_unbalanced", "no_such_code"])
def test_what_may_never_be_waived_is_never_listed(code: str) -> None:
    """The controller relies on it: no policy opens what the product keeps shut."""
    row = {"exception_code": code, "role": "controller"}
    assert [column for column, _ in wrong_in_row("waivers", row)] == ["exception_code"]


def test_a_wildcard_is_no_code_of_an_account() -> None:
    """A default account is where wrong money gathers unseen."""
    row = {"scope": "group", "provider": "*", "coding": "component", "source_code": "*"}
    assert [column for column, _ in wrong_in_row("accounts", row)] == ["source_code"]


def test_a_limit_needs_its_amount_currency_and_unit() -> None:
    """Above 14 of what, per what?"""
    row = {"scope": "country:DE", "expense_type": "PERDM", "taxable": "above_limit"}
    missing = [column for column, _ in wrong_in_row("tax_treatment", row)]
    assert missing == ["limit_amount", "limit_currency", "limit_unit"]
    stated = {**row, "limit_amount": "14.00", "limit_currency": "EUR", "limit_unit": "day"}
    assert wrong_in_row("tax_treatment", stated) == []


def test_a_condition_is_part_of_the_key_only_where_it_is_stated() -> None:
    """Journals of before name their rules as they always did."""
    row = {"scope": "group", "provider": "*", "coding": "component", "source_code": "GROSS"}
    assert natural_key("accounts", row) == "group|*|component|GROSS"
    assert natural_key("accounts", {**row, "cost_center_type": "*"}) == "group|*|component|GROSS"
    narrowed = natural_key("accounts", {**row, "cost_center_type": "production"})
    assert narrowed == "group|*|component|GROSS|cost_center_type=production"


def test_a_condition_that_the_question_does_not_answer_does_not_fit() -> None:
    """A rule for production is no rule for a cost center of unknown type."""
    rules = some_rules().account("GROSS", debit="6000")
    rules.row(
        "accounts", scope="group", provider="*", coding="component", source_code="GROSS",
        cost_center_type="production", debit_account="5000",
    )  # fmt: skip
    wanted = {"provider": "de-datev", "coding": "component", "source_code": "GROSS"}
    unknown = rules.mapping().best("accounts", "DE01", ON, **wanted)
    known = rules.mapping().best("accounts", "DE01", ON, cost_center_type="production", **wanted)
    assert unknown is not None
    assert known is not None
    assert (unknown["debit_account"], known["debit_account"]) == ("6000", "5000")


def test_a_pair_of_entities_has_a_rule_in_one_direction_only() -> None:
    """Who paid and who bears is stated; the other way round is held."""
    rules = some_rules()
    rules.rows.append(MappingRow("intercompany", 1, date(2026, 1, 1), PAIR))
    mapping = rules.mapping()
    row = mapping.intercompany("US01", "DE01", ON)
    assert row is not None
    assert row["due_to_account"] == "2600"
    assert mapping.intercompany("DE01", "US01", ON) is None
    assert mapping.intercompany("US01", "SE01", ON) is None


def test_a_successor_holds_from_its_day_on() -> None:
    """A replay of an older month finds the cost center closed, as it was."""
    rules = some_rules().row(
        "successors", valid_from=date(2026, 10, 1), entity="*", cost_center="CC1", successor="CC2"
    )
    assert rules.mapping().successor("DE01", "CC1", date(2026, 9, 30)) is None
    found = rules.mapping().successor("DE01", "CC1", ON)
    assert found is not None
    assert found["successor"] == "CC2"


def test_numbers_of_a_row_are_exact() -> None:
    """Never a float; an empty cell says nothing."""
    row = MappingRow("posting", 1, ON, {"second_approval_above": "1000.10", "tolerance_minor": ""})
    assert row.number("second_approval_above") == Decimal("1000.10")
    assert row.number("tolerance_minor") is None
    with pytest.raises(ConfigurationError, match="which is no number"):
        MappingRow("posting", 1, ON, {"tolerance_minor": "NaN"}).number("tolerance_minor")


def test_every_wrong_cell_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    """With line and column, so that finance corrects it in one go."""
    path = tmp_path / FILES["cost_centers"]
    path.parent.mkdir(parents=True)
    path.write_text(
        "provider,entity,source_code,cost_center,percent,valid_from,valid_to\n"
        "concur,DE01,1,CC1,half,2026-01-01,\n"
        "concur,DE01,2,,100,2026-01-01,2025-12-31\n"
        "concur,DE01,3,CC3\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        read_mapping_files(tmp_path)
    told = caught.value.message.splitlines()
    assert [line.split(":")[0] for line in told] == [
        "cost_centers.csv, line 2",
        "cost_centers.csv, line 3",
        "cost_centers.csv, line 3",
        "cost_centers.csv, line 4",
    ]
    assert (caught.value.where.line, caught.value.where.field) == (2, "percent")


def test_a_column_that_no_table_has_is_refused(tmp_path: Path) -> None:
    """A renamed header would silently be a rule without its condition."""
    path = tmp_path / FILES["successors"]
    path.parent.mkdir(parents=True)
    path.write_text("entity,cost_center,succesor\nDE01,CC1,CC2\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="succesor"):
        read_mapping_files(tmp_path)


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-5", "@SUM(A1)", "'quoted", "", "plain", "'=x"])
def test_no_cell_runs_in_a_spreadsheet_and_every_cell_reads_back(cell: str) -> None:
    """An export opened in a spreadsheet computes nothing; its import changes nothing."""
    assert not neutral(cell).startswith(("=", "+", "-", "@"))
    assert plain(neutral(cell)) == cell
