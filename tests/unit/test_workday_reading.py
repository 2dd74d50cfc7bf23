"""A Workday report becomes pay lines or employees, and what is wrong with it is told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tieout.adapters.workday.pay_lines import read_run
from tieout.adapters.workday.profile import profile_of
from tieout.adapters.workday.runs import PayRun
from tieout.adapters.workday.workers import read_workers
from tieout.contracts.columns import EMPLOYEE, PAY_LINE
from tieout.errors import ConfigurationError, UnreadableDocumentError
from tieout.finance.documents import ControlOrigin, DocumentRef, Reading, RunKind, SourceDocument

PROFILE = profile_of(
    {
        "provider": "workday-us",
        "kind": "workday",
        "entities": {"LE-US1": "US01"},
        "pay_groups": ["US_MONTH"],
        "statuses": {"Complete": "finalised", "In Progress": "calculated"},
        "run_kinds": {"ON_CYCLE": "regular", "OFF_CYCLE": "off_cycle"},
        "columns": {"project_code": "Project_ID"},
        "components": {
            "SAL_REG": {"class": "earning", "name": "Salary"},
            "FIT_EE": {"class": "employee_tax"},
            "401K_EE": {"class": "deduction"},
            "401K_ER": {"class": "employer_contribution"},
            "REIMB_NT": {"class": "reimbursement_nontaxable"},
            "GTL_IMP": {"class": "benefit_in_kind"},
            "NET_PAY": {"class": "net_pay"},
        },
    }
)
PEOPLE = profile_of(
    {
        "provider": "workday-hr",
        "entities": {"LE-US1": "US01"},
        "worker_statuses": {"Active": "active", "On Leave": "leave", "Terminated": "left"},
        "columns": {"unknown_columns": "refuse"},
    }
)

RUN = {
    "Company_ID": "LE-US1",
    "Pay_Group_ID": "US_MONTH",
    "Period_Start": "2026-10-01",
    "Period_End": "2026-10-31",
    "Payment_Date": "2026-10-30",
    "Run_Type": "ON_CYCLE",
    "Result_Status": "Complete",
    "Run_ID": "US_MONTH-202610-01",
    "Sequence": "1",
    "Line_Count": "7",
    "Total_Debit": "5400.00",
    "Total_Credit": "4860.00",
    "Headcount": "2",
    "Net_Pay_Total": "3650.00",
    "Currency": "USD",
}


def row(
    component: str, debit: str, credit: str, worker: str = "100101", **more: str
) -> dict[str, str]:
    """One row of the lines report, as Workday writes it in JSON: empty fields left out."""
    return {
        "Company_ID": "LE-US1",
        "Pay_Group_ID": "US_MONTH",
        "Period_Start": "2026-10-01",
        "Period_End": "2026-10-31",
        "Payment_Date": "2026-10-30",
        "Run_Type": "ON_CYCLE",
        "Result_ID": "b1f0",
        "Result_Status": "Complete",
        "Worker_ID": worker,
        "Pay_Component_Code": component,
        "Cost_Center_ID": "CC-1110",
        "Debit_Amount": debit,
        "Credit_Amount": credit,
        "Currency": "USD",
        **more,
    }


def rows() -> list[dict[str, str]]:
    """A run of two people."""
    return [
        row("SAL_REG", "5000.00", "0"),
        row("FIT_EE", "0", "1000.00"),
        row("401K_EE", "10.00", "0", Retro_For_Period_End="2026-09-30"),
        row("401K_ER", "250.00", "0"),
        row("REIMB_NT", "140.00", "0", worker="100102", Project_ID="PRJ-1007"),
        row("SAL_REG", "0", "210.00", worker="100102"),
        row("NET_PAY", "0", "3650.00"),
    ]


def as_json(lines: list[dict[str, str]]) -> bytes:
    """The report's JSON body."""
    return json.dumps({"Report_Entry": lines}).encode()


def as_csv(lines: list[dict[str, str]]) -> bytes:
    """The report's CSV body: the same columns, empty where JSON leaves a field out."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for line in lines for name in line)))
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def read(
    content: bytes, media_type: str = "application/json", run: Mapping[str, str] = RUN
) -> Reading:
    """Read the body as the lines of `run`."""
    name = "LE-US1 US_MONTH US_MONTH-202610-01/1"
    ref = DocumentRef("workday-us", name, PayRun(run).native_ref)
    at = datetime(2026, 11, 2, 6, tzinfo=UTC)
    return read_run(PROFILE, SourceDocument.of(ref, content, media_type, at), content)


def codes(reading: Reading, severity: str = "critical") -> list[str]:
    """The codes of all findings of one severity."""
    return [found.code for found in reading.findings if found.severity == severity]


def test_an_amount_is_in_its_components_own_sense() -> None:
    """Journals rely on it: tax and net pay count as credits, a deduction given back is negative."""
    reading = read(as_json(rows()))
    assert reading.findings == ()
    frame = reading.frames["pay_line"]
    assert tuple(frame.columns) == ("line_no", "file_line", *PAY_LINE)
    assert frame.select("component_code", "amount").rows() == [
        ("SAL_REG", "5000.00"),
        ("FIT_EE", "1000.00"),
        ("401K_EE", "-10.00"),
        ("401K_ER", "250.00"),
        ("REIMB_NT", "140.00"),
        ("SAL_REG", "-210.00"),
        ("NET_PAY", "3650.00"),
    ]


def test_a_line_keeps_whose_where_and_for_when() -> None:
    """Cost allocation and retro disclosure rely on it: dimensions and the origin travel along."""
    frame = read(as_json(rows())).frames["pay_line"]
    assert frame["entity"].unique().to_list() == ["US01"]
    assert frame["cost_center_code"].unique().to_list() == ["CC-1110"]
    assert frame["project_code"].to_list()[4] == "PRJ-1007"
    assert frame["earned_for"].to_list()[2:4] == ["2026-09-30", ""]
    assert frame["posting_date"].unique().to_list() == ["2026-10-30"]
    assert frame["employee_ref"].unique(maintain_order=True).to_list() == ["100101", "100102"]


def test_the_run_is_named_by_its_controls() -> None:
    """Redelivery relies on it: entity, pay group, period, run and sequence are its identity."""
    facts = read(as_json(rows())).facts
    assert facts.business_key == "US01|US_MONTH|2026-10|US_MONTH-202610-01|1"
    assert (facts.entity, facts.period, facts.currency) == ("US01", "2026-10", "USD")
    assert (facts.run_kind, facts.status) == (RunKind.REGULAR, "finalised")
    assert facts.pay_date == date(2026, 10, 30)


def test_the_stated_totals_travel_beside_what_was_read() -> None:
    """Completeness relies on it: the provider's word, in the sense of the lines."""
    reading = read(as_json(rows()))
    assert reading.control is not None
    assert reading.control.origin is ControlOrigin.STATED
    control = reading.control
    assert (control.line_count, control.debit_minor, control.credit_minor) == (7, 1_004_000, 22_000)
    assert (control.headcount, control.net_pay_minor) == (2, 365_000)
    assert reading.summary["read_debit_minor"] == 1_004_000
    assert reading.summary["read_credit_minor"] == 22_000
    assert reading.summary["read_line_count"] == 7


def test_a_stated_sum_that_is_missed_is_missed_by_the_same_amount_in_the_control() -> None:
    """Whoever compares lines and control later sees the provider's difference, not another."""
    reading = read(as_json(rows()), run=RUN | {"Total_Debit": "5400.07"})
    assert reading.control is not None
    assert reading.control.debit_minor - int(reading.summary["read_debit_minor"]) == 7
    assert reading.control.credit_minor == reading.summary["read_credit_minor"]


def test_both_formats_of_a_report_give_the_same_lines() -> None:
    """The transport may change without a change of the books."""
    by_json = read(as_json(rows())).frames["pay_line"].drop("file_line")
    by_csv = read(as_csv(rows()), "text/csv").frames["pay_line"]
    assert by_csv.drop("file_line").equals(by_json)
    assert by_csv["file_line"].to_list() == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("column", "stated", "found"),
    [
        ("Line_Count", "8", "stated 8, read 7"),
        ("Total_Debit", "5400.01", "stated 5400.01, read 5400.00"),
        ("Total_Credit", "4860.10", "stated 4860.10, read 4860.00"),
        ("Headcount", "3", "stated 3, read 2"),
        ("Net_Pay_Total", "3651", "stated 3651.00, read 3650.00"),
    ],
)
def test_every_total_that_differs_is_told_with_both_numbers(
    column: str, stated: str, found: str
) -> None:
    """The controller relies on it: a lost row or cent stops the run."""
    reading = read(as_json(rows()), run=RUN | {column: stated})
    assert codes(reading) == ["control_total_mismatch"]
    assert reading.findings[0].found == found
    assert reading.findings[0].where.field == column


def test_a_line_without_a_worker_counts_for_nobody() -> None:
    """Accruals of a whole group have no worker; the headcount stays that of people."""
    grown = [*rows(), row("401K_ER", "1.00", "0", worker="")]
    run = RUN | {"Line_Count": "8", "Total_Debit": "5401.00"}
    assert read(as_json(grown), run=run).findings == ()


def test_a_report_cut_at_the_end_of_a_row_is_caught_by_the_totals() -> None:
    """CSV that ends early is valid CSV: only the controls can tell."""
    cut = b"\r\n".join(as_csv(rows()).split(b"\r\n")[:-3]) + b"\r\n"
    reading = read(cut, "text/csv")
    fields = {found.where.field for found in reading.findings}
    assert {"Line_Count", "Total_Credit", "Net_Pay_Total"} <= fields


def test_a_run_without_stated_totals_says_that_we_counted() -> None:
    """Sign-off relies on it: our own count proves nothing about completeness."""
    totals = dict.fromkeys(
        ("Line_Count", "Total_Debit", "Total_Credit", "Headcount", "Net_Pay_Total"), ""
    )
    control = read(as_json(rows()), run=RUN | totals).control
    assert control is not None
    assert control.origin is ControlOrigin.DERIVED


def renamed(old: str, new: str) -> list[dict[str, str]]:
    """The rows with one column under another name."""
    return [
        {new if name == old else name: value for name, value in line.items()} for line in rows()
    ]


@pytest.mark.parametrize(
    "column",
    [
        "Worker_ID",
        "Pay_Component_Code",
        "Debit_Amount",
        "Credit_Amount",
        "Cost_Center_ID",
        "Currency",
        "Result_Status",
        "Period_End",
    ],
)
def test_a_renamed_required_column_blocks_the_run(column: str) -> None:
    """The controller relies on it: a changed report is caught before anything is booked."""
    reading = read(as_json(renamed(column, f"{column}_2")))
    drift = [found for found in reading.findings if found.code == "contract_drift"]
    assert [found.found for found in drift] == [f"{column} is gone", f"{column}_2 is new"]
    assert (drift[0].severity, drift[0].blocks) == ("critical", "run")
    assert (drift[1].severity, drift[1].blocks) == ("warning", "nothing")


def test_a_new_column_is_told_and_changes_nothing() -> None:
    """Intake goes on when Workday adds what we don't need; finance still hears of it."""
    grown = [line | {"Union_Code": "U1"} for line in rows()]
    reading = read(as_json(grown))
    assert codes(reading, "warning") == ["contract_drift"]
    assert codes(reading) == []
    assert reading.frames["pay_line"].equals(read(as_json(rows())).frames["pay_line"])


def test_swapped_debit_and_credit_do_not_pass_the_totals() -> None:
    """Two columns that change places keep every name; the stated sums tell."""
    swapped = [
        line | {"Debit_Amount": line["Credit_Amount"], "Credit_Amount": line["Debit_Amount"]}
        for line in rows()
    ]
    fields = [found.where.field for found in read(as_json(swapped)).findings]
    assert fields == ["Total_Debit", "Total_Credit", "Net_Pay_Total"]


def test_an_unlisted_component_is_told_once_and_keeps_its_code() -> None:
    """Mapping holds its lines; the run's other lines go on."""
    grown = [*rows(), row("NEW_PAY", "1.00", "0"), row("NEW_PAY", "1.00", "0")]
    run = RUN | {"Line_Count": "9", "Total_Debit": "5402.00"}
    reading = read(as_json(grown), run=run)
    assert codes(reading) == []
    (told,) = reading.findings
    assert (told.code, told.found, told.severity) == ("account_unmapped", "NEW_PAY", "warning")
    assert reading.frames["pay_line"]["component_code"].to_list()[-1] == "NEW_PAY"


def test_rows_of_another_run_of_the_same_period_are_left_to_it() -> None:
    """Two runs of a month come in one report; each takes its own rows."""
    other = row("SAL_REG", "99.00", "0", Run_Type="OFF_CYCLE")
    reading = read(as_json([*rows(), other]))
    assert reading.findings == ()
    assert reading.frames["pay_line"].height == 7
    assert reading.summary["records_of_other_runs"] == 1


@pytest.mark.promise("S48")
@pytest.mark.parametrize("status", ["In Progress", "Recalculating"])
def test_a_row_that_is_not_finished_blocks_the_run(status: str) -> None:
    """Only finished pay is booked, whatever the head of the run says."""
    lines = rows()
    lines[3]["Result_Status"] = status
    reading = read(as_json(lines))
    assert codes(reading) == ["status_unknown"]
    assert (reading.findings[0].where.line, reading.findings[0].found) == (4, status)


def test_an_unknown_state_of_the_run_is_told() -> None:
    """A state that is not in the map is an exception, never a default."""
    reading = read(as_json(rows()), run=RUN | {"Result_Status": "Parked"})
    assert codes(reading) == ["status_unknown"]
    assert reading.facts.status == "parked"


def test_a_finding_never_shows_somebodys_pay() -> None:
    """Employees rely on it: what can't be read is described, not quoted."""
    lines = rows()
    lines[0]["Debit_Amount"] = "5.000,00"
    lines[1]["Credit_Amount"] = "1000.005"
    reading = read(as_json(lines))
    told = [found for found in reading.findings if found.code == "value_unreadable"]
    assert [(found.where.line, found.where.field) for found in told] == [
        (1, "Debit_Amount"),
        (2, "Credit_Amount"),
    ]
    assert all("5.000,00" not in str(found) and "1000.005" not in str(found) for found in told)
    assert reading.frames["pay_line"]["amount"].to_list()[:2] == ["5.000,00", "1000.005"]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "application/json"),
        (b"<html><body>Maintenance</body></html>", "application/json"),
        (as_json(rows())[:-30], "application/json"),
        (b'{"error": "busy"}', "application/json"),
        (b"[1, 2]", "application/json"),
        (as_csv(rows())[:-20], "text/csv"),
        (b"A,A\r\n1,2\r\n", "text/csv"),
        (b"\xff\xfe\x00", "text/csv"),
    ],
    ids=["empty", "page", "cut", "error", "list", "cut row", "twin columns", "bytes"],
)
def test_a_broken_report_is_refused_with_a_cure(content: bytes, media_type: str) -> None:
    """Finance relies on it: nothing is guessed from half a report."""
    with pytest.raises(UnreadableDocumentError) as caught:
        read(content, media_type)
    assert caught.value.next_step
    assert caught.value.blocks == "run"


@pytest.mark.parametrize("content", [b"{}", b'{"Report_Entry": []}'])
def test_an_empty_report_of_a_run_with_lines_is_a_mismatch(content: bytes) -> None:
    """No key and no rows both mean empty; the controls say that rows are missing."""
    assert "control_total_mismatch" in codes(read(content))


def worker(**changes: str) -> dict[str, Any]:
    """One row of the workers report."""
    return {
        "Worker_ID": "100101",
        "Company_ID": "LE-US1",
        "Cost_Center_ID": "CC-1110",
        "Department": "Sales",
        "Pay_Group_ID": "US_MONTH",
        "Payroll_Provider": "workday-us",
        "Expense_Login": "ann.lee@example.test",
        "Email_Work": "ann.lee@example.test",
        "Hire_Date": "2019-03-01",
        "Worker_Status": "Active",
        "Country": "US",
        **changes,
    }


def read_people(*workers: dict[str, Any]) -> Reading:
    """Read rows as the employees of LE-US1."""
    content = as_json(list(workers))
    ref = DocumentRef("workday-hr", "Tieout_Workers LE-US1", '{"company":"LE-US1"}')
    at = datetime(2026, 11, 2, 6, tzinfo=UTC)
    document = SourceDocument.of(ref, content, "application/json", at)
    return read_workers(PEOPLE, document, content, "LE-US1")


def test_employees_come_without_name_and_address() -> None:
    """Employees rely on it: finance sees number, place and dates, nothing else."""
    reading = read_people(
        worker(),
        worker(Worker_ID="100102", Worker_Status="Terminated", Termination_Date="2026-10-15"),
    )
    assert reading.findings == ()
    frame = reading.frames["employee"]
    assert tuple(frame.columns) == ("line_no", "file_line", *EMPLOYEE)
    assert frame.select("employee_ref", "entity", "status", "leave_date").rows() == [
        ("100101", "US01", "active", ""),
        ("100102", "US01", "left", "2026-10-15"),
    ]
    assert "@" not in frame.write_csv()
    assert "ann" not in frame.write_csv()


def test_the_login_of_the_expense_platform_stays_comparable() -> None:
    """Alignment relies on it: the same address has the same fingerprint, another has another."""
    frame = read_people(
        worker(),
        worker(Worker_ID="2", Expense_Login="ANN.LEE@example.test"),
        worker(Worker_ID="3", Expense_Login="bo@example.test"),
        worker(Worker_ID="4", Expense_Login=""),
    ).frames["employee"]
    first, same, other, none = frame["expense_ref"].to_list()
    assert first == same
    assert first not in {other, none, ""}
    assert none == ""


def test_unknown_states_twin_numbers_and_new_columns_of_workers_are_told() -> None:
    """HR data are checked before any alignment is made from them."""
    reading = read_people(worker(Worker_Status="Seconded", Badge="7"), worker())
    assert codes(reading) == ["contract_drift", "status_unknown", "value_unreadable"]
    assert [found.where.line for found in reading.findings] == [None, 1, 2]


def test_a_component_class_with_a_typing_error_is_refused_with_its_place() -> None:
    """Finance relies on it: the provider file is checked before the first run."""
    with pytest.raises(ConfigurationError) as caught:
        profile_of(
            {
                "provider": "workday-us",
                "entities": {},
                "statuses": {},
                "components": {"SAL": {"class": "earnings"}},
            }
        )
    assert caught.value.where.document == "providers/workday-us.yaml"
    assert caught.value.where.field == "components.SAL.class"
