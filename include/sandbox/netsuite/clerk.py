"""The ERP clerk's own hands, and a look into the ledger: routes of the control API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.netsuite import hands, showing
from sandbox.netsuite.errors import Refused
from sandbox.netsuite.state import State
from sandbox.netsuite.wire import read_json, write_json

_Action = Callable[[State, Mapping[str, Any]], Any]
#: Method and action by path, below `/netsuite`.
_ACTIONS: Final[dict[str, tuple[str, _Action]]] = {
    "/ledger": ("GET", showing.ledger_shown),
    "/logins": ("GET", showing.logins_shown),
    "/period": ("POST", hands.set_period),
    "/preferences": ("POST", hands.set_preferences),
    "/role": ("POST", hands.set_role),
    "/tokens/revoke": ("POST", hands.revoke_tokens),
    "/certificate/revoke": ("POST", hands.revoke_certificate),
    "/journal": ("POST", hands.enter_journal),
    "/clerk/edit-line": ("POST", hands.edit_line),
    "/clerk/restore": ("POST", hands.restore),
    "/clerk/approve": ("POST", hands.approve_journal),
    "/clerk/keep": ("POST", hands.keep_record),
    "/clerk/delete": ("POST", hands.delete_record),
}


def control_routes(home: Path) -> list[Route]:
    """The account's control routes."""
    return [
        Route(path, partial(_respond, State(home), action), methods=[method])
        for path, (method, action) in _ACTIONS.items()
    ]


async def _respond(state: State, action: _Action, request: Request) -> Response:
    content = await request.body()
    try:
        stated = read_json(content) if content else {}
        result = await run_in_threadpool(action, state, stated)
    except Refused as refused:
        answer = refused.answer()
        return Response(answer.content(), answer.status, media_type="application/json")
    except (KeyError, LookupError, ValueError, ArithmeticError) as error:
        text = write_json({"error": f"{type(error).__name__}: {error}"})
        return Response(text, 400, media_type="application/json")
    return Response(write_json(result), media_type="application/json")
