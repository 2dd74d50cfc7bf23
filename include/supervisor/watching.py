"""Restarts what died, until it is stopped; its own death leaves everything else running."""

from __future__ import annotations

import time
from dataclasses import dataclass

from supervisor import databases, environment
from supervisor.console import say
from supervisor.declared import Component
from supervisor.errors import Trouble
from supervisor.files import read_json
from supervisor.runtime import Runtime

LOOK_SECONDS = 2.0
PAUSE_SECONDS_MAX = 120.0
CALM_SECONDS = 600.0


@dataclass
class Patience:
    """How long to wait before the next restart of one process: longer each time it dies again."""

    pause_seconds: float = 1.0
    not_before: float = 0.0

    def spend(self, now: float) -> None:
        """Count one restart."""
        if now > self.not_before + CALM_SECONDS:
            self.pause_seconds = 1.0
        self.not_before = now + self.pause_seconds
        self.pause_seconds = min(self.pause_seconds * 2, PAUSE_SECONDS_MAX)


class Watcher:
    """Looks after the processes of a runtime.

    Args:
        runtime: whose processes.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._ports = read_json(runtime.home.ports)
        self._server = databases.of(runtime.home, runtime.declared, self._ports["postgres"])
        mode = read_json(runtime.home.mode)
        self._seed = int(mode["seed"])
        self._shared = environment.shared(
            runtime.home, runtime.declared, demo=bool(mode.get("demo"))
        )
        self._code = environment.code_hash(runtime.home.root)
        self._patience: dict[str, Patience] = {}

    def run(self) -> None:
        """Look every two seconds, for ever."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Restart what is dead and has waited long enough."""
        self._runtime.registry.reap()
        try:
            if not self._server.running() and self._may("postgres"):
                say("postgres had ended; starting it again")
                self._server.start()
            for component in self._runtime.declared.components:
                if not self._runtime.registry.living(component.name) and self._may(component.name):
                    say(f"{component.name} had ended; starting it again")
                    self._restart(component)
        except Trouble as trouble:
            say(str(trouble))

    def _may(self, name: str) -> bool:
        patience = self._patience.setdefault(name, Patience())
        now = time.monotonic()
        if now < patience.not_before:
            return False
        patience.spend(now)
        return True

    def _restart(self, component: Component) -> None:
        home = self._runtime.home
        settings = self._shared
        if component.airflow:
            url = self._server.url(self._runtime.declared.metadata_database)
            settings = settings | environment.of_airflow(home, self._ports, url)
        self._runtime.registry.start(
            component.name,
            environment.filled(component.command, home, self._seed),
            settings,
            home.logs / f"{component.name}.log",
            environment.fingerprint(component, settings, self._code),
        )
