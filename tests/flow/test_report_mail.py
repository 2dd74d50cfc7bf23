"""The data-quality mail, from the store through the outbox to a real mail server."""

from __future__ import annotations

import io
import socket
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from sandbox.faults import Fault, FaultBoard
from sandbox.smtp import start
from sandbox.smtp.sink import read_message
from tests.builders.reported_month import (
    EXPENSES,
    PERIOD,
    UNIT,
    Part,
    ReportedMonth,
    an_entity,
    an_office,
    held,
)
from tieout.errors import Place
from tieout.finance.words import finding
from tieout.workflows.exceptions import open_exception
from tieout.workflows.office import Office
from tieout.workflows.report import report

GREEN = (
    Part("built", 12, 1_204_000, 1_204_000),
    Part("excluded", 8, 99_100, 0, "rule:information_only"),
)
CLASSES = (
    ("earning", 1_204_000, 1_204_000, 1_204_000),
    ("net_pay", -1_204_000, -1_204_000, -1_204_000),
)
CLOSED_CENTER = finding("cost_center_closed", code="4711-OLD", count=6, entity="DE01")


@dataclass
class Desk:
    """A test's mail server and the place where its messages land."""

    home: Path
    port: int
    faults: FaultBoard

    def arrived(self) -> list[EmailMessage]:
        """Messages in the order of arrival."""
        return [read_message(path) for path in sorted(self.home.glob("mail/*.eml"))]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A mail server that keeps what it takes."""
    desk = Desk(tmp_path, _free_port(), FaultBoard())
    server = start(tmp_path, "127.0.0.1", desk.port, desk.faults)
    yield desk
    server.stop()


@pytest.fixture
def office(warehouse_url: str, tmp_path: Path, desk: Desk) -> Iterator[Office]:
    """An office whose store is empty and whose mail goes to the desk."""
    made = an_office(warehouse_url, tmp_path, desk.port)
    yield made
    made.warehouse.dispose()


@pytest.fixture
def month(warehouse_url: str, office: Office) -> ReportedMonth:
    """DE01's October: twelve lines built and tied out, eight excluded by rule."""
    month = ReportedMonth(warehouse_url)
    month.documents(*GREEN)
    month.tied(*CLASSES)
    return month


def text_of(message: EmailMessage, kind: str) -> str:
    """The plain or the html body."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def attached(message: EmailMessage) -> bytes:
    """The spreadsheet."""
    (part,) = message.iter_attachments()
    return bytes(part.get_content())


def states(url: str) -> list[tuple[str, bool, int, str]]:
    """Recipients, sent or not, attempts and last answer of each row of the outbox."""
    with psycopg.connect(url.replace("+psycopg", "")) as store:
        return store.execute(
            "SELECT array_to_string(recipients, ' '), sent_at IS NOT NULL, attempts, last_answer"
            " FROM outbox_message ORDER BY created_at, message_key"
        ).fetchall()


def exceptions(url: str, code: str = "mail_refused") -> list[tuple[str, str, str, str]]:
    """Cause, severity, state and title of the exceptions of a code."""
    with psycopg.connect(url.replace("+psycopg", "")) as store:
        return store.execute(
            "SELECT cause_key, severity, state, title FROM open_exception WHERE code = %s"
            " ORDER BY id",
            (code,),
        ).fetchall()


@pytest.mark.promise("S121")
def test_a_green_month_is_mailed_too_and_only_once(
    office: Office, month: ReportedMonth, desk: Desk
) -> None:
    """Finance relies on it: silence never has to be read as green, and nobody gets it twice."""
    assert report(office, PERIOD) == {"DE01": "sent"}
    assert report(office, PERIOD) == {"DE01": "sent"}
    (message,) = desk.arrived()
    assert message["Subject"] == "[OK] DE01 close 2026-10: 12 lines built and tied out"
    assert message["To"] == "finance.de01@example.test"
    plain = text_of(message, "plain")
    assert (
        "Received 20 source lines = built 12 + held 0 + excluded 8 + carried over 0."
        in " ".join(plain.split())
    )
    assert "12,040.00" in plain
    assert month.journals[0] in plain
    assert "JE90417" in plain
    assert "http://127.0.0.1:8080/tieout/board?period=2026-10" in plain


@pytest.mark.promise("S77")
@pytest.mark.promise("S121")
def test_a_held_cause_is_mailed_with_batch_entity_period_count_and_amount(
    office: Office, month: ReportedMonth, desk: Desk
) -> None:
    """Operations rely on it: the mail alone says for which batch what is to do."""
    month.documents(Part("held", 6, 6_120_410), name="second.csv")
    held(office, CLOSED_CENTER, lines=6, amount_minor=6_120_410)
    month.expectation("line count equals the control total", success=False, observed="1 of 2 files")
    report(office, PERIOD)
    (message,) = desk.arrived()
    assert message["Subject"] == "[Action 1] DE01 close 2026-10: 1 cause before Thu 5 Nov 17:00 CET"
    for kind in ("plain", "html"):
        told = " ".join(text_of(message, kind).split())
        for fact in (
            "Cost center 4711-OLD is closed", UNIT, "October 2026", "61,204.10 EUR",
            "finance lead", "Name the successor.", "Thu 5 Nov 17:00 CET",
            "line count equals the control total", "1 of 2 files",
        ):  # fmt: skip
            assert fact in told, (kind, fact)


def test_the_parts_are_plain_then_page_with_its_chart_then_spreadsheet(
    office: Office, month: ReportedMonth, desk: Desk
) -> None:
    """Every mail client relies on it: each finds the best part that it can show."""
    report(office, PERIOD)
    (message,) = desk.arrived()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert f"cid:{picture['Content-ID'][1:-1]}" in text_of(message, "html")
    assert picture.get_content().startswith(b"\x89PNG")


def test_changed_facts_make_a_new_mail(office: Office, month: ReportedMonth, desk: Desk) -> None:
    """The controller relies on it: what was green and is no more is told."""
    report(office, PERIOD)
    month.tied(("earning", 1_204_000, 1_204_000, 1_203_999), state="open")
    assert report(office, PERIOD) == {"DE01": "sent"}
    first, second = desk.arrived()
    assert first["Message-ID"] != second["Message-ID"]
    assert second["Subject"].startswith("[Waits] DE01 close 2026-10")


def test_the_same_comparison_made_again_mails_nothing(
    office: Office, month: ReportedMonth, desk: Desk
) -> None:
    """Finance relies on it: a nightly tie-out that ties again is no news."""
    report(office, PERIOD)
    month.tied(*CLASSES)
    report(office, PERIOD)
    assert len(desk.arrived()) == 1


def test_mail_waits_while_the_server_is_down_and_goes_out_once_after(
    warehouse_url: str, tmp_path: Path, month: ReportedMonth
) -> None:
    """Who operates the close relies on it: a dead mail server stops nothing and loses nothing."""
    port = _free_port()
    office = an_office(warehouse_url, tmp_path / "down", port)
    assert report(office, PERIOD) == {"DE01": "waiting"}
    assert report(office, PERIOD) == {"DE01": "waiting"}
    assert [row[:3] for row in exceptions(warehouse_url)] == [("server", "warning", "open")]
    faults = FaultBoard()
    server = start(tmp_path / "down", "127.0.0.1", port, faults)
    try:
        assert report(office, PERIOD) == {"DE01": "sent"}
        assert report(office, PERIOD) == {"DE01": "sent"}
    finally:
        server.stop()
    assert len(Desk(tmp_path / "down", port, faults).arrived()) == 1
    assert [row[2] for row in exceptions(warehouse_url)] == ["closed"]
    office.warehouse.dispose()


def test_a_refused_address_is_an_exception_and_the_others_get_their_mail(
    warehouse_url: str, tmp_path: Path, desk: Desk, month: ReportedMonth
) -> None:
    """Finance relies on it: one wrong address takes nobody else's report away."""
    entity = an_entity(report_to=("finance.de01@example.test", "gone@example.test"))
    office = an_office(warehouse_url, tmp_path, desk.port, entity)
    desk.faults.arm("smtp", Fault("refused"), operation="recipient", match={"address": "gone*"})
    assert report(office, PERIOD) == {"DE01": "sent"}
    (message,) = desk.arrived()
    assert message["Delivered-To"] == "finance.de01@example.test"
    ((cause, severity, state, title),) = exceptions(warehouse_url)
    assert (cause, severity, state) == ("gone@example.test", "warning", "open")
    assert "550" in title
    office.warehouse.dispose()


def test_a_report_nobody_took_is_refused_told_and_sent_when_the_box_exists_again(
    office: Office, month: ReportedMonth, desk: Desk, warehouse_url: str
) -> None:
    """The platform team relies on it: refused is a warning, never a stop, and heals by itself."""
    desk.faults.arm("smtp", Fault("refused"), operation="recipient")
    assert report(office, PERIOD) == {"DE01": "refused"}
    assert [row[2] for row in exceptions(warehouse_url)] == ["open"]
    assert report(office, PERIOD) == {"DE01": "sent"}
    assert [row[2] for row in exceptions(warehouse_url)] == ["closed"]
    assert len(desk.arrived()) == 1


def test_a_recipient_that_asks_to_come_again_alone_gets_it_in_the_next_run(
    warehouse_url: str, tmp_path: Path, desk: Desk, month: ReportedMonth
) -> None:
    """Finance relies on it: a greylisting server delays one copy and doubles none."""
    entity = an_entity(report_to=("finance.de01@example.test", "slow@example.test"))
    office = an_office(warehouse_url, tmp_path, desk.port, entity)
    desk.faults.arm("smtp", Fault("try_later"), operation="recipient", match={"address": "slow*"})
    assert report(office, PERIOD) == {"DE01": "waiting"}
    assert report(office, PERIOD) == {"DE01": "sent"}
    assert [message["Delivered-To"] for message in desk.arrived()] == [
        "finance.de01@example.test",
        "slow@example.test",
    ]
    office.warehouse.dispose()


def test_a_lost_answer_is_sent_again_under_the_same_message_id(
    office: Office, month: ReportedMonth, desk: Desk
) -> None:
    """The receiving server relies on it: it drops the second copy of a message it knows."""
    desk.faults.arm("smtp", Fault("drop_after"), operation="message")
    assert report(office, PERIOD) == {"DE01": "waiting"}
    assert report(office, PERIOD) == {"DE01": "sent"}
    assert len({message["Message-ID"] for message in desk.arrived()}) == 1


def test_two_runs_at_once_send_one_mail(office: Office, month: ReportedMonth, desk: Desk) -> None:
    """Finance relies on it: a scheduled run and a manual one don't mail twice."""
    desk.faults.arm("smtp", Fault("slow", seconds=1.0), operation="message")
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: report(office, PERIOD), range(2)))
    assert len(desk.arrived()) == 1
    assert report(office, PERIOD) == {"DE01": "sent"}


def test_an_address_off_the_list_gets_nothing(
    office: Office, month: ReportedMonth, desk: Desk, warehouse_url: str
) -> None:
    """Security relies on it: who can write a row of the outbox still can't choose its reader."""
    desk.faults.arm("smtp", Fault("try_later"), operation="recipient")
    report(office, PERIOD)
    with psycopg.connect(warehouse_url.replace("+psycopg", "")) as store:
        store.execute("UPDATE outbox_message SET recipients = '{stranger@example.test}'")
    assert report(office, PERIOD) == {"DE01": "withdrawn"}
    assert desk.arrived() == []
    assert "stranger@example.test" in states(warehouse_url)[0][3]


@pytest.mark.parametrize(
    "addresses", [(), ("x@example.test\r\nBcc: thief@example.test",), ("no address",)]
)
def test_an_entity_without_a_usable_address_is_told_and_stops_nobody(
    warehouse_url: str, tmp_path: Path, desk: Desk, month: ReportedMonth, addresses: tuple[str, ...]
) -> None:
    """The other entities rely on it: their reports go out whatever one file says."""
    office = an_office(
        warehouse_url, tmp_path, desk.port, an_entity(report_to=addresses), an_entity("FR01")
    )
    ReportedMonth(warehouse_url, "FR01", "fr:FR01:2026-10:1").documents(*GREEN)
    assert report(office, PERIOD) == {"DE01": "refused", "FR01": "sent"}
    assert [message["Delivered-To"] for message in desk.arrived()] == ["finance.fr01@example.test"]
    assert [row[0] for row in exceptions(warehouse_url)] == ["report_to"]
    office.warehouse.dispose()


@pytest.mark.promise("S121")
def test_no_mail_tells_a_persons_name_or_pay(
    office: Office, month: ReportedMonth, desk: Desk
) -> None:
    """Every employee relies on it: canaries of name and pay are in no part of the mail."""
    name, pay, pay_minor = "Canaria Vogelsang", "7,391.57", 739_157
    odd = finding(
        "value_unreadable", line=4, field="amount", type="amount", found=f"{name} {pay}",
        where=Place("EXTF.csv", 4, "amount"),
    )  # fmt: skip
    month.finding(odd)
    month.documents(Part("held", 1, pay_minor), name="late.csv")
    held(office, odd, lines=1, amount_minor=pay_minor, cause=f"DE01|{name} {pay}")
    with office.warehouse.transaction() as work:
        open_exception(
            work, finding("ledger_drift", journal=month.journals[0], found=f"{name} {pay}"),
            at=office.now(), object_kind="ledger", object_key=month.journals[0], entity="DE01",
            period=PERIOD.code, cause="drift",
        )  # fmt: skip
    report(office, PERIOD)
    (message,) = desk.arrived()
    book = zipfile.ZipFile(io.BytesIO(attached(message)))
    sheets = " ".join(book.read(each).decode() for each in book.namelist())
    plain = text_of(message, "plain")
    assert "Values of source lines can't be read" in plain
    assert f"{month.journals[0]} was changed in the ERP" in " ".join(plain.split())
    received_minor = 1_204_000 + 99_100 + pay_minor  # less what is shown, it is the pay
    told_in = (plain, text_of(message, "html"), sheets, message.as_string())
    for canary in (name, "Canaria", pay, "7391.57", f"{received_minor / 100:,.2f}"):
        assert [canary in text for text in told_in] == [False] * 4, canary


def test_expenses_that_a_single_person_claimed_are_told_by_cause(
    office: Office, month: ReportedMonth, desk: Desk, warehouse_url: str
) -> None:
    """Operations rely on it: an expense type without account is named with what waits for it."""
    expenses = ReportedMonth(warehouse_url, "DE01", EXPENSES, "expense")
    expenses.documents(Part("held", 4, 33_510), name="report.json")
    held(
        office, finding("account_unmapped", code="COWRK", count=4, entity="DE01"),
        lines=4, amount_minor=33_510, unit=EXPENSES,
    )  # fmt: skip
    report(office, PERIOD)
    plain = text_of(desk.arrived()[0], "plain")
    assert "COWRK has no account in DE01" in plain
    assert "335.10 EUR" in plain
