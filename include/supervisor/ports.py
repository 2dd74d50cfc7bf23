"""The loopback ports of a runtime: those of last time, else the declared, else the next free."""

from __future__ import annotations

import socket
from collections.abc import Collection

from supervisor.errors import Trouble
from supervisor.files import read_json, write_json
from supervisor.home import Home

LAST = 65_535


def is_free(port: int) -> bool:
    """Whether nobody listens on that port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def any_free() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def choose(
    home: Home, preferred: dict[str, int], ours: Collection[str]
) -> tuple[dict[str, int], list[str]]:
    """Choose a port for each name and store the choice.

    Args:
        home: where the last choice is stored.
        preferred: the declared ports.
        ours: names whose process of ours is listening already; they keep their port.

    Returns:
        The ports, and a sentence for each that is not the one of last time.
    """
    last = {name: int(port) for name, port in read_json(home.ports).items()}
    chosen: dict[str, int] = {}
    said = []
    for name, wish in preferred.items():
        port = last.get(name, wish)
        if name not in ours and not is_free(port):
            avoided = {*chosen.values(), *last.values(), *preferred.values()}
            free = _next_free(port, avoided)
            said.append(f"Port {port} is in use by another program: {name} takes {free}.")
            port = free
        chosen[name] = port
    if chosen != last:
        write_json(home.ports, chosen)
    return chosen, said


def _next_free(port: int, avoided: Collection[int]) -> int:
    for candidate in range(port + 1, LAST + 1):
        if candidate not in avoided and is_free(candidate):
            return candidate
    raise Trouble(f"No port above {port} is free.", "Stop some programs, then try again.")
