"""Read the pay lines report of one run into canonical pay lines; pure.

Each row has a debit and a credit. The amount of a line is in its component's own sense: debit
minus credit, and credit minus debit for what is kept from pay or paid out (employee tax,
deductions, net pay). So a deduction of 210.00 is 210.00, and one given back is -210.00.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import polars as pl

from tieout.adapters.workday.body import Record, read_table
from tieout.adapters.workday.contract import Contract
from tieout.adapters.workday.profile import (
    CREDIT_CLASSES,
    PAY_COLUMNS,
    PAY_IGNORED,
    PAY_REQUIRED,
    WorkdayProfile,
)
from tieout.adapters.workday.runs import RUN_COLUMNS, PayRun
from tieout.adapters.workday.totals import Totals, control_of, totals_findings
from tieout.contracts.columns import PAY_LINE, ROW_KEYS
from tieout.errors import Finding, Place, Severity
from tieout.finance.documents import DocumentFacts, Reading, RunKind, SourceDocument
from tieout.finance.money import AmountUnreadableError, CurrencyUnknownError, to_minor, to_text
from tieout.finance.words import finding

SCHEMA: Final = dict.fromkeys(ROW_KEYS, pl.Int64) | dict.fromkeys(PAY_LINE, pl.String)
_BLANK: Final[dict[str, object]] = dict.fromkeys(PAY_LINE, "")
#: What stands in a finding for an amount of pay that can't be read.
MASKED: Final = "a text of {count} characters"


def read_run(profile: WorkdayProfile, document: SourceDocument, content: bytes) -> Reading:
    """Canonical pay lines of one run.

    Raises:
        UnreadableDocumentError: the report is cut short, or no report.
    """
    run = PayRun.of(document.native_ref)
    table = read_table(content, document.media_type, document.name)
    contract = Contract.of(
        profile.provider, profile.columns, PAY_COLUMNS, PAY_REQUIRED, PAY_IGNORED
    )
    findings = list(contract.drift(table, document.name, "run"))
    shared = [column for column in RUN_COLUMNS if column in table.columns and run[column]]
    rows = [
        record
        for record in table.records
        if all(record[column].strip() == run[column] for column in shared)
    ]
    reader = _LineReader(profile, contract, document.name)
    lines = [reader.line(number, record) for number, record in enumerate(rows, start=1)]
    findings += _run_findings(profile, run, document.name)
    findings += reader.findings
    findings += reader.status_findings()
    findings += totals_findings(run, reader.totals, document.name)
    return Reading(
        facts=_facts(profile, run),
        frames={"pay_line": pl.DataFrame(lines, schema=SCHEMA)},
        control=control_of(run, reader.totals),
        findings=tuple(findings),
        summary={
            "format": f"Workday report, {table.format}",
            "records": len(table.records),
            "records_of_other_runs": len(table.records) - len(rows),
            "employees": len(reader.totals.employees),
            "read_line_count": reader.totals.line_count,
            "read_debit_minor": reader.totals.own_debit_minor,
            "read_credit_minor": reader.totals.own_credit_minor,
        },
    )


def _facts(profile: WorkdayProfile, run: PayRun) -> DocumentFacts:
    entity = profile.entities.get(run["Company_ID"], "")
    status = run["Result_Status"]
    key = (entity, run["Pay_Group_ID"], run.period, run.run_ref, str(run.sequence))
    return DocumentFacts(
        entity=entity,
        pay_group=run["Pay_Group_ID"],
        period=run.period,
        run_ref=run.run_ref,
        sequence=run.sequence,
        run_kind=profile.run_kinds.get(run["Run_Type"], RunKind.REGULAR),
        status=profile.statuses.get(status, status.lower()),
        currency=run["Currency"],
        pay_date=_day(run["Payment_Date"]),
        business_key="|".join(key),
    )


def _day(text: str) -> date | None:
    """The date in front of a possible time zone offset; none when it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _run_findings(profile: WorkdayProfile, run: PayRun, document: str) -> Iterator[Finding]:
    status = run["Result_Status"]
    if status not in profile.statuses:
        yield _status_unknown(document, "Result_Status", status)
    if run["Run_Type"] not in profile.run_kinds:
        yield _status_unknown(document, "Run_Type", run["Run_Type"])
    if run["Company_ID"] not in profile.entities:
        yield _unreadable(document, None, "Company_ID", run["Company_ID"], "known entity")
    if _day(run["Period_End"]) is None:
        yield _unreadable(document, None, "Period_End", run["Period_End"], "date")
    if _day(run["Payment_Date"]) is None:
        yield _unreadable(document, None, "Payment_Date", run["Payment_Date"], "date")


@dataclass
class _LineReader:
    """Turns rows into lines; collects totals, findings and the states of the rows."""

    profile: WorkdayProfile
    contract: Contract
    document: str
    totals: Totals = field(default_factory=Totals)
    findings: list[Finding] = field(default_factory=list)
    _states: dict[str, int] = field(default_factory=dict)
    _unlisted: set[str] = field(default_factory=set)
    _currencies: set[str] = field(default_factory=set)

    def line(self, number: int, record: Record) -> dict[str, object]:
        """One canonical line; what can't be read stays as found."""
        text = self.contract.text
        self._states.setdefault(text(record, "status"), record.line)
        self.totals.count(text(record, "employee_ref"))
        code = text(record, "component_code")
        self._heed_component(code, record.line)
        company = text(record, "entity")
        return _BLANK | {
            "line_no": number,
            "file_line": record.line,
            "coding": "component",
            "component_code": code,
            "employee_ref": text(record, "employee_ref"),
            "amount": self._amount(record, code),
            "currency": text(record, "currency"),
            "entity": self.profile.entities.get(company, company),
            "cost_center_code": text(record, "cost_center_code"),
            "project_code": text(record, "project_code"),
            "earned_for": text(record, "earned_for")[:10],
            "posting_date": text(record, "pay_date")[:10],
        }

    def status_findings(self) -> Iterator[Finding]:
        """A finished run has finished rows only; each other state is told once."""
        for status, line in self._states.items():
            if self.profile.statuses.get(status) != "finalised":
                yield _status_unknown(self.document, self.contract.names["status"], status, line)

    def _amount(self, record: Record, code: str) -> str:
        """The amount in the component's own sense; the text as found where it can't be read."""
        stated = [self.contract.text(record, word) for word in ("debit", "credit")]
        currency = self.contract.text(record, "currency")
        sides = [
            self._side(record, word, text or "0", currency)
            for word, text in zip(("debit", "credit"), stated, strict=True)
        ]
        if not any(stated):
            self._tell_amount(record, "debit", "")
            return ""
        debit, credit = sides
        if debit is None or credit is None:
            return stated[0] if debit is None else stated[1]
        component = self.profile.components.get(code)
        own_class = component.component_class if component else ""
        own = credit - debit if own_class in CREDIT_CLASSES else debit - credit
        self.totals.add(debit, credit, own, own if own_class == "net_pay" else 0)
        return to_text(own, currency)

    def _side(self, record: Record, word: str, text: str, currency: str) -> int | None:
        try:
            return to_minor(text, currency)
        except AmountUnreadableError:
            self._tell_amount(record, word, text)
        except CurrencyUnknownError:
            self._tell_currency(record, currency)
        return None

    def _tell_amount(self, record: Record, word: str, text: str) -> None:
        """Tell the place of an amount, never the amount: it is somebody's pay."""
        shown = MASKED.format(count=len(text))
        column = self.contract.names[word]
        self.findings.append(_unreadable(self.document, record.line, column, shown, "amount"))

    def _tell_currency(self, record: Record, currency: str) -> None:
        """A currency that does not exist is told once."""
        if currency in self._currencies:
            return
        self._currencies.add(currency)
        self.findings.append(
            finding(
                "currency_unknown",
                where=Place(self.document, record.line, self.contract.names["currency"]),
                found=currency,
                blocks="run",
                currency=currency or "(empty)",
            )
        )

    def _heed_component(self, code: str, line: int) -> None:
        """A component without a class is told once; mapping holds its lines."""
        if code in self.profile.components or code in self._unlisted:
            return
        self._unlisted.add(code)
        told = finding(
            "account_unmapped",
            where=Place(self.document, line, self.contract.names["component_code"]),
            found=code,
            blocks="its lines",
            severity=Severity.WARNING,
            entity=self.profile.provider,
        )
        message = f"Pay component {code or '(empty)'} is not listed for its provider"
        cure = "List it with its class in the provider file, and choose its account."
        self.findings.append(replace(told, message=message, next_step=cure))


def _status_unknown(document: str, column: str, found: str, line: int | None = None) -> Finding:
    return finding(
        "status_unknown",
        where=Place(document, line, column),
        found=found or "(empty)",
        blocks="run",
        system="Workday",
    )


def _unreadable(document: str, line: int | None, column: str, found: str, kind: str) -> Finding:
    return finding(
        "value_unreadable",
        where=Place(document, line, column),
        found=found or "(empty)",
        blocks="run" if line is None else None,
        line="of the run's controls" if line is None else line,
        field=column,
        type=kind,
    )
