"""The columns of each canonical frame as an adapter delivers them: text, canonical syntax.

Empty string means missing. Amounts are decimal text with a point; dates ISO; flags `yes`/`no`.
`line_no` (1…n in the document, one per accounting leg) and `file_line` (where it stands physically)
are integers. Typing is the validate stage's work, so that what can't be cast is reported with
document, line and field.
"""

from __future__ import annotations

from typing import Final

#: Integer columns every row frame starts with.
ROW_KEYS: Final = ("line_no", "file_line")

#: A pay line: component-coded (component_code) or account-coded (voucher_key, source_account).
#: `amount` of a component is in its own sense (a deduction of 210.00 is 210.00); an account-coded
#: line is signed, debit positive. `employee_ref` is an employee number, never a name.
PAY_LINE: Final = (
    "coding",  # component | account
    "component_code",
    "voucher_key",
    "source_account",
    "contra_account",
    "employee_ref",
    "amount",
    "currency",
    "entity",
    "cost_center_code",
    "project_code",
    "earned_for",  # ISO date inside the period the pay was earned in; empty: the run's period
    "posting_date",
)

#: One accounting part of an approved expense: cost, tax_reclaimable, tax_cost, advance, personal.
#: `amount` is signed, in the reimbursement currency; the part debits its account by it and credits
#: its payee's clearing by the same.
EXPENSE_LINE: Final = (
    "report_key",
    "report_ref",  # what people call the report
    "revision",
    "document_ref",  # the platform's id of this financial document
    "entity",
    "employee_ref",
    "approved_at",  # ISO instant with zone
    "policy_ref",
    "approver_ref",
    "entry_ref",
    "allocation_ref",
    "part",
    "expense_type",
    "expense_type_name",
    "spend_date",
    "country",
    "spend_amount",
    "spend_currency",
    "exchange_rate",
    "rate_direction",  # M: spend x rate; D: spend / rate; empty: same currency
    "amount",
    "currency",
    "tax_code",  # authority/reclaim code
    "tax_base",
    "payment_type",
    "payee",  # employee | company_card
    "cost_center_code",
    "project_code",
    "receipt",  # yes | no | tax
    "is_test",  # yes | no
)

#: An active or former employee as HR knows them; no pay, no name.
EMPLOYEE: Final = (
    "employee_ref",
    "entity",
    "cost_center_code",
    "department",
    "project_code",
    "pay_group",
    "payroll_provider",
    "expense_ref",
    "country",
    "status",  # active | left | leave
    "hire_date",
    "leave_date",
)

FRAMES: Final = {"pay_line": PAY_LINE, "expense_line": EXPENSE_LINE, "employee": EMPLOYEE}
