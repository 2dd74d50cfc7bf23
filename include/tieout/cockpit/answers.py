"""Every refusal in one shape: code, message, where, blocks, next step; as JSON or as a page."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from tieout.cockpit.mount import PREFIX
from tieout.cockpit.reading import UnknownObjectError
from tieout.cockpit.rendering import page
from tieout.errors import (
    BusyError,
    ConfigurationError,
    ConflictError,
    NotAllowedError,
    Place,
    SettingsError,
    TieoutError,
    VendorUnavailableError,
)
from tieout.finance.money import AmountUnreadableError, CurrencyUnknownError
from tieout.finance.periods import PeriodUnknownError

_LOG = logging.getLogger(__name__)

#: The most specific class that fits decides; whatever is not here is ours to repair.
STATUS: Final[Sequence[tuple[type[TieoutError], int]]] = (
    (NotAllowedError, 403),
    (UnknownObjectError, 404),
    (ConflictError, 409),
    (BusyError, 409),
    (ConfigurationError, 400),
    (PeriodUnknownError, 400),
    (CurrencyUnknownError, 400),
    (AmountUnreadableError, 400),
    (SettingsError, 503),
    (VendorUnavailableError, 503),
)
OUT_OF_REACH: Final = frozenset({"store_unavailable"})
HTTP_CODES: Final[Mapping[int, tuple[str, str, str]]] = {
    401: ("not_signed_in", "Nobody is signed in.", "Sign in, or send a bearer token."),
    403: ("not_allowed", "This sign-in is not accepted.", "Sign in again."),
    404: ("unknown", "There is no such page.", "Go to the close board."),
    405: ("method_unknown", "This address does not take that method.", "Look at its reference."),
}


def told(error: TieoutError) -> dict[str, Any]:
    """The body of a refusal."""
    return {
        "code": error.code,
        "message": error.message,
        "where": {
            "document": error.where.document,
            "line": error.where.line,
            "field": error.where.field,
        },
        "blocks": error.blocks or "nothing",
        "next_step": error.next_step or "Reload; if it repeats, ask the platform owner.",
    }


def status_of(error: TieoutError) -> int:
    """The HTTP status of a domain error."""
    if error.code in OUT_OF_REACH:
        return 503
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def answer(request: Request, error: TieoutError, status: int) -> Response:
    """JSON for the API, the same words as a page for people."""
    body = told(error)
    if wants_page(request):
        return page(request, "error.html", {"refusal": body, "status": status}, status)
    return JSONResponse(body, status)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asked for a page."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return "text/html" in request.headers.get("accept", "") and not path.startswith("/api/")


def add_answers(app: FastAPI) -> None:
    """Let every way of going wrong end in the one shape."""

    @app.exception_handler(TieoutError)
    def domain(request: Request, error: TieoutError) -> Response:
        status = status_of(error)
        if status >= 500:
            _LOG.error("%s %s: %s", request.method, request.url.path, error, exc_info=error)
        return answer(request, error, status)

    @app.exception_handler(RequestValidationError)
    def request_wrong(request: Request, error: RequestValidationError) -> Response:
        problems = [(_field(found["loc"]), str(found["msg"])) for found in error.errors()]
        message = "; ".join(f"{field}: {text}" for field, text in problems)
        refusal = TieoutError(
            f"The request can't be used as it stands: {message}.",
            where=Place(field=problems[0][0]),
            next_step="Correct the request.",
            code="request_wrong",
        )
        return answer(request, refusal, 400)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 401 and request.method == "GET" and wants_page(request):
            return RedirectResponse(login_address(request), 303)
        code, message, next_step = HTTP_CODES.get(
            error.status_code, ("refused", str(error.detail), "Reload.")
        )
        return answer(
            request, TieoutError(message, code=code, next_step=next_step), error.status_code
        )

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> Response:
        correlation = uuid.uuid4().hex[:12]
        _LOG.error("%s %s %s", correlation, request.method, request.url.path, exc_info=error)
        refusal = TieoutError(
            f"The cockpit could not answer; nothing was changed ({correlation}).",
            next_step="Try again; if it repeats, give the number to the platform owner.",
        )
        return answer(request, refusal, 500)


def _field(location: Sequence[object]) -> str:
    parts = [str(part) for part in location if part not in {"body", "query", "path"}]
    return ".".join(parts) or "body"


def login_address(request: Request) -> str:
    """Airflow's own login, whichever it is, coming back to the page that was asked for."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    before = request.scope.get("root_path", "").removesuffix(PREFIX)
    return f"{before}/api/v2/auth/login?next={quote(wanted, safe='')}"
