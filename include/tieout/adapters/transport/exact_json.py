"""JSON without binary floating point: numbers stay the decimals that were written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Never


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is not a number of JSON")


def loads(content: bytes | str) -> Any:
    """Read JSON; every number with a point or an exponent becomes a `Decimal`.

    Raises:
        ValueError: not JSON, not UTF-8, or a number such as NaN.
    """
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)


def dumps(value: object) -> str:
    """Write JSON; a `Decimal` keeps its digits and places (`125000.00`), never an exponent.

    Raises:
        TypeError: a float or any other type that has no exact form here.
        ValueError: a decimal that is not finite.
    """
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            if not value.is_finite():
                raise ValueError(f"{value} is not a number of JSON")
            return f"{value:f}"
        case Mapping():
            members = (
                f"{json.dumps(str(k), ensure_ascii=False)}:{dumps(v)}" for k, v in value.items()
            )
            return f"{{{','.join(members)}}}"
        case Sequence() if not isinstance(value, bytes | bytearray):
            return f"[{','.join(dumps(item) for item in value)}]"
        case _:
            raise TypeError(f"{type(value).__name__} has no exact form in JSON")
