"""Links from an entity to the runs in Airflow that work for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tieout.warehouse.store import Row

#: `dag/run/task[map index]`: how a task names itself as holder of a claim or of a request.
_HOLDER: Final = re.compile(
    r"^(?P<dag>[A-Za-z0-9_.-]+)/(?P<run>[^/]+)/(?P<task>[A-Za-z0-9_.-]+)\[(?P<index>-?\d+)\]$"
)
#: Always there, also before anything was asked.
ALWAYS: Final = (
    ("all closes", "/dags/month_end_close/runs"),
    ("posting windows", "/dags/posting_window/runs"),
)


@dataclass(frozen=True, slots=True)
class RunLink:
    """A page of Airflow, as a path from its root."""

    label: str
    path: str


def task_path(holder: str) -> str:
    """The page of the task that a holder's text names; empty when it names none."""
    found = _HOLDER.match(holder)
    if found is None:
        return ""
    path = f"/dags/{found['dag']}/runs/{quote(found['run'], safe=':')}/tasks/{found['task']}"
    mapped = "" if found["index"].startswith("-") else f"/mapped/{found['index']}"
    return path + mapped


def runs_of(requests: Sequence[Row], units: Sequence[Row]) -> list[RunLink]:
    """The newest approval, tasks at work now, and the lists of runs."""
    links = []
    asked = next((task_path(row["request_key"]) for row in requests), "")
    if asked:
        links.append(RunLink("approval", asked))
    for unit in units:
        path = task_path(unit["lease_holder"]) if unit["held"] else ""
        if path:
            links.append(RunLink(f"{unit['provider']} at work", path))
    return links + [RunLink(label, path) for label, path in ALWAYS]
