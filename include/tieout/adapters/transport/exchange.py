"""One HTTP exchange with a vendor: sent or not, answered or lost, within time and size."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from tieout.adapters.transport.connection import Connection
from tieout.adapters.transport.deadline import LimitedTransport, total_limit
from tieout.adapters.transport.failures import AnswerLostError, NotSentError
from tieout.adapters.transport.messages import Answer, Request
from tieout.adapters.transport.redaction import one_line, redact
from tieout.errors import VendorRefusedError

#: Raised before a byte of the request was written.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
    httpx.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Patience and size: seconds to connect, between bytes, and in all; attempts of a read."""

    connect_seconds: float = 5.0
    idle_seconds: float = 60.0
    total_seconds: float = 120.0
    answer_bytes: int = 64 * 1024 * 1024
    read_attempts: int = 5
    longest_pause_seconds: float = 60.0


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class Exchange:
    """Sends single requests to one origin; knows no retry, no token and no meaning of a status."""

    def __init__(self, vendor: str, connection: Connection, limits: Limits) -> None:
        self._vendor = vendor
        self._base_url = connection.base_url
        self._secrets = tuple(connection.secrets())
        self._limits = limits
        self._reader = self._open(keep_alive=True)
        self._writer = self._open(keep_alive=False)

    def close(self) -> None:
        """Close all connections."""
        self._reader.close()
        self._writer.close()

    def send(self, request: Request, headers: Mapping[str, str], *, keep_alive: bool) -> Answer:
        """One request, one complete answer of any status.

        Raises:
            NotSentError: nothing left this machine.
            AnswerLostError: it may have arrived.
            VendorRefusedError: the path leads to another host.
        """
        client = self._reader if keep_alive else self._writer
        began = time.monotonic()
        try:
            with (
                total_limit(self._limits.total_seconds),
                client.stream(
                    request.method,
                    self._url(request.path),
                    params=dict(request.params) or None,
                    content=request.content,
                    headers=headers,
                ) as answer,
            ):
                content = self._body(request, answer)
                elapsed = time.monotonic() - began
                return Answer(answer.status_code, answer.headers, content, elapsed)
        except _NOT_SENT as error:
            raise NotSentError(
                f"{self._vendor} at {self._base_url} can't be reached: {self._cause(error)}.",
                blocks=f"what needs {self._vendor}",
                next_step="Check the address and the network; the next run tries again.",
            ) from error
        except httpx.HTTPError as error:
            raise self._lost(request, self._cause(error)) from error

    def _body(self, request: Request, answer: httpx.Response) -> bytes:
        parts = bytearray()
        for part in answer.iter_bytes():
            parts += part
            if len(parts) > self._limits.answer_bytes:
                raise self._lost(request, f"it exceeds {self._limits.answer_bytes} bytes")
        return bytes(parts)

    def _url(self, path: str) -> str:
        if "://" not in path:
            return f"{self._base_url}/{path.lstrip('/')}"
        # A vendor's link is followed only at home: elsewhere it would carry our credentials away.
        if not f"{path}/".startswith(f"{self._base_url}/"):
            raise VendorRefusedError(
                f"{self._vendor} sent us a link to another host, which we do not follow.",
                blocks=f"what needs {self._vendor}",
                next_step="Check the connection's host.",
            )
        return path

    def _lost(self, request: Request, cause: str) -> AnswerLostError:
        return AnswerLostError(
            f"No complete answer of {self._vendor} when we wanted to {request.operation}: {cause}.",
            blocks=f"what needs {self._vendor}",
            next_step="None; it is looked up by the next run.",
        )

    def _cause(self, error: Exception) -> str:
        said = one_line(redact(str(error), self._secrets))
        return f"{type(error).__name__}{f', {said}' if said else ''}"

    def _open(self, *, keep_alive: bool) -> httpx.Client:
        limits = self._limits
        return httpx.Client(
            transport=LimitedTransport(_trust(), keep_alive=keep_alive),
            timeout=httpx.Timeout(limits.idle_seconds, connect=limits.connect_seconds),
            follow_redirects=False,
            trust_env=False,
        )
