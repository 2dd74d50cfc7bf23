"""Business time of the twins: the real time, or the shared clock of a demonstration.

`TIEOUT_CLOCK` names a JSON file `{"offset_seconds": 86400}`. Token lifetimes don't use it: they
run in real time.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

SETTING: Final = "TIEOUT_CLOCK"


def now() -> datetime:
    """The business instant, aware, in UTC.

    Real time when the setting is absent or its file has not been written yet.

    Raises:
        ValueError: the file is not JSON.
        KeyError: the file states no `offset_seconds`.
    """
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """How far business time is ahead of real time."""
    name = os.environ.get(SETTING)
    if not name or not Path(name).is_file():
        return timedelta()
    stated = json.loads(Path(name).read_text(encoding="utf-8"))
    return timedelta(seconds=int(stated["offset_seconds"]))
