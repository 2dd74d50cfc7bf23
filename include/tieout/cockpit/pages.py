"""The pages: server-rendered, readable without script, framed in Airflow or alone."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from tieout.cockpit.access import FinanceReader, InOffice, SignedIn
from tieout.cockpit.asking import PeriodWanted
from tieout.cockpit.board_read import board_of
from tieout.cockpit.board_view import board_view
from tieout.cockpit.reading import reading
from tieout.cockpit.rendering import page

router = APIRouter()
HOME: Final = "/board"


@router.get("/")
def home(request: Request, _user: SignedIn) -> Response:
    """The first page."""
    return RedirectResponse(request.scope.get("root_path", "") + HOME, 307)


@router.get("/board")
def board(
    request: Request,
    reader: FinanceReader,
    office: InOffice,
    wanted: Annotated[PeriodWanted, Query()],
) -> Response:
    """The close board of a period."""
    period = wanted.of(office)
    with reading(office) as work:
        found = board_of(office, work, reader, period.code)
    return page(request, "board.html", board_view(office, found, period))
