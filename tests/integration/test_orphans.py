"""A leader that was killed leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil

from supervisor.processes import Registry

# Like Airflow's workers: a child that has lost the runtime's mark, below a leader that waits.
LEADER = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env={})
print(child.pid, flush=True)
child.wait()
"""


def test_the_children_of_a_killed_leader_are_stopped_with_it(tmp_path: Path) -> None:
    """`make down` leaves no process, also after a scheduler was killed with -9."""
    registry = Registry(tmp_path / "records", mark="test")
    (tmp_path / "records").mkdir()
    log = tmp_path / "leader.log"
    leader = registry.start("scheduler", [sys.executable, "-c", LEADER], dict(os.environ), log)
    while not (said := log.read_text().strip()):
        assert leader.poll() is None
    child = psutil.Process(int(said))
    os.kill(leader.pid, signal.SIGKILL)
    leader.wait()
    assert child.is_running()
    registry.stop(["scheduler"])
    assert not psutil.pid_exists(child.pid) or child.status() == psutil.STATUS_ZOMBIE
