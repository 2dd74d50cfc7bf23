"""Users in SCIM form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sandbox.concur.wire import Answer, Call, Refused, whole_number

_MOST: Final = 1000
_SEARCH: Final = "urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest"
_ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_FILTER: Final = re.compile(r'\s*([\w.:]+)\s+eq\s+(?:"([^"]*)"|(true|false))\s*')


def read_users(call: Call) -> Answer:
    """`GET /profile/identity/v4.1/Users`."""
    names = [name for name in call.query.get("attributes", "").split(",") if name]
    count, cursor = whole_number(call, "count", 100), call.query.get("cursor")
    return _listed(call.records.each("user"), count, cursor, names)


def search_users(call: Call) -> Answer:
    """`POST /profile/identity/v4.1/Users/.search`: one `attribute eq value` is understood."""
    body = call.object()
    if _SEARCH not in (body.get("schemas") or []):
        raise _refused(400, "invalidSyntax", "schemas must name the SearchRequest")
    users = call.records.each("user")
    if body.get("filter"):
        found = _FILTER.fullmatch(str(body["filter"]))
        if found is None:
            raise _refused(400, "invalidFilter", f"The filter is not supported: {body['filter']}")
        name, text, flag = found.groups()
        wanted = text if flag is None else flag == "true"
        users = [user for user in users if _value(user, name) == wanted]
    names = [str(name) for name in body.get("attributes") or []]
    count, cursor = body.get("count", 100), body.get("cursor")
    if not isinstance(count, int):
        raise _refused(400, "invalidValue", "count must be a whole number")
    return _listed(users, count, None if cursor is None else str(cursor), names)


def read_user(call: Call) -> Answer:
    """`GET /profile/identity/v4.1/Users/{user_id}`."""
    user = call.records.get("user", call.path["user_id"])
    if user is None:
        raise _refused(404, "notFound", f"The user {call.path['user_id']} does not exist")
    return Answer(user)


def _listed(
    users: Sequence[dict[str, Any]],
    count: int,
    cursor: str | None,
    names: Sequence[str],
) -> Answer:
    if not 1 <= count <= _MOST or not (cursor or "0").isdecimal():
        raise _refused(
            400, "invalidValue", f"count must be from 1 to {_MOST}, the cursor one given"
        )
    start = int(cursor or "0")
    shown = users[start : start + count]
    body: dict[str, Any] = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": len(users),
        "itemsPerPage": len(shown),
        "Resources": [_chosen(user, names) for user in shown],
    }
    if start + count < len(users):
        body["nextCursor"] = str(start + count)
    return Answer(body)


def _chosen(user: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    if not names:
        return user
    # An attribute of the extension may be asked for as `urn:…:User.employeeNumber`.
    tops = {_ENTERPRISE if name.startswith(_ENTERPRISE) else name.split(".")[0] for name in names}
    return {name: value for name, value in user.items() if name in tops | {"id"}}


def _value(user: dict[str, Any], name: str) -> Any:
    extension = user.get(_ENTERPRISE, {})
    short = name.removeprefix(_ENTERPRISE).lstrip(":.")
    return user.get(name, extension.get(short))


def _refused(status: int, kind: str, detail: str) -> Refused:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "scimType": kind,
        "detail": detail,
        "status": str(status),
    }
    return Refused(Answer(body, status))
