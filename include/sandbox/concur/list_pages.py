"""Pages of lists and list items, and the operators that filter them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from sandbox.concur.wire import Answer, Call, whole_number

_PAGE: Final = 100
_MATCHES: Final[dict[str, Callable[[str, str], bool]]] = {
    "eq": lambda found, wanted: found == wanted,
    "not": lambda found, wanted: found != wanted,
    "sw": str.startswith,
    "ew": str.endswith,
    "cp": lambda found, wanted: wanted in found,
}


def filtered(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the operators of the query leave, such as `value=eq:Sales`."""
    for name in ("value", "shortCode", "code"):
        operator, _, wanted = call.query.get(name, "").partition(":")
        if operator in _MATCHES:
            match = _MATCHES[operator]
            found = [each for each in found if match(str(each.get(name, "")), wanted)]
    return found


def page(call: Call, found: list[dict[str, Any]]) -> Answer:
    """One page, counted from 1."""
    number, pages = max(whole_number(call, "page", 1), 1), max(-(-len(found) // _PAGE), 1)
    wanted = {"first": 1, "self": number, "next": number + 1, "last": pages}
    if number >= pages:
        del wanted["next"]
    kept = {name: value for name, value in call.query.items() if name != "page"}
    links = [
        {"rel": rel, "href": f"{call.base}{call.url_path}?" + urlencode({**kept, "page": at})}
        for rel, at in wanted.items()
    ]
    numbers = {
        "number": number,
        "size": _PAGE,
        "totalElements": len(found),
        "totalPages": pages,
    }
    shown = found[(number - 1) * _PAGE : number * _PAGE]
    return Answer({"links": links, "content": shown, "page": numbers})
