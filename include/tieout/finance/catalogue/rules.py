"""What finance's rules and the master data do not answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.finance.catalogue.entries import LEAD, OPS, Words, said

RULES: Final[Mapping[str, Words]] = {
    "cost_center_unmapped": said(
        "Cost center {code} has no place in the ERP",
        "{count} lines of {entity}",
        "Choose its ERP cost center.",
        OPS,
    ),
    "cost_center_closed": said(
        "Cost center {code} is closed in the ERP and has no successor",
        "{count} lines of {entity}",
        "Name the successor.",
        LEAD,
    ),
    "project_unmapped": said(
        "Project {code} has no place in the ERP",
        "{count} lines of {entity}",
        "Choose its ERP project.",
        OPS,
    ),
    "entity_unknown": said(
        "{code} is no entity that we keep books for",
        "{count} lines of {code}",
        "Correct the entity at its source, or add its file.",
        LEAD,
    ),
    "account_unmapped": said(
        "{code} has no account in {entity}", "{count} lines of {entity}", "Choose its account.", OPS
    ),
    "account_closed": said(
        "Account {code} is closed or unknown in the ERP",
        "{count} lines of {entity}",
        "Choose an open account.",
        LEAD,
    ),
    "account_unclassed": said(
        "Account {code} of the vouchers of {entity} has no class",
        "{count} lines of {entity}",
        "Say in source_account_classes what it is: cost, clearing, liability, reimbursement, bank.",
        LEAD,
    ),
    "bank_leg_misplaced": said(
        "Bank account {code} of {entity} books neither net-pay clearing nor a payable",
        "{count} lines of {entity}",
        "Map it to where the payment is owed; the bank statement books the bank.",
        LEAD,
    ),
    "reimbursement_misplaced": said(
        "Reimbursement account {code} of {entity} is not booked to expense clearing",
        "{count} lines of {entity}",
        "Map it to the clearing account of the payroll route.",
        LEAD,
    ),
    "dimension_missing": said(
        "Account {code} needs a cost center; {count} lines of {entity} lack it",
        "{count} lines of {entity}",
        "Set the cost center at its source or a rule.",
        OPS,
    ),
    "mapping_conflict": said(
        "Two rules fit {code} equally", "activation", "Narrow one of them.", LEAD
    ),
    "employee_unknown": said(
        "{count} employees of {entity} are not in the HR data",
        "nothing yet",
        "Refresh HR data, or ask HR.",
        OPS,
        warn=True,
    ),
    "alignment_differs": said(
        "{entity}: the systems disagree about {count} people: {what}",
        "release without a second person while under the threshold",
        "Settle it in the system that is wrong; the alignment report names them.",
        OPS,
        warn=True,
    ),
    "cost_center_closed_people": said(
        "Closed cost center {code} has {count} people of {entity}",
        "posting for these people",
        "Name the successor, or let HR move them.",
        LEAD,
        warn=True,
    ),
    "pay_line_missing": said(
        "{count} employees of {entity} have no line in the last run",
        "nothing yet",
        "Ask payroll, or let HR correct their status.",
        OPS,
        warn=True,
    ),
    "extract_incomplete": said(
        "The extract of {source} lacks {count} of {known} ({kind})",
        "nothing; the last known facts stand",
        "Read the source again; release this when they are gone indeed.",
        OPS,
        warn=True,
    ),
    "readiness_missing": said(
        "{entity}: {why}",
        "release of {count} approved journals",
        "Settle the alignment, or a second person releases them with a reason.",
        LEAD,
        warn=True,
    ),
    "route_undecided": said(
        "No rule routes {code} in {entity}", "{count} lines of {entity}", "Add a rule.", LEAD
    ),
    "tax_treatment_missing": said(
        "No tax rule for {code} in {entity}", "{count} lines of {entity}", "Add a rule.", LEAD
    ),
    "exchange_rate_missing": said(
        "No rate is published for {code}",
        "{count} lines of {entity}",
        "Wait for the publication, or let the policy accept an older one; then route runs again.",
        LEAD,
    ),
    "exchange_not_compared": said(
        "{count} expenses of {entity}, {code}, compare with no published rate, by policy",
        "nothing",
        "Name a rate type in dates_and_rates once one is published.",
        LEAD,
        warn=True,
    ),
    "exchange_rate_unstated": said(
        "No policy says rates and age for foreign expenses of {entity}",
        "{count} lines of {entity}",
        "State rate_type and staleness_days in dates_and_rates.",
        LEAD,
    ),
    "cutoff_missed": said(
        "{report} missed the cutoff {cutoff}; approved {approved}, the cost stays",
        "payment",
        "Nothing to do; it pays with the next run.",
        OPS,
        warn=True,
    ),
    "receivable_unmapped": said(
        "Offsets exceed a report of {entity}; no receivable account is named",
        "{count} lines of {entity}",
        "Name the account of employee_receivable.",
        LEAD,
    ),
}
