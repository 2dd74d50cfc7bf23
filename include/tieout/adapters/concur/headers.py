"""The head of an expense report: whose, when approved, in what state; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tieout.adapters.concur.canonical import text_of
from tieout.adapters.concur.envelope import TAKEABLE, Envelope
from tieout.adapters.concur.profile import ConcurProfile
from tieout.errors import Finding, Place, Severity
from tieout.finance.documents import DocumentFacts
from tieout.finance.periods import period_of
from tieout.finance.words import finding


@dataclass(frozen=True, slots=True)
class Header:
    """What every line of a report shares, in canonical text.

    Attributes:
        document: what people call the report; the place of every finding.
        approved_on: the day of approval in the entity's time zone; none when it can't be read.
    """

    document: str
    fis_id: str
    entity: str
    currency: str
    report_key: str
    report_ref: str
    revision: str
    employee_ref: str
    approved_at: str
    approved_on: date | None
    policy_ref: str
    approver_ref: str
    is_test: bool
    status: str

    def columns(self) -> dict[str, object]:
        """The header's columns of an expense line."""
        return {
            "report_key": self.report_key,
            "report_ref": self.report_ref,
            "revision": self.revision,
            "document_ref": self.fis_id,
            "entity": self.entity,
            "employee_ref": self.employee_ref,
            "approved_at": self.approved_at,
            "policy_ref": self.policy_ref,
            "approver_ref": self.approver_ref,
            "currency": self.currency,
            "is_test": "yes" if self.is_test else "no",
        }

    def facts(self) -> DocumentFacts:
        """What the report is about; its key is report and revision, whatever document brings it."""
        return DocumentFacts(
            entity=self.entity,
            period=period_of(self.approved_on).code if self.approved_on else "",
            run_ref=self.report_ref,
            sequence=int(self.revision) if self.revision.isdecimal() else 1,
            status=self.status,
            currency=self.currency,
            business_key=f"{self.entity}|expense|{self.report_key}|{self.revision}",
        )


def header_of(profile: ConcurProfile, envelope: Envelope, document: str) -> Header:
    """The head of a report; what can't be read stays as found or empty."""
    report = envelope.report
    entity = profile.entities.get(text_of(report.get(profile.entity_field)), "")
    is_test = text_of(report.get("isTest")) == "Y"
    status = "finalised" if envelope.status in TAKEABLE else envelope.status.lower()
    approved_at = text_of(report.get(profile.approved_at_field))
    return Header(
        document=document,
        fis_id=envelope.fis_id,
        entity=entity,
        currency=text_of(report.get("employeeCurrencyAlphaCode")),
        report_key=text_of(report.get("reportId")),
        report_ref=text_of(report.get(profile.report_ref_field)) or document,
        revision=text_of(report.get("revisionNumber")),
        employee_ref=text_of(envelope.employee.get(profile.employee_field)),
        approved_at=approved_at,
        approved_on=approved_on(profile, entity, approved_at),
        policy_ref=text_of(report.get("policyId")),
        approver_ref=text_of(report.get("lastApproverId")),
        is_test=is_test,
        status="test" if is_test else status,
    )


def approved_on(profile: ConcurProfile, entity: str, approved_at: str) -> date | None:
    """The day in the entity's time zone of an ISO instant with a zone; none when it is none."""
    try:
        instant = datetime.fromisoformat(approved_at)
    except ValueError:
        return None
    # Two days of air keep the change of zone inside the years that a date can hold.
    if instant.tzinfo is None or not date.min + timedelta(
        2
    ) < instant.date() < date.max - timedelta(2):
        return None
    return instant.astimezone(ZoneInfo(profile.time_zones.get(entity, "UTC"))).date()


def header_findings(
    profile: ConcurProfile, envelope: Envelope, header: Header
) -> Iterator[Finding]:
    """All that is wrong with the head; each of it but the test mark blocks the report."""
    report = envelope.report
    if not header.entity:
        code = text_of(report.get(profile.entity_field))
        yield _unreadable(header, f"report.{profile.entity_field}", code, "known entity")
    if not header.report_key:
        yield _unreadable(header, "report.reportId", "", "report id")
    if not header.fis_id:
        yield _unreadable(header, "id", "", "document id")
    if not header.employee_ref:
        yield _unreadable(header, f"employee.{profile.employee_field}", "", "employee number")
    if header.approved_on is None:
        path = f"report.{profile.approved_at_field}"
        yield _unreadable(header, path, header.approved_at, "instant with a time zone")
    yield from _revision(header)
    yield from _state(envelope, header)
    yield from _test_mark(report.get("isTest"), header)


def _revision(header: Header) -> Iterator[Finding]:
    if not header.revision.isdecimal() or int(header.revision) < 1:
        yield _unreadable(header, "report.revisionNumber", header.revision, "revision from 1")
    elif int(header.revision) > 1:
        yield finding(
            "report_revised",
            where=Place(header.document, None, "report.revisionNumber"),
            found=header.revision,
            report=header.report_ref,
            revision=header.revision,
        )


def _state(envelope: Envelope, header: Header) -> Iterator[Finding]:
    if envelope.status not in TAKEABLE:
        yield finding(
            "status_unknown",
            where=Place(header.document, None, "docStatus"),
            found=envelope.status or "(empty)",
            blocks="report",
            system="The expense platform",
        )


def _test_mark(value: object, header: Header) -> Iterator[Finding]:
    if value == "N":
        return
    told = finding(
        "status_unknown",
        where=Place(header.document, None, "report.isTest"),
        found=text_of(value) or "(empty)",
        blocks="nothing" if header.is_test else "report",
        severity=Severity.WARNING if header.is_test else Severity.CRITICAL,
        system="The expense platform",
    )
    if header.is_test:
        told = replace(
            told,
            message=f"{header.report_ref} is a test report and is left out of the books",
            next_step="Nothing to do.",
        )
    yield told


def _unreadable(header: Header, path: str, found: str, kind: str) -> Finding:
    return finding(
        "value_unreadable",
        where=Place(header.document, None, path),
        found=found[:40] or "(empty)",
        blocks="report",
        line="of the report's head",
        field=path,
        type=kind,
    )
