"""The tables of finance's mappings and policies: their columns, and what identifies a row.

Every row of every table has, beside its columns, a version, a validity, an author, a reason, who
decided on it and when: see `tieout.finance.mappings.MappingRow`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.finance.mapping_columns import CellKind, Column, MappingTable


def _scope() -> Column:
    return Column("scope", CellKind.SCOPE, required=True)


def _kind(*extra: str) -> Column:
    return Column("journal_kind", CellKind.CHOICE, (*_KINDS, *extra), required=True, matches=True)


def _code(name: str, *, required: bool = False) -> Column:
    return Column(name, CellKind.CODE, required=required)


def _key(name: str) -> Column:
    return Column(name, CellKind.CODE, required=True)


def _match(name: str) -> Column:
    return Column(name, CellKind.CODE, matches=True)


def _choice(name: str, *choices: str, required: bool = False) -> Column:
    return Column(name, CellKind.CHOICE, choices, required=required)


def _of(kind: CellKind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


#: Journal kinds that a policy may speak of; `*` is all of them.
_KINDS: Final = (
    "*",
    "payroll",
    "payroll_accrual",
    "provision",
    "provision_use",
    "expense",
    "expense_accrual",
    "employee_bill",
    "company_card",
    "cash_advance",
    "intercompany",
    "fx_difference",
    "correction",
)
_CLASSES: Final = ("cost", "clearing", "liability", "bank", "reimbursement")
_CODINGS: Final = ("component", "source_account", "expense_type", "tax", "party")
_YES_NO: Final = ("yes", "no")

TABLES: Final[Mapping[str, MappingTable]] = {
    "accounts": MappingTable(
        file="mappings/accounts.csv",
        decides="the ERP accounts, class and dimensions of a code",
        columns=(
            _scope(),
            _match("provider"),
            Column("coding", CellKind.CHOICE, _CODINGS, required=True, matches=True),
            Column("source_code", CellKind.SOURCE_CODE, required=True, matches=True),
            _match("cost_center_type"),
            _match("tax_treatment"),
            *_of(CellKind.CODE, "component_class", "debit_account", "credit_account"),
            _choice("dimensions", "cost_center project", "cost_center", "project", "none"),
            _choice("summarise", "cost_center", "entity"),
        ),
        keys=("scope", "provider", "coding", "source_code"),
        conditions=("cost_center_type", "tax_treatment"),
        anchor="source_code",
    ),
    "source_account_classes": MappingTable(
        file="mappings/source_account_classes.csv",
        decides="what an account of a provider's vouchers is",
        columns=(_key("provider"), _key("source_account"), _choice("class", *_CLASSES)),
        keys=("provider", "source_account"),
        anchor="source_account",
    ),
    "cost_centers": MappingTable(
        file="mappings/cost_centers.csv",
        decides="the ERP cost centers of a source's code, with shares",
        columns=(
            _match("provider"),
            _match("entity"),
            Column("source_code", CellKind.SOURCE_CODE, required=True),
            _key("cost_center"),
            *_of(CellKind.PERCENT, "percent"),
        ),
        keys=("provider", "entity", "source_code", "cost_center"),
        anchor="source_code",
    ),
    "cost_center_types": MappingTable(
        file="mappings/cost_center_types.csv",
        decides="the type of a cost center, which an account rule may ask for",
        columns=(_match("entity"), _key("cost_center"), _code("cost_center_type", required=True)),
        keys=("entity", "cost_center"),
        anchor="cost_center",
    ),
    "successors": MappingTable(
        file="mappings/successors.csv",
        decides="what takes the place of a closed cost center",
        columns=(_match("entity"), _key("cost_center"), _code("successor", required=True)),
        keys=("entity", "cost_center"),
        anchor="cost_center",
    ),
    "departments": MappingTable(
        file="mappings/departments.csv",
        decides="the ERP department of HR's department, for the alignment report",
        columns=(
            _match("provider"),
            _match("entity"),
            Column("source_code", CellKind.SOURCE_CODE, required=True, matches=True),
            _code("department", required=True),
        ),
        keys=("provider", "entity", "source_code"),
        anchor="source_code",
    ),
    "projects": MappingTable(
        file="mappings/projects.csv",
        decides="the ERP project of a source's code",
        columns=(
            _match("provider"),
            _match("entity"),
            Column("source_code", CellKind.SOURCE_CODE, required=True),
            _code("project", required=True),
        ),
        keys=("provider", "entity", "source_code"),
        anchor="source_code",
    ),
    "routing": MappingTable(
        file="policies/routing.csv",
        decides="who repays an approved expense",
        columns=(
            _key("rule"),
            _scope(),
            _match("payee"),
            Column("taxable", CellKind.CHOICE, ("*", *_YES_NO), matches=True),
            _match("expense_type"),
            _choice("route", "payroll", "ap", "card", "none", required=True),
            *_of(CellKind.CODE, "pay_code", "clearing_account"),
            *_of(CellKind.TEXT, "priority_note"),
        ),
        keys=("rule",),
        by_name=True,
    ),
    "tax_treatment": MappingTable(
        file="policies/tax_treatment.csv",
        decides="whether a refund is taxable, up to which limit, and whether its tax is reclaimed",
        columns=(
            _scope(),
            Column("expense_type", CellKind.CODE, required=True, matches=True),
            Column("spend_country", CellKind.COUNTRY, matches=True),
            _choice("taxable", "yes", "no", "above_limit", required=True),
            *_of(CellKind.AMOUNT, "limit_amount"),
            *_of(CellKind.CURRENCY, "limit_currency"),
            _choice("limit_unit", "item", "day", "month", "km", "mile"),
            _choice("vat_reclaim", "yes", "no", "with_receipt"),
            *_of(CellKind.TEXT, "source"),
        ),
        keys=("scope", "expense_type"),
        conditions=("spend_country",),
        anchor="expense_type",
    ),
    "dates_and_rates": MappingTable(
        file="policies/dates_and_rates.csv",
        decides="the accounting date and the exchange rate of a journal",
        columns=(
            _scope(),
            _kind(),
            _choice("accounting_date", "period_end", "pay_date", "voucher_date", required=True),
            _choice("rate_type", "ecb_reference", "none"),
            *_of(CellKind.WHOLE, "staleness_days"),
            _choice("dimensions_on", "earned_for", "current"),
        ),
        keys=("scope", "journal_kind"),
    ),
    "posting": MappingTable(
        file="policies/posting.csv",
        decides="approvals, holding, small groups, tolerance and the form of corrections",
        columns=(
            _scope(),
            _kind(),
            *_of(CellKind.AMOUNT, "second_approval_above"),
            _choice("holding", "run", "atom", "suspense"),
            *_of(CellKind.WHOLE, "small_group_k", "tolerance_minor"),
            _choice("summarise", "cost_center", "entity"),
            _choice("corrections", "reverse_and_rebook", "delta"),
            *_of(CellKind.CODE, "transfer_account", "suspense_account"),
            *_of(CellKind.AMOUNT, "suspense_limit"),
            *_of(CellKind.WHOLE, "suspense_days"),
            *_of(CellKind.PERCENT, "alignment_percent"),
        ),
        keys=("scope", "journal_kind"),
    ),
    "late_costs": MappingTable(
        file="policies/late_costs.csv",
        decides="what happens to a cost that arrives after its period closed",
        columns=(
            _scope(),
            _kind(),
            _choice("closed_period", "book_now", "ask", required=True),
            *_of(CellKind.AMOUNT, "ask_above"),
            _choice("over_year_end", "book_now", "ask", required=True),
        ),
        keys=("scope", "journal_kind"),
    ),
    "accruals": MappingTable(
        file="policies/accruals.csv",
        decides="whether and how a period end accrues what is not booked yet",
        columns=(
            _scope(),
            Column(
                "journal_kind",
                CellKind.CHOICE,
                ("payroll_accrual", "expense_accrual"),
                required=True,
                matches=True,
            ),
            _match("pay_group"),
            _choice("basis", "working_days", "calendar_days", "hours", "items", "none"),
            _choice("estimate", "last_run", "this_run", "items"),
            _choice("from_state", "submitted", "approved"),
            _code("liability_account"),
            *_of(CellKind.AMOUNT, "least_amount"),
        ),
        keys=("scope", "journal_kind"),
        conditions=("pay_group",),
    ),
    "provisions": MappingTable(
        file="policies/provisions.csv",
        decides="what is set aside for vacation, bonus and further salaries, and what uses it up",
        columns=(
            _scope(),
            Column(
                "provision",
                CellKind.CHOICE,
                ("vacation", "bonus", "thirteenth_salary"),
                required=True,
                matches=True,
            ),
            _match("provider"),
            *_of(CellKind.CODE, "cost_account", "liability_account"),
            *_of(CellKind.PERCENT, "percent"),
            *_of(CellKind.CODES, "base_codes", "used_by"),
        ),
        keys=("scope", "provision"),
        conditions=("provider",),
    ),
    "intercompany": MappingTable(
        file="policies/intercompany.csv",
        decides="how one entity's cost that another paid stands in both; without a row it is held",
        columns=(
            _key("paying_entity"),
            _key("bearing_entity"),
            _code("due_from_account", required=True),
            _code("due_to_account", required=True),
            *_of(CellKind.CURRENCY, "currency"),
            *_of(CellKind.PERCENT, "markup_percent"),
            *_of(CellKind.CODE, "markup_income_account", "markup_cost_account"),
            _choice("eliminate", *_YES_NO),
        ),
        keys=("paying_entity", "bearing_entity"),
    ),
    "control": MappingTable(
        file="policies/control.csv",
        decides="which ERP accounts are ours alone",
        columns=(
            _match("entity"),
            _key("account"),
            _choice("control", "exclusive", "shared", "none", required=True),
        ),
        keys=("entity", "account"),
        anchor="account",
    ),
    "waivers": MappingTable(
        file="policies/waivers.csv",
        decides="which exceptions may be waived, by whom, up to what and for how long",
        columns=(
            _key("exception_code"),
            _choice("role", "finance_lead", "controller", required=True),
            *_of(CellKind.AMOUNT, "max_amount"),
            *_of(CellKind.WHOLE, "days"),
        ),
        keys=("exception_code", "role"),
    ),
    "windows": MappingTable(
        file="calendars/windows.csv",
        decides="when journals may post",
        columns=(
            _scope(),
            _kind(),
            Column("opens_business_day", CellKind.WHOLE, required=True),
            Column("opens_time", CellKind.TIME, required=True),
            Column("closes_business_day", CellKind.WHOLE, required=True),
            Column("closes_time", CellKind.TIME, required=True),
        ),
        keys=("scope", "journal_kind"),
    ),
    "cutoffs": MappingTable(
        file="calendars/cutoffs.csv",
        decides="until when an approval reaches a period's payroll",
        columns=(
            _key("entity"),
            Column("period", CellKind.PERIOD, required=True),
            Column("payroll_cutoff", CellKind.MOMENT, required=True),
            *_of(CellKind.DAY, "pay_date"),
        ),
        keys=("entity", "period"),
    ),
}


def natural_key(table: str, content: Mapping[str, str]) -> str:
    """The identity of a row over its versions.

    A condition is part of it only where it narrows, by name: `group|*|component|GROSS` and
    `group|*|component|GROSS|cost_center_type=production` are two rules.
    """
    known = TABLES[table]
    stated = [content.get(column, "") for column in known.keys]
    stated += [
        f"{column}={content[column]}"
        for column in known.conditions
        if content.get(column, "") not in {"", "*"}
    ]
    return "|".join(stated)
