"""Exact JSON: numbers stay the text they arrived as, keys get one order.

The platform shuffles the keys of an object from answer to answer, and writes numbers as `375.00`
or `0E-8`. The bytes kept as evidence must not depend on the first and must not lose the second,
so a number is never turned into a float: it is a `NumberText` from reading to writing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from tieout.contracts.json_text import parse_json

#: Keys of a financial document that change without its content changing.
VOLATILE: Final = frozenset({"docStatus", "erpSystemId", "links"})
#: No amount of the platform needs more (23 digits, 8 decimals); a longer one is not written out.
LONGEST_NUMBER: Final = 40


class NumberText(str):
    """A JSON number, as its text."""

    __slots__ = ()


def parse(content: str | bytes) -> Any:
    """Read JSON with numbers as `NumberText`; raises JsonUnreadableError, a ValueError."""
    return parse_json(content, NumberText)


def canonical_text(value: object) -> str:
    """JSON of a parsed value: keys sorted, no blanks, numbers as they arrived."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, Mapping):
        members = (f"{json.dumps(key)}:{canonical_text(value[key])}" for key in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical_text(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def canonical_bytes(element: Mapping[str, Any]) -> bytes:
    """The bytes that stand for one element of the page's `content`."""
    return canonical_text(element).encode()


def same_content(first: bytes, second: bytes) -> bool:
    """Whether two kept documents say the same, whatever their state on the platform was."""
    return _stable(first) == _stable(second)


def _stable(content: bytes) -> str:
    parsed = parse(content)
    return canonical_text({key: value for key, value in parsed.items() if key not in VOLATILE})


def text_of(value: object) -> str:
    """A scalar as text; null and absent are empty."""
    return "" if value is None else str(value)


def plain_decimal(value: object) -> Decimal | None:
    """The exact number that a JSON number or text stands for; None when it is none."""
    try:
        number = Decimal(text_of(value))
    except InvalidOperation:
        return None
    written = f"{number:f}" if number.is_finite() and abs(number.adjusted()) < 60 else ""
    return number if written and len(written) <= LONGEST_NUMBER else None
