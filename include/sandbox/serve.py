"""The host process: every vendor's twin in one event loop, each on its own loopback port."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from sandbox.control import create_control
from sandbox.faults import FaultBoard

HOST: Final = "127.0.0.1"
PORTS: Final = {"netsuite": 8701, "concur": 8702, "workday": 8703, "smtp": 8704, "control": 8705}
#: The vendors' packages; the drop folder and mail have only control routes.
VENDORS: Final = ("netsuite", "concur", "workday", "smtp", "drop")
#: How long a running request may hold up the end.
_GRACE_SECONDS: Final = 1


def read_ports(home: Path) -> dict[str, int]:
    """The ports in `ports.json`, by default the usual ones; 0 takes any free port."""
    path = home / "ports.json"
    stated = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {name: int(stated.get(name, port)) for name, port in PORTS.items()}


def serve(home: Path, vendors: Sequence[str] = VENDORS) -> None:
    """Run the twins until SIGTERM or SIGINT; prints their ports as JSON, then `ready`.

    Raises:
        OSError: a port is taken, or a seed is missing; the message names it.
    """
    asyncio.run(_serve(home, vendors))


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to the host."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


@dataclass(slots=True)
class _Twins:
    """What is running."""

    servers: list[tuple[_Server, socket.socket]] = field(default_factory=list)
    stoppable: list[Any] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    control: dict[str, Sequence[BaseRoute]] = field(default_factory=dict)

    def listen(self, name: str, app: Starlette, port: int) -> None:
        """Bind an application's port and prepare its server."""
        bound = _bound(name, port)
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            loop="asyncio",
            log_level="warning",
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self.servers.append((_Server(config), bound))
        self.ports[name] = int(bound.getsockname()[1])


async def _serve(home: Path, vendors: Sequence[str]) -> None:
    ports = read_ports(home)
    faults = FaultBoard(home / "sandbox" / "state" / "faults.json")
    twins = _Twins()
    for vendor in vendors:
        package = _package(vendor)
        if package is not None:
            _start(twins, vendor, package, home, ports, faults)
    twins.listen("control", create_control(faults, twins.control), ports["control"])
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, twins)
    tasks = [asyncio.create_task(server.serve(sockets=[bound])) for server, bound in twins.servers]
    await _started(twins, tasks)
    sys.stdout.write(f"{json.dumps(twins.ports)}\nready\n")
    sys.stdout.flush()
    try:
        await asyncio.gather(*tasks)
    finally:
        _stop(twins)


def _start(
    twins: _Twins,
    vendor: str,
    package: ModuleType,
    home: Path,
    ports: Mapping[str, int],
    faults: FaultBoard,
) -> None:
    if hasattr(package, "create_app") and vendor in ports:
        twins.listen(vendor, package.create_app(home, faults), ports[vendor])
    if hasattr(package, "start"):
        if vendor in ports:
            started = package.start(home, HOST, ports[vendor], faults)
            twins.ports[vendor] = ports[vendor]
        else:
            started = package.start(home)
        twins.stoppable.append(started)
    twins.control[vendor] = package.control_routes(home)


def _package(vendor: str) -> ModuleType | None:
    """The vendor's package; None, with a line on stderr, when this installation lacks it."""
    name = f"sandbox.{vendor}"
    try:
        package = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith(name):
            raise
        sys.stderr.write(f"sandbox: no twin of {vendor}: {error}\n")
        return None
    if not hasattr(package, "control_routes"):
        sys.stderr.write(f"sandbox: no twin of {vendor}: {name} has no control_routes\n")
        return None
    return package


def _bound(name: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        raise OSError(error.errno, f"{name} can't listen on {HOST}:{port}: {error}") from error
    return bound


async def _started(twins: _Twins, tasks: Sequence[asyncio.Task[None]]) -> None:
    while not all(server.started for server, _ in twins.servers):
        for task in tasks:
            if task.done():
                # A server that ended before it began says why.
                task.result()
                raise SystemExit("a twin ended while it was starting; its message stands above")
        await asyncio.sleep(0.01)


def _stop(twins: _Twins) -> None:
    for server, _ in twins.servers:
        server.should_exit = True
    while twins.stoppable:
        stop = getattr(twins.stoppable.pop(), "stop", None)
        if stop is not None:
            stop()
