"""A limit on the whole exchange, headers included, not only on silence between bytes.

An idle time-out never fires against a server that drips one byte at a time. Every read and write
of the socket is therefore given at most the time that is left of the request's total.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_deadline: ContextVar[float | None] = ContextVar("request_deadline", default=None)


@contextmanager
def total_limit(seconds: float) -> Iterator[None]:
    """Give everything that this thread sends and receives inside the block `seconds` in all."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None, expired: type[Exception]) -> float | None:
    until = _deadline.get()
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise expired("the time for the whole request is used up")
    return left if timeout is None else min(timeout, left)


class _LimitedStream(httpcore.NetworkStream):
    """A socket whose every operation respects the deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _LimitedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, name: str) -> Any:
        return self._stream.get_extra_info(name)


class _LimitedBackend(httpcore.SyncBackend):
    """Opens sockets that respect the deadline."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        stream = super().connect_tcp(host, port, left, local_address, socket_options)
        return _LimitedStream(stream)


class LimitedTransport(httpx.HTTPTransport):
    """httpx's transport over sockets with a deadline; never repeats a request by itself.

    With `keep_alive` off every request gets its own connection: a write must not be sent into a
    connection that the other side closed a moment ago, since that can't be told from a lost answer.
    """

    def __init__(self, context: ssl.SSLContext, *, keep_alive: bool) -> None:
        super().__init__(verify=context, retries=0)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=8 if keep_alive else 0,
            keepalive_expiry=5.0,
            retries=0,
            network_backend=_LimitedBackend(),
        )
