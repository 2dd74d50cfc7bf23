"""The sublist's keys and the rule by which an update merges into it."""

from __future__ import annotations

from typing import Any

from sandbox.netsuite.documents import Document, Payload
from sandbox.netsuite.schemas import JOURNAL, RecordType


def merged(
    lines: list[dict[str, Any]], payload: Payload, *, replaces: bool
) -> list[dict[str, Any]]:
    """The sublist after an update: keyed lines change, others are added, unnamed ones stay."""
    by_key = {line["line"]: line for line in lines}
    result = [] if replaces or payload.empties else list(lines)
    for sent in payload.lines or ():
        old = by_key.get(sent.get("line"))
        if old is None:
            result.append({name: each for name, each in sent.items() if name != "line"})
        elif replaces:
            result.append(old | sent)
        else:
            result[result.index(old)] = old | sent
    return result


def number_lines(record: RecordType, document: Document) -> None:
    """Give every line without a key the next free one."""
    taken = [line["line"] for line in document.lines if line.get("line") is not None]
    free = max(taken, default=-1 if record.name == JOURNAL.name else 0) + 1
    for line in document.lines:
        if line.get("line") is None:
            line["line"], free = free, free + 1
