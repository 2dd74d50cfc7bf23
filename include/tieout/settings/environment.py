"""Where things lie: read once from the environment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """`TIEOUT_*` of the environment.

    Attributes:
        root: the project's folder.
        home: state of this machine (objects, connections, logs).
        config: finance's files.
        objects_url: where immutable bytes lie; a folder or a bucket's URL.
        clock: the shared clock file of a demonstration; unset is real time.
        schedules: `on` or `off` (a demonstration starts its runs itself).
        tenant: enters every external id; never changes once journals are posted.
    """

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", extra="ignore")

    root: Path = Field(default_factory=lambda: Path(__file__).resolve().parents[3])
    home: Path | None = None
    config: Path | None = None
    objects_url: str = ""
    clock: Path | None = None
    schedules: str = "on"
    tenant: str = "tieout"

    @property
    def home_folder(self) -> Path:
        """`TIEOUT_HOME`, by default `.tieout` in the project's folder."""
        return self.home or self.root / ".tieout"

    @property
    def config_folder(self) -> Path:
        """`TIEOUT_CONFIG`, by default `include/config`."""
        return self.config or self.root / "include" / "config"

    @property
    def objects_location(self) -> str:
        """`TIEOUT_OBJECTS_URL`, by default a folder below home."""
        return self.objects_url or str(self.home_folder / "objects")


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports of the local runtime."""

    airflow: int = 8080

    @property
    def airflow_url(self) -> str:
        """Base URL of Airflow's server on this machine."""
        return f"http://127.0.0.1:{self.airflow}"


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()


def airflow_base_url() -> str:
    """Where people reach Airflow: its configured base URL, else the local port file."""
    stated = os.environ.get("AIRFLOW__API__BASE_URL")
    if stated:
        return stated.rstrip("/")
    file = settings().home_folder / "ports.json"
    if file.is_file():
        return Ports(int(json.loads(file.read_text())["airflow"])).airflow_url
    return Ports().airflow_url
