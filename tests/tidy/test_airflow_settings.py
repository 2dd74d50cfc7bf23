"""airflow.cfg holds only what differs from the defaults, each with its reason."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import yaml

from tests.harness.sources import ROOT

TEXT = (ROOT / "airflow.cfg").read_text(encoding="utf-8")


def _settings() -> dict[tuple[str, str], str]:
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(TEXT)
    return {
        (part, name): value for part in config.sections() for name, value in config[part].items()
    }


def _defaults() -> dict[tuple[str, str], str]:
    package = find_spec("airflow")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "config_templates" / "config.yml"
    sections = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        (part, name): str(option.get("default"))
        for part, section in sections.items()
        for name, option in (section.get("options") or {}).items()
    }


def test_every_setting_exists_and_differs_from_its_default() -> None:
    """The platform team relies on it: what stands there was decided, the rest is Airflow's."""
    defaults = _defaults()
    idle = [key for key, value in _settings().items() if defaults.get(key, value) == value]
    assert idle == []


def test_every_group_of_settings_has_its_reason() -> None:
    """Whoever changes a setting relies on it: the reason stands above it."""
    unexplained = []
    above = ""
    for line in TEXT.splitlines():
        if (
            re.match(r"\w+ = ", line)
            and not above.startswith("#")
            and not re.match(r"\w+ = ", above)
        ):
            unexplained.append(line)
        above = line
    assert unexplained == []


def test_no_secret_stands_in_the_file() -> None:
    """Everybody relies on it: a clone opens nothing."""
    names = {name for _, name in _settings()}
    assert not names & {"fernet_key", "secret_key", "jwt_secret", "sql_alchemy_conn"}


def test_airflow_finds_nothing_to_complain_about(tmp_path: Path) -> None:
    """The platform team relies on it at an upgrade: a renamed option is not silently ignored."""
    settings = os.environ | {"AIRFLOW_HOME": str(tmp_path), "TIEOUT_HOME": str(tmp_path)}
    done = subprocess.run(
        [Path(sys.executable).parent / "airflow", "config", "lint"],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    assert "No issues found" in done.stdout
