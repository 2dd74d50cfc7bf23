"""The providers' profiles, as finance would write them for the generated files."""

from __future__ import annotations

from typing import Any

from tests.bench.company import COMPONENTS, dialect_of, entities
from tests.bench.extract import EXPENSE_HEADER
from tests.bench.register import HEADER


def pay_profile(provider: str, currency: str, country: str) -> dict[str, Any]:
    """A provider of pay registers."""
    dialect = dialect_of(provider)
    names = ("employee_ref", "cost_center_code", "project_code", "component_code")
    in_file = ("employee", "cost_center", "project", "component")
    same = ("period", "pay_group", "pay_date", "amount", "currency", "earned_for")
    return {
        "provider": provider,
        "kind": "delimited",
        "version": "1",
        "owner": f"payroll.{provider}@example.test",
        "status": "live",
        "connection": "payroll_drop",
        "country": country,
        "currency": currency,
        "entities": {e.code_in_file: e.code for e in entities() if e.provider == provider},
        "pay_groups": {"MONTHLY": "MONTHLY"},
        "container": {
            "kind": "delimited", "encoding": "utf-8", "delimiter": dialect.delimiter,
            "eol": "lf", "quote": '"',
        },
        "columns": {
            **dict(zip(names, in_file, strict=True)),
            **{name: name for name in same},
            "entity": "company",
            "run_id": "run",
            "required": list(HEADER),
        },
        "sign": {"rule": "component"},
        "values": {
            "decimal": dialect.decimal, "date_format": dialect.date_format,
            "month_format": dialect.month_format,
        },
        "period": {
            "entity": r"file:pay_(\d+)_",
            "period": "column:period",
            "pay_group": "column:pay_group",
            "pay_date": "column:pay_date",
            "run_id": "column:run",
        },
        "identity": {"dedupe_key": ["employee", "component", "earned_for"]},
        "coding": "component",
        "components": {code: {"class": it[0], "name": code} for code, it in COMPONENTS.items()},
    }  # fmt: skip


def expense_profile(provider: str, currency: str) -> dict[str, Any]:
    """An expense platform's extract of one reimbursement currency."""
    dialect = dialect_of(provider)
    fields = {
        "report_key": "report", "document_ref": "document", "entity": "company",
        "employee_ref": "employee", "approved_at": "approved", "entry_ref": "entry",
        "part": "part", "expense_type": "type", "spend_date": "spent_on", "country": "country",
        "spend_amount": "spent", "spend_currency": "spend_currency", "exchange_rate": "rate",
        "rate_direction": "direction", "amount": "amount", "currency": "currency",
        "tax_code": "tax_code", "payment_type": "payment", "payee": "payee",
        "cost_center_code": "cost_center", "project_code": "project",
    }  # fmt: skip
    return {
        "provider": provider,
        "kind": "delimited",
        "frame": "expense_line",
        "version": "1",
        "owner": f"expenses.{currency.lower()}@example.test",
        "status": "live",
        "connection": "expense_drop",
        "currency": currency,
        "entities": {e.code_in_file: e.code for e in entities() if e.currency == currency},
        "container": {
            "kind": "delimited", "encoding": "utf-8", "delimiter": dialect.delimiter,
            "eol": "lf", "quote": '"',
        },
        "columns": {**fields, "required": list(EXPENSE_HEADER)},
        "values": {"decimal": dialect.decimal, "date_format": dialect.date_format},
        "period": {"period": r"file:expenses_(\d{4}-\d\d)"},
        "codes": {"payee": {"EMPLOYEE": "employee", "CARD": "company_card"}},
        "constants": {"receipt": "yes", "is_test": "no"},
    }  # fmt: skip
