"""Finance's files about entities and providers: right, or refused with file and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.errors import ConfigurationError
from tieout.settings.company_files import load_company, load_roles, read_yaml

CONFIG = Path(__file__).resolve().parents[2] / "include" / "config"
ENTITY = """
entity: "DE01"
name: Nordlicht
erp_id: "4"
country: DE
functional_currency: EUR
timezone: Europe/Berlin
fiscal_calendar: calendar-months
valid_from: 2026-01-01
report_to: [finance@example.test]
"""
PROVIDER = """
provider: de-datev
kind: datev
version: 1.0
connection: payroll_drop
owner: controller-de
status: live
legs: two
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration with one entity and one provider."""
    for name, text in [("entities/DE01.yaml", ENTITY), ("providers/de-datev.yaml", PROVIDER)]:
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return tmp_path


def with_entity(folder: Path, old: str, new: str) -> ConfigurationError:
    """The refusal of an entity file in which one text was replaced."""
    assert old in ENTITY
    (folder / "entities" / "DE01.yaml").write_text(ENTITY.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_company(folder, "demo")
    return caught.value


def test_the_companys_own_files_load() -> None:
    """Five entities and their currencies; three formats of payroll and one expense platform."""
    company = load_company(CONFIG, "demo")
    currencies = {code: entity.functional_currency for code, entity in company.entities.items()}
    assert currencies == {
        "DE01": "EUR", "JP01": "JPY", "SE01": "SEK", "UK01": "GBP", "US01": "USD",
    }  # fmt: skip
    assert {"workday-us", "workday-uk", "de-datev", "se-sie", "jp-delimited", "concur"} <= set(
        company.providers
    )
    assert company.tenant == "demo"


def test_an_entity_and_a_provider_come_back_as_they_are_written(folder: Path) -> None:
    """A provider's knobs stay as they are for its adapter."""
    company = load_company(folder, "demo")
    entity, provider = company.entity("DE01"), company.provider("de-datev")
    assert (entity.erp_ref, entity.timezone, entity.report_to) == (
        "4", "Europe/Berlin", ("finance@example.test",),
    )  # fmt: skip
    assert entity.rounding_limit_minor == 0
    assert (provider.version, provider.profile["legs"]) == ("1.0", "two")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("EUR", "EURO", "functional_currency"),
        ("EUR", "XXX", "functional_currency"),
        ("Europe/Berlin", "Berlin", "timezone"),
        ("2026-01-01", "first of January", "valid_from"),
        ('"DE01"', '"de01"', "entity"),
        ('"DE01"', '"ENTITY_TOO_LONG"', "entity"),
        ("name: Nordlicht", "label: Nordlicht", "name"),
        ("country: DE", "country: DE\nunmapped: 6000", "unmapped"),
        ("country: DE", "country: DE\nunexpected: 1", "unexpected"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(folder: Path, old: str, new: str, field: str) -> None:
    """Before the first task starts, not in the middle of a close."""
    told = with_entity(folder, old, new)
    assert told.message.startswith(f"DE01.yaml: {field}:")
    assert told.where.field == field
    assert told.next_step


def test_what_does_not_map_is_held_and_no_file_can_say_otherwise(folder: Path) -> None:
    """A default account is not a policy."""
    told = with_entity(folder, "country: DE", "country: DE\nunmapped: suspense")
    assert "`hold` is the only legal value" in told.message


@pytest.mark.parametrize("text", ["- a\n- list\n", "key: [unclosed", "just text", ""])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    """With its name; nothing of it is used."""
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"odd\.yaml"):
        read_yaml(path)


def test_yaml_can_not_run_code(tmp_path: Path) -> None:
    """The safe loader knows no Python objects."""
    path = tmp_path / "evil.yaml"
    path.write_text("key: !!python/object/apply:os.getcwd []", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        read_yaml(path)


def test_a_company_without_entities_is_none(tmp_path: Path) -> None:
    """A mistyped folder must not close an empty month with success."""
    with pytest.raises(ConfigurationError, match="no entity"):
        load_company(tmp_path, "demo")


def test_an_unknown_code_is_told_with_its_cure(folder: Path) -> None:
    """Entities and providers alike."""
    company = load_company(folder, "demo")
    for ask in (company.entity, company.provider):
        with pytest.raises(ConfigurationError) as caught:
            ask("XX99")
        assert "XX99" in caught.value.message
        assert "config/" in caught.value.next_step


def test_roles_say_who_may_do_what_where() -> None:
    """Each user has one role and their entities."""
    roles = load_roles(CONFIG)
    assert {"finance_ops", "finance_lead", "controller", "auditor", "platform"} == {
        role for role, _ in roles.values()
    }
    assert all(entities for _, entities in roles.values())
