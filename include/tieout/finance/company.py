"""The company's settled facts: entities, providers, roles. Typed; files are their truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tieout.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity.

    `rounding_limit_minor`: largest rounding difference that may be booked, in minor units.
    """

    code: str
    name: str
    erp_ref: str
    country: str
    functional_currency: str
    timezone: str
    fiscal_calendar: str
    valid_from: date
    report_to: tuple[str, ...]
    rounding_account: str = ""
    rounding_limit_minor: int = 0

    def local_date(self, instant: datetime) -> date:
        """The accounting date of an instant: a date in the entity's own zone."""
        return instant.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True, slots=True)
class Provider:
    """One outside source with its profile (knobs stay a plain mapping for its adapter).

    `contract` is the version of the row contract that its documents are read by, such as
    `pay_line@1`; empty: the newest.
    """

    code: str
    kind: str
    version: str
    connection: str
    owner: str
    status: str
    profile: Mapping[str, object]
    contract: str = ""

    @property
    def pays_for(self) -> tuple[str, ...]:
        """Entities whose pay runs are expected from this provider, by its profile."""
        stated = self.profile.get("entities")
        if not isinstance(stated, Mapping):
            return ()
        return tuple(sorted({str(code) for code in stated.values()}))

    @property
    def people_only(self) -> bool:
        """Whether it states employees and no pay (reports of workers, none of lines)."""
        reports = self.profile.get("reports")
        return isinstance(reports, Mapping) and "workers" in reports and "lines" not in reports


@dataclass(frozen=True)
class Company:
    """Entities and providers by code; `tenant` enters every external id."""

    tenant: str
    entities: Mapping[str, Entity]
    providers: Mapping[str, Provider]

    def entity(self, code: str) -> Entity:
        """The entity, or ConfigurationError with the cure."""
        if code not in self.entities:
            raise ConfigurationError(
                f"There is no entity {code!r}.",
                next_step="Add its file below config/entities, or correct the code.",
            )
        return self.entities[code]

    def provider(self, code: str) -> Provider:
        """The provider, or ConfigurationError with the cure."""
        if code not in self.providers:
            raise ConfigurationError(
                f"There is no provider {code!r}.",
                next_step="Add its file below config/providers, or correct the code.",
            )
        return self.providers[code]
