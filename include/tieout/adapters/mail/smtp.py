"""Delivers finished messages over SMTP, one conversation per message.

The answer of the server decides per recipient. A lost conversation is an error for the outbox to
repeat; the message's own Message-ID lets the receiving side drop a second copy.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from tieout.adapters.transport import Connection, one_line, redact
from tieout.errors import SettingsError, VendorRefusedError, VendorUnavailableError

_SECURITY: Final = frozenset({"", "none", "starttls", "tls"})
_PORTS: Final[Mapping[str, int]] = {"": 25, "none": 25, "starttls": 587, "tls": 465}


class SmtpMailRoom:
    """Sends through one server; implements `tieout.ports.MailRoom`.

    Args:
        connection: host, port, login and password; `extra.security` is `none`, `starttls` or `tls`.
        timeout_seconds: for connecting and for each answer.
    """

    def __init__(self, connection: Connection, timeout_seconds: float = 20.0) -> None:
        self._connection = connection
        self._security = connection.optional("security").lower()
        self._timeout = timeout_seconds
        if self._security not in _SECURITY:
            raise SettingsError(
                f"The mail connection asks for {self._security!r}, which is no way to secure mail.",
                blocks="all mail",
                next_step="Write none, starttls or tls as its security.",
            )
        if connection.login and self._security in {"", "none"}:
            raise SettingsError(
                "The mail connection would send its password in clear.",
                blocks="all mail",
                next_step="Set its security to starttls or tls.",
            )

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> Mapping[str, str]:
        """Deliver; returns refused recipients with the server's reason.

        Raises:
            VendorUnavailableError: no connection, or it broke; nobody knows whether it was taken.
            VendorRefusedError: the server refused sender, sign-in or content.
        """
        if not recipients:
            return {}
        with self._conversation() as server:
            try:
                refused = server.sendmail(sender, list(recipients), message)
            except smtplib.SMTPRecipientsRefused as error:
                refused = error.recipients
        return {who: _said(code, text) for who, (code, text) in refused.items()}

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        try:
            with self._server() as server:
                if self._security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self._connection.login:
                    server.login(self._connection.login, self._connection.password)
                yield server
        except smtplib.SMTPResponseException as error:
            raise self._answered(error) from error
        except (smtplib.SMTPException, OSError) as error:
            said = one_line(redact(str(error), self._connection.secrets()))
            raise VendorUnavailableError(
                f"The mail server {self._connection.host} is out of reach: {said}.",
                blocks="this mail",
                next_step="None; the outbox sends it again.",
            ) from error

    def _server(self) -> smtplib.SMTP:
        host = self._connection.host
        port = self._connection.port or _PORTS[self._security]
        if self._security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=self._timeout, context=context)
        return smtplib.SMTP(host, port, timeout=self._timeout)

    def _answered(self, error: smtplib.SMTPResponseException) -> Exception:
        """Codes 4xx ask to come again, 5xx are final (RFC 5321, section 4.2.1)."""
        said = redact(_said(error.smtp_code, error.smtp_error), self._connection.secrets())
        if error.smtp_code < 500:
            return VendorUnavailableError(
                f"The mail server asks to come again: {said}.",
                blocks="this mail",
                next_step="None; the outbox sends it again.",
            )
        return VendorRefusedError(
            f"The mail server refused: {said}.",
            blocks="this mail",
            next_step="Check the mail connection and the sender's address.",
        )


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", errors="replace") if isinstance(text, bytes) else text
    return f"{code} {one_line(words)}"
