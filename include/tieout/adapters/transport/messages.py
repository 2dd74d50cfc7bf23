"""Requests and answers as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from tieout.adapters.transport import exact_json

#: A vendor may ask for patience; more than this is answered by a later run.
LONGEST_RETRY_AFTER_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, relative to the connection's origin unless `path` is absolute.

    Attributes:
        operation: what it does in finance's words, for messages ("read the departments").
        accepted: statuses outside 200…299 that the caller wants to judge itself.
        expects_json: an answer that is no JSON counts as no answer (a gateway's page).
        correlation_id: goes along in `X-Correlation-Id`.
    """

    method: str
    path: str
    operation: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    accepted: frozenset[int] = frozenset()
    expects_json: bool = False
    correlation_id: str = ""

    @classmethod
    def with_json(
        cls, method: str, path: str, operation: str, body: object, **more: Any
    ) -> Request:
        """A request with a JSON body written exactly (`exact_json.dumps`)."""
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        content = exact_json.dumps(body).encode()
        return cls(method, path, operation, headers=headers, content=content, **more)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: status, headers (any case), body, and how long it took."""

    status: int
    headers: httpx.Headers
    content: bytes
    elapsed_seconds: float

    @property
    def succeeded(self) -> bool:
        """Whether the status is 200…299."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type without parameters, lower case."""
        stated: str = self.headers.get("content-type", "")
        return stated.partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text for messages; undecodable bytes are replaced."""
        return self.content.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body as exact JSON; raises ValueError when it is none."""
        return exact_json.loads(self.content)

    def is_json(self) -> bool:
        """Whether the body is complete JSON, whatever the media type says."""
        try:
            self.json()
        except ValueError:
            return False
        return True

    def retry_after_seconds(self) -> int | None:
        """What `Retry-After` asks for: seconds or an HTTP date; none when absent or unreadable."""
        stated = self.headers.get("retry-after", "").strip()
        if stated.isdigit():
            return min(int(stated), LONGEST_RETRY_AFTER_SECONDS)
        try:
            until = parsedate_to_datetime(stated)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        wait = (until - datetime.now(UTC)).total_seconds()
        return min(max(int(wait) + 1, 0), LONGEST_RETRY_AFTER_SECONDS)
