"""A transaction as its record shows it, and how it is read from a request's JSON.

A document holds what the caller may write, resolved: references are internal ids, numbers are
exact decimals, dates are ISO text. Names are the schema's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sandbox.netsuite.errors import Detail, Refused, not_permitted_element, refuse_all
from sandbox.netsuite.schemas import Property, RecordType
from sandbox.netsuite.wire import read_json


@dataclass(slots=True)
class Document:
    """Body fields and lines by the schema's names."""

    body: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Payload:
    """What a request asks for.

    Attributes:
        body: the fields that were sent; None clears one.
        lines: the lines that were sent; None when the sublist was not mentioned.
        empties: the sublist was sent as null.
        warnings: what was dropped because its name is unknown.
    """

    body: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] | None = None
    empties: bool = False
    warnings: list[str] = field(default_factory=list)


_STRICTNESS: Final = ("error", "warning", "ignore")


def read_payload(record: RecordType, content: bytes, headers: Mapping[str, str]) -> Payload:
    """Parse a request's JSON and check names, then values.

    Raises:
        Refused: 400, with every unknown name, or else every unreadable value.
    """
    names = _strictness(headers, "x-netsuite-propertynamevalidation", "warning")
    values = _strictness(headers, "x-netsuite-propertyvaluevalidation", "error")
    try:
        sent = read_json(content)
    except (ValueError, UnicodeDecodeError) as error:
        text = f"Invalid content in the request body. {error}"
        raise Refused(400, [Detail(text, "INVALID_CONTENT")]) from error
    if not isinstance(sent, dict):
        raise Refused(400, [Detail("The request body must be a JSON object.", "INVALID_CONTENT")])
    reader = _Reader(record)
    payload = reader.payload(sent)
    if names == "error":
        refuse_all([_unknown(path) for path in payload.warnings])
    elif names == "ignore":
        payload.warnings.clear()
    if values == "error":
        refuse_all(reader.unreadable)
    refuse_all(reader.not_permitted)
    return payload


def _strictness(headers: Mapping[str, str], name: str, default: str) -> str:
    value = headers.get(name, default).lower()
    if value not in _STRICTNESS:
        text = f"Invalid value for the {name} header. Valid values are: Error, Warning, Ignore."
        raise Refused(400, [Detail(text, "INVALID_REQUEST", header=name)])
    return value


def _unknown(path: str) -> Detail:
    name = path.rpartition(".")[2]
    return Detail(f"Unknown property '{name}'. Provide a valid one.", "INVALID_CONTENT", path)


class _Reader:
    """Sorts what was sent into a payload, collecting every trouble."""

    def __init__(self, record: RecordType) -> None:
        self._record = record
        self.unreadable: list[Detail] = []
        self.not_permitted: list[Detail] = []

    def payload(self, sent: Mapping[str, Any]) -> Payload:
        """The payload; what could not be read is left out of it and noted."""
        payload = Payload()
        for name, value in sent.items():
            if name == "links":
                continue
            known = self._record.body.get(name.lower())
            if known is None:
                payload.warnings.append(name)
            elif known.kind == "sublist" and known.name == self._record.sublist:
                self._sublist(payload, value)
            elif known.read_only or known.kind == "sublist":
                self.not_permitted.append(not_permitted_element(known.name, name))
            else:
                self._take(payload.body, known, value, name)
        return payload

    def _sublist(self, payload: Payload, value: Any) -> None:
        name = self._record.sublist
        items = value.get("items") if isinstance(value, dict) else value
        if items is None:
            payload.empties, payload.lines = True, []
            return
        if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
            self.unreadable.append(_unreadable(f"{name}.items", "a list of objects"))
            return
        payload.lines = [self._line(payload, item, n) for n, item in enumerate(items)]

    def _line(self, payload: Payload, item: Mapping[str, Any], number: int) -> dict[str, Any]:
        line: dict[str, Any] = {}
        for name, value in item.items():
            if name == "links":
                continue
            path = f"{self._record.sublist}.items[{number}].{name}"
            known = self._record.line.get(name.lower())
            if known is None:
                payload.warnings.append(path)
            elif known.read_only or name.lower() in self._record.refused:
                self.not_permitted.append(not_permitted_element(known.name, path))
            else:
                self._take(line, known, value, path)
        return line

    def _take(self, into: dict[str, Any], known: Property, value: Any, path: str) -> None:
        if value is None:
            into[known.name] = None
            return
        try:
            into[known.name] = _READERS[known.kind](value)
        except (TypeError, ValueError, KeyError):
            self.unreadable.append(_unreadable(path, known.kind))


def _unreadable(path: str, wanted: str) -> Detail:
    name = path.rpartition(".")[2]
    text = f"Invalid value for the resource or sub-resource field '{name}'. Expected: {wanted}."
    return Detail(text, "INVALID_CONTENT", path)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError
    return Decimal(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _date(value: Any) -> str:
    return date.fromisoformat(_text(value)).isoformat()


def _ref(value: Any) -> dict[str, str]:
    """A reference as sent: by internal id or by external id."""
    if "id" in value and isinstance(value["id"], (str, int)) and not isinstance(value["id"], bool):
        return {"id": str(value["id"])}
    return {"externalId": _text(value["externalId"])}


def _enum(value: Any) -> str:
    return _ref(value)["id"]


_READERS: Final = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "ref": _ref,
    "enum": _enum,
}
