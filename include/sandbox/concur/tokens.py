"""Who may call: the token endpoint with its grants, and the check of access tokens.

Lifetimes are in real time, whatever the business clock says.
"""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import parse_qs

from sandbox.concur.state import switches
from sandbox.concur.wire import Answer, Call, Principal, Refused, problem

_INVALID_GRANT = "invalid_grant"


def token(call: Call) -> Answer:
    """`POST /oauth2/v0/token`."""
    content_type = call.headers.get("content-type", "")
    if not content_type.startswith("application/x-www-form-urlencoded"):
        raise _refused(call, 135, "invalid_request", "unsupported content type")
    text = call.body.decode("utf-8", errors="replace")
    form = {name: values[0] for name, values in parse_qs(text).items()}
    client = _client(call, form)
    match form.get("grant_type"):
        case "password":
            return _company_token(call, client, form)
        case "refresh_token":
            return _refreshed(call, client, form)
        case "client_credentials":
            return _app_token(call, client)
        case _:
            raise _refused(call, 60, _INVALID_GRANT, "grant is not allowed for this application")


def revoke(call: Call) -> Answer:
    """`DELETE /app-mgmt/v0/connections`: every refresh token of the calling application dies."""
    assert call.principal is not None, "the route demands a token"
    for record in call.records.each("refresh"):
        if record["client_id"] == call.principal.client_id:
            call.records.put("refresh", record["token"], record | {"dead": True})
    return Answer(status=200)


def authorise(call: Call, kinds: frozenset[str], scopes: frozenset[str]) -> Principal:
    """The principal of the request's access token; any one of `scopes` is enough.

    Raises:
        Refused: 401 without a token, 401 or 403 (switch) when it expired, else 403.
    """
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        raise Refused(problem(call, 401, "unauthorized", "Authorization header is missing"))
    record = call.records.get("access", value)
    if record is None:
        raise Refused(problem(call, 403, "forbidden", "The access token is invalid"))
    if record["expires_at"] <= time.time():
        status = switches(call.records)["expired_status"]
        raise Refused(problem(call, status, "token.expired", "The access token has expired"))
    principal = Principal(record["kind"], record["client_id"], frozenset(record["scopes"]))
    if principal.kind not in kinds:
        message = f"A {principal.kind} token is not allowed here"
        raise Refused(problem(call, 403, "forbidden", message))
    if scopes and not scopes & principal.scopes:
        message = f"The token lacks the scope {min(scopes)}"
        raise Refused(problem(call, 403, "insufficient.scope", message))
    if principal.kind == "company" and _elsewhere(call) is not None:
        raise Refused(problem(call, 403, "forbidden", "The company lives in another data centre"))
    return principal


def _client(call: Call, form: dict[str, str]) -> dict[str, Any]:
    client: dict[str, Any] | None = call.records.get("client", form.get("client_id", ""))
    if client is None:
        raise _refused(call, 61, "invalid_client", "client not found")
    if client.get("disabled"):
        raise _refused(call, 59, "access_denied", "client is disabled")
    if not secrets.compare_digest(client["client_secret"], form.get("client_secret", "")):
        raise _refused(call, 64, "invalid_client", "client secret is wrong")
    return client


def _company_token(call: Call, client: dict[str, Any], form: dict[str, str]) -> Answer:
    if form.get("credtype") != "authtoken":
        raise _refused(call, 60, _INVALID_GRANT, "this application may use credtype=authtoken only")
    elsewhere = _elsewhere(call)
    if elsewhere is not None:
        raise _refused(call, 16, "invalid_request", "user lives elsewhere", elsewhere)
    company = call.records.get("setting", "company")
    lifetime = switches(call.records)["request_token_seconds"]
    known = (form.get("username"), form.get("password")) == (
        company["uuid"],
        company["request_token"],
    )
    if not known or company["request_token_issued_at"] + lifetime <= time.time():
        raise _refused(call, 5, _INVALID_GRANT, "Incorrect credentials. Please retry")
    return _granted(call, client, client["scopes"], _new_refresh(call, client))


def _refreshed(call: Call, client: dict[str, Any], form: dict[str, str]) -> Answer:
    value = form.get("refresh_token")
    if not value:
        raise _refused(call, 106, "invalid_request", "refresh token is missing")
    record = call.records.get("refresh", value)
    usable = record is not None and not record["dead"] and record["expires_at"] > time.time()
    if not usable or record["client_id"] != client["client_id"]:
        raise _refused(call, 108, _INVALID_GRANT, "bad or expired refresh token")
    elsewhere = _elsewhere(call)
    if elsewhere is not None:
        raise _refused(call, 16, "invalid_request", "user lives elsewhere", elsewhere)
    scopes = form["scope"].split() if "scope" in form else client["scopes"]
    if not set(scopes) <= set(client["scopes"]):
        raise _refused(call, 54, "invalid_scope", "requested scope exceeds granted scope")
    rotation = switches(call.records)["rotation"]
    if rotation == "same":
        return _granted(call, client, scopes, value)
    if rotation == "kill_old":
        call.records.put("refresh", value, record | {"dead": True})
    return _granted(call, client, scopes, _new_refresh(call, client))


def _app_token(call: Call, client: dict[str, Any]) -> Answer:
    return _granted(call, client, client["scopes"], None)


def _new_refresh(call: Call, client: dict[str, Any]) -> str:
    value = secrets.token_urlsafe(24)
    expires_at = int(time.time()) + switches(call.records)["refresh_seconds"]
    record = {"token": value, "client_id": client["client_id"], "dead": False}
    call.records.put("refresh", value, record | {"expires_at": expires_at})
    return value


def _granted(call: Call, client: dict[str, Any], scopes: list[str], refresh: str | None) -> Answer:
    lifetime = switches(call.records)["access_seconds"]
    value = secrets.token_urlsafe(48)
    record = {
        "token": value,
        "kind": "app" if refresh is None else "company",
        "client_id": client["client_id"],
        "scopes": scopes,
        "expires_at": int(time.time()) + lifetime,
    }
    call.records.put("access", value, record)
    body = {
        "expires_in": str(lifetime),
        "scope": " ".join(scopes),
        "token_type": "Bearer",
        "access_token": value,
        "geolocation": call.records.get("setting", "geolocation") or call.base,
    }
    return Answer(body if refresh is None else body | {"refresh_token": refresh})


def _elsewhere(call: Call) -> str | None:
    """The company's own base, when the caller used another one."""
    home: str | None = switches(call.records)["home"]
    return home if home is not None and home != call.base else None


def _refused(
    call: Call, code: int, error: str, description: str, geolocation: str | None = None
) -> Refused:
    body = {"code": code, "error": error, "error_description": description}
    return Refused(Answer(body | {"geolocation": geolocation or call.base}, 400))
