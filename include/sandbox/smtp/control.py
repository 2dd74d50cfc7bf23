"""The twin's control routes: read the mail that arrived."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.smtp.sink import read_message


def control_routes(home: Path) -> list[Route]:
    """Routes below `/smtp` of the control application."""
    folder = home / "mail"

    async def show_messages(_: Request) -> JSONResponse:
        shown = []
        for path in sorted(folder.glob("*.eml")):
            message = read_message(path)
            shown.append(
                {
                    "file": path.name,
                    "sender": str(message["Return-Path"]).strip("<>"),
                    "recipients": [each.strip() for each in message["Delivered-To"].split(",")],
                    "subject": str(message["Subject"]),
                }
            )
        return JSONResponse(shown)

    async def show_message(request: Request) -> Response:
        path = folder / request.path_params["name"]
        if path.suffix != ".eml" or not path.is_file():
            raise HTTPException(404, "There is no such message.")
        return Response(path.read_bytes(), media_type="message/rfc822")

    return [
        Route("/messages", show_messages, methods=["GET"]),
        Route("/messages/{name}", show_message, methods=["GET"]),
    ]
