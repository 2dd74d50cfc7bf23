"""The Workday twin keeps what is known of Reports as a Service."""

from __future__ import annotations

import csv
import io
import json
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.faults import Fault, FaultBoard
from sandbox.workday import control_routes, create_app
from tests.contract.twin_server import served

_RUN = {"Company": "LE-US1", "Period_End_Date": "2026-10-31"}
_BASE = "/ccx/service/customreport2/nordlicht_demo/isu_owner"
_LINES = f"{_BASE}/Tieout_Payroll_Lines"
_NAMESPACE = "{urn:com.workday.report/Tieout_Payroll_Lines}"


def _line(number: int, company: str = "LE-US1", **more: str) -> dict[str, str]:
    row = {
        "Company_ID": company,
        "Period_End": "2026-10-31",
        "Worker_ID": f"1002{number:02d}",
        "Pay_Component_Code": "SAL_REG",
        "Debit_Amount": f"{4000 + number}.10",
        "Credit_Amount": "0",
        "Retro_For_Period_End": "",
    }
    return row | more


@pytest.fixture
def board() -> FaultBoard:
    """No fault is armed."""
    return FaultBoard()


@pytest.fixture
def workday(tmp_path: Path, board: FaultBoard) -> Iterator[httpx.Client]:
    """A tenant with one run of two companies, and a caller who may read all but the pay lines'
    controls.
    """
    lines = [_line(number) for number in range(1, 41)]
    lines.append(_line(41, Retro_For_Period_End="2026-09-30"))
    lines.append(_line(1, "LE-UK1"))
    by_period = ["Company", "Period_End_Date"]
    seed: dict[str, Any] = {
        "tenant": "nordlicht_demo",
        "report_owner": "isu_owner",
        "users": [
            {
                "login": "ISU_TIEOUT",
                "password": "right",
                "allowed": ["Tieout_Payroll_Lines", "Tieout_Workers"],
            }
        ],
        "reports": {
            "Tieout_Workers": {
                "prompts": ["Company"],
                "rows": [{"Company_ID": "LE-DE1", "Worker_ID": "3", "Department": "R & D <x>"}],
            },
            "Tieout_Payroll_Lines": {"prompts": by_period, "rows": lines},
            "Tieout_Payroll_Controls": {"prompts": by_period, "rows": []},
        },
    }
    path = tmp_path / "sandbox" / "seed" / "workday.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(seed), encoding="utf-8")
    app = create_app(tmp_path, board)
    with (
        served(app) as base,
        httpx.Client(base_url=base, auth=("ISU_TIEOUT", "right"), timeout=10) as client,
    ):
        yield client


def _rows(client: httpx.Client, path: str = _LINES, **query: str) -> list[dict[str, str]]:
    answer = client.get(path, params=_RUN | {"format": "json"} | query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["Report_Entry"])


def test_a_wrong_password_is_401(workday: httpx.Client) -> None:
    """Rule 2: and so is no password at all."""
    for auth in (("ISU_TIEOUT", "wrong"), ("NOBODY", "right")):
        assert workday.get(_LINES, params=_RUN, auth=auth).status_code == 401
    assert httpx.get(f"{workday.base_url}{_LINES}").status_code == 401
    assert workday.get(_LINES, params=_RUN, auth=("ISU_TIEOUT@nordlicht_demo", "right")).is_success


def test_a_missing_permission_looks_like_a_server_error(workday: httpx.Client) -> None:
    """Rule 2: whoever retries every 500 retries this one for ever."""
    answer = workday.get(f"{_BASE}/Tieout_Payroll_Controls", params=_RUN)
    assert answer.status_code == 500
    assert "not authorized" in answer.text


@pytest.mark.parametrize("place", ["tenant", "owner", "report"])
def test_a_wrong_place_in_the_url_is_404(workday: httpx.Client, place: str) -> None:
    """Rule 1: a report moves when its owner changes."""
    parts = {"tenant": "nordlicht_demo", "owner": "isu_owner", "report": "Tieout_Workers"}
    parts[place] = "elsewhere"
    path = "/ccx/service/customreport2/{tenant}/{owner}/{report}".format_map(parts)
    assert workday.get(path, params={"Company": "LE-DE1"}).status_code == 404


def test_a_missing_prompt_is_refused_and_an_unknown_parameter_ignored(
    workday: httpx.Client,
) -> None:
    """Rule 1: the refusal names the prompt."""
    answer = workday.get(_LINES, params={"Company": "LE-US1", "format": "json"})
    assert answer.status_code == 500
    assert "Period_End_Date" in answer.text
    assert len(_rows(workday, Surprise="1")) == 41


def test_prompts_select_rows_in_each_way_of_writing_them(workday: httpx.Client) -> None:
    """An instance prompt may name the kind of id, a date prompt carries an offset."""
    typed = {"Company!Company_Reference_ID": "LE-UK1", "Period_End_Date": "2026-10-31-07:00"}
    answer = workday.get(_LINES, params=typed | {"format": "json"})
    assert [row["Company_ID"] for row in answer.json()["Report_Entry"]] == ["LE-UK1"]
    assert _rows(workday, Period_End_Date="2026-09-30") == []


def test_all_formats_carry_the_same_amounts(workday: httpx.Client) -> None:
    """Rule 3: JSON, CSV, XML with a namespace and XML without one."""
    in_json = [row["Debit_Amount"] for row in _rows(workday)]
    text = workday.get(_LINES, params=_RUN | {"format": "csv"}).text
    in_csv = [row["Debit_Amount"] for row in csv.DictReader(io.StringIO(text))]
    plain, spaced = (
        ET.fromstring(workday.get(_LINES, params=query).text)  # noqa: S314 - the twin's own
        for query in (_RUN | {"format": "simplexml"}, _RUN)
    )
    assert spaced.tag == f"{_NAMESPACE}Report_Data"
    in_plain = [each.text for each in plain.iterfind("Report_Entry/Debit_Amount")]
    path = f"{_NAMESPACE}Report_Entry/{_NAMESPACE}Debit_Amount"
    in_spaced = [each.text for each in spaced.iterfind(path)]
    assert in_json == in_csv == in_plain == in_spaced
    assert len(in_json) == 41


def test_empty_fields_are_absent_except_in_csv_and_numbers_are_texts(
    workday: httpx.Client,
) -> None:
    """Rule 4: a reader may not take an absent key for an error."""
    rows = _rows(workday)
    assert "Retro_For_Period_End" not in rows[0]
    assert rows[40]["Retro_For_Period_End"] == "2026-09-30"
    assert rows[0]["Debit_Amount"] == "4001.10"
    text = workday.get(_LINES, params=_RUN | {"format": "csv"}).text
    first = next(csv.DictReader(io.StringIO(text)))
    assert first["Retro_For_Period_End"] == ""


def test_markup_in_a_text_is_escaped(workday: httpx.Client) -> None:
    """Names hold ampersands and brackets."""
    text = workday.get(f"{_BASE}/Tieout_Workers", params={"Company": "LE-DE1"}).text
    assert "R &amp; D &lt;x&gt;" in text


def test_a_slow_body_follows_its_headers(workday: httpx.Client, board: FaultBoard) -> None:
    """Rule 6: a read time-out counts between bytes, not to the first header."""
    board.arm("workday", Fault("slow", seconds=0.4), operation="report")
    begun = time.monotonic()
    with workday.stream("GET", _LINES, params=_RUN | {"format": "json"}) as answer:
        headers_after = time.monotonic() - begun
        rows = json.loads(answer.read())["Report_Entry"]
    assert headers_after < 0.3
    assert time.monotonic() - begun >= 0.4
    assert len(rows) == 41


def test_a_cut_csv_ends_with_a_whole_row(workday: httpx.Client, board: FaultBoard) -> None:
    """Rule 6: nothing but the control total shows that rows are missing."""
    board.arm("workday", Fault("cut_body"), match={"format": "csv"})
    text = workday.get(_LINES, params=_RUN | {"format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.endswith("\n")
    assert 0 < len(rows) < 41
    assert all(None not in row.values() for row in rows)


def test_a_cut_json_does_not_end(workday: httpx.Client, board: FaultBoard) -> None:
    """Rule 6: the same cut is plain to see in JSON."""
    board.arm("workday", Fault("cut_body"))
    text = workday.get(_LINES, params=_RUN | {"format": "json"}).text
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


@pytest.mark.parametrize("kind", ["reset_body", "drop"])
def test_the_connection_may_break(workday: httpx.Client, board: FaultBoard, kind: str) -> None:
    """With a promised length the client sees it, and without an answer too."""
    board.arm("workday", Fault(kind))
    with pytest.raises(httpx.RemoteProtocolError):
        workday.get(_LINES, params=_RUN | {"format": "csv"})
    assert len(_rows(workday)) == 41


def _renamed(row: dict[str, str]) -> bool:
    return "Debit_Amount" not in row and row["Debit"] == "4001.10"


def _added(row: dict[str, str]) -> bool:
    return row["Net"] == "7" and row["Debit_Amount"] == "4001.10"


def _emptied(row: dict[str, str]) -> bool:
    return not row.get("Debit_Amount")


def _swapped(row: dict[str, str]) -> bool:
    return (row["Debit_Amount"], row["Credit_Amount"]) == ("0", "4001.10")


@pytest.mark.parametrize(
    ("kind", "settings", "holds"),
    [
        ("column_renamed", {"column": "Debit_Amount", "to": "Debit"}, _renamed),
        ("column_added", {"column": "Net", "value": "7"}, _added),
        ("value_changed", {"column": "Debit_Amount"}, _emptied),
        ("columns_swapped", {"columns": ["Debit_Amount", "Credit_Amount"]}, _swapped),
    ],
)
@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_author_of_a_report_may_change_its_columns(
    workday: httpx.Client,
    board: FaultBoard,
    form: str,
    kind: str,
    settings: dict[str, Any],
    holds: Callable[[dict[str, str]], bool],
) -> None:
    """Rule 7: the columns are a contract to be checked at every run."""
    board.arm("workday", Fault(kind, settings=settings))
    text = workday.get(_LINES, params=_RUN | {"format": form}).text
    rows = (
        json.loads(text)["Report_Entry"] if form == "json" else list(csv.DictReader(text.split()))
    )
    assert holds(rows[0])
    assert _rows(workday)[0]["Debit_Amount"] == "4001.10"


def test_columns_may_come_in_another_order(workday: httpx.Client, board: FaultBoard) -> None:
    """A reader goes by names, never by places."""
    board.arm("workday", Fault("columns_reordered"))
    text = workday.get(_LINES, params=_RUN | {"format": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert text.startswith("Retro_For_Period_End,")
    assert rows[0]["Debit_Amount"] == "4001.10"


@pytest.mark.parametrize(
    ("kind", "pause", "status"),
    [("rate_limited", "7", 429), ("rate_limited", None, 429), ("unavailable", None, 503)],
)
def test_a_busy_service_says_so_with_or_without_a_pause(
    workday: httpx.Client, board: FaultBoard, kind: str, pause: str | None, status: int
) -> None:
    """Both are worth another try."""
    board.arm("workday", Fault(kind, settings={} if pause is None else {"retry_after": pause}))
    answer = workday.get(_LINES, params=_RUN)
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == pause


def test_a_report_beyond_the_limits_gives_nothing_usable(
    workday: httpx.Client, board: FaultBoard
) -> None:
    """Rule 5: there is no paging to fall back on."""
    board.arm("workday", Fault("too_large", seconds=0.1))
    answer = workday.get(_LINES, params=_RUN | {"format": "json"})
    assert answer.status_code == 500
    assert "maximum size" in answer.text


def test_an_empty_report_may_lack_its_key(workday: httpx.Client, board: FaultBoard) -> None:
    """Both forms of nothing are seen."""
    board.arm("workday", Fault("empty_without_key"))
    assert workday.get(_LINES, params=_RUN | {"format": "json"}).json() == {}


def test_a_fault_can_be_aimed_at_one_report_of_one_company(
    workday: httpx.Client, board: FaultBoard
) -> None:
    """Scenarios disturb one pay run and no other."""
    board.arm("workday", Fault("drop"), match={"report": "*Lines", "company": "LE-UK1"})
    assert len(_rows(workday)) == 41
    with pytest.raises(httpx.RemoteProtocolError):
        _rows(workday, Company="LE-UK1")


def test_nothing_can_be_written(workday: httpx.Client) -> None:
    """Rule 18: in particular no payroll calculation can be started."""
    for method in ("POST", "PUT", "DELETE"):
        assert workday.request(method, _LINES, params=_RUN).status_code == 405


def test_the_control_page_tells_what_the_tenant_holds(
    workday: httpx.Client, tmp_path: Path
) -> None:
    """For the demonstration and for whoever looks into it."""
    from starlette.applications import Starlette

    with served(Starlette(routes=control_routes(tmp_path))) as base:
        shown = httpx.get(f"{base}/reports").json()
    assert shown["reports"]["Tieout_Payroll_Lines"]["rows"] == 42
