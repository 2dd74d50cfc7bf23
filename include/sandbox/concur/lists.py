"""Lists and list items, one by one and in bulk."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.concur.list_pages import filtered, page
from sandbox.concur.wire import Answer, Call, Refused, problem

_MOST_PARTS: Final = 250


def read_lists(call: Call) -> Answer:
    """`GET /list/v4/lists`: pages of 100, counted from 1."""
    found = [_list_answer(call, each) for each in call.records.each("list")]
    return page(call, filtered(call, found))


def read_list(call: Call) -> Answer:
    """`GET /list/v4/lists/{list_id}`."""
    return Answer(_list_answer(call, _list(call)))


def read_list_children(call: Call) -> Answer:
    """`GET /list/v4/lists/{list_id}/children`: the items of the first level."""
    wanted = _list(call)["id"]
    return _children(call, lambda item: item["listId"] == wanted and item["parentId"] is None)


def read_item_children(call: Call) -> Answer:
    """`GET /list/v4/items/{item_id}/children`."""
    wanted = _item(call)["id"]
    return _children(call, lambda item: item["parentId"] == wanted)


def read_item(call: Call) -> Answer:
    """`GET /list/v4/items/{item_id}`."""
    return Answer(_item_answer(call, _item(call)))


def create_item(call: Call) -> Answer:
    """`POST /list/v4/items`."""
    body = call.object()
    made = _create(call, str(body.get("listId")), body)
    if isinstance(made, str):
        raise Refused(problem(call, 400, made, f"The item was not created: {made}"))
    return Answer(_item_answer(call, made), 201)


def change_item(call: Call) -> Answer:
    """`PUT /list/v4/items/{item_id}`: another name or short code."""
    item, body = _item(call), call.object()
    changed = item | {name: body[name] for name in ("shortCode", "value") if name in body}
    changed["code"] = _long_code(call, item["parentId"], changed["shortCode"])
    call.records.put("item", item["id"], changed)
    return Answer(_item_answer(call, changed))


def delete_item(call: Call) -> Answer:
    """`DELETE` of an item: it and all below it are deleted."""
    _delete(call, _item(call))
    return Answer(status=204)


def bulk_create(call: Call) -> Answer:
    """`POST /list/v4/lists/{list_id}/bulk`: each part on its own, in order."""
    list_id = call.path["list_id"]
    return _bulk(call, 201, lambda part: _create(call, list_id, part))


def bulk_change(call: Call) -> Answer:
    """`PATCH /list/v4/lists/{list_id}/bulk`: rename or delete items by their long code."""
    list_id = call.path["list_id"]
    return _bulk(call, 200, lambda part: _patch(call, list_id, part))


def _bulk(call: Call, done: int, apply: Callable[[Mapping[str, Any]], Any]) -> Answer:
    parts = call.object().get("requests")
    if not isinstance(parts, list) or not 1 <= len(parts) <= _MOST_PARTS:
        message = f"requests must hold 1 to {_MOST_PARTS} parts"
        raise Refused(problem(call, 400, "request.validation.error", message, "requests"))
    errors = []
    for part in parts:
        outcome = apply(part) if isinstance(part, dict) else "request.validation.error"
        if isinstance(outcome, str):
            errors.append({"id": outcome, "message": f"{outcome}: refused", "listItem": part})
    failed = len(errors)
    status, code = ("SUCCESS", done)
    if failed:
        status, code = ("FAILURE", 400) if failed == len(parts) else ("PARTIAL_SUCCESS", 206)
    return Answer(
        {
            "status": status,
            "recordsSucceeded": len(parts) - failed,
            "recordsFailed": failed,
            "errors": errors,
        },
        code,
    )


def _create(call: Call, list_id: str, part: Mapping[str, Any]) -> dict[str, Any] | str:
    """The new item, or the id of what stands against it."""
    if call.records.get("list", list_id) is None:
        return "list.not.found"
    if not _is_text(part.get("shortCode")) or not _is_text(part.get("value")):
        return "request.validation.error"
    parent_id = part.get("parentId")
    if parent_id is not None and call.records.get("item", str(parent_id)) is None:
        return "item.parent.not.found"
    if parent_id is None and part.get("parentCode"):
        parent = _by_code(call, list_id, str(part["parentCode"]))
        if parent is None:
            return "item.parent.not.found"
        if parent["isDeleted"]:
            return "item.parent.deleted"
        parent_id = parent["id"]
    code = _long_code(call, parent_id, part["shortCode"])
    twin = _by_code(call, list_id, code)
    if twin is not None:
        return "item.duplicate.code.deleted" if twin["isDeleted"] else "item.duplicate.code"
    item = {
        "listId": list_id,
        "id": str(uuid.uuid4()),
        "code": code,
        "shortCode": part["shortCode"],
        "value": part["value"],
        "parentId": parent_id,
        "isDeleted": False,
    }
    call.records.put("item", item["id"], item)
    return item


def _patch(call: Call, list_id: str, part: Mapping[str, Any]) -> str | None:
    item = _by_code(call, list_id, str(part.get("code")))
    if item is None:
        return "item.not.found"
    if item["isDeleted"]:
        return "item.deleted"
    if part.get("deleted"):
        _delete(call, item)
    elif "value" in part:
        call.records.put("item", item["id"], item | {"value": part["value"]})
    return None


def _delete(call: Call, item: Mapping[str, Any]) -> None:
    call.records.put("item", item["id"], {**item, "isDeleted": True})
    for below in call.records.each("item"):
        if below["parentId"] == item["id"] and not below["isDeleted"]:
            _delete(call, below)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _by_code(call: Call, list_id: str, code: str) -> dict[str, Any] | None:
    for item in call.records.each("item"):
        if item["listId"] == list_id and item["code"] == code:
            return dict(item)
    return None


def _long_code(call: Call, parent_id: str | None, short_code: str) -> str:
    """Ancestors' short codes joined by hyphens: a hyphen inside a code corrupts the path."""
    if parent_id is None:
        return short_code
    return f"{call.records.get('item', parent_id)['code']}-{short_code}"


def _list(call: Call) -> dict[str, Any]:
    found: dict[str, Any] | None = call.records.get("list", call.path["list_id"])
    if found is None:
        raise Refused(problem(call, 404, "list.not.found", "List not found"))
    return found


def _item(call: Call) -> dict[str, Any]:
    found: dict[str, Any] | None = call.records.get("item", call.path["item_id"])
    if found is None or found["isDeleted"]:
        raise Refused(problem(call, 404, "item.not.found", "List item not found"))
    return found


def _list_answer(call: Call, each: Mapping[str, Any]) -> dict[str, Any]:
    items = [item for item in call.records.each("item") if item["listId"] == each["id"]]
    return {
        "id": each["id"],
        "value": each["value"],
        "levelCount": 1 + max((item["code"].count("-") for item in items), default=0),
        "searchCriteria": "TEXT",
        "displayFormat": "(CODE) TEXT",
        "category": {"id": None, "type": "BASIC"},
        "isReadOnly": False,
        "isDeleted": False,
        "managedBy": None,
    }


def _item_answer(call: Call, item: Mapping[str, Any]) -> dict[str, Any]:
    below = any(each["parentId"] == item["id"] for each in call.records.each("item"))
    return {
        "id": item["id"],
        "code": item["code"],
        "shortCode": item["shortCode"],
        "value": item["value"],
        "parentId": item["parentId"],
        "level": item["code"].count("-") + 1,
        "isDeleted": item["isDeleted"],
        "lists": [{"id": item["listId"], "hasChildren": below}],
    }


def _children(call: Call, wanted: Callable[[Mapping[str, Any]], bool]) -> Answer:
    items = [each for each in call.records.each("item") if wanted(each)]
    found = [_item_answer(call, each) for each in items if not each["isDeleted"]]
    return page(call, filtered(call, found))
