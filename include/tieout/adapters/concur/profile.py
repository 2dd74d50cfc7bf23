"""What finance says about its expense platform: the knobs of a `kind: concur` provider file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tieout.errors import ConfigurationError, Place

#: The two kinds of party that an expense can be owed to.
PAYEES = ("employee", "company_card")


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Fields = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class TaxCodes(BaseModel):
    """Fields of a tax row that make its code: `<authority>/<code>`; the first filled one counts."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    authority: Fields = ("taxAuthorityLabel",)
    code: Fields = ("taxReclaimCode", "taxCode")


class ConcurProfile(BaseModel):
    """The part of a provider file that this adapter reads; other keys are not its business.

    Attributes:
        provider: id of the provider file; part of every document's identity.
        entities: code in `entity_field` of the report -> entity. An unlisted code is a finding.
        parties: payer or payee code -> who is owed. `COPD` means different things in different
            tenants, so it counts only when it is listed.
        dims: which fields carry cost center and project; the first one that is filled wins, looked
            up in the allocation, then in the entry, never in the employee block.
        tax_codes: which fields of a tax row name its authority and its code.
        approved_at_field: field of the report that holds the instant of the last approval.
        report_ref_field: field of the report that holds what people call it.
        countries: fields of an entry that may hold the country of supply.
        time_zones: entity -> IANA zone in which the approval falls into a period; else UTC.
        page_size: documents asked for per page.
        acknowledge_size: documents acknowledged or confirmed in one request.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    provider: str
    entities: Mapping[str, str]
    parties: Mapping[str, Literal["employee", "company_card"]]
    dims: Mapping[str, Fields] = Field(default_factory=dict)
    entity_field: str = "reportOrgUnit1Code"
    tax_codes: TaxCodes = Field(default_factory=TaxCodes)
    approved_at_field: str = "reportPaymentProcessingDate"
    report_ref_field: str = "reportNumber"
    employee_field: str = "employeeId"
    countries: Fields = ("entryLocationCountryCode", "locationCountryCode")
    time_zones: Mapping[str, str] = Field(default_factory=dict)
    page_size: int = Field(default=25, ge=1, le=100)
    acknowledge_size: int = Field(default=25, ge=1, le=25)


def profile_of(content: Mapping[str, object]) -> ConcurProfile:
    """Check the parsed provider file.

    Raises:
        ConfigurationError: a knob is missing or has a value that is not allowed.
    """
    try:
        return ConcurProfile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(content.get("provider", "concur"))
        raise ConfigurationError(
            f"The expense provider {name} can't be used: {first['msg']}.",
            where=Place(
                document=f"providers/{name}.yaml",
                field=".".join(str(part) for part in first["loc"]),
            ),
            blocks="expense intake",
            next_step="Correct the field in the provider file.",
        ) from error
