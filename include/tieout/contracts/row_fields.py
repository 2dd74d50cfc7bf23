"""The fields of every canonical row, stated once: here pay line, expense line and employee.

Changing what stands here changes the published contract: a new optional field raises the minor
version, anything that a reader could stumble over the major one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.contracts.booking_fields import BOOKINGS
from tieout.contracts.master_data_fields import MASTER_DATA
from tieout.contracts.meaning import (
    CodeList,
    FieldMeaning,
    FieldType,
    Origin,
    RowContract,
    RowRule,
    Sensitivity,
)

_DECIMAL, _DATE = FieldType.DECIMAL, FieldType.DATE
_PUBLIC, _PERSONAL = Sensitivity.PUBLIC, Sensitivity.PERSONAL
_CURRENCIES, _COUNTRIES = CodeList.CURRENCIES, CodeList.COUNTRIES
_PAY_SIGN: Final = (
    "component-coded: the component's own sense (a deduction of 210.00 is 210.00); "
    "account-coded: plus is debit, minus is credit"
)
_EXPENSE_SIGN: Final = "plus debits the part's account and credits the payee's clearing"

DOCUMENT: Final = FieldMeaning(
    "document", "SHA-256 of the bytes of the document that the row stands in",
    key=True, required=True, length=64, origin=Origin.POSITION,
)  # fmt: skip
LINE_NO: Final = FieldMeaning(
    "line_no", "number of the accounting leg in its document, without gaps", FieldType.INTEGER,
    _PUBLIC, unit="legs from 1", key=True, required=True, least=1, origin=Origin.POSITION,
)  # fmt: skip
FILE_LINE: Final = FieldMeaning(
    "file_line", "physical line or record of the document; 0 where it has none", FieldType.INTEGER,
    _PUBLIC, unit="lines from 1", required=True, least=0, origin=Origin.POSITION,
)  # fmt: skip
ENTITY: Final = FieldMeaning("entity", "code of the legal entity whose cost it is", required=True)
CURRENCY: Final = FieldMeaning(
    "currency", "currency of the amount, ISO 4217", sensitivity=_PUBLIC,
    required=True, code_list=_CURRENCIES,
)  # fmt: skip
_COST_CENTER: Final = FieldMeaning("cost_center_code", "cost center as the source calls it")
_PROJECT: Final = FieldMeaning("project_code", "project as the source calls it")


def _amount(sign: str) -> FieldMeaning:
    return FieldMeaning(
        "amount", "the amount as decimal text with a point", _DECIMAL, _PERSONAL,
        unit="major units of currency", sign=sign, required=True,
    )  # fmt: skip


def _amount_minor(sign: str) -> FieldMeaning:
    return FieldMeaning(
        "amount_minor", "the same amount as an integer, exactly", FieldType.INTEGER, _PERSONAL,
        unit="minor units of currency", sign=sign, required=True, origin=Origin.TYPING,
    )  # fmt: skip


PAY_LINE: Final = RowContract(
    name="pay_line",
    version="1.1",
    meaning="One line of a pay run: component-coded, or account-coded as a voucher's leg.",
    fields=(
        DOCUMENT,
        LINE_NO,
        FILE_LINE,
        FieldMeaning(
            "coding", "whether a pay component or an account says what the line is",
            required=True, choices=("component", "account"),
        ),
        FieldMeaning("component_code", "pay component as the provider calls it"),
        FieldMeaning("voucher_key", "voucher that balances by itself"),
        FieldMeaning("source_account", "account of the leg in the provider's own chart"),
        FieldMeaning("contra_account", "account of the other leg, where the provider states one"),
        FieldMeaning("employee_ref", "employee number, never a name", sensitivity=_PERSONAL),
        _amount(_PAY_SIGN),
        CURRENCY,
        ENTITY,
        _COST_CENTER,
        _PROJECT,
        FieldMeaning(
            "earned_for", "a day of the period the pay was earned in; empty: the run's", _DATE
        ),
        FieldMeaning("posting_date", "day that the provider states for the books", _DATE),
        _amount_minor(_PAY_SIGN),
    ),
    rules=(
        RowRule("coding", "component", ("component_code",)),
        RowRule("coding", "account", ("source_account", "voucher_key")),
    ),
)  # fmt: skip

EXPENSE_LINE: Final = RowContract(
    name="expense_line",
    version="1.1",
    meaning="One accounting part of an approved expense, in the reimbursement currency.",
    fields=(
        DOCUMENT,
        LINE_NO,
        FILE_LINE,
        FieldMeaning("report_key", "key of the expense report", required=True),
        FieldMeaning("report_ref", "what people call the report"),
        FieldMeaning("revision", "revision of the report"),
        FieldMeaning("document_ref", "the platform's id of this financial document", required=True),
        ENTITY,
        FieldMeaning(
            "employee_ref", "employee number, never a name", sensitivity=_PERSONAL, required=True
        ),
        FieldMeaning(
            "approved_at", "when the report was finally approved", FieldType.INSTANT, required=True
        ),
        FieldMeaning("policy_ref", "expense policy that the report was approved under"),
        FieldMeaning("approver_ref", "who approved last, by id or number", sensitivity=_PERSONAL),
        FieldMeaning("entry_ref", "the expense that the part belongs to"),
        FieldMeaning("allocation_ref", "the allocation of the expense to a cost object"),
        FieldMeaning(
            "part", "which accounting part of the expense it is", required=True,
            choices=("cost", "tax_reclaimable", "tax_cost", "advance", "personal"),
        ),
        FieldMeaning("expense_type", "code of the expense type"),
        FieldMeaning("expense_type_name", "name of the expense type"),
        FieldMeaning("spend_date", "day on which the money was spent", _DATE, _PERSONAL),
        FieldMeaning(
            "country", "country of the spend, ISO 3166-1 alpha-2", sensitivity=_PUBLIC,
            code_list=_COUNTRIES,
        ),
        FieldMeaning(
            "spend_amount", "what was spent, before exchange", _DECIMAL, _PERSONAL,
            unit="major units of spend_currency", sign="plus is spent, minus is refunded",
        ),
        FieldMeaning(
            "spend_currency", "currency of the spend, ISO 4217", sensitivity=_PUBLIC,
            code_list=_CURRENCIES,
        ),
        FieldMeaning(
            "exchange_rate", "rate of the reimbursement; empty: same currency", _DECIMAL,
            unit="by rate_direction",
        ),
        FieldMeaning(
            "rate_direction", "M: spend × rate; D: spend / rate; empty: same currency",
            choices=("M", "D"),
        ),
        _amount(_EXPENSE_SIGN),
        CURRENCY,
        FieldMeaning("tax_code", "authority and reclaim code of the tax"),
        FieldMeaning(
            "tax_base", "net amount that the tax is reckoned from", _DECIMAL, _PERSONAL,
            unit="major units of currency", sign="as amount",
        ),
        FieldMeaning("payment_type", "how it was paid, as the platform calls it"),
        FieldMeaning(
            "payee", "whom the reimbursement goes to", required=True,
            choices=("employee", "company_card"),
        ),
        _COST_CENTER,
        _PROJECT,
        FieldMeaning(
            "receipt", "what stands behind it: a receipt, none, or a tax receipt",
            choices=("yes", "no", "tax"),
        ),
        FieldMeaning("is_test", "whether the platform marks it as a test", choices=("yes", "no")),
        _amount_minor(_EXPENSE_SIGN),
    ),
)  # fmt: skip

EMPLOYEE: Final = RowContract(
    name="employee",
    version="1.1",
    meaning="An active or former employee as HR knows them; no pay, no name.",
    fields=(
        FieldMeaning(
            "line_no", "number of the row in its document", FieldType.INTEGER, _PUBLIC,
            unit="rows from 1", required=True, least=1, origin=Origin.POSITION,
        ),
        FILE_LINE,
        FieldMeaning(
            "employee_ref", "employee number", sensitivity=_PERSONAL, key=True, required=True
        ),
        FieldMeaning("entity", "code of the legal entity that employs", required=True),
        FieldMeaning("cost_center_code", "home cost center as HR calls it"),
        FieldMeaning("department", "department as HR calls it"),
        FieldMeaning("project_code", "home project as HR calls it"),
        FieldMeaning("pay_group", "pay group that payroll pays the employee in"),
        FieldMeaning("payroll_provider", "provider that payroll comes from"),
        FieldMeaning(
            "expense_ref", "expense profile: a number, or the fingerprint of a login",
            sensitivity=_PERSONAL,
        ),
        FieldMeaning(
            "country", "country of work, ISO 3166-1 alpha-2", sensitivity=_PUBLIC,
            code_list=_COUNTRIES,
        ),
        FieldMeaning(
            "status", "whether they work here", sensitivity=_PERSONAL, required=True,
            choices=("active", "left", "leave"),
        ),
        FieldMeaning("hire_date", "first day", _DATE, _PERSONAL),
        FieldMeaning("leave_date", "last day; empty: none known", _DATE, _PERSONAL),
    ),
)  # fmt: skip

CONTRACTS: Final[Mapping[str, RowContract]] = {
    contract.name: contract
    for contract in (PAY_LINE, EXPENSE_LINE, EMPLOYEE, *MASTER_DATA, *BOOKINGS)
}
