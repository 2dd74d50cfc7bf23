"""What each fault does to a report on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from starlette.responses import PlainTextResponse, Response

from sandbox.faults import Fault
from sandbox.severed import BrokenOff, NoAnswer, Trickle
from sandbox.workday.reports import Row

#: Changes of the report's columns, as its author might make them between two calls.
_COLUMNS: Final = frozenset(
    {"column_renamed", "column_added", "columns_swapped", "columns_reordered", "value_changed"}
)
#: Faults that answer in the report's place.
_INSTEAD: Final = frozenset({"rate_limited", "unavailable", "too_large", "drop"})
KINDS: Final = _COLUMNS | _INSTEAD | {"slow", "cut_body", "reset_body", "empty_without_key"}


async def instead(fault: Fault) -> Response | None:
    """The answer that comes in the report's place, None when the report comes."""
    if fault.kind not in _INSTEAD:
        return None
    if fault.kind == "drop":
        return NoAnswer()
    if fault.kind == "too_large":
        await asyncio.sleep(fault.seconds)
        text = "Processing error occurred. The report exceeded the maximum size or run time."
        return PlainTextResponse(text, 500)
    pause = fault.settings.get("retry_after")
    headers = {} if pause is None else {"Retry-After": str(pause)}
    status = fault.status or (429 if fault.kind == "rate_limited" else 503)
    return PlainTextResponse("The service is busy.", status, {**headers, **fault.headers})


def changed(
    fault: Fault, columns: Sequence[str], rows: Sequence[Row]
) -> tuple[Sequence[str], Sequence[Row]]:
    """The columns and rows after the report's author has changed it."""
    settings = fault.settings
    match fault.kind:
        case "column_renamed":
            old = str(settings.get("column", columns[-1]))
            names = {old: str(settings.get("to", f"{old}_New"))}
        case "columns_swapped":
            one, other = settings.get("columns", columns[:2])
            names = {one: other, other: one}
        case "column_added":
            new, value = str(settings.get("column", "Added_Field")), settings.get("value", "1")
            return [*columns, new], [{**row, new: str(value)} for row in rows]
        case "value_changed":
            # In every row: a new unit, sign or code under the old name.
            column, to = str(settings["column"]), str(settings.get("to", ""))
            return columns, [{**row, column: to} for row in rows]
        case "columns_reordered":
            turned = list(reversed(columns))
            return turned, [{name: row[name] for name in turned} for row in rows]
        case _:
            return columns, rows
    renamed = [{names.get(name, name): value for name, value in row.items()} for row in rows]
    if fault.kind == "columns_swapped":
        return columns, renamed
    return [names.get(name, name) for name in columns], renamed


def delivered(fault: Fault, form: str, body: bytes, media_type: str) -> Response:
    """The body as the connection lets it through."""
    match fault.kind:
        case "slow":
            return Trickle(body, fault.seconds, None, media_type)
        case "cut_body":
            return Response(body[: _cut_at(fault, form, body)], media_type=media_type)
        case "reset_body":
            return BrokenOff(body, _cut_at(fault, form, body), None, media_type)
        case _:
            return Response(body, media_type=media_type)


def _cut_at(fault: Fault, form: str, body: bytes) -> int:
    """About the middle; CSV ends with a whole row, so that nothing looks wrong."""
    middle = int(fault.settings.get("bytes", len(body) // 2))
    return body.rfind(b"\n", 0, middle) + 1 if form == "csv" else middle
