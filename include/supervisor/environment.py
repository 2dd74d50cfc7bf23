"""What every process of a runtime finds in its environment, and what only Airflow's find."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from supervisor import credentials
from supervisor.declared import Component, Declared
from supervisor.files import content_hash
from supervisor.home import Home

# What a started process inherits from the person's shell; everything else is ours.
INHERITED = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "USER"),
    *("COLUMNS", "NO_COLOR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
)
# Settings of the product that the runtime itself decides.
DECIDED = {"TIEOUT_CLOCK", "TIEOUT_HOME", "TIEOUT_ROOT", "TIEOUT_RUNTIME", "TIEOUT_SCHEDULES"}


def shared(home: Home, declared: Declared, *, demo: bool) -> dict[str, str]:
    """The environment of every process: places, mode and clock; no secret."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in INHERITED or (name.startswith("TIEOUT_") and name not in DECIDED)
    }
    programs = Path(sys.executable).parent
    ours = {
        "TIEOUT_ROOT": str(home.root),
        "TIEOUT_HOME": str(home.path),
        "TIEOUT_SCHEDULES": "off" if demo else "on",
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW_CONFIG": str(home.root / "airflow.cfg"),
        "PATH": f"{programs}:{kept.get('PATH', '/usr/bin:/bin')}",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }
    if demo:
        ours["TIEOUT_CLOCK"] = str(home.clock)
    return (
        {"TIEOUT_CONFIG": str(home.root / "include" / "config")}
        | kept
        | declared.environment
        | ours
    )


def of_airflow(home: Home, ports: dict[str, int], metadata_url: str) -> dict[str, str]:
    """What only Airflow's own processes get: keys, database and the chosen port."""
    # A parameter of the C library's alone would stop the asynchronous driver of the default.
    both = (
        {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": metadata_url} if "?" in metadata_url else {}
    )
    return both | {
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{ports['airflow']}",
        "AIRFLOW__API__PORT": str(ports["airflow"]),
        "AIRFLOW__API__SECRET_KEY": credentials.kept(
            home.secrets, "airflow_secret_key", credentials.signing_key
        ),
        "AIRFLOW__API_AUTH__JWT_SECRET": credentials.kept(
            home.secrets, "airflow_jwt_secret", credentials.signing_key
        ),
        "AIRFLOW__CORE__FERNET_KEY": credentials.kept(
            home.secrets, "airflow_fernet_key", credentials.fernet_key
        ),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_url,
    }


def code_hash(root: Path) -> str:
    """Changes with any code, query or setting that a running process may have loaded."""
    places = ("include", "dags", "plugins", "sql", "airflow.cfg", "pyproject.toml")
    return content_hash(root / place for place in places if (root / place).exists())


def fingerprint(component: Component, environment: dict[str, str], code: str) -> str:
    """What a process was started from, in short; the person's own shell doesn't count."""
    counted = sorted(
        f"{name}={value}"
        for name, value in environment.items()
        if name.startswith(("TIEOUT_", "AIRFLOW"))
    )
    text = "\n".join([*component.command, *counted, code])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def filled(command: tuple[str, ...], home: Home, seed: int) -> list[str]:
    """The command line with the runtime's paths and seed in place."""
    known = {
        "python": sys.executable,
        "programs": str(Path(sys.executable).parent),
        "home": str(home.path),
        "root": str(home.root),
        "seed": str(seed),
    }
    return [word.format(**known) for word in command]
