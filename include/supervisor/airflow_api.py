"""The few questions that the supervisor asks Airflow's own API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from supervisor.declared import Pool
from supervisor.errors import Trouble
from supervisor.files import read_json
from supervisor.home import Home

ADMIN = "platform"


class AirflowApi:
    """Airflow's API server on loopback.

    Args:
        home: where the passwords are.
        port: the server's port.
    """

    def __init__(self, home: Home, port: int) -> None:
        self._home = home
        self.url = f"http://127.0.0.1:{port}"

    def is_healthy(self, part: str, since: float) -> bool:
        """Whether a part of Airflow has given a sign of life since that moment.

        Args:
            part: `api`, `scheduler` or `dag_processor`.
            since: seconds since the epoch; an older sign is the former process's.
        """
        try:
            answer = httpx.get(f"{self.url}/api/v2/monitor/health", timeout=5, trust_env=False)
            answer.raise_for_status()
            health = answer.json()
        except (httpx.HTTPError, ValueError):
            return False
        if part == "api":
            return True
        seen = health.get(part, {}).get(f"latest_{part}_heartbeat")
        if health.get(part, {}).get("status") != "healthy" or not seen:
            return False
        return datetime.fromisoformat(seen) >= datetime.fromtimestamp(since, tz=UTC)

    def set_pools(self, pools: tuple[Pool, ...]) -> None:
        """Create the pools, or set them to the declared size; may be repeated.

        Raises:
            Trouble: Airflow refused.
        """
        entities: list[dict[str, Any]] = [
            {
                "name": pool.name,
                "slots": pool.slots,
                "description": pool.description,
                "include_deferred": False,
            }
            for pool in pools
        ]
        action = {"action": "create", "action_on_existence": "overwrite", "entities": entities}
        answer = httpx.patch(
            f"{self.url}/api/v2/pools",
            json={"actions": [action]},
            headers={"Authorization": f"Bearer {self._token()}"},
            timeout=30,
            trust_env=False,
        )
        if answer.is_error or answer.json().get("create", {}).get("errors"):
            raise Trouble(
                f"Airflow did not take its pools: {answer.status_code} {answer.text[:300]}",
                "Run `make logs NAME=api-server`.",
            )

    def _token(self) -> str:
        answer = httpx.post(
            f"{self.url}/auth/token",
            json={"username": ADMIN, "password": read_json(self._home.passwords).get(ADMIN, "")},
            timeout=30,
            trust_env=False,
        )
        if answer.is_error:
            raise Trouble(
                f"Airflow refused the login of {ADMIN}: {answer.status_code}.",
                f"{self._home.passwords} must hold its password; `make down`, then `make up`.",
            )
        return str(answer.json()["access_token"])
