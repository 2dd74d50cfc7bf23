"""The outer form of a financial document: what must be there before a single amount is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tieout.adapters.concur.canonical import parse, text_of
from tieout.errors import Place, UnreadableDocumentError

#: Keys of an expense document; each may be empty, none may be absent.
TOP_KEYS: Final = ("employee", "report", "expenseEntry", "cashAdvanceApplication")
#: States in which a document may be taken; any other is told.
TAKEABLE: Final = frozenset({"READY", "ACKNOWLEDGED"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """One document with its parts as the platform wrote them."""

    fis_id: str
    status: str
    employee: Mapping[str, Any]
    report: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]
    advances: tuple[Mapping[str, Any], ...]


def opened(content: bytes, name: str) -> Envelope:
    """Open the kept bytes of a document.

    Raises:
        UnreadableDocumentError: not JSON, not of the expense form, or a part of it is missing.
    """
    try:
        element = parse(content)
    except ValueError as error:
        raise _unreadable(name, str(error)) from error
    if not isinstance(element, dict):
        raise _unreadable(name, "it is not one JSON object")
    document = _document(element.get("document"), name)
    missing = [key for key in TOP_KEYS if key not in document]
    if missing:
        raise _unreadable(name, f"its part {missing[0]} is missing", missing[0])
    return Envelope(
        fis_id=text_of(element.get("id")),
        status=text_of(element.get("docStatus")),
        employee=_object(document["employee"], name, "employee"),
        report=_object(document["report"], name, "report"),
        entries=objects(document["expenseEntry"], name, "expenseEntry"),
        advances=objects(document["cashAdvanceApplication"], name, "cashAdvanceApplication"),
    )


def objects(value: object, name: str, path: str) -> tuple[Mapping[str, Any], ...]:
    """A list of objects, null being an empty one; raises UnreadableDocumentError."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _unreadable(name, f"{path} is not a list of objects", path)
    return tuple(value)


def _document(value: object, name: str) -> Mapping[str, Any]:
    """The document itself: an object, the same as a JSON text, or a list of one."""
    if isinstance(value, str):
        try:
            value = parse(value)
        except ValueError as error:
            raise _unreadable(name, f"of its document {error}") from error
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _object(value, name, "document")


def _object(value: object, name: str, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _unreadable(name, f"{path} is not an object", path)
    return value


def _unreadable(name: str, reason: str, path: str = "") -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"{name} can't be read: {reason}.",
        where=Place(name, None, path),
        blocks="report",
        next_step="Fetch it again; if it stays so, tell the platform team: the format changed.",
    )


def first_filled(record: Mapping[str, Any], fields: Iterable[str]) -> str:
    """The first filled one of `fields`, as text."""
    return next((text_of(record.get(name)) for name in fields if record.get(name)), "")
