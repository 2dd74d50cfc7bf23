"""Refusals in the vendor's error shape, and the wordings that integrations recognise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from sandbox.netsuite.wire import Answer

RESOURCE: Final = "Error while accessing a resource. "
_RFC: Final = "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10"
_SECTIONS: Final = {400: "4.1", 401: "4.2", 403: "4.4", 404: "4.5", 405: "4.6", 500: "5.1"}


@dataclass(frozen=True, slots=True)
class Detail:
    """One entry of `o:errorDetails`; the path points into the request's JSON."""

    detail: str
    code: str = "USER_ERROR"
    path: str | None = None
    query_param: str | None = None
    header: str | None = None
    url: str | None = None

    def as_json(self) -> dict[str, str]:
        """The entry as it stands on the wire."""
        places = {
            "o:errorPath": self.path,
            "o:errorQueryParam": self.query_param,
            "o:errorHeader": self.header,
            "o:errorUrl": self.url,
        }
        present = {name: place for name, place in places.items() if place is not None}
        return {"detail": self.detail, "o:errorCode": self.code, **present}


class Refused(Exception):
    """The request is refused and leaves no trace.

    Args:
        status: the HTTP status.
        details: what is wrong, all of it.
        title: the title, by default the phrase of the status.
        section: the section of the RFC that `type` points to.
        headers: further headers.
    """

    def __init__(
        self,
        status: int,
        details: Sequence[Detail],
        *,
        title: str | None = None,
        section: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__("; ".join(each.detail for each in details))
        self.status = status
        self.details = tuple(details)
        self.title = title or HTTPStatus(status).phrase
        self.section = section or _SECTIONS.get(status, "4")
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        """The refusal on the wire."""
        body: dict[str, Any] = {
            "type": f"{_RFC}.{self.section}",
            "title": self.title,
            "status": self.status,
        }
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            body["o:errorCode"] = "USER_ERROR"
        body["o:errorDetails"] = [each.as_json() for each in self.details]
        media_type = "application/vnd.oracle.resource+json; type=error"
        return Answer(self.status, body, self.headers, media_type)


def refuse_all(details: Sequence[Detail]) -> None:
    """Refuse with 400 when there is anything to say.

    Raises:
        Refused: there is.
    """
    if details:
        raise Refused(400, details)


def business(text: str, path: str | None = None) -> Detail:
    """A broken business rule."""
    return Detail(RESOURCE + text, "USER_ERROR", path)


def invalid_field(value: object, name: str, path: str) -> Detail:
    """A value or reference that does not exist."""
    text = (
        "Error while accessing resource: You have entered an Invalid Field Value "
        f"{value} for the following field: {name}"
    )
    return Detail(text, "INVALID_CONTENT", path)


def not_permitted_element(name: str, path: str | None = None) -> Detail:
    """A field that the role's form hides or disables."""
    text = (
        f"You do not have permissions to set a value for element {name.lower()} due to one of the "
        "following reasons: 1) The field is read-only; 2) An associated feature is disabled; "
        "3) The field is available either when a record is created or updated, but not in both "
        "cases."
    )
    return business(text, path)


def duplicate() -> Refused:
    """The external id is taken, by whatever transaction."""
    return Refused(400, [business("This record already exists.")])


def invalid_request(text: str, *, param: str | None = None, url: str | None = None) -> Refused:
    """A malformed address or query."""
    return Refused(400, [Detail(text, "INVALID_REQUEST", query_param=param, url=url)])


def invalid_login() -> Refused:
    """A missing, expired or revoked token."""
    text = (
        "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
        "Setup > Users/Roles > User Management > View Login Audit Trail."
    )
    challenge = {"WWW-Authenticate": 'Bearer realm="NetSuite", error="invalid_token"'}
    return Refused(401, [Detail(text, "INVALID_LOGIN")], headers=challenge)


def insufficient_permission(permission: str) -> Refused:
    """The role lacks a permission."""
    text = (
        f"Permission Violation: You need the '{permission}' permission to access this page. "
        "Please contact your account administrator."
    )
    return Refused(403, [Detail(text, "INSUFFICIENT_PERMISSION")])


def nonexistent() -> Refused:
    """No record has this id."""
    text = "The record instance does not exist. Provide a valid record instance ID."
    return Refused(404, [Detail(text, "NONEXISTENT_ID")])


def wrong_transaction_type() -> Refused:
    """The other answer that real accounts give for an unknown transaction id."""
    return Refused(400, [business("Transaction type specified is incorrect.")])


def too_many(headers: Mapping[str, str] | None = None) -> Refused:
    """More requests at once than the account may run."""
    text = "Concurrent request limit exceeded. Request blocked."
    return Refused(429, [Detail(text, "CONCURRENCY_LIMIT_EXCEEDED")], headers=headers)


def unexpected(error_id: str, status: int = 500) -> Refused:
    """The vendor's own failure; says nothing about the outcome."""
    text = f"An unexpected error occurred. Error ID: {error_id}"
    return Refused(status, [Detail(text, "UNEXPECTED_ERROR")])


def closed_period() -> Detail:
    """The chosen period is closed, or locked for this change."""
    return business(
        "You cannot create, change or delete a transaction that posts to a closed period.",
        "postingPeriod",
    )


def outside_period() -> Detail:
    """The date and the period contradict each other."""
    return business(
        "The transaction date you specified is not within the date range of your accounting period."
    )
