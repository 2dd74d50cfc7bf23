"""Starts the vendors' twins on free ports: in a thread, or as the real host process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Host:
    """A running host process.

    Attributes:
        ports: by vendor, with `control`.
        process: the process itself.
    """

    ports: Mapping[str, int]
    process: subprocess.Popen[str]

    def url(self, vendor: str) -> str:
        """The base URL of a vendor's twin, or of `control`."""
        return f"http://127.0.0.1:{self.ports[vendor]}"

    def arm(self, vendor: str, kind: str, **stated: object) -> None:
        """Arm a fault switch through the control API."""
        body = {"vendor": vendor, "kind": kind, **stated}
        httpx.post(f"{self.url('control')}/faults", json=body).raise_for_status()

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Ask the control API for something and return its JSON."""
        answer = httpx.request(method, f"{self.url('control')}{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def stop(self) -> int:
        """End the process as the supervisor does and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


@contextmanager
def running_host(
    home: Path,
    seeds: Mapping[str, object] | None = None,
    vendors: Sequence[str] = (),
    ports: Mapping[str, int] | None = None,
) -> Iterator[Host]:
    """The host process with its vendors' twins, ready; stopped when the test is through.

    Args:
        home: the runtime's folder.
        seeds: the seed files to write first, by vendor.
        vendors: whom to host; all of them by default.
        ports: fixed ports by vendor; free ones by default.
    """
    write_seeds(home, seeds or {})
    free = dict.fromkeys(("netsuite", "concur", "workday", "control"), 0)
    chosen_ports = {**free, "smtp": free_port(), **(ports or {})}
    (home / "ports.json").write_text(json.dumps(chosen_ports))
    chosen = [argument for vendor in vendors for argument in ("--vendor", vendor)]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--home", str(home), *chosen],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "include")},
    )
    try:
        assert process.stdout is not None
        stated = process.stdout.readline()
        assert stated, f"the host ended with {process.wait()} before it was ready"
        assert process.stdout.readline() == "ready\n"
        yield Host(json.loads(stated), process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The base URL of an application, served by uvicorn in a thread, background work included."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        config = uvicorn.Config(app, log_level="warning", lifespan="on", http="h11", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server died at its start"
            thread.join(0.005)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()


def write_seeds(home: Path, seeds: Mapping[str, object]) -> None:
    """Write seed files by vendor, where the twins look for them."""
    folder = home / "sandbox" / "seed"
    folder.mkdir(parents=True, exist_ok=True)
    for vendor, seed in seeds.items():
        (folder / f"{vendor}.json").write_text(json.dumps(seed), encoding="utf-8")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
