"""Workday's reports over HTTP: one question, one whole answer, no paging.

A web-service user without the right gets a 500 that says "not authorized": a refusal in the dress
of a server error, so the text decides and it is never repeated.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from tieout.adapters.transport import (
    Answer,
    Connection,
    FixedAuthorization,
    HttpClient,
    Limits,
    Request,
    SignInRefusedError,
    one_line,
)
from tieout.errors import Place, VendorRefusedError
from tieout.ports import Slots

#: What a 500 says when asking again can't help: a missing right, a wrong prompt, too many rows.
NOT_AUTHORIZED: Final = "not authorized"
LASTING: Final = ("validation error", "exceeded the maximum")
MEDIA_TYPES: Final = {"json": "application/json", "csv": "text/csv"}


class ReportClient:
    """The reports of one owner in one tenant."""

    def __init__(self, connection: Connection, slots: Slots, limits: Limits | None = None) -> None:
        pair = f"{connection.login}:{connection.password}".encode()
        self._tenant = connection.required("tenant")
        self._owner = connection.required("report_owner")
        self._client = HttpClient(
            "Workday",
            connection,
            slots,
            authorization=FixedAuthorization(f"Basic {base64.b64encode(pair).decode()}"),
            limits=limits,
        )

    def report(
        self, name: str, prompts: Mapping[str, str], report_format: str
    ) -> tuple[bytes, str]:
        """The unchanged body of a report, and its media type.

        Raises:
            VendorRefusedError: no such report, or no right to it.
            VendorUnavailableError: no whole answer came.
        """
        path = "/".join(quote(part, safe="") for part in (self._tenant, self._owner, name))
        request = Request(
            "GET",
            f"ccx/service/customreport2/{path}",
            f"run the report {name}",
            params={**prompts, "format": report_format},
            accepted=frozenset({401, 403, 500}),
            expects_json=report_format == "json",
        )
        answer = self._client.read(request)
        self._demand_right(answer, name)
        if answer.status == 500:
            # No lasting reason: an ordinary fault of the server, worth patience.
            answer = self._client.read(replace(request, accepted=frozenset()))
        return answer.content, MEDIA_TYPES[report_format]

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _demand_right(self, answer: Answer, name: str) -> None:
        if answer.status == 401:
            raise SignInRefusedError(
                "Workday refused our sign-in.",
                where=Place(name),
                blocks="what needs Workday",
                next_step="Check user and password of the connection; they are not tried again.",
            )
        said = answer.text.lower() if answer.status == 500 else ""
        if answer.status == 403 or NOT_AUTHORIZED in said:
            raise VendorRefusedError(
                f"Our Workday user may not run the report {name}.",
                where=Place(name),
                blocks="what needs this report",
                next_step="Let the Workday administrator give the user the report's domain.",
            )
        if any(reason in said for reason in LASTING):
            raise VendorRefusedError(
                f"Workday can't run the report {name}: {one_line(self._client.redacted(said))}.",
                where=Place(name),
                blocks="what needs this report",
                next_step="Let the report's owner compare its prompts and its size with ours.",
            )
