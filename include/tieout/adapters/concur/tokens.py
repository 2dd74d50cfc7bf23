"""The company token of the expense platform: signed in once, then refreshed, never lost.

A company request token (valid for a day) buys the first refresh token; from then on each refresh
may return another refresh token and another home of the company. Both are written to the store
before the access token is used, so a crash between the two can't lock the company out.

The platform names the host that all further calls go to. Only the configured host and the
platform's own domain are believed; anything else would carry our credentials away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from tieout.adapters.transport import (
    Answer,
    Connection,
    HttpClient,
    Limits,
    Request,
    SignInRefusedError,
    Token,
    TokenCache,
)
from tieout.errors import VendorRefusedError, VendorUnavailableError
from tieout.ports import Slots

#: The platform's own hosts, over TLS alone.
PLATFORM_ORIGIN: Final = re.compile(r"https://(www-)?[a-z0-9-]+\.api\.concursolutions\.com")
LIVES_ELSEWHERE, REFRESH_MISSING, REFRESH_DEAD, UNDER_MAINTENANCE = 16, 106, 108, 134
BLOCKS: Final = "expense intake"


class TokenStore(Protocol):
    """Keeps the refresh token durably, for one company, over all processes."""

    def hold(self) -> AbstractContextManager[None]:
        """Exclude other processes while a refresh is under way; a crash frees it."""
        ...

    def read(self) -> str | None:
        """What was written last, or none."""
        ...

    def write(self, text: str) -> None:
        """Replace durably; must not return before a crash could no longer lose it."""
        ...


class CompanyTokens:
    """Puts the company's access token on requests and knows the company's home."""

    def __init__(
        self,
        connection: Connection,
        store: TokenStore,
        slots: Slots,
        limits: Limits | None = None,
    ) -> None:
        self._connection = connection
        self._store = store
        self._slots = slots
        self._limits = limits
        self._origin = connection.base_url
        self._cache = TokenCache(self._fetch)

    @property
    def origin(self) -> str:
        """Scheme and host that calls go to: where the company lives."""
        self._cache.headers()
        return self._origin

    def headers(self) -> Mapping[str, str]:
        """`Authorization: Bearer …`; signs in or refreshes when needed."""
        return self._cache.headers()

    def forget(self) -> bool:
        """Drop a refused access token; the next request refreshes it."""
        return self._cache.forget()

    def allowed_origin(self, stated: str) -> str:
        """Scheme and host of a home that the platform stated; paths are cut off.

        Raises:
            VendorRefusedError: neither the configured host nor the platform's domain.
        """
        parts = urlsplit(stated.strip())
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        if origin == self._connection.base_url or PLATFORM_ORIGIN.fullmatch(origin):
            return origin
        raise VendorRefusedError(
            "The expense platform sent us to a host that is not its own; we did not follow.",
            blocks=BLOCKS,
            next_step="Check the connection's host; tell the platform team.",
        )

    def _fetch(self) -> Token:
        with self._store.hold():
            kept = json.loads(self._store.read() or "{}")
            answer = self._granted(kept)
            home = self.allowed_origin(str(answer.get("geolocation") or self._origin))
            refresh = str(answer.get("refresh_token") or kept.get("refresh_token") or "")
            self._store.write(json.dumps({"refresh_token": refresh, "geolocation": home}))
            self._origin = home
            return Token(str(answer["access_token"]), int(answer.get("expires_in") or 0))

    def _granted(self, kept: Mapping[str, str]) -> Mapping[str, Any]:
        if kept.get("refresh_token"):
            base = self.allowed_origin(kept.get("geolocation") or self._origin)
            grant = {"grant_type": "refresh_token", "refresh_token": kept["refresh_token"]}
            answer = self._ask(base, grant)
            if answer.succeeded:
                return _body(answer)
            if _code(answer) not in {REFRESH_MISSING, REFRESH_DEAD}:
                raise self._refusal(answer)
        grant = {
            "grant_type": "password",
            "credtype": "authtoken",
            "username": self._connection.login,
            "password": self._connection.password,
        }
        answer = self._ask(self._connection.base_url, grant)
        if not answer.succeeded:
            raise self._refusal(answer)
        return _body(answer)

    def _ask(self, base: str, grant: Mapping[str, str]) -> Answer:
        answer = self._post(base, grant)
        if _code(answer) == LIVES_ELSEWHERE:
            # Once: a second "elsewhere" would be a loop.
            home = self.allowed_origin(str(_body(answer).get("geolocation", "")))
            answer = self._post(home, grant)
        return answer

    def _post(self, base: str, grant: Mapping[str, str]) -> Answer:
        form = {
            "client_id": self._connection.required("client_id"),
            "client_secret": self._connection.required("client_secret"),
            **grant,
        }
        request = Request(
            "POST",
            "oauth2/v0/token",
            "sign in",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content=urlencode(form).encode(),
        )
        client = self._client(base, grant)
        try:
            return client.write(request)
        finally:
            client.close()

    def _client(self, base: str, grant: Mapping[str, str]) -> HttpClient:
        extra = {**self._connection.extra, "grant": grant.get("refresh_token", "")}
        connection = replace(self._connection, host=base, port=None, extra=extra)
        return HttpClient("Concur", connection, self._slots, limits=self._limits)

    def _refusal(self, answer: Answer) -> Exception:
        code = _code(answer)
        if code == UNDER_MAINTENANCE or answer.status == 429 or answer.status >= 500:
            return VendorUnavailableError(
                f"The expense platform can't sign us in now (status {answer.status}).",
                blocks=BLOCKS,
                next_step="None; the next run tries again.",
            )
        said = str(_body(answer).get("error_description", ""))[:120]
        return SignInRefusedError(
            f"The expense platform refused our sign-in: code {code}, {said}.",
            blocks=BLOCKS,
            next_step="Issue a new company request token and put it into the connection.",
        )


def _body(answer: Answer) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {}


def _code(answer: Answer) -> int | None:
    code = _body(answer).get("code")
    return code if not answer.succeeded and isinstance(code, int) else None
