"""One signed-in person at Airflow's server: a token of its own login, requests as that person."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from sandbox.demo.errors import Refused, Stopped

#: A server that restarts comes back within this many seconds.
PATIENCE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.5


class Person:
    """A finance person with a token.

    Args:
        user: the name in Airflow's login.
        url: Airflow's base URL.
        password: as the runtime generated it.
    """

    def __init__(self, user: str, url: str, password: str) -> None:
        self.user = user
        self._client = httpx.Client(base_url=url, timeout=60.0, trust_env=False)
        answer = self._sent("POST", "/auth/token", {"username": user, "password": password})
        self._client.headers["Authorization"] = f"Bearer {_checked(answer)['access_token']}"

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of a path.

        Raises:
            Refused: the server did not answer with success.
        """
        return _checked(self._sent("GET", path, query=query))

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a POST; raises Refused."""
        return _checked(self._sent("POST", path, body))

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a PATCH; raises Refused."""
        return _checked(self._sent("PATCH", path, body))

    def _sent(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        """One request; a reading one is repeated while the server is out of reach."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._client.request(method, path, json=body, params=query)
            except httpx.TransportError as error:
                unsent = isinstance(error, httpx.ConnectError)
                if time.monotonic() > until or not (unsent or method == "GET"):
                    raise Stopped(
                        f"Airflow's server at {self._client.base_url} does not answer "
                        f"({type(error).__name__}). Run `make status` and `make logs`."
                    ) from error
            time.sleep(_PAUSE_SECONDS)


class People:
    """Everybody who takes part, signed in when first asked for.

    Args:
        home: the runtime's folder, with `ports.json` and `passwords.json`.
    """

    def __init__(self, home: Path) -> None:
        self._passwords = _read(home / "passwords.json")
        self.url = f"http://127.0.0.1:{_read(home / 'ports.json')['airflow']}"
        self._signed_in: dict[str, Person] = {}

    def __getitem__(self, user: str) -> Person:
        if user not in self._signed_in:
            try:
                self._signed_in[user] = Person(user, self.url, str(self._passwords[user]))
            except (KeyError, Refused) as error:
                raise Stopped(
                    f"{user} could not sign in to {self.url} ({error}). "
                    "Run `make down`, then `make demo`."
                ) from error
        return self._signed_in[user]


def _read(path: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Stopped(f"{path} can't be read: the platform is not up. Run `make demo`.") from error
    return read


def _checked(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else {}
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    detail = told.get("message") or told.get("detail") or answer.text[:200]
    next_step = f" {told['next_step']}" if told.get("next_step") else ""
    said = detail if isinstance(detail, str) else json.dumps(detail)
    raise Refused(answer.status_code, str(told.get("code", "")), f"{said}{next_step}")
