"""How a mail tells a cause without telling of a person.

Stored titles may quote what was found in a source line, and that may be somebody's pay or name. So
a title is told as it stands only where its values are known to be codes, counts or whole files;
everything else is retold here, without values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Pay of fewer lines than this is never shown in a mail, whatever the policy for journals says.
SMALLEST_GROUP: Final = 5

#: Titles that hold master data codes, counts, journals or totals of a whole payroll file.
TOLD_AS_STORED: Final = frozenset(
    {
        "document_missing",
        "document_redelivered",
        "contract_drift",
        "contract_version_ending",
        "contract_version_over",
        "contract_version_unknown",
        "entity_unknown",
        "cost_center_unmapped",
        "cost_center_closed",
        "project_unmapped",
        "account_unmapped",
        "account_closed",
        "dimension_missing",
        "mapping_conflict",
        "employee_unknown",
        "alignment_differs",
        "cost_center_closed_people",
        "pay_line_missing",
        "extract_incomplete",
        "readiness_missing",
        "route_undecided",
        "tax_treatment_missing",
        "journal_unbalanced",
        "approval_void",
        "no_approver",
        "journal_rejected",
        "period_closed",
        "date_outside_period",
        "posting_unclear",
        "same_id_other_content",
        "erp_awaits_approval",
        "erp_login",
        "erp_busy",
        "tie_out_difference",
        "foreign_journal",
        "clearing_unexplained",
    }
)

#: Totals of a document: a payroll file is many people, an expense report is one.
TOLD_FOR_PAYROLL: Final = frozenset({"control_total_mismatch", "control_total_derived"})

#: Without values; `{key}` is the object: a journal, a file or a provider.
_RETOLD: Final[Mapping[str, str]] = {
    "source_unreachable": "{key} can't be reached",
    "document_duplicate": "{key} is the same file again",
    "document_unreadable": "{key} can't be read",
    "control_total_mismatch": "Documents do not add up to their stated totals",
    "control_total_derived": "Documents state no total; we counted",
    "value_unreadable": "Values of source lines can't be read",
    "currency_unknown": "Source lines name a currency that ISO 4217 does not know",
    "status_unknown": "Documents are in a state that nobody has mapped",
    "cutoff_missed": "Expense reports missed the payroll cutoff; their cost stays",
    "report_revised": "Expense reports came again as a new revision",
    "expectation_failed": "An expectation on the totals does not hold",
    "erp_value_refused": "The ERP does not accept a value of {key}",
    "erp_wrong_subsidiary": "A value of {key} is not allowed in its subsidiary",
    "erp_field_missing": "The ERP wants another field for {key}",
    "erp_no_right": "Our ERP role may not post {key}",
    "ledger_drift": "{key} was changed in the ERP",
    "concur_recalled": "Expense reports were recalled before we took them",
    "concur_recalled_late": "Expense reports were recalled after posting",
    "concur_taken_elsewhere": "Another client acknowledged our expense reports",
    "concur_notice_refused": "The expense platform refused our notices; the bookings stand",
}

OWNERS: Final[Mapping[str, str]] = {
    "finance_ops": "finance operations",
    "finance_lead": "finance lead",
    "controller": "controller",
    "platform": "platform",
}


def told(code: str, title: str, key: str, unit_kind: str) -> str:
    """The title of a cause as a mail may state it.

    Args:
        code: of the exception or finding.
        title: as stored.
        key: the object that it is about.
        unit_kind: `payroll` or `expense` of its unit, or empty.
    """
    if code in TOLD_AS_STORED or (code in TOLD_FOR_PAYROLL and unit_kind == "payroll"):
        return title
    retold = _RETOLD.get(code)
    if retold is None:
        return code.replace("_", " ").capitalize()
    return retold.replace("{key}", key)


def too_few(unit_kind: str, line_count: int, smallest_group: int) -> bool:
    """Whether an amount would show the pay of few people."""
    return unit_kind == "payroll" and 0 < line_count < max(SMALLEST_GROUP, smallest_group)
