"""Keys and passwords, made once and kept readable for the owner alone."""

from __future__ import annotations

import base64
import configparser
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from supervisor.files import read_json, write_json
from supervisor.home import Home

_one_at_a_time = threading.Lock()


def kept(path: Path, name: str, make: Callable[[], str]) -> str:
    """The secret of that name in a file; made and stored when it is asked for the first time."""
    with _one_at_a_time:
        known = read_json(path)
        if name not in known:
            known[name] = make()
            write_json(path, known)
        return str(known[name])


def password() -> str:
    """A password that can stand unquoted in a URL and be typed by a person."""
    return secrets.token_urlsafe(15).replace("-", "x").replace("_", "y")


def fernet_key() -> str:
    """A key in the form that Airflow encrypts its stored secrets with."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def signing_key() -> str:
    """A key for signed tokens: 64 bytes, what HS512 asks for."""
    return secrets.token_hex(64)


def users(root: Path) -> tuple[str, ...]:
    """The users that `airflow.cfg` declares."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(root / "airflow.cfg", encoding="utf-8")
    declared = config.get("core", "simple_auth_manager_users")
    return tuple(user.partition(":")[0].strip() for user in declared.split(","))


def new_passwords(home: Home) -> dict[str, str]:
    """Give each user without a password one; returns only the new ones, to be shown once."""
    known = read_json(home.passwords)
    fresh = {user: password() for user in users(home.root) if user not in known}
    if fresh:
        write_json(home.passwords, known | fresh)
    return fresh
