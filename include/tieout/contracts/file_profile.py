"""What every file provider's profile says, whatever its format; wrong knobs are told one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tieout.errors import ConfigurationError, Place


class Knobs(BaseModel):
    """A group of knobs: unknown names are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Delivery(Knobs):
    """How files arrive.

    Attributes:
        delivery_mode: whether a corrected file replaces the period or carries changes only.
        stable_seconds: how long a file whose hash differs from its manifest must have rested
            before it is taken as it is.
        largest_bytes: a larger file is refused.
    """

    name_pattern: str = ""
    ready: Literal["manifest"] = "manifest"
    delivery_mode: Literal["full_replacement"] = "full_replacement"
    stable_seconds: int = Field(default=5, ge=0)
    largest_bytes: int = Field(default=256 * 1024 * 1024, gt=0)
    expected_by: str = ""
    max_age: str = ""

    @field_validator("name_pattern")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"it is no regular expression: {error}") from error
        return value


class Component(Knobs):
    """One pay code of a provider."""

    component_class: str = Field(alias="class")
    name: str = ""


class FileProfile(Knobs):
    """The part of a provider's configuration that its reader uses, and its envelope.

    Attributes:
        entities: our entity by the code in the file.
        pay_groups: our pay group by the text in the file.
    """

    provider: str = ""
    kind: str = ""
    version: str = ""
    profile_version: str = ""
    owner: str = ""
    status: str = ""
    review_date: Any = None
    valid_from: Any = None
    connection: str = ""
    description: str = ""
    country: str = ""
    currency: str = ""
    entities: Mapping[str, str] = Field(default_factory=dict)
    pay_groups: Mapping[str, str] = Field(default_factory=dict)
    delivery: Delivery = Field(default_factory=Delivery)
    coding: Literal["account", "component"] = "account"
    accounts: Mapping[str, str] = Field(default_factory=dict)
    components: Mapping[str, Component] = Field(default_factory=dict)

    @field_validator("version", "profile_version", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> str:
        return str(value)

    @property
    def net_pay_codes(self) -> frozenset[str]:
        """Codes of the components that are net pay."""
        return frozenset(
            code for code, it in self.components.items() if it.component_class == "net_pay"
        )


ProfileT = TypeVar("ProfileT", bound=FileProfile)


def parse_profile(model: type[ProfileT], knobs: Mapping[str, object] | None) -> ProfileT:
    """The typed profile; without knobs the format's own defaults.

    Raises:
        ConfigurationError: each wrong knob with what stands there and what may stand there.
    """
    try:
        return model.model_validate(dict(knobs or {}))
    except ValidationError as error:
        told = "; ".join(
            ": ".join(filter(None, (".".join(map(str, wrong["loc"])), wrong["msg"])))
            for wrong in error.errors(include_url=False)
        )
        name = str((knobs or {}).get("provider", "profile"))
        raise ConfigurationError(
            f"The profile of {name} can't be used: {told}.",
            where=Place(document=name),
            blocks="every file of the provider",
            next_step="Correct the named knobs in the provider's configuration file.",
        ) from error
