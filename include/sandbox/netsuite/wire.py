"""JSON with exact numbers, and one answer on its way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `body` is a JSON value, text is sent as it stands, None means no body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/vnd.oracle.resource+json; type=singular"

    def content(self) -> str:
        """The body's text, empty without a body."""
        if self.body is None:
            return ""
        return self.body if isinstance(self.body, str) else write_json(self.body)


def read_json(text: str | bytes) -> Any:
    """Parse JSON; numbers become `int` or `Decimal`, never a binary float.

    Raises:
        ValueError: the text is not JSON, or names NaN or an infinity.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def write_json(value: Any) -> str:
    """Write compact JSON; a `Decimal` appears as a number with at least one decimal place.

    Raises:
        TypeError: the value holds a binary float or something that JSON cannot say.
    """
    if isinstance(value, Decimal):
        return number_text(value)
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return (
            "{" + ",".join(f"{write_json(str(k))}:{write_json(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(write_json(each) for each in value) + "]"
    raise TypeError(f"{type(value).__name__} has no exact JSON form: {value!r}")


def number_text(number: Decimal) -> str:
    """The exact value as a double is written: `125000.0`, `14375.25`."""
    text = plain(number)
    return text if "." in text else f"{text}.0"


def plain(number: Decimal) -> str:
    """The exact value without exponent and trailing zeros, as the database engine writes it."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
