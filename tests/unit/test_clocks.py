"""Business time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tieout.adapters.clock import SharedClock, SystemClock
from tieout.errors import SettingsError

BEGIN = datetime(2026, 11, 2, 6, tzinfo=UTC)


def test_a_shared_clock_ticks_on_from_where_it_was_set(tmp_path: Path) -> None:
    """The rehearsal relies on it: all processes read one business time, and it moves."""
    path = tmp_path / "clock.json"
    SharedClock(path).jump_to(BEGIN)
    first = SharedClock(path).now()
    second = SharedClock(path).now()
    assert timedelta(seconds=-1) < first - BEGIN < timedelta(seconds=5)
    assert first < second
    assert first.tzinfo is UTC


def test_a_shared_clock_only_jumps_forward(tmp_path: Path) -> None:
    """Windows and cutoffs rely on it: what was late is never early again."""
    clock = SharedClock(tmp_path / "clock.json")
    clock.jump_to(BEGIN)
    clock.jump_to(BEGIN + timedelta(hours=3))
    with pytest.raises(ValueError, match="never goes back"):
        clock.jump_to(BEGIN + timedelta(hours=2))
    with pytest.raises(ValueError, match="zone"):
        clock.jump_to(datetime(2026, 12, 1))  # noqa: DTZ001 - the point of the test
    assert clock.now() >= BEGIN + timedelta(hours=3, seconds=-1)


@pytest.mark.parametrize("content", [None, "{}", "not json", '{"offset_seconds": "x"}', "[]"])
def test_a_clock_that_cannot_be_read_stops_the_task(tmp_path: Path, content: str | None) -> None:
    """Posting relies on it: without a known time no window is taken for open."""
    path = tmp_path / "clock.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError):
        SharedClock(path).now()


def test_the_system_clock_is_aware_and_utc() -> None:
    """Everyone who compares instants relies on it."""
    assert SystemClock().now().tzinfo is UTC
