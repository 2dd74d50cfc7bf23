"""docker-compose.yaml names only what Airflow, our settings and the image really have."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from tests.harness.sources import ROOT
from tieout.settings.environment import Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("tieout:")}
ENVIRONMENT: dict[str, str] = OURS["scheduler"]["environment"]


def _airflow_options() -> set[str]:
    """Every option of Airflow and of the Celery provider, as its environment variable."""
    package = find_spec("airflow")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "config_templates"
    sections = yaml.safe_load((folder / "config.yml").read_text(encoding="utf-8"))
    named = {(part, name) for part in sections for name in sections[part].get("options") or {}}
    providers = configparser.ConfigParser(interpolation=None)
    providers.read(folder / "provider_config_fallback_defaults.cfg", encoding="utf-8")
    named |= {("celery", name) for name in providers["celery"]} | {("celery", "result_backend")}
    return {f"AIRFLOW__{part}__{name}".upper() for part, name in named}


def _pins(name: str) -> dict[str, str]:
    """Version by package of a lock; fails on a line that pins nothing."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [re.fullmatch(r"([\w.-]+)(?:\[\S+\])?==(\S+)(?: ; .+)?", line) for line in lines]
    assert None not in pins
    return {pin[1]: pin[2] for pin in pins if pin}


def test_the_file_is_a_valid_compose_file() -> None:
    """Who deploys relies on it: the engine accepts the file."""
    done = subprocess.run(
        [
            Path(sys.executable).parent / "check-jsonschema",
            *("--builtin-schema", "vendor.compose-spec", "docker-compose.yaml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_part_of_airflow_is_there_and_nothing_unneeded() -> None:
    """Who deploys relies on it: the close needs these parts; approvals need no triggerer."""
    assert set(OURS) == {"prepare", "api-server", "scheduler", "dag-processor", "worker"}
    assert set(SERVICES) - set(OURS) == {"postgres", "redis", "objects"}


def test_all_parts_have_the_same_environment_and_files() -> None:
    """Who deploys relies on it: one set of keys, one connection file, one home."""
    for service in OURS.values():
        assert service["environment"] == ENVIRONMENT
        assert service["volumes"] == OURS["worker"]["volumes"]
        assert service["image"] == OURS["worker"]["image"]


def test_every_setting_of_ours_exists() -> None:
    """Who deploys relies on it: a misspelt setting would silently be the default."""
    named = {name for name in ENVIRONMENT if name.startswith("TIEOUT_")}
    known = {f"TIEOUT_{field}".upper() for field in Settings.model_fields}
    assert named - known == set()
    assert ENVIRONMENT["TIEOUT_SCHEDULES"] == "on"
    assert "TIEOUT_CLOCK" not in ENVIRONMENT


def test_every_setting_of_airflow_exists() -> None:
    """Who deploys relies on it: an option that was renamed is noticed here."""
    named = {name for name in ENVIRONMENT if name.startswith("AIRFLOW__")}
    assert named - _airflow_options() == set()


def test_every_secret_must_be_given() -> None:
    """Everybody relies on it: no default password reaches production."""
    secret = re.compile(r"PASSWORD|SECRET|FERNET|BROKER|BACKEND|CONN$")
    for name, value in ENVIRONMENT.items():
        if secret.search(name):
            assert re.search(r"\$\{\w+:\?", value), name


def test_only_the_api_server_is_reachable_and_from_this_machine_alone() -> None:
    """The platform team relies on it: database, queue and objects are closed to the network."""
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"api-server": ["127.0.0.1:8080:8080"]}


def test_no_image_floats() -> None:
    """Who deploys relies on it: the same file starts the same versions."""
    for name, service in SERVICES.items():
        assert re.search(r":[\w.-]*\d", service["image"]), name
        assert not service["image"].endswith(":latest")


def test_the_image_is_built_from_the_lock_and_holds_no_twin() -> None:
    """Who deploys relies on it: production runs what was tested, and no simulator."""
    assert "requirements.txt" in DOCKERFILE
    assert "--no-deps" in DOCKERFILE
    assert "rm -rf include/sandbox" in DOCKERFILE
    for name in ("TIEOUT_ROOT", "TIEOUT_HOME"):
        assert f"{name}={ENVIRONMENT[name]}" in DOCKERFILE
    assert "AIRFLOW_CONFIG=/opt/tieout/airflow.cfg" in DOCKERFILE


def test_the_production_lock_agrees_with_the_lock() -> None:
    """Who deploys relies on it: no package has another version than the tested one."""
    tested, deployed = _pins("requirements.txt"), _pins("deploy/requirements.txt")
    assert {name: deployed[name] for name in deployed.keys() & tested.keys()} == {
        name: tested[name] for name in deployed.keys() & tested.keys()
    }


def test_the_databases_are_those_of_the_runtime() -> None:
    """Who deploys relies on it: the same two databases as on one machine."""
    script = (ROOT / "deploy" / "create-databases.sh").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"for name in {' '.join(project['tool']['supervisor']['databases'])};" in script


def test_the_pools_are_those_of_the_runtime() -> None:
    """The close relies on it: a task whose pool does not exist waits for ever."""
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", "pools"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(json.loads(done.stdout)) == set(project["tool"]["supervisor"]["pools"])
    assert "supervisor pools | airflow pools import" in SERVICES["prepare"]["command"][-1]
