"""JSON of a source, read without a loss: numbers stay text, and what is ambiguous is refused.

A key that stands twice has one reader take the first amount and another the last; a constant such
as NaN is no number; nesting without end is an attack, never a document. Each is an error with its
reason instead of a choice that nobody made.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn


class JsonUnreadableError(ValueError):
    """The text is no JSON that can be read in one way only; the message says why."""


def parse_json(content: str | bytes, number: Callable[[str], Any] = str) -> Any:
    """The value of a JSON text.

    Args:
        content: the text, or its bytes in UTF-8, UTF-16 or UTF-32 as JSON allows.
        number: makes the value of each number from its text; never a float.

    Raises:
        JsonUnreadableError: cut short, more than one value, a key twice, a constant that is no
            number, or nested too deeply.
    """
    try:
        return json.loads(
            content,
            parse_float=number,
            parse_int=number,
            parse_constant=_refused,
            object_pairs_hook=_unique,
        )
    except RecursionError:
        reason = "it is nested too deeply"
    except JsonUnreadableError:
        raise
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}"
        more = error.msg == "Extra data"
        reason = (
            f"a second value begins in {where}" if more else f"it is no complete JSON ({where})"
        )
    except UnicodeDecodeError as error:
        reason = f"byte {error.start + 1} is no Unicode text"
    raise JsonUnreadableError(reason)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        reason = f"the key {twice[:40]!r} stands twice in one object"
        raise JsonUnreadableError(reason)
    return found


def _refused(text: str) -> NoReturn:
    reason = f"{text} is no number"
    raise JsonUnreadableError(reason)
