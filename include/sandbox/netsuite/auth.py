"""The token endpoint for client credentials with a signed assertion, and the bearer check.

Tokens live in real time. Every refused assertion is written to the login audit trail with its
cause; the caller is only told `invalid_grant`, whatever the cause.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import jwt

from sandbox import clock
from sandbox.netsuite.errors import invalid_login
from sandbox.netsuite.roles import Role, role_of
from sandbox.netsuite.state import insert, setting
from sandbox.netsuite.wire import Answer

ALGORITHMS: Final = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
TOKEN_PATH: Final = "/services/rest/auth/oauth2/v1/token"
LIFETIME_SECONDS: Final = 3600
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM: Final = "application/x-www-form-urlencoded"


class _Denied(Exception):
    """The assertion is refused; the text goes to the audit trail alone."""


def issue_token(connection: sqlite3.Connection, content_type: str, body: bytes) -> Answer:
    """`POST /services/rest/auth/oauth2/v1/token`."""
    client_id: str | None = None
    try:
        form = _form(content_type, body)
        client_id = _unverified(form["client_assertion"]).get("iss")
        integration = _verified(connection, form["client_assertion"])
    except _Denied as denied:
        _audit(connection, client_id, str(denied))
        return _plain(400, {"error": "invalid_grant"})
    value = secrets.token_urlsafe(96)
    token = {
        "value": value,
        "client_id": integration["client_id"],
        "role_id": str(integration["role_id"]),
        "expires_at": time.time() + LIFETIME_SECONDS,
    }
    insert(connection, "token", token)
    _audit(connection, client_id, "Success")
    return _plain(
        200, {"access_token": value, "expires_in": LIFETIME_SECONDS, "token_type": "Bearer"}
    )


def role_of_bearer(connection: sqlite3.Connection, authorization: str) -> Role:
    """The role that the bearer token speaks for.

    Raises:
        Refused: 401, the token is missing, unknown, expired or revoked.
    """
    scheme, _, value = authorization.partition(" ")
    row = connection.execute("SELECT * FROM token WHERE value = ?", (value.strip(),)).fetchone()
    usable = row is not None and not row["revoked"] and row["expires_at"] > time.time()
    if scheme.lower() != "bearer" or not usable:
        raise invalid_login()
    return role_of(connection, row["role_id"])


def revoke(connection: sqlite3.Connection, authorization: str | None = None) -> None:
    """Revoke the presented token, or all of them."""
    if authorization is None:
        connection.execute("UPDATE token SET revoked = 1")
        return
    value = authorization.partition(" ")[2].strip()
    connection.execute("UPDATE token SET revoked = 1 WHERE value = ?", (value,))


def host_label(account_id: str) -> str:
    """The account's label in host names: lower case, hyphens for underscores."""
    return account_id.lower().replace("_", "-")


def _form(content_type: str, body: bytes) -> dict[str, str]:
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise _Denied(f"content type {content_type!r}")
    fields = parse_qs(body.decode("utf-8", errors="replace"))
    form = {name: values[0] for name, values in fields.items() if len(values) == 1}
    if form.get("grant_type") != "client_credentials":
        raise _Denied(f"grant type {form.get('grant_type')!r}")
    if form.get("client_assertion_type") != _ASSERTION_TYPE:
        raise _Denied(f"assertion type {form.get('client_assertion_type')!r}")
    if "client_assertion" not in form:
        raise _Denied("no assertion")
    return form


def _unverified(assertion: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise _Denied(f"unreadable assertion: {error}") from error
    return claims


def _verified(connection: sqlite3.Connection, assertion: str) -> Mapping[str, Any]:
    try:
        header = jwt.get_unverified_header(assertion)
    except jwt.InvalidTokenError as error:
        raise _Denied(f"unreadable header: {error}") from error
    if header.get("alg") not in ALGORITHMS:
        raise _Denied(f"algorithm {header.get('alg')!r}")
    integration = _mapping(connection, header.get("kid"))
    try:
        claims = jwt.decode(
            assertion,
            integration["public_key_pem"],
            algorithms=list(ALGORITHMS),
            # The audience is checked below: the account's hosts, with and without restlets.
            options={"require": ["iss", "aud", "iat", "exp"], "verify_aud": False},
        )
    except (jwt.InvalidTokenError, jwt.InvalidKeyError) as error:
        raise _Denied(f"assertion: {error}") from error
    _check_claims(connection, integration, claims)
    return integration


def _mapping(connection: sqlite3.Connection, certificate_id: object) -> Mapping[str, Any]:
    for each in setting(connection, "integrations"):
        if each["certificate_id"] != certificate_id:
            continue
        if each.get("revoked"):
            raise _Denied("certificate revoked")
        if _ended(str(each["valid_to"])):
            raise _Denied(f"certificate expired on {each['valid_to']}")
        found: Mapping[str, Any] = each
        return found
    raise _Denied(f"no mapping with certificate id {certificate_id!r}")


def _ended(valid_to: str) -> bool:
    if "T" not in valid_to and " " not in valid_to:
        return date.fromisoformat(valid_to) < clock.now().date()
    instant = datetime.fromisoformat(valid_to)
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware <= clock.now()


def _check_claims(
    connection: sqlite3.Connection, integration: Mapping[str, Any], claims: Mapping[str, Any]
) -> None:
    if claims["iss"] != integration["client_id"]:
        raise _Denied(f"issuer {claims['iss']!r} is not the mapping's integration")
    label = host_label(str(setting(connection, "account_id")))
    hosts = {f"{label}.{service}.api.netsuite.com" for service in ("suitetalk", "restlets")}
    audience = claims["aud"]
    place = urlsplit(audience if isinstance(audience, str) else "")
    if (place.scheme, place.path) != ("https", TOKEN_PATH) or place.hostname not in hosts:
        raise _Denied(f"audience {audience!r} is not this account")
    if claims["exp"] > claims["iat"] + LIFETIME_SECONDS:
        raise _Denied("the assertion lives longer than an hour")
    scope = claims.get("scope")
    scopes = scope.replace(",", " ").split() if isinstance(scope, str) else scope
    if not isinstance(scopes, list) or "rest_webservices" not in scopes:
        raise _Denied(f"scope {scope!r} lacks rest_webservices")


def _audit(connection: sqlite3.Connection, client_id: str | None, outcome: str) -> None:
    at = clock.now().isoformat(timespec="seconds")
    insert(connection, "login", {"at": at, "client_id": client_id, "outcome": outcome})


def _plain(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status, body, {"Cache-Control": "no-store"}, "application/json")
