"""Read the workers report into employees as finance needs them: no pay, no name, no address.

The login of the expense platform is often an e-mail address, which is a name; it is kept as a
fingerprint, enough to see whether a person has one and whether two sources mean the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import polars as pl

from tieout.adapters.workday.body import Record, Table, read_table
from tieout.adapters.workday.contract import Contract
from tieout.adapters.workday.profile import (
    WORKER_COLUMNS,
    WORKER_IGNORED,
    WORKER_REQUIRED,
    WorkdayProfile,
)
from tieout.contracts.columns import EMPLOYEE, ROW_KEYS
from tieout.errors import Finding, Place
from tieout.finance.documents import DocumentFacts, Reading, SourceDocument
from tieout.finance.words import finding

SCHEMA: Final = dict.fromkeys(ROW_KEYS, pl.Int64) | dict.fromkeys(EMPLOYEE, pl.String)


def read_workers(
    profile: WorkdayProfile, document: SourceDocument, content: bytes, company: str
) -> Reading:
    """Canonical employees of one company.

    Raises:
        UnreadableDocumentError: the report is cut short, or no report.
    """
    table = read_table(content, document.media_type, document.name)
    contract = Contract.of(
        profile.provider, profile.columns, WORKER_COLUMNS, WORKER_REQUIRED, WORKER_IGNORED
    )
    rows = [
        _employee(profile, contract, record, number)
        for number, record in enumerate(table.records, start=1)
    ]
    findings = [
        *contract.drift(table, document.name, "employees"),
        *_findings(profile, contract, table, document.name),
    ]
    entity = profile.entities.get(company, "")
    return Reading(
        facts=DocumentFacts(entity=entity, business_key=f"{entity}|employees"),
        frames={"employee": pl.DataFrame(rows, schema=SCHEMA)},
        findings=tuple(findings),
        summary={"format": f"Workday report, {table.format}", "employees": len(rows)},
    )


def _employee(
    profile: WorkdayProfile, contract: Contract, record: Record, number: int
) -> dict[str, object]:
    values: dict[str, object] = {word: contract.text(record, word) for word in EMPLOYEE}
    company, status = str(values["entity"]), str(values["status"])
    return values | {
        "line_no": number,
        "file_line": record.line,
        "entity": profile.entities.get(company, company),
        "status": profile.worker_statuses.get(status) or status,
        "expense_ref": _fingerprint(str(values["expense_ref"])),
        "hire_date": str(values["hire_date"])[:10],
        "leave_date": str(values["leave_date"])[:10],
    }


def _fingerprint(login: str) -> str:
    """An address as the start of its SHA-256; any other id as it is."""
    if "@" not in login:
        return login
    return hashlib.sha256(login.lower().encode()).hexdigest()[:16]


def _findings(
    profile: WorkdayProfile, contract: Contract, table: Table, document: str
) -> Iterator[Finding]:
    """States that are not listed, each once, and numbers that two rows share."""
    told: set[str] = set()
    seen: set[str] = set()
    for record in table.records:
        status = contract.text(record, "status")
        if status not in profile.worker_statuses and status not in told:
            told.add(status)
            yield finding(
                "status_unknown",
                where=Place(document, record.line, contract.names["status"]),
                found=status or "(empty)",
                blocks="employees",
                system="Workday",
            )
        number = contract.text(record, "employee_ref")
        if not number or number in seen:
            yield finding(
                "value_unreadable",
                where=Place(document, record.line, contract.names["employee_ref"]),
                found=number or "(empty)",
                blocks="employees",
                line=record.line,
                field=contract.names["employee_ref"],
                type="number of one employee only",
            )
        seen.add(number)
