"""Journals above the synchronous limit: submitted as a job that is followed to its end.

NetSuite honours an idempotency key only here. The key identifies a job, not its outcome: a job that
ended in a refusal answers the same refusal for ever. So a key counts the deliberate attempts of one
content; the external id is what keeps two of them from both being written.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tieout.adapters.netsuite.classifier import is_idempotency_answer
from tieout.adapters.transport import Answer, HttpClient, Request
from tieout.errors import VendorRefusedError, VendorUnavailableError
from tieout.finance.journals import Journal
from tieout.finance.ledger import Indeterminate

_KEYS: Final = uuid.UUID("2b0f6a52-93c1-5f0b-8a86-9e0d1c7a4f31")
_MOST_ATTEMPTS: Final = 20
_FIRST_PAUSE_SECONDS: Final = 2.0
_LONGEST_PAUSE_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Followed:
    """What the job's request was answered in the end; `earlier`: we had submitted it before."""

    answer: Answer
    earlier: bool


def idempotency_key(journal: Journal, attempt: int) -> str:
    """UUIDv5 of external id, content and attempt: the same request always finds its own job."""
    return str(uuid.uuid5(_KEYS, f"{journal.external_id}|{journal.content_hash}|{attempt}"))


class Jobs:
    """Submits and follows one asynchronous request."""

    def __init__(
        self,
        client: HttpClient,
        patience_seconds: float = 300.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._patience = patience_seconds
        self._sleep = sleep

    def post(self, request: Request, journal: Journal) -> Answer | Indeterminate:
        """Submit, or find the job that an earlier attempt submitted; follow it to its answer.

        An earlier job that ended in a refusal wrote nothing, so the next key is used.
        """
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            found = self._attempt(request, idempotency_key(journal, attempt))
            if not isinstance(found, Followed):
                return found
            if not (found.earlier and 400 <= found.answer.status < 500):
                return found.answer
        return Indeterminate(f"{_MOST_ATTEMPTS} jobs for one content were refused before")

    def _attempt(self, request: Request, key: str) -> Followed | Answer | Indeterminate:
        headers = {
            **request.headers,
            "Prefer": "respond-async",
            "X-NetSuite-Idempotency-Key": key,
        }
        answer = self._client.write(
            Request(
                request.method,
                request.path,
                request.operation,
                headers=headers,
                content=request.content,
                correlation_id=request.correlation_id,
            )
        )
        earlier = is_idempotency_answer(answer)
        if answer.status != 202 and not earlier:
            return answer
        job = _path_of(answer.headers.get("location", ""))
        if not job:
            return Indeterminate("NetSuite accepted a job but did not name it")
        try:
            followed = self._result(job)
        except (VendorUnavailableError, VendorRefusedError) as error:
            return Indeterminate(f"The job can't be followed: {error.message}")
        return followed if isinstance(followed, Indeterminate) else Followed(followed, earlier)

    def _result(self, job: str) -> Answer | Indeterminate:
        """What the synchronous request would have been answered; not the state of the job."""
        if not self._ended(job):
            return Indeterminate("NetSuite's job still runs")
        tasks = list(_links(self._json(f"{job}/task").get("items", ()), "self"))
        if len(tasks) != 1:
            return Indeterminate(f"NetSuite's job has {len(tasks)} tasks where one was expected")
        results = list(_links([self._json(tasks[0])], "related"))
        if len(results) != 1:
            return Indeterminate("NetSuite's job names no result")
        return self._client.read(
            Request("GET", results[0], "read a job's result", accepted=_REFUSALS)
        )

    def _ended(self, job: str) -> bool:
        pause, waited = _FIRST_PAUSE_SECONDS, 0.0
        while not self._json(job).get("completed"):
            if waited >= self._patience:
                return False
            self._sleep(pause)
            waited += pause
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        return True

    def _json(self, path: str) -> Mapping[str, Any]:
        answer = self._client.read(Request("GET", path, "follow a job", expects_json=True))
        body = answer.json()
        return body if isinstance(body, Mapping) else {}


#: A replayed refusal arrives under its own status; it is the journal's answer, not the reading's.
_REFUSALS: Final = frozenset({400, 403, 404, 409, 422})


def _links(items: Sequence[Any], relation: str) -> Iterator[str]:
    """Links of a relation; several may stand in one item."""
    for item in items:
        for link in item.get("links", ()):
            if link.get("rel") == relation and link.get("href"):
                yield _path_of(str(link["href"]))


def _path_of(link: str) -> str:
    """The path alone: links name the account's own host, which may stand behind a gateway."""
    return urlsplit(link).path
