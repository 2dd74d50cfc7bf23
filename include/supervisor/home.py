"""The folder `.tieout/` of one runtime: where everything lies, and for whom it is readable."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths of one runtime.

    Args:
        root: the repository's root.
        path: the runtime's folder, `.tieout` in the root unless TIEOUT_HOME names another.
    """

    root: Path
    path: Path

    @classmethod
    def of_environment(cls) -> Home:
        """The runtime that TIEOUT_ROOT and TIEOUT_HOME name, by default that of this checkout."""
        root = Path(os.environ.get("TIEOUT_ROOT") or Path(__file__).resolve().parents[2])
        path = Path(os.environ.get("TIEOUT_HOME") or root / ".tieout")
        return cls(root.resolve(), path.absolute())

    def make(self) -> None:
        """Create the folder for its owner alone; what others must enter opens itself."""
        os.umask(0o077)
        self.path.mkdir(parents=True, exist_ok=True)
        for folder in (self.logs, self.pids, self.stamps, self.airflow):
            folder.mkdir(exist_ok=True)

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.path / "airflow"

    @property
    def logs(self) -> Path:
        """One log for each process and step, and Airflow's task logs."""
        return self.path / "logs"

    @property
    def pids(self) -> Path:
        """One record for each process that was started."""
        return self.path / "pids"

    @property
    def stamps(self) -> Path:
        """What a finished step was finished for, so that it need not run again."""
        return self.path / "stamps"

    @property
    def ports(self) -> Path:
        """The chosen ports, by name."""
        return self.path / "ports.json"

    @property
    def passwords(self) -> Path:
        """The users' passwords, in the form that Airflow's auth manager reads."""
        return self.path / "passwords.json"

    @property
    def secrets(self) -> Path:
        """Keys and database passwords that no person needs."""
        return self.path / "secrets.json"

    @property
    def connections(self) -> Path:
        """Airflow's connections, read by its local file backend."""
        return self.path / "connections.yaml"

    @property
    def clock(self) -> Path:
        """The shared clock of the demonstration."""
        return self.path / "clock.json"

    @property
    def mode(self) -> Path:
        """Seed of the company and mode of the last start."""
        return self.path / "runtime.json"

    @property
    def lock(self) -> Path:
        """Held by the one command that acts on this home."""
        return self.path / "lock"
