"""Signing in to NetSuite: OAuth 2.0 client credentials with a signed assertion.

Source: NetSuite Help, "OAuth 2.0 Client Credentials Flow". The certificate behind the key lives at
most two years, so its end is announced before it comes. Lifetimes are real time, not business time.
"""

from __future__ import annotations

import re
import time
import uuid
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Final
from urllib.parse import urlencode

import jwt

from tieout.adapters.transport import (
    AnswerLostError,
    Connection,
    HttpClient,
    NotSentError,
    Request,
    SignInRefusedError,
    Token,
    VendorBusyError,
)
from tieout.errors import Finding, Place, SettingsError, Severity
from tieout.finance.words import finding

TOKEN_PATH: Final = "/services/rest/auth/oauth2/v1/token"  # noqa: S105 - a path, no secret
_ALGORITHMS: Final = frozenset({"PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
_ACCOUNT: Final = re.compile(r"^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$")
_ASSERTION_SECONDS: Final = 300
#: Days before its end at which a certificate is announced, the most urgent last.
_NOTICE_DAYS: Final = (60, 30, 14)


def account_of(connection: Connection) -> str:
    """The account id, checked before it may become part of a host name.

    Raises:
        SettingsError: it is missing, or has characters that could name another host.
    """
    account = connection.required("account_id")
    if _ACCOUNT.match(account) is None:
        raise SettingsError(
            "The account id of the NetSuite connection has characters that no account id has.",
            blocks="every request to NetSuite",
            next_step="Copy the account id from Setup, Company Information; such as 1234567_SB1.",
        )
    return account


def host_of(account: str) -> str:
    """The account's own origin: lower case, a hyphen for the underscore."""
    return f"https://{account.lower().replace('_', '-')}.suitetalk.api.netsuite.com"


def at_its_host(connection: Connection) -> Connection:
    """The connection, with the account's own origin where none is configured."""
    if connection.host:
        return connection
    return Connection(
        host=host_of(account_of(connection)),
        login=connection.login,
        password=connection.password,
        extra=connection.extra,
    )


class SignIn:
    """Exchanges a signed assertion for an access token.

    Args:
        connection: client_id, certificate_id, private_key (PEM) and algorithm in `extra`;
            `token_audience` only where a gateway stands between us and NetSuite.
        client: a client without authorization.
    """

    def __init__(self, connection: Connection, client: HttpClient) -> None:
        self._connection = connection
        self._client = client

    def token(self) -> Token:
        """A fresh access token.

        Raises:
            SignInRefusedError: NetSuite does not accept the assertion; a retry will not cure it.
            NotSentError: no useful answer. Whatever waits for the token was surely not sent.
        """
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(),
        }
        request = Request(
            "POST",
            TOKEN_PATH,
            "sign in",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode(form).encode(),
            accepted=frozenset({400, 401, 403}),
            expects_json=True,
        )
        try:
            answer = self._client.read(request)
        except (AnswerLostError, VendorBusyError) as error:
            raise NotSentError(
                f"NetSuite gave no token: {error.message}",
                blocks=error.blocks,
                next_step=error.next_step,
            ) from error
        if not answer.succeeded:
            said = self._client.redacted(answer.text)
            raise SignInRefusedError(
                f"NetSuite refused our sign-in ({answer.status}: {said[:200]}).",
                code="erp_login",
                blocks="all posting",
                next_step="Look at the Login Audit Trail; a sandbox refresh removes the certificate"
                " mapping, and a certificate ends after two years.",
            )
        body = answer.json()
        return Token(str(body["access_token"]), int(body.get("expires_in", 3600)))

    def _audience(self) -> str:
        """The account's own token address, whatever host we reach it by."""
        stated = self._connection.optional("token_audience")
        return stated or f"{host_of(account_of(self._connection))}{TOKEN_PATH}"

    def _assertion(self) -> str:
        algorithm = self._connection.required("algorithm")
        if algorithm not in _ALGORITHMS:
            raise SettingsError(
                f"NetSuite does not accept assertions signed with {algorithm}.",
                blocks="every request to NetSuite",
                next_step=f"Choose one of {', '.join(sorted(_ALGORITHMS))}.",
            )
        now = int(time.time())
        claims = {
            "iss": self._connection.required("client_id"),
            "scope": ["rest_webservices"],
            "aud": self._audience(),
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        headers = {"typ": "JWT", "kid": self._connection.required("certificate_id")}
        key = self._connection.required("private_key")
        try:
            return jwt.encode(claims, key, algorithm=algorithm, headers=headers)
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            # The library's own message may quote the key.
            raise SettingsError(
                f"The private key of the NetSuite connection can't sign with {algorithm}.",
                blocks="every request to NetSuite",
                next_step="Give the PEM text of a key of that algorithm.",
            ) from error


def certificate_findings(connection: Connection, now: datetime) -> tuple[Finding, ...]:
    """A warning when the certificate ends soon; `certificate_valid_to` is an ISO date or instant.

    Raises:
        SettingsError: the date is not readable.
    """
    stated = connection.optional("certificate_valid_to")
    if not stated:
        return ()
    ends = _instant(stated)
    days = (ends - now).days
    if days > max(_NOTICE_DAYS):
        return ()
    urgent = days <= min(_NOTICE_DAYS)
    return (
        finding(
            "erp_login",
            where=Place(document="NetSuite connection", field="certificate_valid_to"),
            found=f"the certificate ends on {ends.date().isoformat()}, in {days} days",
            blocks="all posting from that day",
            severity=Severity.CRITICAL if urgent else Severity.WARNING,
        ),
    )


def _instant(text: str) -> datetime:
    try:
        if len(text) == len("2026-10-31"):
            return datetime.combine(date.fromisoformat(text), time_of_day.min, UTC)
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"certificate_valid_to of the NetSuite connection is no date: {text!r}.",
            blocks="the warning before the certificate ends",
            next_step="Write it as 2028-03-31.",
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
