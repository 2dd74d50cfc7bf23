"""All that NetSuite holds before the close begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sandbox.company.netsuite import (
    Row,
    accounts,
    classifications,
    currencies,
    departments,
    subsidiaries,
)
from sandbox.company.netsuite_people import employees, vendors
from sandbox.company.netsuite_periods import accounting_periods
from sandbox.company.people import Person
from sandbox.company.plan import Plan
from sandbox.company.troubles import Troubles

#: What the integration's role may do; neither overriding periods nor approving journals.
PERMISSIONS: Final = (
    "REST Web Services",
    "Log in using OAuth 2.0 Access Tokens",
    "SuiteAnalytics Workbook",
    "Make Journal Entry",
    "Posting Period on Transactions",
    "Accounts",
    "Subsidiaries",
    "Departments",
    "Classes",
    "Locations",
    "Currency",
    "Accounting Periods",
    "Employees",
    "Vendors",
)
PREFERENCES: Final = {
    "allowDateOutsidePeriod": "disallow",
    "defaultPeriodWhenClosed": "current",
    "journalApproval": "none",
    "mandatorySegments": [],
    "lockedPeriodBehaviour": "error",
}


def netsuite_seed(
    plan: Plan, people: Mapping[str, Sequence[Person]], troubles: Troubles
) -> dict[str, Any]:
    """All tables, preferences and the integration's role, without its key."""
    tables: dict[str, Iterable[Row]] = {
        "subsidiary": subsidiaries(plan),
        "account": accounts(plan),
        "department": departments(plan, troubles.closed_cost_center),
        "classification": classifications(plan),
        "location": [],
        "employee": employees(plan, people),
        "vendor": vendors(plan, people),
        "currency": currencies(plan),
        "accountingperiod": accounting_periods(plan),
        "accountingbook": [
            {
                "id": "1",
                "name": "Primary Accounting Book",
                "isprimary": "T",
                "isadjustmentonly": "F",
                "isconsolidated": "F",
            }
        ],
    }
    return {
        "account_id": plan.group["erp_account_id"],
        "tables": tables,
        "preferences": PREFERENCES,
        "roles": [{"id": "1101", "permissions": list(PERMISSIONS), "subsidiaries": None}],
    }
