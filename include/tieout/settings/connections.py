"""Connections are Airflow's; a command outside Airflow reads the same local file itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from tieout.errors import SettingsError

WAREHOUSE = "tieout_warehouse"


@dataclass(frozen=True, slots=True, repr=False)
class StatedConnection:
    """A connection as its backend states it; never prints its secrets."""

    name: str
    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = ""
    database: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"StatedConnection({self.name!r}, host={self.host!r})"


def connection(name: str, home: Path) -> StatedConnection:
    """The connection of that id.

    Inside Airflow its secrets backend answers; elsewhere the local file of the same form.

    Raises:
        SettingsError: there is none.
    """
    if "airflow.sdk" in sys.modules:
        return _from_airflow(name)
    file = Path(os.environ.get("TIEOUT_CONNECTIONS", home / "connections.yaml"))
    if not file.is_file():
        raise SettingsError(
            f"There is no connections file {file}.", next_step="Run `make up` once."
        )
    stated = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    if name not in stated:
        raise SettingsError(
            f"There is no connection {name!r}.",
            next_step=f"Add it to {file.name}; docs/reference has its fields.",
        )
    found = stated[name]
    return StatedConnection(
        name=name,
        host=str(found.get("host") or ""),
        port=None if found.get("port") is None else int(found["port"]),
        login=str(found.get("login") or ""),
        password=str(found.get("password") or ""),
        database=str(found.get("schema") or ""),
        extra=found.get("extra") or {},
    )


def _from_airflow(name: str) -> StatedConnection:
    hook = sys.modules["airflow.sdk"].BaseHook
    try:
        found = hook.get_connection(name)
    except Exception as error:
        raise SettingsError(
            f"Airflow knows no connection {name!r}.",
            next_step="Add it to the secrets backend; docs/reference has its fields.",
        ) from error
    return StatedConnection(
        name=name,
        host=found.host or "",
        port=found.port,
        login=found.login or "",
        password=found.password or "",
        database=found.schema or "",
        extra=found.extra_dejson or {},
    )


def warehouse_url(home: Path) -> str:
    """SQLAlchemy URL of the warehouse: `TIEOUT_DATABASE_URL`, else its connection."""
    stated = os.environ.get("TIEOUT_DATABASE_URL")
    if stated:
        return stated
    found = connection(WAREHOUSE, home)
    user = f"{quote(found.login, safe='')}:{quote(found.password, safe='')}"
    return f"postgresql+psycopg://{user}@{found.host}:{found.port or 5432}/{found.database}"
