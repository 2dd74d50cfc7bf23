"""Where things lie, and connections that never print their secrets."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tieout.errors import SettingsError
from tieout.settings.connections import StatedConnection, connection, warehouse_url
from tieout.settings.environment import Settings

STATED = """
tieout_warehouse:
  conn_type: postgres
  host: 127.0.0.1
  port: 55432
  login: tieout
  password: "p@ss/word:1"
  schema: tieout
payroll_drop:
  conn_type: file
  extra: {path: /drop}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a connections file, outside Airflow."""
    (tmp_path / "connections.yaml").write_text(STATED, encoding="utf-8")
    for name in ("TIEOUT_CONNECTIONS", "TIEOUT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    # Another test of this process may have loaded Airflow, whose backend would answer.
    monkeypatch.delitem(sys.modules, "airflow.sdk", raising=False)
    return tmp_path


def test_places_follow_from_the_root_unless_they_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """`TIEOUT_HOME` and `TIEOUT_CONFIG` win; objects lie below home."""
    for name in ("TIEOUT_HOME", "TIEOUT_CONFIG", "TIEOUT_OBJECTS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TIEOUT_ROOT", "/srv/tieout")
    stated = Settings()
    assert stated.home_folder == Path("/srv/tieout/.tieout")
    assert stated.config_folder == Path("/srv/tieout/include/config")
    assert stated.objects_location == "/srv/tieout/.tieout/objects"
    monkeypatch.setenv("TIEOUT_HOME", "/var/tieout")
    monkeypatch.setenv("TIEOUT_OBJECTS_URL", "s3://evidence")
    assert Settings().home_folder == Path("/var/tieout")
    assert Settings().objects_location == "s3://evidence"


def test_a_connection_is_read_and_shows_no_secret(home: Path) -> None:
    """Not in a log line, not in a traceback."""
    found = connection("tieout_warehouse", home)
    assert (found.host, found.port, found.database) == ("127.0.0.1", 55432, "tieout")
    assert found.password == "p@ss/word:1"
    assert "p@ss" not in f"{found!r} {found}"
    assert connection("payroll_drop", home).extra == {"path": "/drop"}
    assert connection("payroll_drop", home).port is None


def test_the_warehouses_url_escapes_what_a_password_may_hold(home: Path) -> None:
    """An @ or a slash in it must not change the host."""
    assert warehouse_url(home) == (
        "postgresql+psycopg://tieout:p%40ss%2Fword%3A1@127.0.0.1:55432/tieout"
    )


def test_a_missing_connection_is_told_with_its_cure(home: Path) -> None:
    """And so is a missing file."""
    with pytest.raises(SettingsError, match="no connection 'erp'") as caught:
        connection("erp", home)
    assert caught.value.next_step
    with pytest.raises(SettingsError, match="no connections file"):
        connection("erp", home / "elsewhere")


def test_a_connection_without_fields_is_empty_and_not_none() -> None:
    """Adapters ask for text."""
    assert StatedConnection("x").login == ""
