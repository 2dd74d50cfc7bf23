"""JSON whose numbers keep the text that they were written with.

Money reaches the wire as `375.00` or `0E-8`, never rounded through a binary float.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


class NumberText(str):
    """A number with a fraction or an exponent, as the text it had in the document."""

    __slots__ = ()


def loads(text: str | bytes) -> Any:
    """Parse JSON; whole numbers become `int`, all others `NumberText`.

    Raises:
        ValueError: the text is not JSON, or names NaN or an infinity.
    """
    return json.loads(text, parse_float=NumberText, parse_constant=_refuse_constant)


def dumps(value: Any) -> str:
    """Write compact JSON; `NumberText` and `Decimal` appear as bare numbers.

    Raises:
        TypeError: the value holds a float or something that JSON cannot say.
    """
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, Decimal):
        return str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        pairs = (
            f"{json.dumps(str(key), ensure_ascii=False)}:{dumps(v)}" for key, v in value.items()
        )
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(dumps(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no exact JSON form: {value!r}")


def number(value: Any) -> Decimal:
    """The decimal value of a parsed number, `Decimal(0)` for null."""
    return Decimal(0) if value is None else Decimal(str(value))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
