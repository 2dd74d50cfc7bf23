"""Workday as a source of finished pay runs, and as the source of employees."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tieout.adapters.transport import Connection, Limits, ThreadSlots
from tieout.adapters.workday.body import read_table
from tieout.adapters.workday.client import ReportClient
from tieout.adapters.workday.pay_lines import read_run
from tieout.adapters.workday.profile import WorkdayProfile, profile_of
from tieout.adapters.workday.runs import PayRun, front
from tieout.adapters.workday.workers import read_workers
from tieout.errors import ConfigurationError, Place, VendorRefusedError
from tieout.finance.documents import Acknowledged, DocumentRef, Reading, SourceDocument
from tieout.finance.periods import AccountingPeriod
from tieout.ports import Slots, Wanted

#: Without these columns no run can be named.
CONTROL_COLUMNS = ("Company_ID", "Pay_Group_ID", "Period_End", "Result_Status", "Run_Type")


class WorkdaySource:
    """Finished pay runs of the profile's companies (port `Source`).

    A run is what the controls report states; its row goes along as the native reference, its bytes
    are the body of the lines report.
    """

    def __init__(self, profile: WorkdayProfile, reports: ReportClient) -> None:
        self._profile = profile
        self._reports = reports

    @property
    def provider(self) -> str:
        """Id of the provider's configuration."""
        return self._profile.provider

    def discover(self, wanted: Wanted) -> Sequence[DocumentRef]:
        """The runs whose pay period ends in the period, finished or in a state that is unknown.

        Raises:
            VendorRefusedError: the controls report lacks a column that names a run.
        """
        refs = []
        for company in self._profile.entities:
            for period_end in self._period_ends(wanted.period):
                refs += [self._ref(run) for run in self._runs(company, period_end)]
        return refs

    def fetch(self, ref: DocumentRef) -> tuple[bytes, str]:
        """The run's control row on a line of its own, then the lines report's unchanged body.

        Two runs of one company and period share one body; the row in front tells them apart, so
        that the second is not taken for a repeated delivery of the first.
        """
        run = PayRun.of(ref.native_ref)
        prompts = {"Company": run["Company_ID"], "Period_End_Date": run["Period_End"]}
        body, media_type = self._reports.report(
            self._profile.reports.lines, prompts, self._profile.report_format
        )
        return front(ref.native_ref) + body, media_type

    def read(self, document: SourceDocument, content: bytes) -> Reading:
        """See `read_run`; the control row in front of the body is not part of it."""
        body = content.removeprefix(front(document.native_ref))
        return read_run(self._profile, document, body)

    def acknowledge(self, documents: Sequence[SourceDocument]) -> Sequence[Acknowledged]:
        """Workday wants to hear nothing: all are taken."""
        return [Acknowledged(document.native_ref, taken=True) for document in documents]

    def close(self) -> None:
        """Close all connections; optional at the end of a process."""
        self._reports.close()

    def _runs(self, company: str, period_end: date) -> Iterator[PayRun]:
        name = self._profile.reports.controls
        prompts = {"Company": company, "Period_End_Date": period_end.isoformat()}
        content, media_type = self._reports.report(name, prompts, self._profile.report_format)
        table = read_table(content, media_type, name)
        missing = [column for column in CONTROL_COLUMNS if column not in table.columns]
        if table.records and missing:
            raise VendorRefusedError(
                f"The report {name} has no column {missing[0]} any more.",
                where=Place(name, None, missing[0]),
                blocks="the provider's intake",
                next_step="Restore the column in Workday, or accept the new form.",
                code="contract_drift",
            )
        for record in table.records:
            run = PayRun(record.values)
            if self._is_offered(run):
                yield run

    def _is_offered(self, run: PayRun) -> bool:
        groups = self._profile.pay_groups
        status = self._profile.statuses.get(run["Result_Status"])
        return (not groups or run["Pay_Group_ID"] in groups) and status in {"finalised", None}

    def _ref(self, run: PayRun) -> DocumentRef:
        entity = self._profile.entities.get(run["Company_ID"], run["Company_ID"])
        name = f"{run['Company_ID']} {run['Pay_Group_ID']} {run.run_ref}/{run.sequence}"
        group = f"{entity}|{run['Pay_Group_ID']}|{run.period}|{run.run_ref}|{run.sequence}"
        return DocumentRef(self.provider, name, run.native_ref, group)

    def _period_ends(self, period: AccountingPeriod) -> Iterator[date]:
        for stated in self._profile.period_ends:
            if stated == "last":
                yield period.ends
            elif stated.isdecimal() and 1 <= int(stated) <= period.ends.day:
                yield period.ends.replace(day=int(stated))
            else:
                raise ConfigurationError(
                    f"{stated} is no day of {period.code}.",
                    where=Place(f"providers/{self.provider}.yaml", None, "period_ends"),
                    blocks="the provider's intake",
                    next_step="Write day numbers, or last.",
                )


class WorkdayPeople:
    """The employees of all companies, one document for each (port `Source`)."""

    def __init__(self, profile: WorkdayProfile, reports: ReportClient) -> None:
        self._profile = profile
        self._reports = reports

    @property
    def provider(self) -> str:
        """Id of the provider's configuration."""
        return self._profile.provider

    def discover(self, wanted: Wanted) -> Sequence[DocumentRef]:
        """One document for each company, whatever the period: the report knows today only."""
        group = f"{self.provider}-{wanted.period.code}"
        return [
            DocumentRef(
                self.provider,
                f"{self._profile.reports.workers} {company}",
                json.dumps({"company": company}),
                group,
            )
            for company in self._profile.entities
        ]

    def fetch(self, ref: DocumentRef) -> tuple[bytes, str]:
        """The body of the workers report of the company."""
        prompts = {"Company": _company(ref.native_ref)}
        return self._reports.report(
            self._profile.reports.workers, prompts, self._profile.report_format
        )

    def read(self, document: SourceDocument, content: bytes) -> Reading:
        """See `read_workers`."""
        return read_workers(self._profile, document, content, _company(document.native_ref))

    def acknowledge(self, documents: Sequence[SourceDocument]) -> Sequence[Acknowledged]:
        """Workday wants to hear nothing: all are taken."""
        return [Acknowledged(document.native_ref, taken=True) for document in documents]

    def close(self) -> None:
        """Close all connections; optional at the end of a process."""
        self._reports.close()


def _company(native_ref: str) -> str:
    company: str = json.loads(native_ref)["company"]
    return company


def make(
    profile: Mapping[str, object],
    connection: Connection,
    *,
    slots: Slots | None = None,
    limits: Limits | None = None,
) -> WorkdaySource:
    """Build the source of pay runs.

    Args:
        profile: the parsed provider file.
        connection: login and password of the integration user; extra holds `tenant` and
            `report_owner`.
        slots: bounds requests at once over all processes.
        limits: patience and size of the HTTP client.

    Raises:
        ConfigurationError: the provider file can't be used.
        SettingsError: the connection lacks a field.
    """
    client = ReportClient(connection, slots or ThreadSlots(), limits)
    return WorkdaySource(profile_of(profile), client)


def make_people(
    profile: Mapping[str, object],
    connection: Connection,
    *,
    slots: Slots | None = None,
    limits: Limits | None = None,
) -> WorkdayPeople:
    """Build the source of employees; arguments and errors as `make`."""
    client = ReportClient(connection, slots or ThreadSlots(), limits)
    return WorkdayPeople(profile_of(profile), client)
