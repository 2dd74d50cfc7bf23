"""What the figures were taken on and with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

#: Whose versions decide the figures.
PACKAGES = (
    "tieout", "polars", "pandas", "pandera", "great-expectations", "numpy", "psycopg", "sqlalchemy",
    "zstandard",
)  # fmt: skip


def machine() -> dict[str, object]:
    """Processor, cores, memory, and how busy it was."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _chip(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def _chip() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def versions() -> dict[str, str]:
    """Python, PostgreSQL's major and the packages'."""
    from supervisor.postgres import MAJOR

    found = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version(), "postgresql": MAJOR, **found}
