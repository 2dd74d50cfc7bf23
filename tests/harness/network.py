"""Tests talk to this machine alone: any other address is refused before a packet leaves."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any


class StrayCall(Exception):
    """A test tried to reach another machine."""


def keep_to_loopback() -> None:
    """Refuse connections of this process that leave the machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _require_loopback(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _require_loopback(address)
        return connect_ex(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign,assignment]


def _require_loopback(address: Any) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host is None or host == "localhost":  # a local socket file, or this machine by name
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise StrayCall(f"Tests may only call this machine, not {host}.")
