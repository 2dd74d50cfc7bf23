"""What finance says about Workday: the knobs of a `kind: workday` provider file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tieout.errors import ConfigurationError, Place
from tieout.finance.documents import RunKind

#: Components whose own sense is a credit: what is kept from pay, and what is paid out.
CREDIT_CLASSES: Final = frozenset({"deduction", "employee_tax", "net_pay"})

ComponentClass = Literal[
    "earning",
    "deduction",
    "employee_tax",
    "employer_contribution",
    "employer_tax",
    "net_pay",
    "reimbursement_taxable",
    "reimbursement_nontaxable",
    "benefit_in_kind",
    "accrual",
    "information",
]


class Component(BaseModel):
    """A pay component as Workday names it; the class says in which sense its amount counts."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    component_class: ComponentClass = Field(alias="class")
    name: str = ""


class Reports(BaseModel):
    """The names of the tenant's reports; a renamed report is a change here alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    lines: str = "Tieout_Payroll_Lines"
    controls: str = "Tieout_Payroll_Controls"
    workers: str = "Tieout_Workers"


def _by_code(value: object) -> object:
    """`[A, B]` as `{A: {}, B: {}}`, so that a list and a mapping both name pay groups."""
    return dict.fromkeys(value, None) if isinstance(value, list) else value


class WorkdayProfile(BaseModel):
    """The part of a provider file that these adapters read; other keys are not their business.

    Attributes:
        provider: id of the provider file; part of every document's identity.
        entities: Workday company -> entity.
        pay_groups: pay groups taken; empty takes all. Keys are Workday's codes.
        statuses: Workday's result status -> ours; only `finalised` is taken, and a status that is
            not listed is offered so that it is told.
        run_kinds: Workday's run type -> ours.
        components: pay component -> class; decides the sense of the amount.
        worker_statuses: Workday's worker status -> active, left or leave.
        period_ends: on which days of the month pay periods end: day numbers, or `last`.
        report_format: `json` or `csv`, what the reports are asked for.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    provider: str
    entities: Mapping[str, str]
    reports: Reports = Field(default_factory=Reports)
    pay_groups: Annotated[Mapping[str, object], BeforeValidator(_by_code)] = Field(
        default_factory=dict
    )
    statuses: Mapping[str, str] = Field(default_factory=lambda: {"Complete": "finalised"})
    run_kinds: Mapping[str, RunKind] = Field(
        default_factory=lambda: {
            "ON_CYCLE": RunKind.REGULAR,
            "OFF_CYCLE": RunKind.OFF_CYCLE,
            "RETRO": RunKind.RETRO,
            "REVERSAL": RunKind.REVERSAL,
        }
    )
    components: Mapping[str, Component] = Field(default_factory=dict)
    worker_statuses: Mapping[str, Literal["active", "left", "leave"]] = Field(
        default_factory=lambda: {"Active": "active", "On Leave": "leave", "Terminated": "left"}
    )
    period_ends: tuple[str, ...] = ("last",)
    report_format: Literal["json", "csv"] = "json"


def profile_of(content: Mapping[str, object]) -> WorkdayProfile:
    """Check the parsed provider file.

    Raises:
        ConfigurationError: a knob is missing or has a value that is not allowed.
    """
    try:
        return WorkdayProfile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(content.get("provider", "workday"))
        raise ConfigurationError(
            f"The provider {name} can't be used: {first['msg']}.",
            where=Place(
                document=f"providers/{name}.yaml",
                field=".".join(str(part) for part in first["loc"]),
            ),
            blocks="the provider's intake",
            next_step="Correct the field in the provider file.",
        ) from error
