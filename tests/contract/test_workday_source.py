"""The sources of pay runs and of employees against Workday's twin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import Fault, FaultBoard
from sandbox.workday import create_app
from tests.contract.twin_server import served
from tieout.adapters.transport import Connection, Limits, SignInRefusedError
from tieout.adapters.workday.source import WorkdayPeople, WorkdaySource, make, make_people
from tieout.errors import UnreadableDocumentError, VendorRefusedError, VendorUnavailableError
from tieout.finance.documents import DocumentRef, Reading, SourceDocument
from tieout.finance.periods import calendar_month
from tieout.ports import Source, Wanted

OCTOBER = Wanted(calendar_month("2026-10"))
AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
PROFILE: dict[str, Any] = {
    "provider": "workday-us",
    "kind": "workday",
    "entities": {"LE-US1": "US01"},
    "pay_groups": {"US_SEMI": "US01"},
    "statuses": {"Complete": "finalised", "In Progress": "calculated"},
    "period_ends": ["15", "last"],
    "components": {"SAL_REG": {"class": "earning"}, "NET_PAY": {"class": "net_pay"}},
}
PEOPLE: dict[str, Any] = {
    "provider": "workday-hr",
    "entities": {"LE-US1": "US01", "LE-DE1": "DE01"},
    "worker_statuses": {"Active": "active"},
}


def line(component: str, debit: str, credit: str, ends: str = "2026-10-15") -> dict[str, str]:
    """A row of the lines report."""
    return {
        "Company_ID": "LE-US1",
        "Pay_Group_ID": "US_SEMI",
        "Period_Start": f"{ends[:8]}01",
        "Period_End": ends,
        "Payment_Date": ends,
        "Run_Type": "ON_CYCLE",
        "Result_ID": "b1f0",
        "Result_Status": "Complete",
        "Worker_ID": "100101",
        "Pay_Component_Code": component,
        "Component_Type": "Earning",
        "Cost_Center_ID": "CC-1110",
        "Project_ID": "",
        "Debit_Amount": debit,
        "Credit_Amount": credit,
        "Currency": "USD",
        "Retro_For_Period_End": "",
        "Completed_Moment": f"{ends}T09:12:44.115-07:00",
    }


def control(ends: str, status: str, **changes: str) -> dict[str, str]:
    """A row of the controls report."""
    return {
        "Company_ID": "LE-US1",
        "Pay_Group_ID": "US_SEMI",
        "Period_Start": f"{ends[:8]}01",
        "Period_End": ends,
        "Payment_Date": ends,
        "Run_Type": "ON_CYCLE",
        "Result_Status": status,
        "Run_ID": f"US_SEMI-{ends}",
        "Sequence": "1",
        "Line_Count": "2",
        "Total_Debit": "100.00",
        "Total_Credit": "100.00",
        "Headcount": "1",
        "Net_Pay_Total": "100.00",
        "Currency": "USD",
        **changes,
    }


def worker(number: str, company: str) -> dict[str, str]:
    """A row of the workers report."""
    return {
        "Worker_ID": number,
        "Company_ID": company,
        "Cost_Center_ID": "CC-1110",
        "Department": "Sales",
        "Pay_Group_ID": "US_SEMI",
        "Payroll_Provider": "workday-us",
        "Expense_Login": "ann.lee@example.test",
        "Email_Work": "ann.lee@example.test",
        "Hire_Date": "2019-03-01",
        "Termination_Date": "",
        "Worker_Status": "Active",
        "Country": "US",
    }


def write_seed(home: Path) -> None:
    """Two semi-monthly runs of October: the first is finished, the second still runs."""
    prompts = ["Company", "Period_End_Date"]
    lines = [line("SAL_REG", "100.00", "0"), line("NET_PAY", "0", "100.00")]
    seed = {
        "tenant": "nordlicht_demo",
        "report_owner": "isu_owner",
        "users": [
            {
                "login": "ISU",
                "password": "right-password",
                "allowed": ["Tieout_Payroll_Lines", "Tieout_Payroll_Controls", "Tieout_Workers"],
            },
            {"login": "ISU_HR", "password": "hr-password", "allowed": ["Tieout_Workers"]},
        ],
        "reports": {
            "Tieout_Payroll_Lines": {"prompts": prompts, "rows": lines},
            "Tieout_Payroll_Controls": {
                "prompts": prompts,
                "rows": [
                    control("2026-10-15", "Complete"),
                    control("2026-10-15", "Complete", Pay_Group_ID="US_EXEC"),
                    control("2026-10-31", "In Progress"),
                    control("2026-09-30", "Complete"),
                    control("2026-08-31", "Parked"),
                ],
            },
            "Tieout_Workers": {
                "prompts": ["Company"],
                "rows": [worker("100101", "LE-US1"), worker("300101", "LE-DE1")],
            },
        },
    }
    path = home / "sandbox" / "seed" / "workday.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(seed), encoding="utf-8")


class Tenant:
    """The twin, its faults, and sources that sign in to it."""

    def __init__(self, base: str, board: FaultBoard) -> None:
        self.base = base
        self.board = board

    def arm(self, kind: str, report: str = "Tieout_Payroll_Lines", **settings: Any) -> None:
        """Arm one shot of a fault for one report."""
        self.board.arm("workday", Fault(kind, settings=settings), match={"report": report})

    def connection(self, **changes: Any) -> Connection:
        """The integration user's connection."""
        extra = {"tenant": "nordlicht_demo", "report_owner": "isu_owner"}
        wanted = {"login": "ISU", "password": "right-password", "extra": extra} | changes
        return Connection(self.base, **wanted)

    @contextmanager
    def source(self, attempts: int = 1, **changes: Any) -> Iterator[WorkdaySource]:
        """A source of pay runs; reads are repeated `attempts` times."""
        connection = self.connection(**changes.pop("connection", {}))
        limits = Limits(read_attempts=attempts, longest_pause_seconds=0.01, total_seconds=10)
        made = make(PROFILE | changes, connection, limits=limits)
        yield made
        made.close()


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    """A tenant with one finished run in October."""
    write_seed(tmp_path)
    board = FaultBoard()
    with served(create_app(tmp_path, board)) as base:
        yield Tenant(base, board)


def first(source: Source, wanted: Wanted = OCTOBER) -> tuple[DocumentRef, Reading]:
    """The first offered document and what was read from it."""
    ref = source.discover(wanted)[0]
    content, media_type = source.fetch(ref)
    return ref, source.read(SourceDocument.of(ref, content, media_type, AT), content)


def codes(reading: Reading) -> list[str]:
    """The codes of all findings."""
    return [found.code for found in reading.findings]


@pytest.mark.promise("S48")
def test_only_finished_runs_of_our_pay_groups_are_offered(tenant: Tenant) -> None:
    """A run that is still calculated changes until it is complete; it waits."""
    with tenant.source() as source:
        refs = source.discover(OCTOBER)
    assert [ref.group for ref in refs] == ["US01|US_SEMI|2026-10|US_SEMI-2026-10-15|1"]
    assert [ref.provider for ref in refs] == ["workday-us"]


def test_a_run_in_an_unknown_state_is_offered_so_that_it_is_told(tenant: Tenant) -> None:
    """A state that is not in the map is an exception, never a default."""
    with tenant.source() as source:
        _, reading = first(source, Wanted(calendar_month("2026-08")))
    told = next(found for found in reading.findings if found.code == "status_unknown")
    assert told.found == "Parked"
    assert reading.facts.status == "parked"


@pytest.mark.parametrize("report_format", ["json", "csv"])
def test_a_run_is_read_from_its_lines_and_its_controls(tenant: Tenant, report_format: str) -> None:
    """Journals rely on it: rows from one report, totals from the other, equal in both formats."""
    with tenant.source(report_format=report_format) as source:
        ref, reading = first(source)
    assert reading.findings == ()
    assert reading.facts.business_key == ref.group
    assert reading.frames["pay_line"]["amount"].to_list() == ["100.00", "100.00"]
    assert reading.control is not None
    assert (reading.control.line_count, reading.control.debit_minor) == (2, 20_000)


def test_the_bytes_are_the_reports_own_and_the_same_each_time(tenant: Tenant) -> None:
    """The hash of the bytes tells a repeated delivery from a corrected one."""
    with tenant.source() as source:
        ref = source.discover(OCTOBER)[0]
        assert source.fetch(ref) == source.fetch(ref)
        assert source.discover(OCTOBER)[0] == ref
        row, _, body = source.fetch(ref)[0].partition(b"\n")
        assert row.decode() == ref.native_ref, "two runs of one period share a body"
        assert body.startswith(b'{"Report_Entry"')


def test_every_run_counts_as_taken_at_once(tenant: Tenant) -> None:
    """Workday has no acknowledgement; nothing waits for one."""
    with tenant.source() as source:
        ref = source.discover(OCTOBER)[0]
        document = SourceDocument.of(ref, b"{}", "application/json", AT)
        assert [answer.taken for answer in source.acknowledge([document])] == [True]


@pytest.mark.promise("S84")
@pytest.mark.parametrize("kind", ["rate_limited", "unavailable", "drop", "cut_body", "reset_body"])
def test_a_passing_fault_is_waited_out(tenant: Tenant, kind: str) -> None:
    """A report is only read, so asking again is free; half a report counts as none."""
    tenant.arm(kind)
    with tenant.source(attempts=3) as source:
        _, reading = first(source)
    assert reading.findings == ()


def test_a_fault_that_lasts_is_unavailable_not_an_empty_run(tenant: Tenant) -> None:
    """The task fails and is tried later; nobody books a run without lines."""
    for _ in range(2):
        tenant.arm("drop")
    with tenant.source(attempts=2) as source, pytest.raises(VendorUnavailableError):
        first(source)


def test_csv_cut_at_the_end_of_a_row_is_caught_by_the_controls(tenant: Tenant) -> None:
    """Such a file looks whole; only the provider's own totals show what is missing."""
    tenant.arm("cut_body")
    with tenant.source(report_format="csv") as source:
        _, reading = first(source)
    assert "control_total_mismatch" in codes(reading)


def test_an_answer_that_is_no_report_can_not_be_read(tenant: Tenant) -> None:
    """Bytes that were stored and turn out to be a page stop the run with a cure."""
    with tenant.source() as source:
        ref = source.discover(OCTOBER)[0]
        page = b"<html>Workday is currently unavailable</html>"
        document = SourceDocument.of(ref, page, "application/json", AT)
        with pytest.raises(UnreadableDocumentError) as caught:
            source.read(document, page)
    assert caught.value.next_step


def test_a_renamed_column_blocks_its_run(tenant: Tenant) -> None:
    """A change of the report stops this provider only, and says which column."""
    tenant.arm("column_renamed", column="Debit_Amount", to="Debit")
    with tenant.source() as source:
        _, reading = first(source)
    drift = [found for found in reading.findings if found.code == "contract_drift"]
    assert [(found.where.field, found.severity) for found in drift] == [
        ("Debit_Amount", "critical"),
        ("Debit", "warning"),
    ]


def test_swapped_columns_are_caught_and_another_order_is_not_a_change(tenant: Tenant) -> None:
    """Names count, not places; contents that changed places fail the totals."""
    tenant.arm("columns_reordered")
    with tenant.source() as source:
        assert first(source)[1].findings == ()
        tenant.arm("columns_swapped", columns=["Worker_ID", "Pay_Component_Code"])
        assert "account_unmapped" in codes(first(source)[1])


def test_a_controls_report_that_lost_a_column_stops_the_intake(tenant: Tenant) -> None:
    """Without its column no run can be named, and none is invented."""
    tenant.arm("column_renamed", "Tieout_Payroll_Controls", column="Result_Status")
    with tenant.source() as source, pytest.raises(VendorRefusedError) as caught:
        source.discover(OCTOBER)
    assert caught.value.code == "contract_drift"
    assert caught.value.where.field == "Result_Status"


@pytest.mark.promise("S84")
def test_a_missing_right_is_refused_at_once(tenant: Tenant) -> None:
    """It comes as a 500; whoever retries every 500 retries this one for ever."""
    user = {"login": "ISU_HR", "password": "hr-password"}
    with (
        tenant.source(attempts=50, connection=user) as source,
        pytest.raises(VendorRefusedError, match="may not run") as caught,
    ):
        source.discover(OCTOBER)
    assert "administrator" in caught.value.next_step


def test_a_report_that_is_too_large_is_refused_at_once(tenant: Tenant) -> None:
    """Asking again would only cost its run time again."""
    tenant.arm("too_large")
    with tenant.source(attempts=50) as source, pytest.raises(VendorRefusedError, match="maximum"):
        first(source)


def test_a_wrong_password_is_tried_once_and_never_shown(tenant: Tenant) -> None:
    """Repeating a wrong password locks the account of everybody else."""
    with (
        tenant.source(attempts=50, connection={"password": "wrong-password"}) as source,
        pytest.raises(SignInRefusedError) as caught,
    ):
        source.discover(OCTOBER)
    assert "wrong-password" not in str(caught.value)


def test_a_report_under_another_owner_is_not_found(tenant: Tenant) -> None:
    """A report moves with its owner; the message gives that to the administrator."""
    extra = {"tenant": "nordlicht_demo", "report_owner": "somebody"}
    with (
        tenant.source(connection={"extra": extra}) as source,
        pytest.raises(VendorRefusedError),
    ):
        source.discover(OCTOBER)


@pytest.fixture
def people(tenant: Tenant) -> Iterator[WorkdayPeople]:
    """The source of employees."""
    made = make_people(PEOPLE, tenant.connection(), limits=Limits(read_attempts=1))
    yield made
    made.close()


def test_every_company_has_its_document_of_employees(people: WorkdayPeople) -> None:
    """Alignment relies on it: one document for each company, without name or address."""
    refs = people.discover(OCTOBER)
    assert [ref.name for ref in refs] == ["Tieout_Workers LE-US1", "Tieout_Workers LE-DE1"]
    seen = []
    for ref in refs:
        content, media_type = people.fetch(ref)
        reading = people.read(SourceDocument.of(ref, content, media_type, AT), content)
        assert reading.findings == ()
        assert "@" not in reading.frames["employee"].write_csv()
        seen += reading.frames["employee"].select("employee_ref", "entity").rows()
    assert seen == [("100101", "US01"), ("300101", "DE01")]
