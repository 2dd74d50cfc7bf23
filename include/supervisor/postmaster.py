"""The processes of a PostgreSQL cluster, found by where they work, not by what a file claims."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil


def processes(cluster: Path) -> list[int]:
    """Living processes of this cluster: each works in its folder; zombies don't count."""
    found = []
    folder = str(cluster.resolve())
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == folder:
                found.append(process.pid)
    return found


def pid_file_lines(cluster: Path) -> list[str]:
    """The lines of `postmaster.pid`: number, folder, start, port …; none when it is absent."""
    try:
        text = (cluster / "postmaster.pid").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return text.splitlines()


def clear_stale_pid_file(cluster: Path) -> None:
    """Remove `postmaster.pid` when no process of the cluster lives, so that nobody is locked out.

    A postmaster that was killed may stay as a zombie for ever under an init that reaps nothing,
    and its number may belong to a stranger by now: both look alive to pg_ctl.
    """
    if not processes(cluster):
        (cluster / "postmaster.pid").unlink(missing_ok=True)
