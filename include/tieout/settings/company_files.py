"""Read the company's settled facts from config/: entities, providers, roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tieout.errors import ConfigurationError, Place
from tieout.finance.company import Company, Entity, Provider
from tieout.finance.countries import country_codes
from tieout.finance.money import CurrencyUnknownError, minor_digits

Model = TypeVar("Model", bound=BaseModel)


class _EntityFile(BaseModel):
    """config/entities/<ENTITY>.yaml; codes are quoted text, a leading zero has meaning."""

    model_config = ConfigDict(extra="forbid")

    # Part of every external id, of which it may take 12 of the 40 characters.
    entity: str = Field(pattern="^[A-Z0-9_]{1,12}$")
    name: str
    erp_id: str
    country: str
    functional_currency: str
    timezone: str
    fiscal_calendar: str
    valid_from: date
    parent: str = ""
    rounding_account: str = ""
    rounding_limit_minor: int = 0
    unmapped: str = "hold"
    report_to: list[str]
    tax_ids: dict[str, str] | list[str] = {}

    @field_validator("functional_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        try:
            minor_digits(value)
        except CurrencyUnknownError as error:
            raise ValueError(error.message) from error
        return value

    @field_validator("country")
    @classmethod
    def _country(cls, value: str) -> str:
        if value not in country_codes():
            message = f"{value} is no country of ISO 3166-1 alpha-2"
            raise ValueError(message)
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except ZoneInfoNotFoundError as error:
            message = f"{value} is not a time zone of the IANA database"
            raise ValueError(message) from error
        return value

    @field_validator("unmapped")
    @classmethod
    def _hold(cls, value: str) -> str:
        if value != "hold":
            message = "what does not map is held; `hold` is the only legal value"
            raise ValueError(message)
        return value


class _ProviderFile(BaseModel):
    """config/providers/<provider>.yaml; the profile's knobs are its adapter's matter."""

    model_config = ConfigDict(extra="allow")

    provider: str
    kind: str
    version: str | int | float
    connection: str
    owner: str
    status: str
    contract: str = ""


def load_company(folder: Path, tenant: str) -> Company:
    """Entities and providers below `folder`.

    Raises:
        ConfigurationError: a file is missing, unreadable or wrong; names file and field.
    """
    entities = {}
    for path in sorted((folder / "entities").glob("*.yaml")):
        entity = _validated(path, _EntityFile)
        entities[entity.entity] = Entity(
            code=entity.entity,
            name=entity.name,
            erp_ref=entity.erp_id,
            country=entity.country,
            functional_currency=entity.functional_currency,
            timezone=entity.timezone,
            fiscal_calendar=entity.fiscal_calendar,
            valid_from=entity.valid_from,
            report_to=tuple(entity.report_to),
            rounding_account=entity.rounding_account,
            rounding_limit_minor=entity.rounding_limit_minor,
        )
    providers = {}
    for path in sorted((folder / "providers").glob("*.yaml")):
        provider = _validated(path, _ProviderFile)
        providers[provider.provider] = Provider(
            code=provider.provider,
            kind=provider.kind,
            version=str(provider.version),
            connection=provider.connection,
            owner=provider.owner,
            status=provider.status,
            profile={name: value for name, value in read_yaml(path).items() if name != "contract"},
            contract=provider.contract,
        )
    if not entities:
        raise ConfigurationError(
            f"There is no entity below {folder / 'entities'}.",
            next_step="Write one file per legal entity; see docs/howto.",
        )
    return Company(tenant=tenant, entities=entities, providers=providers)


def load_roles(folder: Path) -> Mapping[str, tuple[str, list[str]]]:
    """User → (role, entities) of config/roles.yaml."""
    stated = read_yaml(folder / "roles.yaml").get("users", {})
    return {
        str(user): (str(grant["role"]), [str(entity) for entity in grant["entities"]])
        for user, grant in stated.items()
    }


def read_yaml(path: Path) -> dict[str, Any]:
    """One mapping from a YAML file; safe loader only."""
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{path.name} can't be read: {str(error).splitlines()[0]}", where=Place(str(path))
        ) from error
    if not isinstance(loaded, dict):
        raise ConfigurationError(f"{path.name} must hold a mapping.", where=Place(str(path)))
    return loaded


def _validated(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"{path.name}: {field}: {first['msg']}.",
            where=Place(str(path), None, field),
            blocks="everything that uses it",
            next_step="Correct the file and run `tieout doctor`.",
        ) from error
