"""The mail sink holds a real SMTP conversation and keeps what it accepts."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.faults import Fault, FaultBoard
from sandbox.smtp import control_routes, start
from tests.contract.twin_server import served


@pytest.fixture
def board() -> FaultBoard:
    """No fault is armed."""
    return FaultBoard()


@pytest.fixture
def port(tmp_path: Path, board: FaultBoard) -> Iterator[int]:
    """The port of a listening sink."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    sink = start(tmp_path, "127.0.0.1", number, board)
    yield number
    sink.stop()


def _mail(subject: str = "Exceptions of DE01", to: str = "controller@example.test") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "tieout@example.test", to, subject
    message.set_content("Three lines wait for a mapping.\n")
    message.add_alternative("<p>Three lines wait for a mapping.</p>", subtype="html")
    return message


def _send(port: int, message: EmailMessage, *to: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.send_message(message, to_addrs=list(to) or None)


def test_a_message_lands_as_a_file_that_its_name_explains(tmp_path: Path, port: int) -> None:
    """Whoever opens the folder finds the mail without a tool."""
    _send(port, _mail())
    _send(port, _mail("Überfällig: März"), "lead@example.test", "controller@example.test")
    names = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert names == [
        "0001-controller-exceptions-of-de01.eml",
        "0002-lead-berf-llig-m-rz.eml",
    ]
    text = (tmp_path / "mail" / names[0]).read_text(encoding="utf-8")
    assert "Three lines wait for a mapping." in text
    assert text.startswith("Return-Path: <tieout@example.test>\n")


def test_numbers_go_on_after_a_restart(tmp_path: Path, port: int) -> None:
    """No message ever overwrites an earlier one."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "0041-somebody-before.eml").write_text("Subject: before\n\n")
    _send(port, _mail())
    assert (tmp_path / "mail" / "0042-controller-exceptions-of-de01.eml").is_file()


def test_one_address_can_be_refused_while_the_others_get_their_mail(
    tmp_path: Path, port: int, board: FaultBoard
) -> None:
    """The sender learns which one, and must not send to the others again."""
    board.arm("smtp", Fault("refused"), operation="recipient", match={"address": "gone@*"})
    refused = _send(port, _mail(), "gone@example.test", "controller@example.test")
    assert refused["gone@example.test"][0] == 550
    kept = next((tmp_path / "mail").glob("*.eml")).read_text(encoding="utf-8")
    assert "Delivered-To: controller@example.test\n" in kept


def test_a_passing_refusal_keeps_nothing(tmp_path: Path, port: int, board: FaultBoard) -> None:
    """451: the same message is accepted the next time."""
    board.arm("smtp", Fault("try_later"), operation="message", match={"subject": "Exceptions*"})
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        _send(port, _mail())
    assert refusal.value.smtp_code == 451
    assert not (tmp_path / "mail").exists()
    _send(port, _mail())
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_slow_server_answers_late(port: int, board: FaultBoard) -> None:
    """The sender's time-out decides whether it waits."""
    board.arm("smtp", Fault("slow", seconds=0.3), operation="message")
    begun = time.monotonic()
    _send(port, _mail())
    assert time.monotonic() - begun >= 0.3


def test_an_answer_may_be_lost_after_the_message_was_kept(
    tmp_path: Path, port: int, board: FaultBoard
) -> None:
    """Why a second attempt can bring the same mail twice."""
    board.arm("smtp", Fault("drop_after"), operation="message")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(port, _mail())
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_the_kept_mail_can_be_read_over_the_control_routes(tmp_path: Path, port: int) -> None:
    """The demonstration shows who was written to, and what."""
    _send(port, _mail("Tie-out of 2026-10: 5 entities"), "a@example.test", "b@example.test")
    with served(Starlette(routes=control_routes(tmp_path))) as base:
        listed = httpx.get(f"{base}/messages").json()
        assert listed == [
            {
                "file": "0001-a-tie-out-of-2026-10-5-entities.eml",
                "sender": "tieout@example.test",
                "recipients": ["a@example.test", "b@example.test"],
                "subject": "Tie-out of 2026-10: 5 entities",
            }
        ]
        whole = httpx.get(f"{base}/messages/{listed[0]['file']}")
        assert "Three lines wait for a mapping." in whole.text
        assert httpx.get(f"{base}/messages/nothing.eml").status_code == 404
