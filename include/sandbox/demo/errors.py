"""What ends the demonstration early, in a sentence for the terminal."""

from __future__ import annotations


class Stopped(Exception):
    """The demonstration can't go on; the message says what is stuck and what to do."""


class Refused(Exception):
    """A server refused a request.

    Attributes:
        status: HTTP status.
        code: the server's own word for it, empty when it gave none.
        said: what it said, for people.
    """

    def __init__(self, status: int, code: str, said: str) -> None:
        super().__init__(f"{status} {code}: {said}" if code else f"{status}: {said}")
        self.status = status
        self.code = code
        self.said = said
