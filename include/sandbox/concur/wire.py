"""One request, one answer, and the shapes of Concur's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from sandbox.concur import exact_json
from sandbox.concur.shelf import Records


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom an access token speaks for: `kind` is company, app or user."""

    kind: str
    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `body` is a JSON value, None means no body."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a handler sees it, inside its transaction.

    `now` is business time; `base` the scheme and host under which the caller reached the twin.
    """

    records: Records
    path: Mapping[str, str]
    url_path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    now: datetime
    principal: Principal | None = None

    def json(self) -> Any:
        """The request's JSON value.

        Raises:
            Refused: the body is not JSON.
        """
        try:
            return exact_json.loads(self.body)
        except ValueError as error:
            raise Refused(bad_request(self, "request.body.unreadable", str(error))) from error

    def object(self) -> dict[str, Any]:
        """The request's JSON object.

        Raises:
            Refused: the body is not JSON, or not an object.
        """
        body = self.json()
        if not isinstance(body, dict):
            message = "The body is not an object"
            raise Refused(bad_request(self, "request.validation.error", message))
        return body


class Refused(Exception):
    """The whole request is refused; nothing of it was kept."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}: {answer.body}")
        self.answer = answer


def timestamp(moment: datetime) -> str:
    """Concur's ISO form with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_body(
    url_path: str, now: datetime, status: int, error_id: str, message: str, *sources: str
) -> dict[str, Any]:
    """The v4 error body of lists and financial documents."""
    return {
        "timestamp": timestamp(now),
        "httpStatus": f"{status} - {HTTPStatus(status).phrase}",
        "error": {"id": error_id, "message": message},
        "validationErrors": [{"source": source, "message": message} for source in sources],
        "path": url_path,
    }


def problem(call: Call, status: int, error_id: str, message: str, *sources: str) -> Answer:
    """An answer with the v4 error body; `sources` name the fields that are wrong."""
    return Answer(error_body(call.url_path, call.now, status, error_id, message, *sources), status)


def flat_problem(call: Call, status: int, error_id: str, message: str) -> Answer:
    """The v4 error body of reports and exchange rates."""
    return Answer(
        {
            "timestamp": timestamp(call.now),
            "httpStatus": f"{status} - {HTTPStatus(status).phrase}",
            "errorId": error_id,
            "errorMessage": message,
            "path": call.url_path,
            "validationErrors": [],
            "customResponseData": None,
        },
        status,
    )


def bad_request(call: Call, error_id: str, message: str, *sources: str) -> Answer:
    """A 400 in the v4 error shape."""
    return problem(call, 400, error_id, message, *sources)


def whole_number(call: Call, name: str, default: int) -> int:
    """A whole number of the query.

    Raises:
        Refused: the parameter is there and is not a whole number.
    """
    text = call.query.get(name)
    if text is None:
        return default
    try:
        return int(text)
    except ValueError as error:
        message = f"{name} must be a whole number, not {text!r}"
        raise Refused(bad_request(call, "request.validation.error", message, name)) from error
