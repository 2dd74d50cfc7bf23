"""Outgoing mail, in conversation with a real server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.faults import Fault, FaultBoard
from sandbox.smtp import start
from tieout.adapters.mail import SmtpMailRoom
from tieout.adapters.transport import Connection
from tieout.errors import SettingsError, VendorRefusedError, VendorUnavailableError

MESSAGE = b"Subject: Close of DE01\r\nMessage-ID: <1@tieout>\r\n\r\nAll green.\r\n"
SENDER = "tieout@example.com"


@pytest.fixture
def faults() -> FaultBoard:
    """What the server will do wrong."""
    return FaultBoard()


@pytest.fixture
def room(tmp_path: Path, faults: FaultBoard) -> Iterator[SmtpMailRoom]:
    """A mail room at a server that keeps its messages below the test's folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start(tmp_path, "127.0.0.1", port, faults)
    yield SmtpMailRoom(Connection("127.0.0.1", port), timeout_seconds=5)
    server.stop()


def kept(home: Path) -> list[bytes]:
    """What arrived."""
    return [path.read_bytes() for path in sorted(home.glob("mail/*.eml"))]


def test_a_message_arrives_unchanged(room: SmtpMailRoom, tmp_path: Path) -> None:
    """The reader of a report relies on it: what was rendered is what is read."""
    assert room.send(MESSAGE, SENDER, ["ops@example.com"]) == {}
    (arrived,) = kept(tmp_path)
    assert arrived.endswith(MESSAGE)


def test_a_refused_recipient_is_named_and_the_others_get_the_mail(
    room: SmtpMailRoom, faults: FaultBoard, tmp_path: Path
) -> None:
    """The outbox relies on it: one wrong address stops nobody else's mail."""
    faults.arm("smtp", Fault("refused"), operation="recipient", match={"address": "stranger*"})
    refused = room.send(MESSAGE, SENDER, ["ops@example.com", "stranger@example.com"])
    assert list(refused) == ["stranger@example.com"]
    assert refused["stranger@example.com"].startswith("550 ")
    (arrived,) = kept(tmp_path)
    assert b"Delivered-To: ops@example.com\r\n" in arrived


def test_when_all_are_refused_all_are_named_and_nothing_is_sent(
    room: SmtpMailRoom, faults: FaultBoard, tmp_path: Path
) -> None:
    """The outbox relies on it: a mail that nobody got is not a mail that was sent."""
    faults.arm("smtp", Fault("refused"), operation="recipient")
    assert list(room.send(MESSAGE, SENDER, ["stranger@example.com"])) == ["stranger@example.com"]
    assert kept(tmp_path) == []


def test_a_server_that_asks_to_come_again_is_unavailable_and_one_that_refuses_is_not(
    room: SmtpMailRoom, faults: FaultBoard
) -> None:
    """The outbox relies on it: only the first is sent again."""
    faults.arm("smtp", Fault("try_later"), operation="message")
    with pytest.raises(VendorUnavailableError, match="451"):
        room.send(MESSAGE, SENDER, ["ops@example.com"])
    faults.arm("smtp", Fault("refused"), operation="message")
    with pytest.raises(VendorRefusedError, match="550"):
        room.send(MESSAGE, SENDER, ["ops@example.com"])


def test_a_lost_answer_is_trouble_for_later(room: SmtpMailRoom, faults: FaultBoard) -> None:
    """The outbox relies on it: a mail is sent twice rather than never."""
    faults.arm("smtp", Fault("drop_after"), operation="message")
    with pytest.raises(VendorUnavailableError, match="out of reach"):
        room.send(MESSAGE, SENDER, ["ops@example.com"])


def test_no_server_is_trouble_for_later() -> None:
    """The outbox relies on it: an unreachable server loses no mail."""
    with pytest.raises(VendorUnavailableError, match="out of reach"):
        SmtpMailRoom(Connection("127.0.0.1", 1)).send(MESSAGE, SENDER, ["ops@example.com"])


def test_a_password_is_never_sent_in_clear() -> None:
    """Security relies on it: such a connection is refused before the first conversation."""
    with pytest.raises(SettingsError, match="in clear"):
        SmtpMailRoom(Connection("127.0.0.1", 25, login="tieout", password="secret"))
    with pytest.raises(SettingsError, match="no way to secure"):
        SmtpMailRoom(Connection("127.0.0.1", 25, extra={"security": "maybe"}))
