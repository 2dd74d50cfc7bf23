"""What finance says about Workday: the knobs of a `kind: workday` provider file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

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

#: Our word for a column of the pay lines report -> Workday's; a provider file may rename each.
PAY_COLUMNS: Final[Mapping[str, str]] = {
    "entity": "Company_ID",
    "pay_group": "Pay_Group_ID",
    "period_start": "Period_Start",
    "period_end": "Period_End",
    "pay_date": "Payment_Date",
    "status": "Result_Status",
    "employee_ref": "Worker_ID",
    "component_code": "Pay_Component_Code",
    "cost_center_code": "Cost_Center_ID",
    "project_code": "Project_ID",
    "debit": "Debit_Amount",
    "credit": "Credit_Amount",
    "currency": "Currency",
    "earned_for": "Retro_For_Period_End",
}
PAY_REQUIRED: Final = (
    "Company_ID",
    "Pay_Group_ID",
    "Period_End",
    "Result_Status",
    "Worker_ID",
    "Pay_Component_Code",
    "Cost_Center_ID",
    "Debit_Amount",
    "Credit_Amount",
    "Currency",
)
#: Known columns of the pay lines report that are not used.
PAY_IGNORED: Final = (
    "Component_Type",
    "Completed_Moment",
    "Result_ID",
    "Run_ID",
    "Run_Type",
    "Sequence",
)
#: The same for the workers report.
WORKER_COLUMNS: Final[Mapping[str, str]] = {
    "employee_ref": "Worker_ID",
    "entity": "Company_ID",
    "cost_center_code": "Cost_Center_ID",
    "department": "Department",
    "project_code": "Project_ID",
    "pay_group": "Pay_Group_ID",
    "payroll_provider": "Payroll_Provider",
    "expense_ref": "Expense_Login",
    "country": "Country",
    "status": "Worker_Status",
    "hire_date": "Hire_Date",
    "leave_date": "Termination_Date",
}
WORKER_REQUIRED: Final = ("Worker_ID", "Company_ID", "Cost_Center_ID", "Worker_Status", "Hire_Date")
WORKER_IGNORED: Final = ("Email_Work",)


class Component(BaseModel):
    """A pay component as Workday names it; the class says in which sense its amount counts."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    component_class: ComponentClass = Field(alias="class")
    name: str = ""


class Reports(BaseModel):
    """The names of the tenant's reports; a renamed report is a change here alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    lines: str = "Tieout_Payroll_Lines"
    controls: str = "Tieout_Payroll_Controls"
    workers: str = "Tieout_Workers"


class Columns(BaseModel):
    """The columns of a report as a contract.

    Attributes:
        names: our word -> Workday's column, where it differs from the default.
        required: Workday's columns without which nothing is read; empty takes the default.
        ignored: columns that are known and not used, beside the default ones.
        unknown: a column that is in neither: `refuse` blocks, `warn` is told and goes on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: Mapping[str, str] = Field(default_factory=dict)
    required: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    unknown: Literal["refuse", "warn"] = "warn"


def _columns(value: object) -> object:
    """The flat form of the provider file: names beside `required`, `ignored`, `unknown_columns`."""
    if not isinstance(value, Mapping):
        return value
    stated: dict[str, Any] = dict(value)
    parts = {
        part: stated.pop(key)
        for part, key in (
            ("required", "required"),
            ("ignored", "ignored"),
            ("unknown", "unknown_columns"),
        )
        if key in stated
    }
    return {"names": stated, **parts}


def _by_code(value: object) -> object:
    """`[A, B]` as `{A: null, B: null}`, so that a list and a mapping both name pay groups."""
    return dict.fromkeys(value) if isinstance(value, list) else value


class WorkdayProfile(BaseModel):
    """The part of a provider file that these adapters read; other keys are not their business.

    Attributes:
        provider: id of the provider file; part of every document's identity.
        entities: Workday company -> entity.
        pay_groups: pay groups taken; empty takes all. Keys are Workday's codes.
        statuses: Workday's status of a pay result -> ours. Only `finalised` is taken, and a status
            that is not listed is offered so that it is told.
        worker_statuses: Workday's status of a worker -> ours.
        run_kinds: Workday's run type -> kind of run.
        components: pay component -> class; decides the sense of the amount.
        period_ends: on which days of the month pay periods end: day numbers, or `last`.
        report_format: what the reports are asked for.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    provider: str
    entities: Mapping[str, str]
    reports: Reports = Field(default_factory=Reports)
    pay_groups: Annotated[Mapping[str, object], BeforeValidator(_by_code)] = Field(
        default_factory=dict
    )
    statuses: Mapping[str, str] = Field(default_factory=dict)
    worker_statuses: Mapping[str, Literal["active", "leave", "left"]] = Field(default_factory=dict)
    run_kinds: Mapping[str, RunKind] = Field(
        default_factory=lambda: {"ON_CYCLE": RunKind.REGULAR, "OFF_CYCLE": RunKind.OFF_CYCLE}
    )
    columns: Annotated[Columns, BeforeValidator(_columns)] = Field(default_factory=Columns)
    components: Mapping[str, Component] = Field(default_factory=dict)
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
