"""A document whose form changed overnight: one field renamed, removed, emptied or of another type.

Concur gives notice of changes and adds fields freely; these are the changes without notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.concur import exact_json

WAYS: Final = frozenset({"renamed", "removed", "null", "as_text", "negated", "replaced"})


def mutated(body: Any, settings: Mapping[str, Any]) -> Any:
    """A page in which every element's field at `path` has changed.

    Args:
        body: the page; it is changed in place.
        settings: `path` from the element on, such as `document.report.totalApprovedAmount`,
            lists being walked through; `way`, one of `WAYS`; `to`, the new name or value.

    Raises:
        ValueError: there is no such way.
    """
    way, to = str(settings["way"]), settings.get("to")
    if way not in WAYS:
        raise ValueError(f"there is no way {way!r} to change a field; there are {sorted(WAYS)}")
    steps = str(settings["path"]).split(".")
    for element in body["content"]:
        as_text = isinstance(element["document"], str)
        if as_text:
            element["document"] = exact_json.loads(element["document"])
        _walk(element, steps, way, to)
        if as_text:
            element["document"] = exact_json.dumps(element["document"])
    return body


def _walk(value: Any, steps: list[str], way: str, to: Any) -> None:
    if isinstance(value, list):
        for item in value:
            _walk(item, steps, way, to)
    elif isinstance(value, dict) and steps[0] in value:
        if len(steps) > 1:
            _walk(value[steps[0]], steps[1:], way, to)
        else:
            _change(value, steps[0], way, to)


def _change(holder: dict[str, Any], name: str, way: str, to: Any) -> None:
    old = holder[name]
    match way:
        case "renamed":
            holder[str(to)] = holder.pop(name)
        case "removed":
            del holder[name]
        case "null":
            holder[name] = None
        case "as_text":
            holder[name] = str(old)
        case "negated":
            holder[name] = -exact_json.number(old)
        case _:
            holder[name] = to
