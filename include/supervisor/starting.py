"""One start of a runtime: what may run side by side does, what is there already stays."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from supervisor import connections, databases, environment, ports
from supervisor.airflow_api import AirflowApi
from supervisor.console import say
from supervisor.declared import MIGRATION, POSTGRES, Component, Declared, Step
from supervisor.errors import Trouble
from supervisor.files import content_hash, read_json, write_json
from supervisor.home import Home
from supervisor.processes import Registry

READY_SECONDS = 180
STEP_SECONDS = 900
API_SERVER = "api-server"

_one_writer = threading.Lock()


class Start:
    """One start: runs each part as soon as what it waits for is done.

    Args:
        home: the runtime's folder.
        declared: what it consists of.
        registry: the records of its processes.
        seed: the company's seed.
        demo: whether schedules are off and the shared clock counts.
    """

    def __init__(
        self, home: Home, declared: Declared, registry: Registry, seed: int, *, demo: bool
    ) -> None:
        self._home = home
        self._declared = declared
        self._registry = registry
        self._seed = seed
        self._demo = demo
        self._code = environment.code_hash(self._home.root)
        self._shared = environment.shared(self._home, self._declared, demo=demo)
        self._stopping = threading.Event()

    def run(self) -> None:
        """Carry out the start.

        Raises:
            Trouble: the first thing that went wrong.
        """
        self._ports = self._choose_ports()
        self._server = databases.of(self._home, self._declared, self._ports[POSTGRES])
        self._api = AirflowApi(self._home, self._ports["airflow"])
        if self._demo:
            self._wind_clock()
        self._stop_outdated()
        with self._pool() as begin:
            done: dict[str, Future[None]] = {}
            begin(done, POSTGRES, (), self._start_postgres)
            if any(component.airflow for component in self._declared.components):
                begin(done, MIGRATION, (POSTGRES,), self._migrate_airflow)
            for step in self._declared.steps:
                begin(done, step.name, step.after, lambda step=step: self._step(step))
            for component in self._declared.components:
                begin(
                    done,
                    component.name,
                    component.after,
                    lambda component=component: self._component(component),
                )
            if self._declared.pools:
                begin(done, "pools", (API_SERVER,), self._set_pools)

    @contextlib.contextmanager
    def _pool(self) -> Iterator[Callable[..., None]]:
        """Threads for the parts; leaving waits for all of them, or for the first trouble."""
        with ThreadPoolExecutor(max_workers=32) as pool:
            started: list[Future[None]] = []

            def begin(
                done: dict[str, Future[None]],
                name: str,
                after: tuple[str, ...],
                act: Callable[[], None],
            ) -> None:
                waited = [done[other] for other in after]

                def part() -> None:
                    for other in waited:
                        other.result()
                    if not self._stopping.is_set():
                        act()

                done[name] = pool.submit(part)
                started.append(done[name])

            try:
                yield begin
                finished, _ = wait(started, return_when=FIRST_EXCEPTION)
                troubles = [error for future in finished if (error := future.exception())]
                if troubles:
                    raise troubles[0]
            except BaseException:
                self._stopping.set()  # also when interrupted: no thread may go on alone
                raise

    def _choose_ports(self) -> dict[str, int]:
        server = databases.of(self._home, self._declared)
        ours = {POSTGRES} if server.running() else set()
        for component in self._declared.components:
            if self._registry.living(component.name):
                ours.update(component.listens)
        chosen, said = ports.choose(self._home, self._declared.ports, ours)
        if isinstance(server, databases.Embedded) and POSTGRES in ours:
            chosen[POSTGRES] = server.cluster.port
            write_json(self._home.ports, chosen)
        for sentence in said:
            say(sentence)
        return chosen

    def _set_pools(self) -> None:
        self._api.set_pools(self._declared.pools)

    def _wind_clock(self) -> None:
        """Set the shared clock to the demonstration's first instant, unless it runs already."""
        if not self._home.clock.is_file():
            offset = self._declared.demo_begins_at - datetime.now(UTC)
            write_json(self._home.clock, {"offset_seconds": int(offset.total_seconds())})

    def _start_postgres(self) -> None:
        self._server.start()
        url = urlsplit(self._server.url(self._declared.warehouse_database))
        warehouse: dict[str, Any] = {
            "conn_type": "postgres",
            "host": url.hostname,
            "port": url.port or 5432,
            "login": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "schema": self._declared.warehouse_database,
        }
        if url.query:
            warehouse["extra"] = dict(parse_qsl(url.query))
        self._merge({self._declared.warehouse_connection: warehouse})

    def _merge(self, generated: dict[str, Any]) -> None:
        with _one_writer:
            connections.merge(self._home, generated)

    def _migrate_airflow(self) -> None:
        """Bring Airflow's own tables to its version; asking Airflow itself costs ten seconds."""
        url = self._server.url(self._declared.metadata_database)
        wanted = {
            "version": importlib.metadata.version("apache-airflow-core"),
            "revision": _revision(url),
        }
        stamp = self._home.stamps / f"{MIGRATION}.json"
        if wanted["revision"] and read_json(stamp) == wanted:
            return
        command = [str(Path(sys.executable).parent / "airflow"), "db", "migrate"]
        self._run_step(MIGRATION, command, self._airflow_environment())
        write_json(stamp, wanted | {"revision": _revision(url)})

    def _step(self, step: Step) -> None:
        stamp = self._home.stamps / f"{step.name}.json"
        sources = content_hash(self._home.root / path for path in step.unchanged)
        wanted = {"seed": self._seed, "sources": sources, "ports": self._ports}
        if not (step.unchanged and read_json(stamp) == wanted):
            command = environment.filled(step.command, self._home, self._seed)
            try:
                self._run_step(step.name, command, self._shared)
            except Trouble as trouble:
                if not step.optional:
                    raise
                say(f"  {step.name} left out: {trouble.what}")
            else:
                write_json(stamp, wanted)
        generated = self._declared.generated_connections
        self._merge(connections.read_generated(self._home, generated))

    def _run_step(self, name: str, command: list[str], settings: dict[str, str]) -> None:
        log = self._home.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        began = time.monotonic()
        child = self._registry.start(name, command, settings, log)
        while child.poll() is None:
            if self._stopping.is_set() or time.monotonic() > began + STEP_SECONDS:
                self._registry.stop([name])
                raise Trouble(f"{name} was stopped before its end.", f"Read {log}.")
            time.sleep(0.05)
        self._registry.forget(name)
        if child.returncode:
            raise Trouble(
                f"{name} failed (exit code {child.returncode}): {end_of(log)}",
                f"Read {log}, cure that, then run the command again.",
            )
        say(f"  {name} done ({time.monotonic() - began:.1f} s)")

    def _stop_outdated(self) -> None:
        """Stop, all together, the processes that run from other settings or code."""
        outdated = []
        for component in self._declared.components:
            running = self._registry.living(component.name)
            if running and not self._server.running():
                outdated.append(component.name)  # it can't be asked what it should run from
            elif running and running.fingerprint != self._fingerprint(component):
                outdated.append(component.name)
        if outdated:
            say(f"  {', '.join(outdated)}: restarting with the new settings")
            self._registry.stop(outdated)

    def _fingerprint(self, component: Component) -> str:
        return environment.fingerprint(component, self._settings(component), self._code)

    def _settings(self, component: Component) -> dict[str, str]:
        return self._shared | (self._airflow_environment() if component.airflow else {})

    def _component(self, component: Component) -> None:
        """Start a process unless it runs."""
        if self._registry.living(component.name):
            return
        settings, mark = self._settings(component), self._fingerprint(component)
        began = time.time()
        log = self._home.logs / f"{component.name}.log"
        command = environment.filled(component.command, self._home, self._seed)
        child = self._registry.start(component.name, command, settings, log, mark)
        while not self._ready(component, began):
            if child.poll() is not None:
                self._registry.forget(component.name)
                raise Trouble(
                    f"{component.name} ended at once (exit code {child.returncode}): {end_of(log)}",
                    f"Read {log}, cure that, then run the command again.",
                )
            if self._stopping.is_set():
                return
            if time.time() > began + READY_SECONDS:
                raise Trouble(
                    f"{component.name} was not ready after {READY_SECONDS} s: {end_of(log)}",
                    f"Read {log}; `make down`, then try again.",
                )
            time.sleep(0.1)
        say(f"  {component.name} ready ({time.time() - began:.1f} s)")

    def _ready(self, component: Component, began: float) -> bool:
        if any(ports.is_free(self._ports[name]) for name in component.listens):
            return False
        return not component.health or self._api.is_healthy(component.health, began)

    def _airflow_environment(self) -> dict[str, str]:
        url = self._server.url(self._declared.metadata_database)
        return self._shared | environment.of_airflow(self._home, self._ports, url)


def _revision(url: str) -> str:
    """The version of Airflow's tables in a database; empty when it has none."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return ""
    return str(row[0]) if row else ""


def end_of(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for a sentence."""
    if not log.is_file():
        return "no log"
    text = log.read_text(encoding="utf-8", errors="replace")
    return " | ".join(line for line in text.splitlines()[-lines:] if line.strip())
