"""Brings a runtime up and down, and settles whose company it holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass

from supervisor import databases, environment
from supervisor.console import say
from supervisor.declared import Declared
from supervisor.files import read_json, require_space, write_json
from supervisor.home import Home
from supervisor.processes import Registry
from supervisor.starting import Start

MEGABYTES_NEEDED = 500
WATCHER = "watcher"


@dataclass(frozen=True)
class Wish:
    """What a start is asked for.

    Args:
        demo: whether schedules are off and the shared clock counts.
        seed: the company wanted; None takes the one that is there.
    """

    demo: bool
    seed: int | None


class Runtime:
    """One runtime of this machine.

    Args:
        home: its folder.
        declared: what it consists of.
    """

    def __init__(self, home: Home, declared: Declared) -> None:
        self.home = home
        self.declared = declared
        self.registry = Registry(home.pids, str(home.path))

    def up(self, wish: Wish) -> None:
        """Start what is missing, restart what is out of date, leave the rest alone.

        Raises:
            Trouble: a step failed, a process did not get ready, the disk is full.
        """
        require_space(self.home.path, MEGABYTES_NEEDED)
        self.registry.stop([WATCHER])
        self.registry.stop_unrecorded()
        seed = self._settle_seed(wish.seed)
        Start(self.home, self.declared, self.registry, seed, demo=wish.demo).run()
        write_json(self.home.mode, {"seed": seed, "demo": wish.demo})
        self.watch_in_background()

    def down(self) -> bool:
        """Stop everything, whoever started it; returns whether there was anything to stop."""
        found = self.registry.names()
        self.registry.stop([WATCHER])
        self.registry.stop([name for name in found if name != WATCHER])
        strays = self.registry.stop_unrecorded()
        server = databases.of(self.home, self.declared)
        was_running = server.running()
        server.stop()
        return bool(found or strays or was_running)

    def watch_in_background(self) -> None:
        """Start the process that restarts what dies."""
        command = [sys.executable, "-m", "supervisor", "watch"]
        demo = bool(read_json(self.home.mode).get("demo"))
        settings = environment.shared(self.home, self.declared, demo=demo)
        self.registry.start(WATCHER, command, settings, self.home.logs / f"{WATCHER}.log")

    def seed(self) -> int | None:
        """The seed of the company that is there, if any."""
        seed = read_json(self.home.mode).get("seed")
        return None if seed is None else int(seed)

    def _settle_seed(self, wanted: int | None) -> int:
        """Decide whose company this runtime holds; another one begins with empty databases."""
        present = self.seed()
        seed = wanted if wanted is not None else present
        if seed is None:
            seed = self.declared.first_seed
        half_reset = bool(read_json(self.home.mode).get("half_reset"))
        if present is not None and (present != seed or half_reset):
            say(f"This runtime holds the company of seed {present}; seed {seed} begins anew.")
            # Whatever interrupts this, the next start begins anew as well.
            write_json(self.home.mode, {"seed": seed, "half_reset": True})
            self.registry.stop(self.registry.names())
            databases.of(self.home, self.declared).recreate()
            for name in self.declared.resets:
                path = self.home.path / name
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            self.home.make()
        # Noted before anything is made: an interrupted start must not pass for another company.
        write_json(self.home.mode, {"seed": seed})
        return seed


def run_in_front(command: list[str], settings: dict[str, str]) -> int:
    """Run a command at the person's terminal and return its exit code."""
    return subprocess.run(command, env=settings, check=False).returncode
