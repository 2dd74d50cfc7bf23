"""Airflow's connections in its local file: generated ones are kept fresh, a person's own win."""

from __future__ import annotations

from typing import Any

import yaml

from supervisor.errors import Trouble
from supervisor.files import read_json, write_json, write_private
from supervisor.home import Home

HEADER = """\
# Connections of this runtime, in the form of Airflow's local file backend.
# Another server takes a twin's place by one line here: what you change is kept.
"""


def merge(home: Home, generated: dict[str, Any]) -> None:
    """Write generated connections into the file.

    An id that a person added or changed stays as it is: the stamp remembers what was generated
    last, and only an entry that still equals it is replaced.
    """
    # Beside the file, not among the stamps: another company begins without those.
    path, stamp = home.connections, home.path / "connections.generated.json"
    present = _read(home)
    before = read_json(stamp)
    merged = present | {
        name: connection
        for name, connection in generated.items()
        if name not in present or present[name] == before.get(name)
    }
    if merged != present:
        body = yaml.safe_dump(merged, sort_keys=True, allow_unicode=True)
        write_private(path, HEADER + body)
    write_json(stamp, before | generated)


def read_generated(home: Home, relative: str) -> dict[str, Any]:
    """The connections that a step wrote into the home; none when it wrote none."""
    path = home.path / relative
    if not path.is_file():
        return {}
    return _mapping(yaml.safe_load(path.read_text(encoding="utf-8")), str(path))


def _read(home: Home) -> dict[str, Any]:
    if not home.connections.is_file():
        return {}
    try:
        found = yaml.safe_load(home.connections.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise Trouble(f"{home.connections} is no YAML: {error}.", "Correct that line.") from error
    return _mapping(found, str(home.connections))


def _mapping(found: object, where: str) -> dict[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Trouble(f"{where} holds no list of connections by id.", "Correct or delete it.")
    return found
