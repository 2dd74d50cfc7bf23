"""A vendor that answers real HTTP requests with bytes that a test wrote, one after another."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase


@dataclass
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedVendor:
    """Its address, what it will answer next, and what it heard.

    An answer of no bytes closes the connection; a list of answers is used up in order and its last
    one repeats.
    """

    url: str
    answers: list[bytes] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def will_answer(self, *answers: bytes) -> None:
        """Set what comes next."""
        self.answers[:] = answers

    def next_answer(self) -> bytes:
        """Take the next answer; the last one stays."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def answer(status: int, body: str = "", **headers: str) -> bytes:
    """A complete HTTP answer; underscores in header names become hyphens."""
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@contextmanager
def scripted_vendor(answers: Sequence[bytes] = ()) -> Iterator[ScriptedVendor]:
    """Serve until the block ends; every request gets its own connection."""

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (heard := _request(self.rfile)) is not None:
                vendor.heard.append(heard)
                sent = vendor.next_answer()
                self.wfile.write(sent)
                if not sent or b"Content-Length" not in sent:
                    return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Conversation) as server:
        vendor = ScriptedVendor(f"http://127.0.0.1:{server.server_address[1]}", list(answers))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield vendor
        finally:
            server.shutdown()
            thread.join()


def _request(stream: BufferedIOBase) -> Heard | None:
    first = stream.readline().decode().split()
    if not first:
        return None
    headers = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    return Heard(first[0], first[1], headers, body)
