"""The SMTP conversation and where its messages land."""

from __future__ import annotations

import asyncio
import re
import threading
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller

from sandbox.faults import FaultBoard

#: What can go wrong: at a recipient (`refused`, `try_later`) or at a message (all).
KINDS: Final = frozenset({"refused", "try_later", "slow", "drop_after"})
_REFUSALS: Final = {
    "refused": "550 5.1.1 The mailbox is not known here",
    "try_later": "451 4.3.0 Try again later",
}
_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")
_NUMBER: Final = re.compile(r"(\d{4,})-.*\.eml")


class Sink:
    """Takes every message and writes it to `folder`; aiosmtpd calls its hooks.

    File names are `<number>-<first recipient>-<subject>.eml`, the number counting up over
    restarts. Sender and recipients of the envelope stand before the message's own headers.
    """

    def __init__(self, folder: Path, faults: FaultBoard) -> None:
        self._folder = folder
        self._faults = faults
        self._lock = threading.Lock()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or refuse it when a switch names it."""
        fault = self._faults.take("smtp", "recipient", address=address)
        if fault is not None and fault.kind in _REFUSALS:
            return _REFUSALS[fault.kind]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        """Keep the message, unless a switch says otherwise."""
        content = bytes(envelope.content)
        subject = str(_parsed(content).get("Subject", ""))
        recipients = [str(each) for each in envelope.rcpt_tos]
        facts = {"sender": envelope.mail_from, "to": " ".join(recipients), "subject": subject}
        fault = self._faults.take("smtp", "message", **facts)
        if fault is not None and fault.kind in _REFUSALS:
            return _REFUSALS[fault.kind]
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        name = self._keep(str(envelope.mail_from), recipients, subject, content)
        if fault is not None and fault.kind == "drop_after":
            server.transport.abort()
        return f"250 OK kept as {name}"

    def _keep(self, sender: str, recipients: list[str], subject: str, content: bytes) -> str:
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            numbers = [found for each in self._folder.iterdir() if (found := _numbered(each.name))]
            first = _plain(recipients[0].partition("@")[0], 24)
            name = f"{max(numbers, default=0) + 1:04d}-{first}-{_plain(subject, 60)}.eml"
            envelope = f"Return-Path: <{sender}>\r\nDelivered-To: {', '.join(recipients)}\r\n"
            unfinished = self._folder / f"{name}.tmp"
            unfinished.write_bytes(envelope.encode("utf-8") + content)
            unfinished.replace(self._folder / name)
            return name


def start(home: Path, host: str, port: int, faults: FaultBoard) -> Controller:
    """Listen for mail in a thread of its own; `stop()` of what comes back ends it.

    Raises:
        OSError: the port is taken.
    """
    faults.declare("smtp", KINDS)
    controller = Controller(
        Sink(home / "mail", faults),
        hostname=host,
        port=port,
        server_hostname="mail.sandbox.test",
        ident="sandbox mail",
    )
    controller.start()
    return controller


def read_message(path: Path) -> EmailMessage:
    """A kept message."""
    return _parsed(path.read_bytes())


def _parsed(content: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(content)


def _plain(text: str, length: int) -> str:
    return _NOT_PLAIN.sub("-", text.lower()).strip("-")[:length].strip("-") or "none"


def _numbered(name: str) -> int:
    found = _NUMBER.fullmatch(name)
    return int(found.group(1)) if found else 0
